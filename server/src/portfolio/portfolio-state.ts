import { firstAtOrAfter } from '../market-data/bars.ts';
import type { ExchangeRate } from '../market-data/exchange-rates.ts';
import { Decimal, ONE, ZERO } from '../platform/decimal.ts';
import { type PriceSplit, splitsAfter } from '../trade/price-splits.ts';
import { priceFrom } from '../trade/units.ts';
import type { Income } from './income.ts';
import type { MissingRate, PortfolioRates, StaleRate } from './portfolio-rates.ts';
import type { Arrival, Balance, Holding, PriceSeries } from './valuation.ts';

/** A holding with its price at a time; `isPriced` is false where only the last fill tells a price. */
export interface PricedHolding extends Holding {
  /** In the instrument's own currency and for a unit of the time: a close from before a split is divided by it. */
  readonly price: Decimal;
  readonly priceAt: Date | null;
  readonly previousPrice: Decimal | null;
  readonly isPriced: boolean;
  /** How its currency is turned into the base currency; null where it is the same, or no rate is known. */
  readonly exchangeRate: ExchangeRate | null;
  /** Units of the base currency for one of its currency, now and at the price before. */
  readonly baseRate: Decimal;
  readonly previousBaseRate: Decimal;
}

/** Cash of a currency with its value in the base currency. */
export interface PricedBalance extends Balance {
  readonly exchangeRate: ExchangeRate | null;
  readonly value: Decimal;
}

/** What a portfolio is worth at a time; an amount is not a number where a rate it needs is not known. */
export interface PortfolioState {
  readonly at: Date;
  /** All cash in the base currency. */
  readonly cash: Decimal;
  readonly balances: readonly PricedBalance[];
  readonly holdings: readonly PricedHolding[];
  readonly income: Income;
  readonly rates: PortfolioRates;
  /** The rates that are not known, of transactions and of the values at this time. */
  readonly missing: readonly MissingRate[];
  /** The rates that were old when transactions, or the values at this time, took them. */
  readonly stale: readonly StaleRate[];
}

const UNKNOWN = new Decimal(NaN);

/** Prices holdings and cash at a time; at the newest prices when null. */
export function stateOf({
  held,
  balances,
  income,
  series,
  rates,
  missing,
  stale,
  lastEventMs,
  atMs,
  nowMs,
}: {
  readonly held: readonly Holding[];
  readonly balances: readonly Balance[];
  readonly income: Income;
  readonly series: readonly (PriceSeries | null)[];
  readonly rates: PortfolioRates;
  readonly missing: readonly MissingRate[];
  readonly stale: readonly StaleRate[];
  readonly lastEventMs: number;
  readonly atMs: number | null;
  readonly nowMs: number;
}): PortfolioState {
  const until = atMs ?? Infinity;
  const prices = held.map(({ splits }, index) => lastPriceOf(series[index], splits, until));
  const told = [...held, ...balances].map(({ currency }) => lastToldMs(currency, rates));
  const lastMs = Math.max(lastEventMs, ...prices.map(({ timeMs }) => timeMs ?? 0), ...told);
  const rateMs = atMs ?? lastMs;
  const holdings = held.map((holding, index) => {
    const { arrival, lastPrice } = holding;
    const told = arrival ? (arrivedPrice(arrival, held, series, until) ?? ZERO) : lastPrice;
    return pricedHolding({ ...holding, lastPrice: told }, prices[index], rates, rateMs);
  });
  const priced = balances.map((balance) => pricedBalance(balance, rates, rateMs));
  const unvalued = [
    ...holdings.filter(({ quantity, baseRate }) => !quantity.isZero() && baseRate.isNaN()),
    ...priced.filter(({ value }) => value.isNaN()),
  ].map((one) => one.currency!);
  const valuedAt = [
    ...holdings.filter(({ quantity }) => !quantity.isZero()),
    ...priced.filter(({ amount }) => !amount.isZero()),
  ].flatMap(({ exchangeRate }) => exchangeRate ?? []);
  return {
    at: new Date(atMs ?? (lastMs || nowMs)),
    cash: priced.reduce((total, { value }) => total.plus(value), ZERO),
    balances: priced,
    holdings,
    income,
    rates,
    missing: withValues(missing, unvalued, rates.base, rateMs),
    stale: withStaleValues(stale, valuedAt, rateMs),
  };
}

/** When the newest rate of a currency was told; 0 where none was. */
function lastToldMs(currency: string | null, rates: PortfolioRates): number {
  if (currency === null || currency === rates.base) return 0;
  const quotedMs = rates.at(currency, Infinity)?.quotedMs ?? 0;
  return Number.isFinite(quotedMs) ? quotedMs : 0;
}

interface LastPrice {
  readonly price: Decimal;
  readonly previous: Decimal | null;
  readonly timeMs: number | null;
  readonly previousMs: number | null;
}

function lastPriceOf(series: PriceSeries | null, splits: readonly PriceSplit[], untilMs: number): LastPrice {
  const nothing = { price: UNKNOWN, previous: null, timeMs: null, previousMs: null };
  if (!series) return nothing;
  const { timesMs, close } = series;
  const index = (untilMs === Infinity ? timesMs.length : firstAtOrAfter(timesMs, untilMs + 1)) - 1;
  if (index < 0) return nothing;
  const closeOf = (at: number) =>
    splitsAfter(splits, series, at, untilMs).reduce(
      (price, { factor }) => price.div(factor),
      new Decimal(close[at]),
    );
  return {
    price: closeOf(index),
    previous: index > 0 ? closeOf(index - 1) : null,
    timeMs: timesMs[index],
    previousMs: index > 0 ? timesMs[index - 1] : null,
  };
}

/**
 * What an arrival tells of a price until a time: what the last close before it says of it, as `withArrivals` has it over
 * time; null where nothing tells one.
 */
function arrivedPrice(
  arrival: Arrival,
  held: readonly Holding[],
  series: readonly (PriceSeries | null)[],
  untilMs: number,
): Decimal | null {
  const { instrumentId, isWhole, price, through, before } = arrival;
  const place = held.findIndex((one) => one.instrumentId === instrumentId);
  const closes = series[place] ?? null;
  const last = lastPriceOf(closes, held[place]?.splits ?? [], arrival.timeMs);
  const isWithout = (lastPriceOf(closes, [], untilMs).timeMs ?? 0) > arrival.timeMs;
  if (last.timeMs !== null && (isWhole || isWithout)) return priceFrom(arrival, last.price);
  const valueOf = (told: Arrival | Decimal | null, atMs: number) =>
    told === null || told instanceof Decimal ? told : arrivedPrice(told, held, series, atMs);
  const ofThrough = through && valueOf(through, arrival.timeMs);
  const ofOthers = through ? ofThrough && priceFrom(arrival, ofThrough) : price;
  return (last.timeMs === null ? ofOthers : null) ?? valueOf(before, untilMs);
}

function pricedHolding(
  holding: Holding,
  { price, previous, timeMs, previousMs }: LastPrice,
  rates: PortfolioRates,
  rateMs: number,
): PricedHolding {
  const currency = holding.currency ?? rates.base;
  const isBase = currency === rates.base;
  const exchangeRate = isBase ? null : rates.at(currency, rateMs);
  const before = isBase || previousMs === null ? null : rates.at(currency, previousMs);
  return {
    ...holding,
    price: timeMs === null ? holding.lastPrice : price,
    priceAt: timeMs === null ? null : new Date(timeMs),
    previousPrice: previous,
    isPriced: timeMs !== null,
    exchangeRate,
    baseRate: isBase ? ONE : (exchangeRate?.rate ?? UNKNOWN),
    previousBaseRate: isBase ? ONE : (before?.rate ?? UNKNOWN),
  };
}

function pricedBalance(balance: Balance, rates: PortfolioRates, rateMs: number): PricedBalance {
  const { currency, amount } = balance;
  if (currency === rates.base) return { ...balance, exchangeRate: null, value: amount };
  const exchangeRate = rates.at(currency, rateMs);
  // Nothing needs no rate.
  const value = amount.isZero() ? ZERO : amount.times(exchangeRate?.rate ?? UNKNOWN);
  return { ...balance, exchangeRate, value };
}

function withValues(
  missing: readonly MissingRate[],
  currencies: readonly string[],
  base: string,
  atMs: number,
): readonly MissingRate[] {
  const known = missing.map((one) =>
    one.to === base && currencies.includes(one.from) ? { ...one, toMs: Math.max(one.toMs, atMs) } : one,
  );
  const added = [...new Set(currencies)]
    .filter((from) => !missing.some((one) => one.from === from && one.to === base))
    .map((from) => ({ from, to: base, fromMs: atMs, toMs: atMs, transactionIds: [] }));
  return [...known, ...added];
}

/** Old rates of transactions with those that values take at a time. */
function withStaleValues(
  stale: readonly StaleRate[],
  valuedAt: readonly ExchangeRate[],
  atMs: number,
): readonly StaleRate[] {
  const old = new Map(valuedAt.filter(({ isStale }) => isStale).map((rate) => [rate.from, rate]));
  const known = stale.map((one) => {
    const rate = one.to === old.get(one.from)?.to ? old.get(one.from) : undefined;
    if (!rate) return one;
    old.delete(one.from);
    const isOlder = atMs - rate.quotedMs > one.usedMs - one.rate.quotedMs;
    return { ...one, toMs: Math.max(one.toMs, atMs), ...(isOlder ? { rate, usedMs: atMs } : {}) };
  });
  const added = [...old.values()].map((rate): StaleRate => {
    const { from, to } = rate;
    return { from, to, fromMs: atMs, toMs: atMs, usedMs: atMs, rate, transactionIds: [] };
  });
  return [...known, ...added];
}
