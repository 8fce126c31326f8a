import type { KnownEvent } from '../../market-data/corporate-events.ts';
import { type Decimal, ZERO } from '../../platform/decimal.ts';
import type { LedgerEntry } from '../../trade/ledger.ts';
import type { UnitChange } from '../../trade/units.ts';
import {
  type CheckedLedger,
  type CheckedPrices,
  DAY_MS,
  dayMsOf,
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
/** Of ratios that are told as one number, the most held units. */
const PER_MAXIMUM = 1_000;
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

/** A split that an account should have recorded, and why. */
interface SplitCase {
  readonly exMs: number;
  readonly units: number;
  readonly perUnits: number;
  readonly jump: SplitLikeJump | null;
  readonly told: KnownEvent | null;
}

/** Splits that providers tell of, and jumps that look like some, of what an account held, where it records nothing that explains them. */
export function unrecordedSplits(ledger: CheckedLedger): Finding[] {
  const byAccount = Map.groupBy(
    ledger.units,
    ({ accountId, instrumentId }) => `${accountId} ${instrumentId}`,
  );
  const ids = new Set([...ledger.prices.keys(), ...ledger.events.keys()]);
  const casesOf = new Map([...ids].map((id) => [id, splitCases(ledger, id)]));
  return [...byAccount.values()].flatMap((changes) => {
    const { accountId, instrumentId } = changes[0];
    const cases = casesOf.get(instrumentId) ?? [];
    if (cases.length === 0) return [];
    const explaining = ledger.entries.filter(
      (entry) =>
        EXPLAINING.includes(entry.kind) &&
        entry.accountId === accountId &&
        (entry.instrumentId === instrumentId || entry.otherInstrumentId === instrumentId),
    );
    return cases
      .filter(
        ({ exMs, jump }) =>
          !explaining.some(({ timeMs }) => isNear(timeMs, jump?.beforeMs ?? exMs, jump?.atMs ?? exMs)),
      )
      .flatMap((one) => toFinding(ledger, accountId, instrumentId, one, unitsBefore(changes, one.exMs - 1)));
  });
}

/** The splits of an instrument: those told, each with its jump where prices show it, and jumps that nobody told of. */
function splitCases({ prices, events }: CheckedLedger, instrumentId: string): SplitCase[] {
  const series = prices.get(instrumentId);
  const jumps = series ? splitLikeJumps(series) : [];
  const told = (events.get(instrumentId) ?? []).filter(({ kind }) => kind === 'SPLIT');
  const jumpOf = (event: KnownEvent) =>
    jumps.find(({ beforeMs, atMs }) => isNear(dayMsOf(event.date), beforeMs, atMs)) ?? null;
  const explained = new Set(told.map(jumpOf));
  return [
    ...told.flatMap((event): SplitCase[] => {
      const ratio = ratioOf(event.value);
      const jump = jumpOf(event);
      const exMs = jump ? exMsOf(jump) : dayMsOf(event.date);
      return ratio ? [{ exMs, units: ratio[0], perUnits: ratio[1], jump, told: event }] : [];
    }),
    ...jumps
      .filter((jump) => !explained.has(jump))
      .map((jump) => ({ exMs: exMsOf(jump), units: jump.units, perUnits: jump.perUnits, jump, told: null })),
  ];
}

/** The day of the bar, after the close before it: bars are stamped at their close. */
function exMsOf({ beforeMs, atMs }: SplitLikeJump): number {
  return Math.max(dayStart(atMs - 1), beforeMs + 1);
}

/** New units for held units in whole numbers; null for a number that is none of a split. */
function ratioOf(value: number): readonly [number, number] | null {
  if (!(value > 0) || value === 1) return null;
  for (let per = 1; per <= PER_MAXIMUM; per += 1) {
    const units = Math.round(value * per);
    if (units > 0 && Math.abs(value * per - units) < 1e-6 * per) return [units, per];
  }
  return null;
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
  { exMs, units, perUnits, jump, told }: SplitCase,
  held: Decimal,
): Finding[] {
  if (held.isZero()) return [];
  const { symbolOf, accountOf } = namesOf(ledger);
  const symbol = symbolOf(instrumentId);
  const ratio = `${units} for ${perUnits}`;
  const after = held.times(units).div(perUnits).toDecimalPlaces(18);
  const seen = jump && `${symbol} went from ${jump.before} to ${jump.after} on ${dayOf(exMs)}`;
  const why = told
    ? `${told.source} tells of a split ${ratio} of ${symbol} on ${told.date}${seen ? `, and ${seen}` : ''}`
    : `${seen}, as it does at a split ${ratio}`;
  return [
    finding([dayOf(exMs)], {
      kind: 'UNRECORDED_SPLIT',
      severity: 'WARNING',
      explanation: `${why}. ${accountOf(accountId)} held ${textOf(held)} units and records no split; with one it would hold ${textOf(after)}.`,
      sinceMs: exMs,
      untilMs: null,
      accountId,
      instrumentId,
      entryIds: [],
      evidence: [
        ...(told ? [{ label: `Split by ${told.source}`, value: `${ratio} on ${told.date}` }] : []),
        ...(jump
          ? [
              { label: `Close of ${dayOf(jump.beforeMs - 1)}`, value: String(jump.before) },
              { label: `Close of ${dayOf(jump.atMs - 1)}`, value: String(jump.after) },
            ]
          : []),
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
