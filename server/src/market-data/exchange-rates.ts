import { Decimal, ONE } from '../platform/decimal.ts';
import { firstAtOrAfter } from './bars.ts';
import { type CurrencyPair, majorOf } from './currency-pair.ts';

/** How a rate was told: by a pair as it is quoted, by its inverse, or by two pairs with a currency in common. */
export type RatePath = 'SAME' | 'DIRECT' | 'INVERSE' | 'TRIANGULATED' | 'STATED';

/** What one unit of a currency is worth in another at a time, and how that is known. */
export interface ExchangeRate {
  readonly from: string;
  readonly to: string;
  readonly rate: Decimal;
  /** When the rate was told; of two pairs, the older. */
  readonly quotedMs: number;
  /** Whether that is longer ago than rates are taken for fresh. */
  readonly isStale: boolean;
  readonly path: RatePath;
  /** The symbols that told it; none where a transaction states it. */
  readonly symbols: readonly string[];
}

/** A pair with its closes. */
export interface PairSeries extends CurrencyPair {
  readonly timesMs: Float64Array;
  readonly close: Float64Array;
}

/** A rate that is older is marked as stale: a week outlasts weekends and holidays. */
export const STALE_AFTER_MS = 7 * 86_400_000;

// Exact products of an amount and a price with a rate stay within the digits that decimals keep.
const RATE_DIGITS = 18;
const PREFERRED = ['USD', 'EUR', 'GBP', 'CHF', 'JPY', 'USDT', 'BTC'];

const NO_TIMES = new Float64Array(0);

interface RateSeries {
  readonly timesMs: Float64Array;
  readonly rate: Float64Array;
  readonly quotedMs: Float64Array;
  readonly path: RatePath;
  readonly symbols: readonly string[];
}

/**
 * Rates between currencies by the closes of pairs. Of several ways to a rate the first that is fresh
 * counts: direct, inverse, through a common currency; where none is fresh, the one told last. No rate
 * is taken from a later time, and where none is known there is none.
 */
export class ExchangeRates {
  private readonly pairs: readonly PairSeries[];
  private readonly ways = new Map<string, readonly RateSeries[]>();
  private readonly times = new Map<string, Float64Array>();

  constructor(pairs: readonly PairSeries[]) {
    this.pairs = pairs
      .filter(({ timesMs }) => timesMs.length > 0)
      .toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1));
  }

  /** The last rate told at or before a time; null where none is known. */
  at(from: string, to: string, timeMs: number): ExchangeRate | null {
    const [one, other] = [majorOf(from), majorOf(to)];
    const factor = one.units / other.units;
    if (one.currency === other.currency)
      return {
        from,
        to,
        rate: factor === 1 ? ONE : new Decimal(factor),
        quotedMs: timeMs,
        isStale: false,
        path: 'SAME',
        symbols: [],
      };
    const found = lastOf(this.waysOf(one.currency, other.currency), timeMs);
    if (!found) return null;
    const { series, index } = found;
    const rate = new Decimal(series.rate[index] * factor).toSignificantDigits(RATE_DIGITS);
    const quotedMs = series.quotedMs[index];
    const { path, symbols } = series;
    return { from, to, rate, quotedMs, isStale: timeMs - quotedMs > STALE_AFTER_MS, path, symbols };
  }

  /** The rate at each of the times, not a number where none is known. */
  column(from: string, to: string, timesMs: Float64Array): Float64Array {
    const [one, other] = [majorOf(from), majorOf(to)];
    const factor = one.units / other.units;
    if (one.currency === other.currency) return timesMs.map(() => factor);
    const ways = this.waysOf(one.currency, other.currency);
    return timesMs.map((timeMs) => {
      const found = lastOf(ways, timeMs);
      return found ? found.series.rate[found.index] * factor : NaN;
    });
  }

  /** At each of the times 1 where the rate is an old one, and 0 where it is not, or none is known. */
  staleColumn(from: string, to: string, timesMs: Float64Array): Float64Array {
    const [one, other] = [majorOf(from).currency, majorOf(to).currency];
    if (one === other) return new Float64Array(timesMs.length);
    const ways = this.waysOf(one, other);
    return timesMs.map((timeMs) => {
      const found = lastOf(ways, timeMs);
      return found && timeMs - found.series.quotedMs[found.index] > STALE_AFTER_MS ? 1 : 0;
    });
  }

  /** All times at which a rate is told. */
  timesOf(from: string, to: string): Float64Array {
    const [one, other] = [majorOf(from).currency, majorOf(to).currency];
    if (one === other) return NO_TIMES;
    const key = `${one} ${other}`;
    let times = this.times.get(key);
    if (!times) {
      const told = new Set(this.waysOf(one, other).flatMap(({ timesMs }) => [...timesMs]));
      this.times.set(key, (times = Float64Array.from(told).toSorted()));
    }
    return times;
  }

  private waysOf(from: string, to: string): readonly RateSeries[] {
    const key = `${from} ${to}`;
    let ways = this.ways.get(key);
    if (!ways) {
      const legs = this.legsOf(from, to);
      const commons = new Set(this.pairs.flatMap((pair) => [pair.from, pair.to]));
      const through = [...commons]
        .filter((common) => common !== from && common !== to)
        .toSorted((a, b) => orderOf(a) - orderOf(b) || (a < b ? -1 : 1))
        .flatMap((common) => {
          const [first, second] = [this.legsOf(from, common)[0], this.legsOf(common, to)[0]];
          return first && second ? [joined(first, second)] : [];
        });
      this.ways.set(key, (ways = [...legs, ...through]));
    }
    return ways;
  }

  private legsOf(from: string, to: string): RateSeries[] {
    const direct = this.pairs
      .filter((pair) => pair.from === from && pair.to === to)
      .map((pair) => seriesOf(pair, 'DIRECT', pair.close));
    const inverse = this.pairs
      .filter((pair) => pair.from === to && pair.to === from)
      .map((pair) => seriesOf(pair, 'INVERSE', invert(pair.close)));
    return [...direct, ...inverse];
  }
}

// Inverted with all digits of the quotient that a double has.
function invert(close: Float64Array): Float64Array {
  return close.map((value) => ONE.div(value).toNumber());
}

function orderOf(currency: string): number {
  const place = PREFERRED.indexOf(currency);
  return place < 0 ? PREFERRED.length : place;
}

function seriesOf({ timesMs, symbol }: PairSeries, path: RatePath, rate: Float64Array): RateSeries {
  return { timesMs, rate, quotedMs: timesMs, path, symbols: [symbol] };
}

/** The product of two legs at every time at which either is told, from when both are. */
function joined(first: RateSeries, second: RateSeries): RateSeries {
  const startMs = Math.max(first.timesMs[0], second.timesMs[0]);
  const all = new Set([...first.timesMs, ...second.timesMs].filter((timeMs) => timeMs >= startMs));
  const timesMs = Float64Array.from(all).toSorted();
  const placesOf = ({ timesMs: own }: RateSeries) =>
    Int32Array.from(timesMs, (timeMs) => firstAtOrAfter(own, timeMs + 1) - 1);
  const [a, b] = [placesOf(first), placesOf(second)];
  return {
    timesMs,
    rate: timesMs.map((_, t) => first.rate[a[t]] * second.rate[b[t]]),
    quotedMs: timesMs.map((_, t) => Math.min(first.timesMs[a[t]], second.timesMs[b[t]])),
    path: 'TRIANGULATED',
    symbols: [...first.symbols, ...second.symbols],
  };
}

function lastOf(
  ways: readonly RateSeries[],
  timeMs: number,
): { readonly series: RateSeries; readonly index: number } | null {
  let newest: { series: RateSeries; index: number } | null = null;
  for (const series of ways) {
    const index = firstAtOrAfter(series.timesMs, timeMs + 1) - 1;
    if (index < 0) continue;
    if (timeMs - series.quotedMs[index] <= STALE_AFTER_MS) return { series, index };
    if (!newest || series.quotedMs[index] > newest.series.quotedMs[newest.index]) newest = { series, index };
  }
  return newest;
}

/** The pairs that lead from any of the currencies to another of them, at most through one between. */
export function usefulPairs(
  pairs: readonly CurrencyPair[],
  currencies: ReadonlySet<string>,
): readonly CurrencyPair[] {
  const wanted = new Set([...currencies].map((currency) => majorOf(currency).currency));
  if (wanted.size < 2) return [];
  const reached = new Map<string, Set<string>>();
  for (const { from, to } of pairs)
    for (const [one, other] of [
      [from, to],
      [to, from],
    ])
      if (wanted.has(other)) reached.set(one, (reached.get(one) ?? new Set()).add(other));
  const isUseful = (currency: string) => wanted.has(currency) || (reached.get(currency)?.size ?? 0) > 1;
  return pairs.filter(
    ({ from, to }) => isUseful(from) && isUseful(to) && (wanted.has(from) || wanted.has(to)),
  );
}
