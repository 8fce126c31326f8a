import type { InstrumentRow } from '../market-data/instrument.entity.ts';
import type { Timeframe } from '../market-data/timeframe.ts';
import { type Decimal, ZERO } from '../platform/decimal.ts';
import type { EndBars, Excursions } from '../trade/excursions.ts';
import type { RoundTrip } from '../trade/round-trips.ts';
import type { FinishedTrade } from '../trade/trade-statistics.ts';
import type { NotesOfTrip } from './trade-notes.ts';

/** What one trade is: all between two times at which nothing was held, a lot with what closed it, or what one closing closed. */
export type Grouping = 'FLAT_TO_FLAT' | 'PER_LOT' | 'PER_CLOSING';

/** A round trip of a ledger or of a backtest, with what is known of it beyond its fills. */
export interface JournalTrade {
  /** Names it within its grouping. */
  readonly id: string;
  readonly trip: RoundTrip;
  readonly symbol: string;
  /** What a person noted; of a backtest why it was left, and the rule that it was entered by. */
  readonly tags: readonly string[];
  readonly setup: string | null;
  readonly rating: number | null;
  /** What people wrote; nothing in a backtest. */
  readonly notes: NotesOfTrip;
  readonly initialRisk: Decimal | null;
  readonly rMultiple: number | null;
  /** Bars from entry to exit of a backtest; null in a ledger. */
  readonly barsHeld: number | null;
  /** The bars at its ends that it was held in; none in a ledger. */
  readonly endBars: EndBars;
}

/** The excursions of a trade, and the bars that they were read from. */
export interface TradeExcursionsData extends Excursions {
  readonly timeframe: Timeframe;
}

/** What the market tells of trades, looked up only where it is asked for. */
export interface TradeMarket {
  /** What was traded; null where it was deleted since. */
  instrument(trade: JournalTrade): Promise<InstrumentRow | null>;
  /** How far the price went; null without bars or an entry price. */
  excursions(trade: JournalTrade): Promise<TradeExcursionsData | null>;
  /** The newest price of an instrument in the base currency; null or not a number where it is not known. */
  price(instrumentId: string): Promise<Decimal | null>;
}

/** Profit over the initial risk (R); null without a known risk or while nothing is closed. */
export function rMultipleOf({ quantity, profit }: RoundTrip, initialRisk: Decimal | null): number | null {
  return initialRisk && quantity.greaterThan(0) ? profit.div(initialRisk).toNumber() : null;
}

/** A fraction of the entry price over all units of a trade as a multiple of its initial risk; null where none is known. */
export function inRisks({ trip, initialRisk }: JournalTrade, fraction: number): number | null {
  const entered = trip.entryPrice.times(trip.quantity.plus(trip.openQuantity)).times(trip.entryRate);
  return initialRisk && entered.times(fraction).div(initialRisk).toNumber();
}

/** Gain or loss of what is open of a trip at a price, after the fees of opening; 0 where all is closed. */
export function openProfitOf({ parts: { lots } }: RoundTrip, price: Decimal): Decimal {
  return lots.reduce((total, { side, quantity, basis, fee }) => {
    const gain = quantity.times(price).minus(basis);
    return total.plus(side === 'LONG' ? gain : gain.negated()).minus(fee);
  }, ZERO);
}

/** The trades of a list that are over, as their statistics need them. */
export function finishedTrades(trades: readonly JournalTrade[]): FinishedTrade[] {
  return trades.flatMap(({ trip, symbol, tags, setup, rating, rMultiple }) => {
    const { side, openedMs, closedMs, profit, fees, returnFraction } = trip;
    // Without an exchange rate its profit is not known.
    if (closedMs === null || profit.isNaN()) return [];
    const facts = { symbol, side, openedMs, closedMs, returnFraction, rMultiple, tags, setup, rating };
    return [{ ...facts, profit: profit.toNumber(), fees: fees.toNumber() }];
  });
}
