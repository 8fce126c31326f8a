import { firstAtOrAfter } from '../market-data/bars.ts';
import { type Decimal, ZERO } from '../platform/decimal.ts';
import { remembered } from '../platform/remember.ts';
import {
  cashChangesOf,
  cashMovesOf,
  countsAtMs,
  externalFlowOf,
  type LedgerEntry,
  type LedgerRates,
  lotEventOf,
  ONE_CURRENCY,
} from '../trade/ledger.ts';
import { compareEntries } from '../trade/ledger-parts.ts';
import { type LotClosing, runLots } from '../trade/lots.ts';
import { doubleOf } from '../trade/stored-entry.ts';
import { closeAfter, type PriceSplit } from '../trade/price-splits.ts';
import { FILL_SIDES } from '../trade/transaction-kinds.ts';
import { type Origin, unitChanges } from '../trade/units.ts';
import { moveOf, withArrivals } from './arrivals.ts';
import { effectsOf, type GainEffects, negatedEffects, sumEffects } from './effects.ts';
import { type FindTimes, valuationTimes, withLaterDays } from './valuation-times.ts';

/**
 * Net holding of one instrument over all accounts: signed quantity, the average price it was opened at,
 * what its closed part made. Prices are in the instrument's own currency, amounts in the base currency;
 * an amount is not a number where a rate it needs is not known.
 */
export interface Holding {
  readonly instrumentId: string;
  /** What it is quoted in; null where its transactions do not tell. */
  readonly currency: string | null;
  readonly quantity: Decimal;
  /** What is open was opened for, negative when short; accounts may be on both sides. */
  readonly cost: Decimal;
  /** The same in the instrument's own currency. */
  readonly quoteCost: Decimal;
  readonly averageCost: Decimal;
  /** Before fees. */
  readonly realisedProfit: Decimal;
  readonly realisedEffects: GainEffects;
  readonly fees: Decimal;
  /** What the last transaction tells of its price. */
  readonly lastPrice: Decimal;
  /** The arrival that told it, where it came for units of another. */
  readonly arrival: Arrival | null;
  /** The splits that its prices follow. */
  readonly splits: readonly PriceSplit[];
}

/** What an arrival of units for those of another instrument tells of their price. */
export interface Arrival extends Origin {
  readonly timeMs: number;
  /** By what transactions told of the others, if they did. */
  readonly price: Decimal | null;
  /** The arrival that told the price of the others, where one did. */
  readonly through: Arrival | null;
  /** What told the price before, if anything did. */
  readonly before: Arrival | Decimal | null;
}

/**
 * Holdings after the given transactions, by average cost within each account: what goes beyond flat
 * opens anew at its price.
 */
export function holdingsOf(entries: readonly LedgerEntry[], rates: LedgerRates = ONE_CURRENCY): Holding[] {
  const events = entries.map((entry) => lotEventOf(entry, rates)).filter((event) => event !== null);
  const { lots, closings } = runLots(events, 'AVERAGE');
  const lastPrices = new Map<string, Decimal | null>(events.map(({ instrumentId }) => [instrumentId, null]));
  const splits = new Map<string, PriceSplit[]>();
  const arrivals = new Map<string, Arrival>();
  for (const { instrumentId, price, split, from, timeMs } of unitChanges(events)) {
    const before = arrivals.get(instrumentId) ?? lastPrices.get(instrumentId) ?? null;
    const through = arrivals.get(from?.instrumentId ?? '') ?? null;
    if (from) arrivals.set(instrumentId, { ...from, timeMs, price, through, before });
    else if (price) arrivals.delete(instrumentId);
    lastPrices.set(instrumentId, price ?? lastPrices.get(instrumentId) ?? null);
    if (split) splits.set(instrumentId, [...(splits.get(instrumentId) ?? []), split]);
  }
  const currencies = quoteCurrenciesOf(entries);
  const lotsOf = Map.groupBy(lots, ({ instrumentId }) => instrumentId);
  const closingsOf = Map.groupBy(closings, ({ instrumentId }) => instrumentId);
  return [...lastPrices].map(([instrumentId, lastPrice]) => {
    const open = lotsOf.get(instrumentId) ?? [];
    const closed = closingsOf.get(instrumentId) ?? [];
    const sum = <Item>(items: readonly Item[], of: (item: Item) => Decimal) =>
      items.reduce((total, item) => total.plus(of(item)), ZERO);
    const signed = (side: string, amount: Decimal) => (side === 'LONG' ? amount : amount.negated());
    const quantity = sum(open, (lot) => signed(lot.side, lot.quantity));
    const cost = sum(open, (lot) => signed(lot.side, lot.basis));
    const isQuoted = open.every((lot) => lot.basis === lot.quoteBasis);
    const quoteCost = isQuoted ? cost : sum(open, (lot) => signed(lot.side, lot.quoteBasis));
    return {
      instrumentId,
      currency: currencies.get(instrumentId) ?? null,
      quantity,
      cost,
      quoteCost,
      averageCost: quantity.isZero() ? ZERO : quoteCost.div(quantity),
      realisedProfit: sum(closed, (one) => signed(one.side, one.exitValue.minus(one.entryValue))),
      realisedEffects: sumEffects(closed.map(closingEffects)),
      fees: sum(closed, ({ fees }) => fees).plus(sum(open, ({ fee }) => fee)),
      lastPrice: lastPrice ?? ZERO,
      arrival: arrivals.get(instrumentId) ?? null,
      splits: splits.get(instrumentId) ?? [],
    };
  });
}

function closingEffects(one: LotClosing): GainEffects {
  const effects = effectsOf(
    { base: one.entryValue, quote: one.quoteEntryValue },
    { base: one.exitValue, quote: one.quoteExitValue },
  );
  return one.side === 'LONG' ? effects : negatedEffects(effects);
}

/** What each instrument of the transactions is quoted in. */
export function quoteCurrenciesOf(entries: readonly LedgerEntry[]): Map<string, string> {
  const currencies = new Map<string, string>();
  let last: string | null = null;
  for (const { instrumentId, quoteCurrency, otherInstrumentId, otherQuoteCurrency } of entries) {
    if (instrumentId && instrumentId !== last && quoteCurrency)
      currencies.set((last = instrumentId), quoteCurrency);
    if (otherInstrumentId && otherQuoteCurrency) currencies.set(otherInstrumentId, otherQuoteCurrency);
  }
  return currencies;
}

/** Cash of one currency over all accounts, and what its moves were worth in the base currency when they came. */
export interface Balance {
  readonly currency: string;
  readonly amount: Decimal;
  readonly cost: Decimal;
}

/** The cash of each currency after the given transactions. */
export function balancesOf(entries: readonly LedgerEntry[], rates: LedgerRates = ONE_CURRENCY): Balance[] {
  const balances = new Map<string, Balance>();
  for (const entry of entries)
    for (const { currency, amount, value } of cashMovesOf(entry, rates)) {
      const before = balances.get(currency) ?? { currency, amount: ZERO, cost: ZERO };
      const sum = before.amount.plus(amount);
      const isSame = before.cost === before.amount && value === amount;
      balances.set(currency, { currency, amount: sum, cost: isSame ? sum : before.cost.plus(value) });
    }
  return [...balances.values()];
}

/** Closing prices of one instrument as columns. */
export interface PriceSeries {
  readonly timesMs: Float64Array;
  readonly close: Float64Array;
}

/** A change of the units of an instrument as doubles, see `UnitChange`. */
export interface UnitMove {
  readonly timeMs: number;
  readonly instrumentId: string;
  readonly change: number;
  readonly price: number | null;
  readonly split?: PriceSplit;
  readonly from?: { readonly instrumentId: string; readonly factor: number; readonly isWhole: boolean };
}

/** What a ledger moves over time, as doubles in the order of time. */
export interface Journal {
  readonly cash: readonly { readonly timeMs: number; readonly currency: string; readonly amount: number }[];
  /** Prices are in the instrument's own currency. */
  readonly units: readonly UnitMove[];
  /** Cash and prices are in the base currency. */
  readonly flows: readonly {
    readonly entry: LedgerEntry;
    readonly timeMs: number;
    readonly cash: number;
    readonly instrumentId: string | null;
    readonly quantity: number;
    readonly price: number | null;
  }[];
  /** What each instrument is quoted in. */
  readonly currencies: ReadonlyMap<string, string>;
}

/** The cash, units and flows of transactions. */
export function journalOf(entries: readonly LedgerEntry[], rates: LedgerRates = ONE_CURRENCY): Journal {
  const cash: Journal['cash'][number][] = [];
  const flows: Journal['flows'][number][] = [];
  for (const entry of entries) {
    addCash(cash, entry);
    const flow = externalFlowOf(entry, rates);
    if (!flow) continue;
    const { cash: money, instrumentId, quantity, price } = flow;
    const timeMs = countsAtMs(entry);
    const amounts = { cash: money.toNumber(), quantity: quantity.toNumber(), price: numberOf(price) };
    flows.push({ entry, timeMs, instrumentId, ...amounts });
  }
  const units = tradedUnits(entries) ?? unitsOf(entries, rates);
  return { cash, units, flows, currencies: quoteCurrenciesOf(entries) };
}

function addCash(cash: Journal['cash'][number][], entry: LedgerEntry): void {
  const [timeMs, { currency }] = [countsAtMs(entry), entry];
  const own = doubleOf(entry, 'amount')!;
  if (own !== 0 && entry.counterAccountId === null && entry.otherCurrency === null)
    cash.push({ timeMs, currency, amount: own });
  else
    for (const change of cashChangesOf(entry))
      cash.push({ timeMs, currency: change.currency, amount: change.amount.toNumber() });
}

/** The units of transactions that are all trades in the currency of their instrument, which most are; else null. */
function tradedUnits(entries: readonly LedgerEntry[]): Journal['units'] | null {
  const units: Journal['units'][number][] = [];
  for (const entry of entries) {
    const { kind, instrumentId, quoteCurrency, currency } = entry;
    const side = FILL_SIDES[kind];
    if (instrumentId === null || (!side && lotEventOf(entry) === null)) continue;
    if (!side || (quoteCurrency !== null && quoteCurrency !== currency)) return null;
    const quantity = doubleOf(entry, 'quantity') ?? 0;
    units.push({
      timeMs: countsAtMs(entry),
      instrumentId,
      change: side === 'BUY' ? quantity : -quantity,
      price: doubleOf(entry, 'price') ?? 0,
    });
  }
  return units;
}

function unitsOf(entries: readonly LedgerEntry[], rates: LedgerRates): Journal['units'] {
  const events = entries.map((entry) => lotEventOf(entry, rates)).filter((event) => event !== null);
  return unitChanges(events).map(moveOf);
}

function numberOf(value: Decimal | null): number | null {
  return value === null ? null : value.toNumber();
}

/** Rates into the base currency over time. */
export interface RateColumns {
  /** At each of the times, not a number where none is known. */
  column(currency: string, timesMs: Float64Array): Float64Array;
  /** At each of the times 1 where that is a rate of more than 7 days before, and 0 where it is not, or none is known. */
  staleColumn(currency: string, timesMs: Float64Array): Float64Array;
  /** When rates of the currency were told. */
  timesOf(currency: string): Float64Array;
}

/** The rates of a portfolio in which everything is in one currency. */
export const ONE_RATE: LedgerRates & RateColumns = {
  ...ONE_CURRENCY,
  column: (_, timesMs) => timesMs.map(() => 1),
  staleColumn: (_, timesMs) => new Float64Array(timesMs.length),
  timesOf: () => new Float64Array(0),
};

/** The value of a portfolio over time as columns of one length, in the base currency; not a number where a rate is missing. */
export interface EquityColumns {
  readonly timesMs: Float64Array;
  readonly equity: Float64Array;
  readonly cash: Float64Array;
  readonly marketValue: Float64Array;
  /** What was brought in since the time before, and what was taken out; both 0 or more. */
  readonly inflow: Float64Array;
  readonly outflow: Float64Array;
  /** What the change of rates since the time before made of the cash and positions that were there then. */
  readonly currencyEffect: Float64Array;
  /** 1 where an old exchange rate values cash or a position, 0 elsewhere. */
  readonly hasStaleRate: Float64Array;
  /** What each flow of the journal was worth, in its order. */
  readonly flowAmounts: Float64Array;
  /** At how many of the times, which are the first ones, a price or a rate was told. */
  readonly pricedLength: number;
}

/**
 * Values a portfolio at every price time from its first event on, and after the last one at the end of
 * every day, UTC, on which something moved. Between prices the last one holds, in the units of the time; before the first
 * price of an instrument the one its last transaction tells does, which also values units that flow in or out without a
 * price of their own.
 */
export function equityColumns(
  journal: Journal,
  prices: ReadonlyMap<string, PriceSeries>,
  rates: RateColumns = ONE_RATE,
): EquityColumns {
  const steps = equitySteps([journal], prices, rates, valuationTimes);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/**
 * The same for a ledger in parts that share no instrument, in steps between which others may have the
 * thread. What was worked out of a journal that is still the same is not worked out again.
 */
export function* equitySteps(
  journals: readonly Journal[],
  prices: ReadonlyMap<string, PriceSeries>,
  rates: RateColumns,
  findTimes: FindTimes,
): Generator<undefined, EquityColumns> {
  const currencies = new Map(journals.flatMap((journal) => [...journal.currencies]));
  const currencyOf = (instrumentId: string) => currencies.get(instrumentId) ?? '';
  const used = new Set([...journals.flatMap(cashCurrenciesOf), ...currencies.values()]);
  const told = [...prices.values()].map((one) => one.timesMs);
  const toldRates = [...used].map((currency) => rates.timesOf(currency));
  const toldMs = yield* findTimes(new Set([...told, ...toldRates]), Math.min(...journals.map(firstMsOf)));
  const timesMs = withLaterDays(
    toldMs,
    journals.flatMap(({ cash, units, flows: brought }) => [cash, units, brought]),
  );
  const exposures = new Exposures(timesMs, rates);
  const ownMoves = new Map<string, readonly UnitMove[]>();
  for (const journal of journals) {
    for (const { timeMs, currency, amount } of journal.cash) exposures.addCash(currency, timeMs, amount);
    for (const [instrumentId, moves] of movesByInstrument(journal)) ownMoves.set(instrumentId, moves);
    yield;
  }
  const byInstrument = withArrivals(ownMoves, prices);
  // Always added up in the same order, so that the same ledger has the same value to the last bit.
  for (const [instrumentId, moves] of [...byInstrument].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    exposures.addValues(currencyOf(instrumentId), valuesOnce(moves, prices.get(instrumentId), timesMs));
    yield;
  }
  const flows = journals.flatMap((journal) => journal.flows);
  if (journals.length > 1) flows.sort((a, b) => compareEntries(a.entry, b.entry));
  const [inflow, outflow] = [new Float64Array(timesMs.length), new Float64Array(timesMs.length)];
  const flowAmounts = Float64Array.from(flows, ({ timeMs, cash: money, instrumentId, quantity, price }) => {
    const t = firstAtOrAfter(timesMs, timeMs);
    const marketPrice = () =>
      lastPrice(byInstrument.get(instrumentId ?? '') ?? [], prices.get(instrumentId ?? ''), timesMs[t]) *
      exposures.rateOf(currencyOf(instrumentId ?? ''))[t];
    const amount = money + (quantity === 0 ? 0 : quantity * (price ?? marketPrice()));
    (amount > 0 ? inflow : outflow)[t] += Math.abs(amount);
    return amount;
  });
  const pricedLength = toldMs.length;
  return { timesMs, ...exposures.columns(), inflow, outflow, flowAmounts, pricedLength };
}

/** Cash and positions by currency, in that currency. */
interface Exposure {
  /** What cash moved since the time before. */
  readonly moves: Float64Array;
  readonly values: Float64Array;
}

// What sums of doubles leave of nothing.
const DUST = 1e-9;

/** What a portfolio has in each currency over time. */
class Exposures {
  private readonly timesMs: Float64Array;
  private readonly rates: RateColumns;
  private readonly byCurrency = new Map<string, Exposure>();
  private readonly rateColumns = new Map<string, Float64Array>();

  constructor(timesMs: Float64Array, rates: RateColumns) {
    this.timesMs = timesMs;
    this.rates = rates;
  }

  addCash(currency: string, timeMs: number, amount: number): void {
    this.of(currency).moves[firstAtOrAfter(this.timesMs, timeMs)] += amount;
  }

  addValues(currency: string, values: Float64Array): void {
    const total = this.of(currency).values;
    for (let t = 0; t < values.length; t += 1) total[t] += values[t];
  }

  rateOf(currency: string): Float64Array {
    let column = this.rateColumns.get(currency);
    if (!column) this.rateColumns.set(currency, (column = this.rates.column(currency, this.timesMs)));
    return column;
  }

  columns(): Pick<EquityColumns, 'equity' | 'cash' | 'marketValue' | 'currencyEffect' | 'hasStaleRate'> {
    const column = () => new Float64Array(this.timesMs.length);
    const [cash, marketValue, currencyEffect, hasStaleRate] = [column(), column(), column(), column()];
    for (const [currency, { moves, values }] of this.byCurrency) {
      const [rate, stale] = [this.rateOf(currency), this.rates.staleColumn(currency, this.timesMs)];
      let [balance, before] = [0, 0];
      for (let t = 0; t < moves.length; t += 1) {
        if (t > 0 && before !== 0) currencyEffect[t] += before * (rate[t] - rate[t - 1]);
        balance += moves[t];
        if (Math.abs(balance) < DUST) balance = 0;
        // Nothing needs no rate.
        if (balance !== 0) cash[t] += balance * rate[t];
        if (values[t] !== 0) marketValue[t] += values[t] * rate[t];
        if (stale[t] === 1 && (balance !== 0 || values[t] !== 0)) hasStaleRate[t] = 1;
        before = balance + values[t];
      }
    }
    const equity = cash.map((amount, t) => amount + marketValue[t]);
    return { equity, cash, marketValue, currencyEffect, hasStaleRate };
  }

  private of(currency: string): Exposure {
    let found = this.byCurrency.get(currency);
    if (!found) {
      const { length } = this.timesMs;
      found = { moves: new Float64Array(length), values: new Float64Array(length) };
      this.byCurrency.set(currency, found);
    }
    return found;
  }
}

const movesByInstrument = remembered(({ units }: Journal) =>
  Map.groupBy(units, ({ instrumentId }) => instrumentId),
);
const cashCurrenciesOf = remembered(({ cash }: Journal) => [
  ...new Set(cash.map(({ currency }) => currency)),
]);

function firstMsOf({ cash, units }: Journal): number {
  return Math.min(cash[0]?.timeMs ?? Infinity, units[0]?.timeMs ?? Infinity);
}

interface KnownValues {
  readonly series: PriceSeries | undefined;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

const knownValues = new WeakMap<readonly UnitMove[], KnownValues>();

/** The same as `instrumentValues`, worked out anew only when moves, prices or times are others. */
function valuesOnce(
  moves: readonly UnitMove[],
  series: PriceSeries | undefined,
  timesMs: Float64Array,
): Float64Array {
  const known = knownValues.get(moves);
  if (known?.series === series && known?.timesMs === timesMs) return known.values;
  const values = instrumentValues(moves, series, timesMs);
  knownValues.set(moves, { series, timesMs, values });
  return values;
}

const NOTHING_TOLD = new Float64Array(0);

/** What the units of one instrument are worth at each time, in its own currency. */
function instrumentValues(
  moves: readonly UnitMove[],
  series: PriceSeries | undefined,
  timesMs: Float64Array,
): Float64Array {
  const values = new Float64Array(timesMs.length);
  const toldMs = series?.timesMs ?? NOTHING_TOLD;
  const closes = series?.close ?? NOTHING_TOLD;
  let [quantity, price, nextPrice, t] = [0, 0, 0, 0];
  for (let nextMove = 0; t < timesMs.length; nextMove += 1) {
    // Until the next move the quantity stays.
    const untilMs = nextMove < moves.length ? moves[nextMove].timeMs : Infinity;
    for (; t < timesMs.length && timesMs[t] < untilMs; t += 1) {
      for (; nextPrice < toldMs.length && toldMs[nextPrice] <= timesMs[t]; nextPrice += 1)
        price = closes[nextPrice];
      values[t] = quantity * price;
    }
    if (nextMove === moves.length) break;
    const move = moves[nextMove];
    if (move.split) {
      for (; nextPrice < toldMs.length && toldMs[nextPrice] < move.timeMs; nextPrice += 1)
        price = closes[nextPrice];
      if (nextPrice > 0) price = closeAfter(series!, nextPrice - 1, moves, move.timeMs);
    }
    const after = quantity + move.change;
    quantity = Math.abs(after) < DUST * Math.abs(move.change) ? 0 : after;
    if (nextPrice === 0 && move.price !== null) price = move.price;
  }
  return values;
}

/** The price of an instrument at a time: its last close, or what its transactions told until then. */
function lastPrice(moves: readonly UnitMove[], series: PriceSeries | undefined, timeMs: number): number {
  const index = series ? firstAtOrAfter(series.timesMs, timeMs + 1) - 1 : -1;
  if (index >= 0) return closeAfter(series!, index, moves, timeMs);
  return moves.findLast((move) => move.timeMs <= timeMs && move.price !== null)?.price ?? 0;
}
