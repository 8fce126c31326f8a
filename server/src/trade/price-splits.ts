import type { Decimal } from '../platform/decimal.ts';
import { countsAtMs } from './ledger.ts';
import type { LotEvent } from './lots.ts';

/** A split as prices follow it: from its time on a unit of before is `factor` units. */
export interface PriceSplit {
  /** When it counts. */
  readonly timeMs: number;
  readonly factor: Decimal;
}

/** Closing prices of one instrument as columns. */
interface Closes {
  readonly timesMs: Float64Array;
  readonly close: Float64Array;
}

/** A split is often recorded days away from the day that prices followed it, and not on one day in all accounts. */
const NEAR_MS = 7 * 86_400_000;
/** The jump of the price at a smaller split looks like any bad day. */
const SMALLEST_JUMP = Math.log(1.4);
/** How far a day's own move may take the jump from the ratio, as a part of the jump. */
const TOLERANCE = 0.25;

/** The splits that prices follow, by their events: what several accounts record, each for itself, is one split. */
export function priceSplitsOf(events: readonly LotEvent[]): Map<string, PriceSplit> {
  const splits = new Map<string, PriceSplit>();
  const told: (PriceSplit & { readonly instrumentId: string; readonly accounts: Set<string> })[] = [];
  for (const event of events) {
    if (event.kind !== 'SPLIT') continue;
    const { id, accountId, instrumentId } = event;
    const [timeMs, factor] = [countsAtMs(event), event.units.div(event.per)];
    const same = told.find(
      (one) =>
        one.instrumentId === instrumentId &&
        one.factor.equals(factor) &&
        timeMs - one.timeMs <= NEAR_MS &&
        !one.accounts.has(accountId),
    );
    if (same) same.accounts.add(accountId);
    else {
      splits.set(id, { timeMs, factor });
      told.push({ timeMs, factor, instrumentId, accounts: new Set([accountId]) });
    }
  }
  return splits;
}

/** The splits after a close, until a time, that it has to be divided by: those that it does not show already. */
export function splitsAfter(
  splits: readonly PriceSplit[],
  closes: Closes,
  index: number,
  untilMs: number,
): readonly PriceSplit[] {
  const closeMs = closes.timesMs[index];
  return splits.filter(
    (one) => one.timeMs > closeMs && one.timeMs <= untilMs && !hasFollowed(closes, index, one),
  );
}

/** A close as a double, in the units of a later time: one from before a split among the changes is divided by it. */
export function closeAfter(
  closes: Closes,
  index: number,
  changes: readonly { readonly split?: PriceSplit }[],
  timeMs: number,
): number {
  const splits = changes.flatMap(({ split }) => split ?? []);
  return splitsAfter(splits, closes, index, timeMs).reduce(
    (price, { factor }) => price / factor.toNumber(),
    closes.close[index],
  );
}

/**
 * Closes in the units after all splits: those before the jump that a split makes are divided by it. Closes that
 * show no jump of a split near its time are in those units already.
 */
export function closesAfterSplits(closes: Closes, splits: readonly PriceSplit[]): Closes {
  const close = closes.close.slice();
  for (const split of splits) {
    const first = closes.timesMs.findIndex(
      (timeMs, t) => t > 0 && Math.abs(timeMs - split.timeMs) <= NEAR_MS && isJumpOf(closes.close, t, split),
    );
    for (let t = 0; t < first; t += 1) close[t] /= split.factor.toNumber();
  }
  return { timesMs: closes.timesMs, close };
}

/** Whether a close comes after the jump of a split that is recorded later. */
function hasFollowed({ timesMs, close }: Closes, index: number, split: PriceSplit): boolean {
  for (let t = index; t > 0 && timesMs[t] >= split.timeMs - NEAR_MS; t -= 1)
    if (isJumpOf(close, t, split)) return true;
  return false;
}

/** Whether a close is below or above the one before it by the ratio of a split. */
function isJumpOf(close: Float64Array, t: number, { factor }: PriceSplit): boolean {
  const jump = Math.log(factor.toNumber());
  if (Math.abs(jump) < SMALLEST_JUMP) return false;
  return Math.abs(Math.log(close[t - 1] / close[t]) - jump) < Math.abs(jump) * TOLERANCE;
}
