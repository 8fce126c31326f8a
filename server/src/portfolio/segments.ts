import { firstAtOrAfter } from '../market-data/bars.ts';
import { cashMovesOf, externalFlowOf, grossOf, type LedgerEntry, lotEventOf } from '../trade/ledger.ts';
import { type UnitChange, unitChanges } from '../trade/units.ts';
import type { PriceSeries } from './valuation.ts';

/** A part of a portfolio over its valuation times: what it was worth, and what was put in and taken out of it. */
export interface Segment {
  readonly key: string;
  readonly value: Float64Array;
  /** What came in from outside or from other parts since the time before, and what went out; both 0 or more. */
  readonly inflow: Float64Array;
  readonly outflow: Float64Array;
}

/** What is cut into parts, and by what: a place is an instrument, or cash, in an account. */
export interface SegmentInput {
  readonly entries: readonly LedgerEntry[];
  readonly timesMs: Float64Array;
  /** What each external flow of the entries was worth, in their order. */
  readonly flowAmounts: Float64Array;
  readonly prices: ReadonlyMap<string, PriceSeries>;
  readonly keysOf: (accountId: string, instrumentId: string | null) => readonly string[];
}

/** Kinds that move value from one instrument to another. */
const EXCHANGES: readonly LedgerEntry['kind'][] = ['SPIN_OFF', 'MERGER', 'TICKER_CHANGE', 'DELISTING'];

/** The price of each instrument at each time: its last close, before the first one what its last transaction told. */
export function priceColumns(
  units: readonly UnitChange[],
  prices: ReadonlyMap<string, PriceSeries>,
  timesMs: Float64Array,
): Map<string, Float64Array> {
  const columns = new Map<string, Float64Array>();
  for (const [instrumentId, changes] of Map.groupBy(units, (one) => one.instrumentId)) {
    const series = prices.get(instrumentId);
    const column = new Float64Array(timesMs.length);
    let [price, nextBar, nextChange] = [0, 0, 0];
    for (let t = 0; t < timesMs.length; t += 1) {
      for (; nextChange < changes.length && changes[nextChange].timeMs <= timesMs[t]; nextChange += 1)
        if (nextBar === 0) price = changes[nextChange].price?.toNumber() ?? price;
      while (series && nextBar < series.timesMs.length && series.timesMs[nextBar] <= timesMs[t]) {
        price = series.close[nextBar];
        nextBar += 1;
      }
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
export function segmentsOf({ entries, timesMs, flowAmounts, prices, keysOf }: SegmentInput): Segment[] {
  const units = unitChanges(entries.map(lotEventOf).filter((event) => event !== null));
  const columns = priceColumns(units, prices, timesMs);
  const parts = new Parts(timesMs.length, keysOf);
  const stepOf = (timeMs: number) => firstAtOrAfter(timesMs, timeMs);
  const unitsOf = Map.groupBy(units, ({ eventId }) => eventId);
  let nextFlow = 0;
  for (const entry of entries) {
    const step = stepOf(entry.timeMs);
    const flowAmount = externalFlowOf(entry) ? flowAmounts[nextFlow++] : 0;
    if (step === timesMs.length) continue;
    const moves = movesOf(entry, flowAmount, unitsOf.get(entry.id) ?? [], (id) => columns.get(id)![step]);
    for (const { accountId, amount } of cashMovesOf(entry))
      parts.hold(accountId, null, step, amount.toNumber());
    parts.flow(step, moves);
  }
  for (const { accountId, instrumentId, timeMs, change } of units)
    if (stepOf(timeMs) < timesMs.length)
      parts.hold(accountId, instrumentId, stepOf(timeMs), change.toNumber());
  return parts.segments((instrumentId) => columns.get(instrumentId)!);
}

interface PlaceMove {
  readonly accountId: string;
  readonly instrumentId: string | null;
  readonly amount: number;
}

/** What a transaction puts into each place. */
function movesOf(
  entry: LedgerEntry,
  flowAmount: number,
  changes: readonly UnitChange[],
  priceOf: (instrumentId: string) => number,
): PlaceMove[] {
  const { accountId, instrumentId, counterAccountId } = entry;
  const net = entry.amount.toNumber();
  if (instrumentId === null) {
    if (counterAccountId === null) return [{ accountId, instrumentId, amount: flowAmount }];
    const gross = grossOf(entry).toNumber();
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

/** Collects what places hold and what flows between the parts that they belong to. */
class Parts {
  private readonly length: number;
  private readonly keysOf: SegmentInput['keysOf'];
  private readonly held = new Map<
    string,
    { accountId: string; instrumentId: string | null; column: Float64Array }
  >();
  private readonly byKey = new Map<string, Segment>();

  constructor(length: number, keysOf: SegmentInput['keysOf']) {
    this.length = length;
    this.keysOf = keysOf;
  }

  /** Adds units, or cash, to what a place holds from a step on. */
  hold(accountId: string, instrumentId: string | null, step: number, change: number): void {
    const place = `${accountId} ${instrumentId}`;
    let known = this.held.get(place);
    if (!known)
      this.held.set(place, (known = { accountId, instrumentId, column: new Float64Array(this.length) }));
    known.column[step] += change;
  }

  /** Counts the moves of one transaction; what stays within a part cancels out. */
  flow(step: number, moves: readonly PlaceMove[]): void {
    const net = new Map<string, number>();
    for (const { accountId, instrumentId, amount } of moves)
      for (const key of this.keysOf(accountId, instrumentId)) net.set(key, (net.get(key) ?? 0) + amount);
    for (const [key, amount] of net)
      this.part(key)[amount > 0 ? 'inflow' : 'outflow'][step] += Math.abs(amount);
  }

  segments(priceColumn: (instrumentId: string) => Float64Array): Segment[] {
    for (const { accountId, instrumentId, column } of this.held.values()) {
      const price = instrumentId === null ? null : priceColumn(instrumentId);
      const parts = this.keysOf(accountId, instrumentId).map((key) => this.part(key).value);
      let held = 0;
      for (let t = 0; t < column.length; t += 1) {
        held += column[t];
        const value = price === null ? held : held * price[t];
        for (const part of parts) part[t] += value;
      }
    }
    return [...this.byKey.values()];
  }

  private part(key: string): Segment {
    let known = this.byKey.get(key);
    if (!known) {
      const column = () => new Float64Array(this.length);
      this.byKey.set(key, (known = { key, value: column(), inflow: column(), outflow: column() }));
    }
    return known;
  }
}
