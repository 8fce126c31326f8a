import type { MarketDataService } from '../market-data/market-data.service.ts';
import type { Clock } from '../platform/clock.ts';
import { ZERO } from '../platform/decimal.ts';
import { remembered } from '../platform/remember.ts';
import { externalFlowOf, type LedgerEntry, lotEventOf } from '../trade/ledger.ts';
import { type LotLedger, type LotMethod, runLots } from '../trade/lots.ts';
import {
  type Excursions,
  excursionsOf,
  flatToFlat,
  perClosing,
  type RoundTrip,
} from '../trade/round-trips.ts';
import type { TransactionStore } from '../trade/transaction.store.ts';
import { type LotReportData, lotReport } from './lot-report.ts';
import { type MeasuredPeriod, measuredPeriod } from './performance.ts';
import type { PortfolioService, PricedHolding } from './portfolio.service.ts';

/** Every way to choose lots. */
export const LOT_METHODS: readonly LotMethod[] = ['FIFO', 'LIFO', 'HIFO', 'LOFO', 'AVERAGE', 'SPECIFIC'];

const eventsOnce = remembered((entries: readonly LedgerEntry[]) =>
  entries.map(lotEventOf).filter((event) => event !== null),
);
const lotsOnce = Object.fromEntries(
  LOT_METHODS.map((method) => [
    method,
    remembered((entries: readonly LedgerEntry[]) => runLots(eventsOnce(entries), method)),
  ]),
) as Record<LotMethod, (entries: readonly LedgerEntry[]) => LotLedger>;

/** Which round trips to list. */
export interface TripQuery {
  readonly grouping: 'FLAT_TO_FLAT' | 'PER_CLOSING';
  readonly instrumentIds?: readonly string[];
  readonly side?: 'LONG' | 'SHORT' | null;
  readonly isOpen?: boolean | null;
}

/** What the ledger of a portfolio says: lots, returns and round trips. */
export class LedgerReports {
  private readonly transactions: TransactionStore;
  private readonly portfolios: PortfolioService;
  private readonly marketData: MarketDataService;
  private readonly clock: Clock;

  constructor(
    transactions: TransactionStore,
    portfolios: PortfolioService,
    marketData: MarketDataService,
    clock: Clock,
  ) {
    this.transactions = transactions;
    this.portfolios = portfolios;
    this.marketData = marketData;
    this.clock = clock;
  }

  /** Lots by each of the methods, valued at a time; now when null. */
  async lots(
    portfolioId: string,
    methods: readonly LotMethod[],
    accountId?: string | null,
    at?: Date | null,
  ): Promise<LotReportData[]> {
    const entries = await this.transactions.entries(portfolioId);
    const past = at ? entries.filter(({ timeMs }) => timeMs <= at.getTime()) : entries;
    const { holdings } = await this.portfolios.state(portfolioId, at);
    const prices = new Map(holdings.map(({ instrumentId, price }) => [instrumentId, price]));
    const priceOf = (instrumentId: string) => prices.get(instrumentId) ?? ZERO;
    const atMs = at?.getTime() ?? this.clock();
    return methods.map((method) => lotReport(lotsOnce[method](past), priceOf, atMs, accountId));
  }

  /** A period of the history with its flows; null without prices in it. */
  async period(portfolioId: string, from?: Date | null, to?: Date | null): Promise<MeasuredPeriod | null> {
    const { entries, columns } = await this.portfolios.history(portfolioId);
    const flows = entries.map(externalFlowOf).filter((flow) => flow !== null);
    const firstMs = entries[0]?.timeMs ?? Infinity;
    return measuredPeriod(columns, flows, firstMs, from?.getTime() ?? null, to?.getTime() ?? null);
  }

  /** What was held at a time, with prices. */
  async holdings(portfolioId: string, atMs: number): Promise<readonly PricedHolding[]> {
    const { holdings } = await this.portfolios.state(portfolioId, new Date(atMs));
    return holdings.filter(({ quantity }) => !quantity.isZero());
  }

  /** Round trips by FIFO, the newest first. */
  async trips(portfolioId: string, query: TripQuery): Promise<RoundTrip[]> {
    const entries = await this.transactions.entries(portfolioId);
    const ledger = lotsOnce.FIFO(entries);
    const trips = query.grouping === 'FLAT_TO_FLAT' ? flatToFlat(ledger) : perClosing(ledger);
    const { instrumentIds, side, isOpen } = query;
    return trips
      .filter((trip) => !instrumentIds || instrumentIds.includes(trip.instrumentId))
      .filter((trip) => !side || trip.side === side)
      .filter((trip) => typeof isOpen !== 'boolean' || (trip.closedMs === null) === isOpen)
      .toReversed();
  }

  /** How far the price went against and with a round trip; null without bars or an entry price. */
  async excursions(trip: RoundTrip): Promise<Excursions | null> {
    const bars = await this.marketData.closes(trip.instrumentId);
    return bars && excursionsOf(trip, bars);
  }
}
