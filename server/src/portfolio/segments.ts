import { firstAtOrAfter } from '../market-data/bars.ts';
import type { Decimal } from '../platform/decimal.ts';
import {
  baseRateOf,
  cashMovesOf,
  countsAtMs,
  externalFlowOf,
  grossOf,
  type LedgerEntry,
  type LedgerRates,
  lotEventOf,
} from '../trade/ledger.ts';
import { closeAfter } from '../trade/price-splits.ts';
import { type UnitChange, unitChanges } from '../trade/units.ts';
import { moveOf, withArrivals } from './arrivals.ts';
import type { TimedFlow } from './modified-dietz.ts';
import { ONE_RATE, type PriceSeries, quoteCurrenciesOf, type RateColumns } from './valuation.ts';

/** A part of a portfolio over its valuation times: what it was worth, and what was put in and taken out of it. */
export interface Segment {
  readonly key: string;
  readonly value: Float64Array;
  /** What came in from outside or from other parts since the time before, and what went out; both 0 or more. */
  readonly inflow: Float64Array;
  readonly outflow: Float64Array;
  /** The same with the time of each transaction, in their order. */
  readonly flows: readonly TimedFlow[];
}

/** What is cut into parts, and by what: a place is an instrument, or cash, in an account. */
export interface SegmentInput {
  readonly entries: readonly LedgerEntry[];
  readonly timesMs: Float64Array;
  /** What each external flow of the entries was worth, in their order. */
  readonly flowAmounts: Float64Array;
  readonly prices: ReadonlyMap<string, PriceSeries>;
  /** How currencies turn into the base currency; all are the same where it is left out. */
  readonly rates?: LedgerRates & RateColumns;
  readonly keysOf: (accountId: string, instrumentId: string | null) => readonly string[];
}

/** Kinds that move value from one instrument to another. */
const EXCHANGES: readonly LedgerEntry['kind'][] = ['SPIN_OFF', 'MERGER', 'TICKER_CHANGE', 'DELISTING'];

/** The price of each instrument at each time in its own currency: its last close in the units of the time, before the first one what its last transaction told. */
export function priceColumns(
  units: readonly UnitChange[],
  prices: ReadonlyMap<string, PriceSeries>,
  timesMs: Float64Array,
): Map<string, Float64Array> {
  const columns = new Map<string, Float64Array>();
  const moves = Map.groupBy(units.map(moveOf), (one) => one.instrumentId);
  for (const [instrumentId, changes] of withArrivals(moves, prices)) {
    const series = prices.get(instrumentId);
    const column = new Float64Array(timesMs.length);
    let [price, nextBar, nextChange] = [0, 0, 0];
    const takeBars = (isTaken: (barMs: number) => boolean) => {
      for (; series && nextBar < series.timesMs.length && isTaken(series.timesMs[nextBar]); nextBar += 1)
        price = series.close[nextBar];
    };
    for (let t = 0; t < timesMs.length; t += 1) {
      for (; nextChange < changes.length && changes[nextChange].timeMs <= timesMs[t]; nextChange += 1) {
        const { timeMs, price: told, split } = changes[nextChange];
        if (split) takeBars((barMs) => barMs < timeMs);
        if (nextBar === 0) price = told ?? price;
        else if (split) price = closeAfter(series!, nextBar - 1, changes, timeMs);
      }
      takeBars((barMs) => barMs <= timesMs[t]);
      column[t] = price;
    }
    columns.set(instrumentId, column);
  }
  return columns;
}

/**
 * Cuts a portfolio into parts whose values add up to its value, and whose gains, the changes of value
 * less what was put in, add up to its gain. A purchase moves money from the cash of its account into its
 * instrument, with fee and tax; a dividend moves it back. Where places share a key their moves among each
 * other are none. Values add up where every place has one key.
 */
export function segmentsOf(input: SegmentInput): Segment[] {
  const { entries, timesMs, flowAmounts, prices, rates = ONE_RATE, keysOf } = input;
  const units = unitChanges(
    entries.map((entry) => lotEventOf(entry, rates)).filter((event) => event !== null),
  );
  const currencies = quoteCurrenciesOf(entries);
  const rateOf = rateColumnsOf(rates, timesMs);
  const columns = priceColumns(units, prices, timesMs);
  for (const [instrumentId, column] of columns) {
    const rate = rateOf(currencies.get(instrumentId) ?? rates.base);
    if (rate)
      columns.set(
        instrumentId,
        column.map((price, t) => price * rate[t]),
      );
  }
  const parts = new Parts(timesMs.length, keysOf);
  const stepOf = (timeMs: number) => firstAtOrAfter(timesMs, timeMs);
  const unitsOf = Map.groupBy(units, ({ eventId }) => eventId);
  let nextFlow = 0;
  for (const entry of entries) {
    const step = stepOf(countsAtMs(entry));
    const flowAmount = externalFlowOf(entry, rates) ? flowAmounts[nextFlow++] : 0;
    if (step === timesMs.length) continue;
    const changes = unitsOf.get(entry.id) ?? [];
    const moves = movesOf(entry, rates, flowAmount, changes, (id) => columns.get(id)![step]);
    for (const { accountId, currency, amount } of cashMovesOf(entry, rates))
      parts.hold({ accountId, instrumentId: null, currency }, step, amount.toNumber());
    parts.flow(step, entry.timeMs, moves);
  }
  for (const { accountId, instrumentId, timeMs, change } of units)
    if (stepOf(timeMs) < timesMs.length)
      parts.hold({ accountId, instrumentId, currency: rates.base }, stepOf(timeMs), change.toNumber());
  return parts.segments(({ instrumentId, currency }) =>
    instrumentId === null ? rateOf(currency) : columns.get(instrumentId)!,
  );
}

/** The rate of each currency over time; null for the base currency. */
function rateColumnsOf(
  rates: LedgerRates & RateColumns,
  timesMs: Float64Array,
): (currency: string) => Float64Array | null {
  const columns = new Map<string, Float64Array>();
  return (currency) => {
    if (currency === rates.base) return null;
    const known = columns.get(currency) ?? rates.column(currency, timesMs);
    columns.set(currency, known);
    return known;
  };
}

interface PlaceMove {
  readonly accountId: string;
  readonly instrumentId: string | null;
  readonly amount: number;
}

/** What a transaction puts into each place, in the base currency. */
function movesOf(
  entry: LedgerEntry,
  rates: LedgerRates,
  flowAmount: number,
  changes: readonly UnitChange[],
  priceOf: (instrumentId: string) => number,
): PlaceMove[] {
  const { accountId, instrumentId, counterAccountId } = entry;
  const worth = (amount: Decimal) =>
    amount.isZero() ? 0 : amount.times(baseRateOf(entry, rates)).toNumber();
  const net = worth(entry.amount);
  if (instrumentId === null) {
    if (counterAccountId === null) return [{ accountId, instrumentId, amount: flowAmount }];
    const gross = worth(grossOf(entry));
    return [
      { accountId, instrumentId, amount: gross },
      { accountId: counterAccountId, instrumentId, amount: -gross },
    ];
  }
  const own = [
    { accountId, instrumentId: null, amount: net },
    { accountId, instrumentId, amount: flowAmount - net },
  ];
  const isExchange = EXCHANGES.includes(entry.kind);
  if (counterAccountId === null && !isExchange) return own;
  // Units that move within the portfolio take their value along, by the price of what arrives.
  const moved = changes.filter((one) =>
    isExchange ? one.instrumentId === entry.otherInstrumentId : one.accountId === counterAccountId,
  );
  const among = moved.flatMap((one) => {
    const amount = one.change.toNumber() * priceOf(one.instrumentId);
    return [
      { accountId: one.accountId, instrumentId: one.instrumentId, amount },
      { accountId, instrumentId, amount: -amount },
    ];
  });
  return [...own, ...among];
}

/** What holds something: an instrument, or the cash of a currency, in an account. */
interface Place {
  readonly accountId: string;
  readonly instrumentId: string | null;
  readonly currency: string;
}

// What sums of doubles leave of nothing needs no rate.
const DUST = 1e-9;

/** Collects what places hold and what flows between the parts that they belong to. */
class Parts {
  private readonly length: number;
  private readonly keysOf: SegmentInput['keysOf'];
  private readonly held = new Map<string, Place & { column: Float64Array }>();
  private readonly byKey = new Map<string, Segment & { readonly flows: TimedFlow[] }>();

  constructor(length: number, keysOf: SegmentInput['keysOf']) {
    this.length = length;
    this.keysOf = keysOf;
  }

  /** Adds units, or cash, to what a place holds from a step on. */
  hold(place: Place, step: number, change: number): void {
    const key = `${place.accountId} ${place.instrumentId} ${place.currency}`;
    let known = this.held.get(key);
    if (!known) this.held.set(key, (known = { ...place, column: new Float64Array(this.length) }));
    known.column[step] += change;
  }

  /** Counts the moves of one transaction; what stays within a part cancels out. */
  flow(step: number, timeMs: number, moves: readonly PlaceMove[]): void {
    const net = new Map<string, number>();
    for (const { accountId, instrumentId, amount } of moves)
      for (const key of this.keysOf(accountId, instrumentId)) net.set(key, (net.get(key) ?? 0) + amount);
    for (const [key, amount] of net) {
      const part = this.part(key);
      part[amount > 0 ? 'inflow' : 'outflow'][step] += Math.abs(amount);
      if (amount !== 0) part.flows.push({ timeMs, amount });
    }
  }

  segments(priceColumn: (place: Place) => Float64Array | null): Segment[] {
    for (const place of this.held.values()) {
      const { accountId, instrumentId, column } = place;
      const price = priceColumn(place);
      const parts = this.keysOf(accountId, instrumentId).map((key) => this.part(key).value);
      let held = 0;
      for (let t = 0; t < column.length; t += 1) {
        held += column[t];
        const value = price === null || Math.abs(held) < DUST ? held : held * price[t];
        for (const part of parts) part[t] += value;
      }
    }
    return [...this.byKey.values()];
  }

  private part(key: string): Segment & { readonly flows: TimedFlow[] } {
    let known = this.byKey.get(key);
    if (!known) {
      const column = () => new Float64Array(this.length);
      this.byKey.set(key, (known = { key, value: column(), inflow: column(), outflow: column(), flows: [] }));
    }
    return known;
  }
}
