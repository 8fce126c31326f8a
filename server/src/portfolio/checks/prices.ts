import { isPriceStale } from '../../market-data/stale-prices.ts';
import {
  type CheckedLedger,
  type CheckedPrices,
  DAY_MS,
  dayOf,
  type Finding,
  finding,
  type Fix,
  namesOf,
  type Severity,
} from './finding.ts';
import { type HoldingTime, holdingTimes } from './holding-times.ts';
import { problemOf, refreshOf } from './refresh.ts';

/** Prices count as missing beyond so many days: a week with holidays around it is no gap. */
const GAP_DAYS = 7;
const OLD_DAYS = 30;
/** Prices that come seldom, such as monthly ones, are not missing between. */
const GAP_SPACINGS = 5;

/** Times at which something was held and no price of it is stored; one finding for each instrument. */
export function missingPrices(ledger: CheckedLedger): Finding[] {
  return heldInstruments(ledger).flatMap(([instrumentId, times]) => {
    const prices = ledger.prices.get(instrumentId);
    const gaps = times.flatMap((time) => gapsOf(time, prices, ledger.nowMs));
    if (gaps.length === 0) return [];
    const symbol = namesOf(ledger).symbolOf(instrumentId);
    const feed = ledger.feeds.find((one) => one.instrumentId === instrumentId);
    const [first, last] = [gaps[0], gaps[gaps.length - 1]];
    const isNone = !prices || prices.timesMs.length === 0;
    const isHeld = times[times.length - 1].toMs === null;
    const severity: Severity = isNone && isHeld ? 'ERROR' : 'WARNING';
    const what = isNone
      ? `No price of ${symbol} is stored`
      : `No price of ${symbol} is stored for ${gaps.length === 1 ? 'a time' : `${gaps.length} times`} in which it was held, first from ${dayOf(first.fromMs)} to ${dayOf(first.toMs)}`;
    return finding([dayOf(first.fromMs)], {
      kind: 'MISSING_PRICE',
      severity,
      explanation: `${what}. Its value there rests on the last price before, or on the last transaction where there is none.`,
      sinceMs: first.fromMs,
      untilMs: isNone && isHeld ? null : last.toMs,
      accountId: null,
      instrumentId,
      entryIds: [],
      evidence: [
        ...gaps.slice(0, 10).map(({ fromMs, toMs }) => ({
          label: 'Without a price',
          value: `${dayOf(fromMs)} to ${dayOf(toMs)}`,
        })),
        ...problemOf(feed),
      ],
      fixes: [...refreshOf(feed, first.fromMs), importOf(symbol)],
    });
  });
}

/** What is held with an old price; synthetic instruments get no new ones and are left out. */
export function stalePrices(ledger: CheckedLedger): Finding[] {
  return heldInstruments(ledger).flatMap(([instrumentId, times]) => {
    const instrument = ledger.instruments.get(instrumentId)!;
    const { symbol } = instrument;
    const lastMs = ledger.prices.get(instrumentId)?.timesMs.at(-1);
    if (times[times.length - 1].toMs !== null || lastMs === undefined) return [];
    if (!isPriceStale(instrument, lastMs, ledger.nowMs)) return [];
    const days = Math.floor((ledger.nowMs - lastMs) / DAY_MS);
    const feed = ledger.feeds.find((one) => one.instrumentId === instrumentId);
    return finding([dayOf(lastMs)], {
      kind: 'STALE_PRICE',
      severity: days > OLD_DAYS ? 'WARNING' : 'NOTICE',
      explanation: `The newest price of ${symbol} is of ${dayOf(lastMs)}, ${days} days ago. Its value and all that rests on it is as old.`,
      sinceMs: lastMs,
      untilMs: null,
      accountId: null,
      instrumentId,
      entryIds: [],
      evidence: [{ label: 'Newest price', value: dayOf(lastMs) }, ...problemOf(feed)],
      fixes: [...refreshOf(feed, null), importOf(symbol)],
    });
  });
}

function heldInstruments({ units }: CheckedLedger): [string, HoldingTime[]][] {
  return [...Map.groupBy(units, ({ instrumentId }) => instrumentId)]
    .map(([instrumentId, changes]): [string, HoldingTime[]] => [instrumentId, holdingTimes(changes)])
    .filter(([, times]) => times.length > 0);
}

function importOf(symbol: string): Fix {
  return { kind: 'IMPORT_PRICES', label: `Import prices of ${symbol}`, symbol };
}

/** The parts of a holding time without prices. After the last price, what is still held is old, not missing. */
function gapsOf(
  { fromMs, toMs }: HoldingTime,
  prices: CheckedPrices | undefined,
  nowMs: number,
): { fromMs: number; toMs: number }[] {
  const timesMs = prices?.timesMs ?? new Float64Array();
  const longestMs = Math.max(GAP_DAYS * DAY_MS, GAP_SPACINGS * medianSpacing(timesMs));
  const endMs = toMs ?? timesMs.at(-1) ?? nowMs;
  const gaps: { fromMs: number; toMs: number }[] = [];
  for (let next = 0; next <= timesMs.length; next += 1) {
    const start = Math.max(fromMs, timesMs[next - 1] ?? -Infinity);
    const end = Math.min(endMs, timesMs[next] ?? Infinity);
    if (end - start > longestMs) gaps.push({ fromMs: start, toMs: end });
  }
  return gaps;
}

function medianSpacing(timesMs: Float64Array): number {
  const spacings = timesMs.subarray(1).map((at, index) => at - timesMs[index]);
  return spacings.length === 0 ? 0 : spacings.toSorted()[spacings.length >> 1];
}
