import { own, visibleOnly, visiblePortfolios } from '../access/membership.ts';
import { InstrumentRow } from '../market-data/instrument.entity.ts';
import type { MarketDataService } from '../market-data/market-data.service.ts';
import { Breather } from '../platform/breather.ts';
import type { Clock } from '../platform/clock.ts';
import { reserveName } from '../platform/database/conflicts.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { type Pages, pagesOf } from '../platform/database/pages.ts';
import { Decimal, ZERO } from '../platform/decimal.ts';
import { existing, invalid, notFound, refused, staleVersion } from '../platform/graphql/errors.ts';
import { once } from '../platform/graphql/idempotency.ts';
import { newId } from '../platform/graphql/node.ts';
import type { Order } from '../platform/graphql/sort-direction.ts';
import { actorName } from '../platform/viewer.ts';
import { leaveMessage } from '../run/outbox.ts';
import { type AuditEntry, writeAudit } from '../trade/audit.ts';
import { countsAtMs, type LedgerEntry } from '../trade/ledger.ts';
import type { TransactionStore } from '../trade/transaction.store.ts';
import type { ExplainedLedger } from './explanation.ts';
import { averageLotsOf, journalsOf, sumsOf } from './ledger-sums.ts';
import type { CreatePortfolioInput, DeletePortfolioInput, UpdatePortfolioInput } from './portfolio.type.ts';
import { PortfolioRow } from './portfolio.entity.ts';
import { type PortfolioChoice, portfolioPage, type PortfolioSortField } from './portfolio-list.ts';
import { type PortfolioRates, portfolioRates } from './portfolio-rates.ts';
import { type PortfolioState, stateOf } from './portfolio-state.ts';
import { type EquityColumns, equitySteps, type PriceSeries } from './valuation.ts';
import { type FindTimes, valuationTimes } from './valuation-times.ts';

/** A ledger with the rates that value it. */
export interface ValuedLedger {
  readonly entries: readonly LedgerEntry[];
  /** The same in parts that share no instrument. */
  readonly parts: readonly (readonly LedgerEntry[])[];
  /** Every instrument that a transaction names. */
  readonly instrumentIds: readonly string[];
  readonly rates: PortfolioRates;
}

/** A ledger with the prices of all that was ever held and its value over time. */
export interface PortfolioHistory extends ValuedLedger {
  readonly prices: ReadonlyMap<string, PriceSeries>;
  readonly columns: EquityColumns;
}

/** A history that was worked out, and what of. */
interface KeptHistory {
  readonly entries: readonly LedgerEntry[];
  readonly rates: PortfolioRates;
  readonly series: readonly (PriceSeries | null)[];
  readonly history: Promise<PortfolioHistory>;
}

/** A state with the ledger that it was worked out from. */
export interface LedgerState extends PortfolioState {
  readonly ledger: ValuedLedger;
}

/** What a valuation was made of. */
export interface ValuationBasis {
  readonly at: Date | null;
  readonly state: LedgerState;
}

/** The told times of a valuation, and what they were found of. */
interface KeptTimes {
  readonly told: ReadonlySet<Float64Array>;
  readonly firstMs: number;
  readonly timesMs: Float64Array;
}

const HISTORIES_KEPT = 8;

/** Portfolios: their ledger, positions and value over time. */
export class PortfolioService {
  private readonly database: Database;
  private readonly pages: Pages;
  private readonly marketData: MarketDataService;
  private readonly transactions: TransactionStore;
  private readonly clock: Clock;
  /** Of the portfolios that were asked for last. */
  private readonly histories = new Map<string, KeptHistory>();
  private readonly times = new Map<string, KeptTimes>();

  constructor(
    database: Database,
    marketData: MarketDataService,
    transactions: TransactionStore,
    clock: Clock,
  ) {
    this.database = database;
    this.pages = pagesOf(database);
    this.marketData = marketData;
    this.transactions = transactions;
    this.clock = clock;
  }

  /** What is chosen of the portfolios that the present viewer may see, with the number of all that are. */
  async list(
    choice: PortfolioChoice,
    offset: number,
    limit: number,
    order?: Order<PortfolioSortField> | null,
  ): Promise<[PortfolioRow[], number]> {
    const em = this.database.fork();
    const visible = await visiblePortfolios(em);
    const ids = visible && [...visible.keys()];
    const [rows, total] = await this.pages(portfolioPage(choice, ids, offset, limit, order));
    return [rows.map((row) => em.map(PortfolioRow, row)), total];
  }

  /** One of these by its id. */
  async find(id: string): Promise<PortfolioRow | null> {
    const em = this.database.fork();
    return em.findOne(PortfolioRow, { $and: [{ id }, await visibleOnly(em)] });
  }

  /** Those with these ids, in their order; null for each that is not among them. */
  async findMany(ids: readonly string[]): Promise<(PortfolioRow | null)[]> {
    const em = this.database.fork();
    const rows = await em.find(PortfolioRow, { $and: [{ id: { $in: [...ids] } }, await visibleOnly(em)] });
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id) ?? null);
  }

  /** One of these by its name. */
  async findByName(name: string): Promise<PortfolioRow | null> {
    return nameHolder(this.database.fork(), name);
  }

  async create(input: CreatePortfolioInput): Promise<PortfolioRow> {
    const id = await this.database
      .fork()
      .transactional((em) =>
        once(em, this.clock, 'createPortfolio', input, async () => (await this.insert(em, input)).id),
      );
    return existing(await this.find(id), 'portfolio', id);
  }

  /** Stores a new portfolio with its account and opening cash, dated `openedAt` or now, in the caller's transaction. */
  async insert(
    em: EntityManager,
    input: Omit<CreatePortfolioInput, 'idempotencyKey'> & { isSample?: boolean; openedAt?: Date },
  ): Promise<PortfolioRow> {
    const name = nameOf(input.name);
    await reserveName(em, 'portfolio', name);
    if (await nameHolder(em, name))
      throw refused('DUPLICATE', `expected a name that is not taken, was ${name}`, 'input', 'name');
    if (new Decimal(input.initialCash).isNegative())
      throw invalid(`expected initial cash of 0 or more, was ${input.initialCash}`, 'input', 'initialCash');
    const now = new Date(this.clock());
    const benchmark = await findBenchmark(em, input.benchmarkSymbol);
    const row = em.create(PortfolioRow, {
      id: newId('prt', this.clock),
      version: 1,
      ledgerVersion: 1,
      name,
      baseCurrency: input.baseCurrency,
      benchmarkId: benchmark,
      isSample: input.isSample ?? false,
      createdAt: now,
    });
    await em.flush();
    await own(em, row.id, now);
    const accountId = newId('acc', this.clock);
    await em.execute('insert into account (id, portfolio_id, name) values (?, ?, ?)', [
      accountId,
      row.id,
      'Main account',
    ]);
    if (new Decimal(input.initialCash).greaterThan(0))
      await this.transactions.insert(em, [
        {
          accountId,
          kind: 'OPENING_BALANCE',
          amount: input.initialCash,
          currency: input.baseCurrency,
          executedAt: input.openedAt ?? now,
          createdBy: actorName(),
        },
      ]);
    await this.audit(em, 'CREATE_PORTFOLIO', row.id, {
      reason: `${name}, begins with ${input.initialCash} ${input.baseCurrency}`,
    });
    return row;
  }

  async update(input: UpdatePortfolioInput): Promise<PortfolioRow> {
    await this.database.fork().transactional((em) =>
      once(em, this.clock, 'updatePortfolio', input, async () => {
        const row = await this.expectVersion(em, input.id, input.expectedVersion);
        const changes: string[] = [];
        if (input.name !== undefined && input.name !== null) {
          const name = nameOf(input.name);
          await reserveName(em, 'portfolio', name);
          const holder = await nameHolder(em, name);
          if (holder && holder.id !== row.id)
            throw refused('DUPLICATE', `expected a name that is not taken, was ${name}`, 'input', 'name');
          if (name !== row.name) changes.push(`${row.name} becomes ${name}`);
          row.name = name;
        }
        if (input.benchmarkSymbol !== undefined) {
          row.benchmarkId = await findBenchmark(em, input.benchmarkSymbol);
          changes.push(`compared with ${input.benchmarkSymbol || 'nothing'}`);
        }
        await em.flush();
        await this.audit(em, 'UPDATE_PORTFOLIO', row.id, { reason: changes.join('; ') || 'nothing changed' });
        await leaveMessage(em, this.clock, `portfolio/${row.id}`, { id: row.id });
        return row.id;
      }),
    );
    return existing(
      await this.database.fork().findOne(PortfolioRow, { id: input.id }),
      'portfolio',
      input.id,
    );
  }

  async delete(input: DeletePortfolioInput): Promise<string> {
    return this.database.fork().transactional((em) =>
      once(em, this.clock, 'deletePortfolio', input, async () => {
        await this.remove(em, await this.expectVersion(em, input.id, input.expectedVersion));
        return input.id;
      }),
    );
  }

  /** Removes every sample portfolio that the present viewer owns; gives their ids. */
  async removeSamples(): Promise<string[]> {
    return this.database.fork().transactional(async (em) => {
      const visible = await visiblePortfolios(em);
      const samples = await em.find(PortfolioRow, { isSample: true });
      const own = samples.filter(({ id }) => !visible || visible.get(id) === 'OWNER');
      for (const row of own) await this.remove(em, row);
      return own.map(({ id }) => id);
    });
  }

  /** Removes a portfolio with all that is in it; the audit log says what it was, and keeps its entries. */
  private async remove(em: EntityManager, { id, name, baseCurrency }: PortfolioRow): Promise<void> {
    const [{ count }] = await em.execute(
      'select count(*) as count from transaction t join account a on a.id = t.account_id where a.portfolio_id = ?',
      [id],
    );
    const owners = await em.execute<{ user_id: string }[]>(
      `select user_id from portfolio_member where portfolio_id = ? and role = 'OWNER' order by user_id`,
      [id],
    );
    await this.audit(em, 'DELETE_PORTFOLIO', id, {
      reason: `${name}, with ${count} transactions`,
      name,
      baseCurrency,
      transactionCount: Number(count),
      ownerIds: owners.map((row) => row.user_id),
    });
    await em.execute('delete from portfolio where id = ?', [id]);
  }

  private audit(
    em: EntityManager,
    action: AuditEntry['action'],
    portfolioId: string,
    details: AuditEntry['details'],
  ): Promise<void> {
    return writeAudit(em, this.clock, {
      action,
      subjectId: portfolioId,
      portfolioId,
      actor: actorName(),
      details,
    });
  }

  /** The first open account of a portfolio, which it always has. */
  async accountId(portfolioId: string): Promise<string> {
    const [{ id }] = await this.database
      .fork()
      .execute('select id from account where portfolio_id = ? and closed_at is null order by id limit 1', [
        portfolioId,
      ]);
    return id;
  }

  /** Cash in the base currency that was there when the record begins. */
  async openingCash(portfolioId: string): Promise<string> {
    const { entries, baseCurrency } = await this.transactions.ledger(portfolioId);
    return entries
      .filter(({ kind, currency }) => kind === 'OPENING_BALANCE' && currency === baseCurrency)
      .reduce((total, { amount }) => total.plus(amount), ZERO)
      .toFixed();
  }

  /** What counts in a portfolio, with its rates; from what was known at a time where one is given. */
  async ledger(portfolioId: string, knownAt: Date | null = null): Promise<ValuedLedger> {
    const ledger = await this.transactions.ledger(portfolioId, knownAt);
    const { baseCurrency, entries, parts, instrumentIds, currencies } = ledger;
    const rates = portfolioRates(await this.marketData.exchangeRates(currencies, knownAt), baseCurrency);
    return { entries, parts, instrumentIds, rates };
  }

  /** Holdings with prices and cash at a time, from what was known at another; both now when left out. */
  async state(portfolioId: string, at?: Date | null, knownAt: Date | null = null): Promise<LedgerState> {
    const ledger = await this.ledger(portfolioId, knownAt);
    const { entries, parts, rates } = ledger;
    const atMs = at?.getTime() ?? Infinity;
    const isPast = (entry: LedgerEntry) => countsAtMs(entry) <= atMs;
    const isAll = (list: readonly LedgerEntry[]) => (list.at(-1)?.timeMs ?? 0) < atMs;
    const pastOf = (list: readonly LedgerEntry[]) => (isAll(list) ? list : list.filter(isPast));
    const sums = await sumsOf(parts.map(pastOf), rates);
    const held = sums.held.map(({ instrumentId }) => instrumentId);
    const series = await this.marketData.closesKnown(held, knownAt);
    const lastEvent = entries.findLast(isPast);
    const state = stateOf({
      ...sums,
      series,
      rates,
      lastEventMs: lastEvent ? countsAtMs(lastEvent) : 0,
      atMs: at ? atMs : null,
      nowMs: this.clock(),
    });
    return { ...state, ledger };
  }

  /** What explains a valuation, whatever was recorded since; with the lots of an instrument, of all, or of none. */
  async explained(
    { at, state }: ValuationBasis,
    lotsOf: 'ALL' | 'NONE' | { readonly instrumentId: string },
  ): Promise<ExplainedLedger> {
    const { entries, parts, rates } = state.ledger;
    const isPast = (entry: LedgerEntry) => !at || countsAtMs(entry) <= at.getTime();
    const isAsked = ({ instrumentId, otherInstrumentId }: LedgerEntry) =>
      lotsOf === 'ALL' ||
      (lotsOf !== 'NONE' && [instrumentId, otherInstrumentId].includes(lotsOf.instrumentId));
    const asked = lotsOf === 'NONE' ? [] : parts.filter((part) => part.some(isAsked));
    const all = await averageLotsOf(
      asked.map((part) => part.filter(isPast)),
      rates,
    );
    return { ...all, state, entries: entries.filter(isPast) };
  }

  /** The value at every price time from the first event on, and on later days with moves, from what was known at a time; null without any. */
  async equity(portfolioId: string, knownAt: Date | null = null): Promise<EquityColumns | null> {
    const { columns } = await this.history(portfolioId, knownAt);
    return columns.timesMs.length > 0 ? columns : null;
  }

  /** What happened, with the prices of all that was ever held and the value over time; from what was known at a time. */
  async history(portfolioId: string, knownAt: Date | null = null): Promise<PortfolioHistory> {
    const ledger = await this.ledger(portfolioId, knownAt);
    const { entries, instrumentIds: held, rates } = ledger;
    const series = await this.marketData.closesKnown(held, knownAt);
    const key = knownAt ? `${portfolioId} ${knownAt.getTime()}` : portfolioId;
    const known = this.histories.get(key);
    const isSame =
      known?.entries === entries &&
      known.rates === rates &&
      known.series.every((closes, index) => closes === series[index]);
    // Who asks while it is worked out waits for the same.
    const history = isSame ? known.history : this.valued(key, ledger, held, series);
    this.histories.delete(key);
    this.histories.set(key, { entries, rates, series, history });
    history.catch(() => this.histories.delete(key));
    if (this.histories.size > HISTORIES_KEPT) {
      const [oldest] = this.histories.keys();
      this.histories.delete(oldest);
      this.times.delete(oldest);
    }
    return history;
  }

  private async valued(
    key: string,
    ledger: ValuedLedger,
    held: readonly string[],
    series: readonly (PriceSeries | null)[],
  ): Promise<PortfolioHistory> {
    const { parts, rates } = ledger;
    const prices = new Map<string, PriceSeries>();
    series.forEach((closes, index) => closes && prices.set(held[index], closes));
    const kept = this.times;
    const findTimes: FindTimes = function* (told, firstMs) {
      const known = kept.get(key);
      const isSame =
        known?.firstMs === firstMs &&
        known.told.size === told.size &&
        [...told].every((one) => known.told.has(one));
      const timesMs = isSame ? known.timesMs : yield* valuationTimes(told, firstMs);
      kept.set(key, { told, firstMs, timesMs });
      return timesMs;
    };
    const breather = new Breather();
    const steps = equitySteps(await journalsOf(parts, rates), prices, rates, findTimes);
    let step = steps.next();
    while (!step.done) {
      await breather.breathe();
      step = steps.next();
    }
    return { ...ledger, prices, columns: step.value };
  }

  /** The closes of an instrument in the base currency of a portfolio, from what was known at a time; null without bars. */
  async closesInBase(
    portfolioId: string,
    instrumentId: string,
    knownAt: Date | null = null,
  ): Promise<PriceSeries | null> {
    const [[closes], instrument, { baseCurrency }] = await Promise.all([
      this.marketData.closesKnown([instrumentId], knownAt),
      this.marketData.find(instrumentId),
      this.transactions.ledger(portfolioId),
    ]);
    if (!closes || !instrument || instrument.currency === baseCurrency) return closes;
    const currencies = new Set([instrument.currency, baseCurrency]);
    const rates = portfolioRates(await this.marketData.exchangeRates(currencies, knownAt), baseCurrency);
    const rate = rates.column(instrument.currency, closes.timesMs);
    return { timesMs: closes.timesMs, close: closes.close.map((close, t) => close * rate[t]) };
  }

  private async expectVersion(em: EntityManager, id: string, expectedVersion: number): Promise<PortfolioRow> {
    const row = await em.findOne(PortfolioRow, { id });
    if (!row) throw notFound('portfolio', id, 'input', 'id');
    if (row.version !== expectedVersion) throw staleVersion(expectedVersion, row.version);
    return row;
  }
}

/** Whoever's portfolios the viewer sees have names of their own. */
async function nameHolder(em: EntityManager, name: string): Promise<PortfolioRow | null> {
  return em.findOne(PortfolioRow, { name, ...(await visibleOnly(em)) });
}

// Asks through the caller's unit of work: the embedded database has one connection, which a transaction holds.
function nameOf(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > 120)
    throw invalid(`expected a name of 1 to 120 characters, was ${JSON.stringify(text)}`, 'input', 'name');
  return name;
}

async function findBenchmark(em: EntityManager, symbol: string | null | undefined): Promise<string | null> {
  if (!symbol) return null;
  const instrument = await em.findOne(InstrumentRow, { symbol: symbol.trim().toUpperCase() });
  if (!instrument) throw notFound('instrument', symbol, 'input', 'benchmarkSymbol');
  return instrument.id;
}
