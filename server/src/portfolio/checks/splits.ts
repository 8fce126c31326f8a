import { Decimal, ZERO } from '../../platform/decimal.ts';
import type { LedgerEntry } from '../../trade/ledger.ts';
import type { UnitChange } from '../../trade/units.ts';
import {
  type CheckedLedger,
  type CheckedPrices,
  DAY_MS,
  dayOf,
  dayStart,
  type Finding,
  finding,
  namesOf,
  textOf,
} from './finding.ts';

/** New units for held units; each also the other way round. Smaller ones look like any bad day. */
const RATIOS: readonly (readonly [number, number])[] = [
  [3, 2],
  [5, 2],
  ...[2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 150, 200].map(
    (units): readonly [number, number] => [units, 1],
  ),
];
/** How far a day's own move may push the jump away from the ratio, as a logarithm. */
const TOLERANCE = 0.05;
const SMALLEST = Math.log(1.5) - TOLERANCE;
/** A longer gap says nothing about one day. */
const GAP_DAYS = 7;
/** A split is often recorded days away from the ex-date. */
const NEAR_DAYS = 7;
/** What explains a jump where it is recorded near it. */
const EXPLAINING: readonly LedgerEntry['kind'][] = [
  'SPLIT',
  'STOCK_DIVIDEND',
  'SPIN_OFF',
  'MERGER',
  'TICKER_CHANGE',
  'RETURN_OF_CAPITAL',
  'ADJUSTMENT',
];

/** A jump between two closes that looks like a split of `units` for `perUnits`. */
export interface SplitLikeJump {
  readonly beforeMs: number;
  readonly atMs: number;
  readonly before: number;
  readonly after: number;
  readonly units: number;
  readonly perUnits: number;
}

/** The ratio of a split that explains how a price changed; null where none does. */
export function splitRatioOf(before: number, after: number): readonly [number, number] | null {
  const jump = Math.log(before / after);
  if (!(Math.abs(jump) >= SMALLEST)) return null;
  const distance = ([units, per]: readonly [number, number]) =>
    Math.abs(Math.abs(jump) - Math.log(units / per));
  const nearest = RATIOS.reduce((best, one) => (distance(one) < distance(best) ? one : best));
  if (distance(nearest) > TOLERANCE) return null;
  return jump > 0 ? nearest : [nearest[1], nearest[0]];
}

/** The jumps of a series that look like splits and that its adjusted closes, where known, do not follow. */
export function splitLikeJumps({ timesMs, close, adjustedClose }: CheckedPrices): SplitLikeJump[] {
  const jumps: SplitLikeJump[] = [];
  const isAdjusted = adjustedClose.some((value, t) => Math.abs(value / close[t] - 1) > 1e-9);
  for (let t = 1; t < timesMs.length; t += 1) {
    const [before, after] = [close[t - 1], close[t]];
    if (Math.abs(Math.log(before / after)) < SMALLEST || timesMs[t] - timesMs[t - 1] > GAP_DAYS * DAY_MS)
      continue;
    const ratio = splitRatioOf(before, after);
    // Who adjusts the close for splits and lets it jump here knows of none.
    if (!ratio || (isAdjusted && splitRatioOf(adjustedClose[t - 1], adjustedClose[t]))) continue;
    jumps.push({
      beforeMs: timesMs[t - 1],
      atMs: timesMs[t],
      before,
      after,
      units: ratio[0],
      perUnits: ratio[1],
    });
  }
  return jumps;
}

/** Jumps that look like splits of what an account held, where it records nothing that explains them. */
export function unrecordedSplits(ledger: CheckedLedger): Finding[] {
  const byAccount = Map.groupBy(
    ledger.units,
    ({ accountId, instrumentId }) => `${accountId} ${instrumentId}`,
  );
  const jumpsOf = new Map([...ledger.prices].map(([id, prices]) => [id, splitLikeJumps(prices)]));
  return [...byAccount.values()].flatMap((changes) => {
    const { accountId, instrumentId } = changes[0];
    const jumps = jumpsOf.get(instrumentId) ?? [];
    if (jumps.length === 0) return [];
    const explaining = ledger.entries.filter(
      (entry) =>
        EXPLAINING.includes(entry.kind) &&
        entry.accountId === accountId &&
        (entry.instrumentId === instrumentId || entry.otherInstrumentId === instrumentId),
    );
    return jumps
      .filter(({ beforeMs, atMs }) => !explaining.some(({ timeMs }) => isNear(timeMs, beforeMs, atMs)))
      .flatMap((jump) =>
        toFinding(ledger, accountId, instrumentId, jump, unitsBefore(changes, jump.beforeMs)),
      );
  });
}

function isNear(timeMs: number, beforeMs: number, atMs: number): boolean {
  return timeMs >= beforeMs - NEAR_DAYS * DAY_MS && timeMs <= atMs + NEAR_DAYS * DAY_MS;
}

function unitsBefore(changes: readonly UnitChange[], timeMs: number): Decimal {
  return changes
    .filter((one) => one.timeMs <= timeMs)
    .reduce((total, { change }) => total.plus(change), ZERO);
}

function toFinding(
  ledger: CheckedLedger,
  accountId: string,
  instrumentId: string,
  { beforeMs, atMs, before, after, units, perUnits }: SplitLikeJump,
  held: Decimal,
): Finding[] {
  if (held.isZero()) return [];
  const { symbolOf, accountOf } = namesOf(ledger);
  const symbol = symbolOf(instrumentId);
  const ratio = `${units} for ${perUnits}`;
  // The day of the bar, after the close before it: bars are stamped at their close.
  const exMs = Math.max(dayStart(atMs - 1), beforeMs + 1);
  const after1 = held.times(units).div(perUnits).toDecimalPlaces(18);
  return [
    finding([dayOf(exMs)], {
      kind: 'UNRECORDED_SPLIT',
      severity: 'WARNING',
      explanation: `${symbol} went from ${before} to ${after} on ${dayOf(exMs)}, as it does at a split ${ratio}. ${accountOf(accountId)} held ${textOf(held)} units and records no split; with one it would hold ${textOf(after1)}.`,
      sinceMs: exMs,
      untilMs: null,
      accountId,
      instrumentId,
      entryIds: [],
      evidence: [
        { label: `Close of ${dayOf(beforeMs - 1)}`, value: String(before) },
        { label: `Close of ${dayOf(atMs - 1)}`, value: String(after) },
        { label: 'Ratio', value: ratio },
        { label: 'Units held', value: textOf(held) },
      ],
      fixes: [
        {
          kind: 'RECORD',
          label: `Record the split ${ratio}`,
          draft: {
            kind: 'SPLIT',
            accountId,
            executedAt: new Date(exMs),
            symbol,
            units: String(units),
            perUnits: String(perUnits),
          },
        },
      ],
    }),
  ];
}
