import type { ExchangeRate, ExchangeRates } from '../market-data/exchange-rates.ts';
import { Decimal, ONE } from '../platform/decimal.ts';
import { rememberedPair } from '../platform/remember.ts';
import { baseRateOf, type LedgerEntry, type LedgerRates } from '../trade/ledger.ts';
import type { RateColumns } from './valuation.ts';

/** A rate that a figure needs and that nothing tells. */
export interface MissingRate {
  readonly from: string;
  readonly to: string;
  /** The first and last time that it is needed at. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The transactions that need it, the oldest first; empty where only values do. */
  readonly transactionIds: readonly string[];
}

const DAY_MS = 86_400_000;
const UNKNOWN = new Decimal(NaN);

/**
 * The rates of a portfolio. A transaction is booked at the last rate told until the end of its day, UTC,
 * so that daily closes count for what happened on their day; values are taken at the last rate told.
 */
export class PortfolioRates implements LedgerRates, RateColumns {
  readonly base: string;
  private readonly rates: ExchangeRates;
  private readonly byDay = new Map<string, Decimal>();

  constructor(rates: ExchangeRates, base: string) {
    this.rates = rates;
    this.base = base;
  }

  on(from: string, to: string, timeMs: number): Decimal {
    if (from === to) return ONE;
    const day = Math.floor(timeMs / DAY_MS);
    const key = `${from} ${to} ${day}`;
    let rate = this.byDay.get(key);
    if (!rate) {
      rate = this.rates.at(from, to, (day + 1) * DAY_MS)?.rate ?? UNKNOWN;
      this.byDay.set(key, rate);
    }
    return rate;
  }

  /** The last rate into the base currency at a time; null where none is known. */
  at(currency: string, timeMs: number): ExchangeRate | null {
    return this.rates.at(currency, this.base, timeMs);
  }

  column(currency: string, timesMs: Float64Array): Float64Array {
    return this.rates.column(currency, this.base, timesMs);
  }

  timesOf(currency: string): Float64Array {
    return this.rates.timesOf(currency, this.base);
  }
}

const byBase = new WeakMap<ExchangeRates, Map<string, PortfolioRates>>();

/** The rates into a base currency; the same object for the same rates. */
export function portfolioRates(rates: ExchangeRates, base: string): PortfolioRates {
  const known = byBase.get(rates) ?? new Map<string, PortfolioRates>();
  byBase.set(rates, known);
  let found = known.get(base);
  if (!found) known.set(base, (found = new PortfolioRates(rates, base)));
  return found;
}

/** The rates that transactions need and that nothing tells, by pair. */
export const missingRatesOf = rememberedPair(
  (entries: readonly LedgerEntry[], rates: LedgerRates): readonly MissingRate[] => {
    const missing = new Map<string, { from: string; to: string; entries: LedgerEntry[] }>();
    for (const entry of entries)
      for (const [from, to] of pairsOf(entry, rates)) {
        const key = `${from} ${to}`;
        const before = missing.get(key);
        if (before) before.entries.push(entry);
        else missing.set(key, { from, to, entries: [entry] });
      }
    return [...missing.values()].map(({ from, to, entries: needing }) => ({
      from,
      to,
      fromMs: needing[0].timeMs,
      toMs: needing.at(-1)!.timeMs,
      transactionIds: needing.map(({ id }) => id),
    }));
  },
);

const NONE: readonly (readonly [string, string])[] = [];

/** The pairs that a transaction needs and that have no rate on its day. */
function pairsOf(entry: LedgerEntry, rates: LedgerRates): readonly (readonly [string, string])[] {
  const { currency, quoteCurrency, otherQuoteCurrency, exchangeRate, timeMs } = entry;
  // Most transactions are in one currency, and need no rate.
  const isOfBase = currency === rates.base && (quoteCurrency === null || quoteCurrency === currency);
  if (isOfBase && exchangeRate === null && otherQuoteCurrency === null) return NONE;
  const isUnknown = (from: string, to: string) => rates.on(from, to, timeMs).isNaN();
  const pairs: (readonly [string, string])[] = [];
  if (!entry.amount.isZero() && baseRateOf(entry, rates).isNaN()) pairs.push([currency, rates.base]);
  const stated = exchangeRate === null ? currency : rates.base;
  if ((entry.price || entry.costBasis) && quoteCurrency && isUnknown(stated, quoteCurrency))
    pairs.push([stated, quoteCurrency]);
  if (quoteCurrency && otherQuoteCurrency && isUnknown(quoteCurrency, otherQuoteCurrency))
    pairs.push([quoteCurrency, otherQuoteCurrency]);
  return pairs;
}
