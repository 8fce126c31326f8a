import type { ExchangeRate, ExchangeRates } from '../market-data/exchange-rates.ts';
import { Decimal, ONE } from '../platform/decimal.ts';
import { rememberedPair } from '../platform/remember.ts';
import { grossOf, type LedgerEntry, type LedgerRates } from '../trade/ledger.ts';
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

/** A rate that figures use although it was old when they needed it. */
export interface StaleRate extends MissingRate {
  /** The one that was told the longest before it was used, and for when it was. */
  readonly rate: ExchangeRate;
  readonly usedMs: number;
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
  private readonly byDay = new Map<string, ExchangeRate | null>();

  constructor(rates: ExchangeRates, base: string) {
    this.rates = rates;
    this.base = base;
  }

  on(from: string, to: string, timeMs: number): Decimal {
    if (from === to) return ONE;
    return this.toldOn(from, to, timeMs)?.rate ?? UNKNOWN;
  }

  /** What `on` takes for a rate on the day of a time, with when it was told; null where none is known. */
  toldOn(from: string, to: string, timeMs: number): ExchangeRate | null {
    const day = Math.floor(timeMs / DAY_MS);
    const key = `${from} ${to} ${day}`;
    let rate = this.byDay.get(key);
    if (rate === undefined) {
      rate = this.rates.at(from, to, (day + 1) * DAY_MS);
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

  staleColumn(currency: string, timesMs: Float64Array): Float64Array {
    return this.rates.staleColumn(currency, this.base, timesMs);
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

/** The rates that transactions need and that nothing tells, or old ones alone, by pair. */
export interface RateGaps {
  readonly missing: readonly MissingRate[];
  readonly stale: readonly StaleRate[];
}

/** What transactions lack of the rates that they need. */
export const rateGapsOf = rememberedPair(
  (entries: readonly LedgerEntry[], rates: PortfolioRates): RateGaps => {
    const needs = entries.flatMap((entry) => needsOf(entry, rates));
    const byPair = Map.groupBy(
      needs.filter(({ told }) => told === null || told.isStale),
      ({ from, to, told }) => `${from} ${to} ${told === null}`,
    );
    const gaps = [...byPair.values()].map((all) => ({ all, gap: gapOf(all) }));
    return {
      missing: gaps.filter(({ all }) => all[0].told === null).map(({ gap }) => gap),
      stale: gaps.flatMap(({ all, gap }) => (all[0].told === null ? [] : [{ ...gap, ...oldestOf(all) }])),
    };
  },
);

function gapOf(needs: readonly RateNeed[]): MissingRate {
  const { from, to } = needs[0];
  const timesMs = needs.map(({ timeMs }) => timeMs);
  const [fromMs, toMs] = [timesMs.reduce((a, b) => Math.min(a, b)), timesMs.reduce((a, b) => Math.max(a, b))];
  return { from, to, fromMs, toMs, transactionIds: [...new Set(needs.map(({ id }) => id))] };
}

function oldestOf(needs: readonly RateNeed[]): Pick<StaleRate, 'rate' | 'usedMs'> {
  const ageOf = ({ timeMs, told }: RateNeed) => timeMs - told!.quotedMs;
  const oldest = needs.reduce((a, b) => (ageOf(b) > ageOf(a) ? b : a));
  return { rate: oldest.told!, usedMs: oldest.timeMs };
}

/** A rate that a transaction needs, and what is known of it. */
interface RateNeed {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly timeMs: number;
  readonly told: ExchangeRate | null;
}

const NONE: readonly RateNeed[] = [];

/** The rates that a transaction takes from its day. */
function needsOf(entry: LedgerEntry, rates: PortfolioRates): readonly RateNeed[] {
  const { id, currency, quoteCurrency, otherQuoteCurrency, exchangeRate } = entry;
  // Most transactions are in one currency, and need no rate.
  const isOfBase = currency === rates.base && (quoteCurrency === null || quoteCurrency === currency);
  if (isOfBase && exchangeRate === null && otherQuoteCurrency === null) return NONE;
  const needs: RateNeed[] = [];
  const need = (from: string, to: string, timeMs = entry.timeMs) => {
    if (from !== to) needs.push({ id, from, to, timeMs, told: rates.toldOn(from, to, timeMs) });
  };
  const hasCost = entry.price !== null || entry.costBasis !== null;
  // Units that came in cost what they did on the day they were bought; what they are worth is of their own day.
  const boughtMs = entry.acquiredMs ?? entry.timeMs;
  if (isByDay(entry, rates)) {
    if (!entry.amount.isZero() || entry.price) need(currency, rates.base);
    if (hasCost && (entry.amount.isZero() || boughtMs !== entry.timeMs)) need(currency, rates.base, boughtMs);
  }
  const stated = exchangeRate === null ? currency : rates.base;
  if (hasCost && quoteCurrency) need(stated, quoteCurrency, boughtMs);
  if (quoteCurrency && otherQuoteCurrency) need(quoteCurrency, otherQuoteCurrency);
  return needs;
}

/** Whether a transaction states no rate into the base currency, so that it takes that of a day. */
function isByDay(entry: LedgerEntry, { base }: PortfolioRates): boolean {
  const { exchangeRate, otherCurrency, otherAmount } = entry;
  if (exchangeRate !== null || entry.currency === base) return false;
  return otherCurrency !== base || !otherAmount || grossOf(entry).isZero();
}

/** The rate that a transaction is booked at; null in the base currency, and where what it exchanges tells its own. */
export function bookedRateOf(entry: LedgerEntry, rates: PortfolioRates): ExchangeRate | null {
  const { exchangeRate, currency, timeMs } = entry;
  if (exchangeRate !== null)
    return {
      from: currency,
      to: rates.base,
      rate: exchangeRate,
      quotedMs: timeMs,
      isStale: false,
      path: 'STATED',
      symbols: [],
    };
  return isByDay(entry, rates) ? rates.toldOn(entry.currency, rates.base, entry.timeMs) : null;
}
