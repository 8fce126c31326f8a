import type { DataSetRow } from '../market-data/instrument.entity.ts';
import type { MarketDataService } from '../market-data/market-data.service.ts';
import { TIMEFRAMES, type Timeframe } from '../market-data/timeframe.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { existing, notFound, staleVersion } from '../platform/graphql/errors.ts';
import { once } from '../platform/graphql/idempotency.ts';
import { newId } from '../platform/graphql/node.ts';
import { remembered } from '../platform/remember.ts';
import { together } from '../platform/together.ts';
import { leaveMessage } from '../run/outbox.ts';
import { writeAudit } from '../trade/audit.ts';
import { excursionsOf, initialRiskOf, END_BARS_OF_FILLS } from '../trade/excursions.ts';
import { flatToFlat, perClosing, perLot, type RoundTrip } from '../trade/round-trips.ts';
import { type Grouping, type JournalTrade, rMultipleOf, type TradeExcursionsData } from './journal-trade.ts';
import type { PortfolioService } from './portfolio.service.ts';
import type { LedgerReports, TripLedger } from './report.service.ts';
import { TradeNoteRow } from './trade-note.entity.ts';
import { checkedContent, matchNotes, type NotesOfTrip, openingsOf, tripKey } from './trade-notes.ts';
import { meets, type TradeQuery } from './trade-query.ts';
import type { AnnotateTradeInput } from './trade.type.ts';

const NO_NOTES: NotesOfTrip = { own: null, absorbed: [] };
const tripsOnce = {
  FLAT_TO_FLAT: remembered((ledger: TripLedger) => flatToFlat(ledger, ledger.splits)),
  PER_LOT: remembered((ledger: TripLedger) => perLot(ledger, ledger.splits)),
  PER_CLOSING: remembered((ledger: TripLedger) => perClosing(ledger, ledger.splits)),
};

/** The journal of a portfolio's trades: round trips, and what people note about them. */
export class TradeJournalService {
  private readonly database: Database;
  private readonly portfolios: PortfolioService;
  private readonly reports: LedgerReports;
  private readonly marketData: MarketDataService;
  private readonly clock: Clock;
  private readonly notesOf = together((ids: readonly string[]) => readNotes(this.database.fork(), ids));
  private readonly relay: () => Promise<void>;

  /** `relay` sends the messages that a committed write has left. */
  constructor(
    database: Database,
    portfolios: PortfolioService,
    reports: LedgerReports,
    marketData: MarketDataService,
    clock: Clock,
    relay: () => Promise<void>,
  ) {
    this.database = database;
    this.portfolios = portfolios;
    this.reports = reports;
    this.marketData = marketData;
    this.clock = clock;
    this.relay = relay;
  }

  /** The trades that meet a query, the newest first. */
  async trades(portfolioId: string, grouping: Grouping, query: TradeQuery = {}): Promise<JournalTrade[]> {
    const ledger = await this.reports.tripLedger(portfolioId);
    const whole = tripsOnce.FLAT_TO_FLAT(ledger);
    const trips = tripsOnce[grouping](ledger);
    const notes = notesAt(await this.notesOf.load(portfolioId), whole);
    const instrumentIds = [...new Set(trips.map(({ instrumentId }) => instrumentId))];
    const instruments = await this.marketData.findMany(instrumentIds);
    const symbols = new Map(instruments.map((row, index) => [instrumentIds[index], row?.symbol ?? '']));
    const wholes = new Map(whole.map((trip) => [tripKey(trip), trip]));
    return trips
      .map((trip): JournalTrade => {
        const key = tripKey(trip);
        const own = notes.get(key) ?? NO_NOTES;
        const initialRisk = initialRiskOf(trip, own.own, wholes.get(key) ?? trip);
        return {
          id: `${trip.id}.${trip.accountId}`,
          trip,
          symbol: symbols.get(trip.instrumentId)!,
          tags: own.own?.tags ?? [],
          setup: own.own?.setup ?? null,
          rating: own.own?.rating ?? null,
          notes: own,
          initialRisk,
          rMultiple: rMultipleOf(trip, initialRisk),
          barsHeld: null,
          endBars: END_BARS_OF_FILLS,
        };
      })
      .filter((trade) => meets(trade, query))
      .toReversed();
  }

  /** One trade by its id; null where the ledger has none such. */
  async trade(portfolioId: string, grouping: Grouping, id: string): Promise<JournalTrade | null> {
    return (await this.trades(portfolioId, grouping)).find((one) => one.id === id) ?? null;
  }

  /** How far the price went in a trade, by the finest bars that cover it; null without bars or an entry price. */
  async excursions(
    { trip, endBars }: JournalTrade,
    dataSets: readonly DataSetRow[],
  ): Promise<TradeExcursionsData | null> {
    const found = bestDataSet(trip, dataSets);
    const excursions = found && excursionsOf(trip, await this.marketData.bars(found), endBars);
    return excursions ? { ...excursions, timeframe: found.timeframe as Timeframe } : null;
  }

  /** Stores what a person noted about a trade; gives the trade. */
  async annotate(input: AnnotateTradeInput, actor: string): Promise<JournalTrade> {
    const { portfolioId, tradeId, expectedVersion } = input;
    const portfolio = await this.portfolios.find(portfolioId);
    if (!portfolio) throw notFound('portfolio', portfolioId, 'input', 'portfolioId');
    const whole = tripsOnce.FLAT_TO_FLAT(await this.reports.tripLedger(portfolioId));
    const trip = whole.find((one) => tripKey(one) === tradeId);
    if (!trip) throw notFound('trade', tradeId, 'input', 'tradeId');
    await this.database.fork().transactional((em) =>
      once(em, this.clock, 'annotateTrade', input, async () => {
        // Waits for others who note something about trades of the same account.
        await em.execute('select id from account where id = ? for update', [trip.accountId]);
        const [noted] = await readNotes(em, [portfolioId]);
        const { own } = notesAt(noted, whole).get(tradeId) ?? NO_NOTES;
        const version = own?.version ?? 0;
        if (version !== expectedVersion) throw staleVersion(expectedVersion, version);
        const { tags, setup = null, notes, rating = null, stopPrice = null, initialRisk = null } = input;
        const content = checkedContent({ tags, setup, notes, rating, stopPrice, initialRisk }, trip);
        const [anchorId, ...otherAnchorIds] = openingsOf(trip);
        const stored = {
          ...content,
          anchorId,
          otherAnchorIds,
          updatedBy: actor,
          updatedAt: new Date(this.clock()),
        };
        const row = own
          ? em.assign(own, stored)
          : em.create(TradeNoteRow, {
              ...stored,
              id: newId('not', this.clock),
              version: 1,
              accountId: trip.accountId,
            });
        await em.flush();
        const audited = { action: 'ANNOTATE', subjectId: anchorId, portfolioId, actor } as const;
        await writeAudit(em, this.clock, { ...audited, details: { version: row.version, ...content } });
        await leaveMessage(em, this.clock, `portfolio/${portfolioId}`, { id: portfolioId });
        return row.id;
      }),
    );
    await this.relay();
    return existing(await this.trade(portfolioId, 'FLAT_TO_FLAT', tradeId), 'trade', tradeId);
  }
}

/** What was noted in a portfolio, and which transactions stand in for others since. */
interface StoredNotes {
  readonly rows: readonly TradeNoteRow[];
  readonly replacements: ReadonlyMap<string, string>;
}

function notesAt({ rows, replacements }: StoredNotes, trips: readonly RoundTrip[]) {
  return rows.length === 0 ? new Map<string, NotesOfTrip>() : matchNotes(rows, trips, replacements);
}

function noteOf(row: Record<string, unknown>): object {
  const { portfolio_id: _, ...columns } = row;
  return columns;
}

/** The notes of portfolios, in their order. */
async function readNotes(em: EntityManager, portfolioIds: readonly string[]): Promise<StoredNotes[]> {
  const ids = [portfolioIds.join(' ')];
  const ofThese = `a.portfolio_id = any(string_to_array(?, ' '))`;
  const rows = await em.execute<Record<string, unknown>[]>(
    `select n.*, a.portfolio_id from trade_note n join account a on a.id = n.account_id where ${ofThese}`,
    ids,
  );
  const replaced =
    rows.length === 0
      ? []
      : await em.execute<{ portfolio_id: string; transaction_id: string; replacement_id: string }[]>(
          `select a.portfolio_id, v.transaction_id, v.replacement_id from transaction_void v
             join transaction t on t.id = v.transaction_id join account a on a.id = t.account_id
           where v.replacement_id is not null and ${ofThese}`,
          ids,
        );
  const own = Map.groupBy(rows, (row) => row.portfolio_id);
  const voids = Map.groupBy(replaced, (row) => row.portfolio_id);
  return portfolioIds.map((id) => ({
    rows: (own.get(id) ?? []).map((row) => em.map(TradeNoteRow, noteOf(row))),
    replacements: new Map(voids.get(id)?.map((row) => [row.transaction_id, row.replacement_id])),
  }));
}

/** The finest bars that cover a trip from its opening to its end, else the daily or longest ones. */
function bestDataSet({ openedMs, closedMs }: RoundTrip, sets: readonly DataSetRow[]): DataSetRow | undefined {
  const lengthOf = ({ timeframe }: DataSetRow) => TIMEFRAMES[timeframe as Timeframe].lengthMs;
  const covering = sets.filter((one) => {
    const slackMs = lengthOf(one);
    return one.fromMs! <= openedMs + slackMs && one.toMs! >= (closedMs ?? openedMs) - slackMs;
  });
  return (
    covering.toSorted((a, b) => lengthOf(a) - lengthOf(b))[0] ??
    sets.find(({ timeframe }) => timeframe === 'DAY_1') ??
    sets.toSorted((a, b) => b.barCount - a.barCount)[0]
  );
}
