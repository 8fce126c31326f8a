import type { Clock } from '../platform/clock.ts';
import { orderOf } from '../platform/database/conditions.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { type Pages, pagesOf } from '../platform/database/pages.ts';
import { newId } from '../platform/graphql/node.ts';
import { together } from '../platform/together.ts';
import { leaveMessage } from '../run/outbox.ts';
import { FillRow } from './fill.entity.ts';
import type { LedgerEntry } from './ledger.ts';
import { LEDGER_TABLES, LedgerReader, type StoredLedger } from './ledger-reader.ts';
import { TransactionRow, TransactionVoidRow } from './transaction.entity.ts';
import { FILL_SIDES, type TransactionKind } from './transaction-kinds.ts';

/** A transaction on its way into the ledger; `amount` is what it moves in cash, costs taken off. */
export interface NewTransaction {
  readonly accountId: string;
  readonly kind: TransactionKind;
  readonly currency: string;
  readonly executedAt: Date;
  readonly amount: string;
  readonly createdBy: string;
  readonly exchangeRate?: string | null;
  readonly otherAmount?: string | null;
  readonly otherCurrency?: string | null;
  readonly instrumentId?: string | null;
  readonly otherInstrumentId?: string | null;
  readonly quantity?: string | null;
  readonly price?: string | null;
  readonly fee?: string | null;
  readonly tax?: string | null;
  readonly units?: string | null;
  readonly perUnits?: string | null;
  readonly basisFraction?: string | null;
  readonly costBasis?: string | null;
  readonly acquiredAt?: Date | null;
  readonly counterAccountId?: string | null;
  readonly lotIds?: readonly string[] | null;
  readonly externalId?: string | null;
  readonly note?: string | null;
  readonly importId?: string | null;
  /** Where others refer to it before it is stored; ids must rise in the order of a list. */
  readonly id?: string;
}

/** A transaction with what became of it. */
export interface TransactionView {
  readonly row: TransactionRow;
  readonly voided: {
    readonly at: Date;
    readonly by: string;
    readonly reason: string;
    readonly replacementId: string | null;
  } | null;
  /** The transaction that this one stands in for. */
  readonly replacesId: string | null;
}

/** Where a transaction came from. */
export interface TransactionOrigin {
  readonly externalId: string | null;
  readonly importId: string | null;
}

/** Which transactions to list, and how. */
export interface TransactionQuery {
  /** This one alone. */
  readonly id?: string | null;
  readonly kinds?: readonly TransactionKind[] | null;
  /** Of any of these instruments, or with `text` in the note or the broker's identifier. */
  readonly instrumentIds?: readonly string[];
  readonly text?: string | null;
  readonly accountId?: string | null;
  readonly from?: Date | null;
  readonly to?: Date | null;
  readonly includeVoided?: boolean | null;
  readonly orderBy: keyof typeof ORDER_COLUMNS;
  readonly direction: 'ASCENDING' | 'DESCENDING';
}

const ORDER_COLUMNS = {
  // Opening cash counts from the beginning on, whenever it was entered.
  EXECUTED_AT: [`(t.kind <> 'OPENING_BALANCE' or t.instrument_id is not null)`, 't.executed_at'],
  RECORDED_AT: ['t.created_at'],
  KIND: ['t.kind'],
  SYMBOL: ['i.symbol'],
  QUANTITY: ['t.quantity'],
  PRICE: ['t.price'],
  FEE: ['t.fee'],
  TAX: ['t.tax'],
  ACCOUNT: ['a.name'],
  AMOUNT: ['t.amount'],
} as const;

const ROWS_PER_INSERT = 500;

/** The ledger's rows: added and voided, never changed. */
export class TransactionStore {
  private readonly database: Database;
  private readonly clock: Clock;
  private readonly reader: LedgerReader;
  private readonly pages: Pages;
  private readonly originsOf = together((ids: readonly string[]) => this.readOrigins(ids));

  constructor(database: Database, clock: Clock) {
    this.database = database;
    this.clock = clock;
    this.reader = new LedgerReader(database);
    this.pages = pagesOf(database);
  }

  /**
   * Raises the version of a portfolio's ledger and thereby waits for other writers of it, in the caller's
   * transaction, and leaves word of it; gives the version before, null where there is no such portfolio.
   */
  async advance(em: EntityManager, portfolioId: string): Promise<number | null> {
    const [row] = await em.execute(
      'update portfolio set ledger_version = ledger_version + 1 where id = ? returning ledger_version',
      [portfolioId],
    );
    if (!row) return null;
    await leaveMessage(em, this.clock, `portfolio/${portfolioId}`, { id: portfolioId });
    return Number(row.ledger_version) - 1;
  }

  /** The version of a portfolio's ledger, in the caller's unit of work where one is given. */
  async version(portfolioId: string, em?: EntityManager): Promise<number | null> {
    if (!em) return this.reader.version(portfolioId);
    const [row] = await em.execute('select ledger_version from portfolio where id = ?', [portfolioId]);
    return row ? Number(row.ledger_version) : null;
  }

  /** Stores transactions, each buy and sell with its fill, in the caller's transaction; gives their ids. */
  async insert(em: EntityManager, transactions: readonly NewTransaction[]): Promise<string[]> {
    const now = new Date(this.clock());
    const ids: string[] = [];
    for (let start = 0; start < transactions.length; start += ROWS_PER_INSERT) {
      const part = transactions.slice(start, start + ROWS_PER_INSERT).map((one) => ({
        ...one,
        id: one.id ?? newId('txn', this.clock),
        fillId: FILL_SIDES[one.kind] ? newId('fil', this.clock) : null,
        createdAt: now,
      }));
      const fills = part.flatMap((one) => {
        const side = FILL_SIDES[one.kind];
        if (!side) return [];
        const { accountId, instrumentId, quantity, price, fee, currency, executedAt, externalId, importId } =
          one;
        return {
          id: one.fillId!,
          accountId,
          instrumentId: instrumentId!,
          side,
          quantity: quantity!,
          price: price!,
          fee: fee ?? '0',
          currency,
          executedAt,
          externalId: externalId ?? null,
          importId: importId ?? null,
          createdAt: now,
        };
      });
      if (fills.length > 0) await em.insertMany(FillRow, fills);
      await em.insertMany(TransactionRow, part.map(complete));
      ids.push(...part.map(({ id }) => id));
    }
    return ids;
  }

  /** Says that a transaction does not count any more, in the caller's transaction. */
  async void(
    em: EntityManager,
    transactionId: string,
    reason: string,
    createdBy: string,
    replacementId: string | null,
  ): Promise<void> {
    const createdAt = new Date(this.clock());
    await em.insert(TransactionVoidRow, { transactionId, replacementId, reason, createdBy, createdAt });
  }

  /** Says of several that they do not count any more, in the caller's transaction. */
  async voidAll(em: EntityManager, ids: readonly string[], reason: string, createdBy: string): Promise<void> {
    const createdAt = new Date(this.clock());
    for (let start = 0; start < ids.length; start += ROWS_PER_INSERT)
      await em.insertMany(
        TransactionVoidRow,
        ids
          .slice(start, start + ROWS_PER_INSERT)
          .map((transactionId) => ({ transactionId, replacementId: null, reason, createdBy, createdAt })),
      );
  }

  /** A transaction by its id, in the caller's unit of work where one is given. */
  async find(
    id: string,
    em: EntityManager = this.database.fork(),
  ): Promise<(TransactionView & { portfolioId: string }) | null> {
    const [raw] = await em.execute(`${SELECT}, a.portfolio_id ${LEDGER_TABLES} where t.id = ?`, [id]);
    return raw ? { ...viewOf(em, raw), portfolioId: raw.portfolio_id } : null;
  }

  /** Transactions by their ids, in the order of these; null where there is none. */
  async findMany(ids: readonly string[]): Promise<(TransactionView | null)[]> {
    if (ids.length === 0) return [];
    const em = this.database.fork();
    const rows = await em.execute(
      `${SELECT} ${LEDGER_TABLES} where t.id in (${ids.map(() => '?').join(', ')})`,
      [...ids],
    );
    const byId = new Map(rows.map((raw: Record<string, unknown>) => [raw.id, viewOf(em, raw)]));
    return ids.map((id) => byId.get(id) ?? null);
  }

  /** What counts in a portfolio, in the order it happened; as it was known at a time where one is given. */
  async entries(portfolioId: string, knownAt: Date | null = null): Promise<readonly LedgerEntry[]> {
    return (await this.reader.ledger(portfolioId, knownAt)).entries;
  }

  /** The same in its parts, with its currencies. */
  async ledger(portfolioId: string, knownAt: Date | null = null): Promise<StoredLedger> {
    return this.reader.ledger(portfolioId, knownAt);
  }

  /** Where the transactions of a portfolio came from, of those that say so. */
  origins(portfolioId: string): Promise<ReadonlyMap<string, TransactionOrigin>> {
    return this.originsOf.load(portfolioId);
  }

  private async readOrigins(
    portfolioIds: readonly string[],
  ): Promise<ReadonlyMap<string, TransactionOrigin>[]> {
    const rows = await this.database
      .fork()
      .execute<{ id: string; external_id: string | null; import_id: string | null; portfolio_id: string }[]>(
        `select t.id, t.external_id, t.import_id, a.portfolio_id from transaction t join account a on a.id = t.account_id
         where a.portfolio_id = any(string_to_array(?, ' ')) and (t.external_id is not null or t.import_id is not null)`,
        [portfolioIds.join(' ')],
      );
    const byPortfolio = Map.groupBy(rows, (row) => row.portfolio_id);
    return portfolioIds.map(
      (id) =>
        new Map(
          byPortfolio
            .get(id)
            ?.map((row) => [row.id, { externalId: row.external_id, importId: row.import_id }]),
        ),
    );
  }

  async page(
    portfolioId: string,
    query: TransactionQuery,
    offset: number,
    limit: number,
  ): Promise<[TransactionView[], number]> {
    const conditions = ['a.portfolio_id = ?'];
    const values: unknown[] = [portfolioId];
    const add = (condition: string, ...parts: unknown[]) => {
      conditions.push(condition);
      values.push(...parts);
    };
    const list = (items: readonly unknown[]) => items.map(() => '?').join(', ') || 'null';
    const { id, kinds, instrumentIds, text, accountId, from, to, includeVoided } = query;
    if (id) add('t.id = ?', id);
    if (kinds && kinds.length > 0) add(`t.kind in (${list(kinds)})`, ...kinds);
    if (instrumentIds)
      add(
        `(t.instrument_id in (${list(instrumentIds)}) or t.other_instrument_id in (${list(instrumentIds)})
          or t.note ilike ? or t.external_id ilike ?)`,
        ...instrumentIds,
        ...instrumentIds,
        ...Array.from({ length: 2 }, () => `%${(text ?? '').replaceAll(/[%_\\]/g, '\\$&')}%`),
      );
    if (accountId) add('(t.account_id = ? or t.counter_account_id = ?)', accountId, accountId);
    if (from) add('t.executed_at >= ?', from);
    if (to) add('t.executed_at <= ?', to);
    if (!includeVoided) add('v.transaction_id is null');
    const tables = `${LEDGER_TABLES} where ${conditions.join(' and ')}`;
    const columns = [...ORDER_COLUMNS[query.orderBy], 't.id'];
    const orderBy = orderOf(columns, query.direction, { isNullable: true });
    const [rows, total] = await this.pages({
      select: SELECT,
      from: tables,
      orderBy,
      values,
      offset,
      limit,
    });
    const em = this.database.fork();
    return [rows.map((raw) => viewOf(em, raw)), total];
  }
}

/** A row with every column: insertMany wants the same ones in all. */
function complete(one: NewTransaction & { id: string; fillId: string | null; createdAt: Date }) {
  return {
    ...one,
    exchangeRate: one.exchangeRate ?? null,
    otherAmount: one.otherAmount ?? null,
    otherCurrency: one.otherCurrency ?? null,
    instrumentId: one.instrumentId ?? null,
    otherInstrumentId: one.otherInstrumentId ?? null,
    quantity: one.quantity ?? null,
    price: one.price ?? null,
    fee: one.fee ?? '0',
    tax: one.tax ?? '0',
    units: one.units ?? null,
    perUnits: one.perUnits ?? null,
    basisFraction: one.basisFraction ?? null,
    costBasis: one.costBasis ?? null,
    acquiredAt: one.acquiredAt ?? null,
    counterAccountId: one.counterAccountId ?? null,
    lotIds: one.lotIds ?? [],
    externalId: one.externalId ?? null,
    note: one.note ?? null,
    importId: one.importId ?? null,
  };
}

const SELECT = `select t.*, v.created_at as void_at, v.created_by as void_by, v.reason as void_reason, v.replacement_id as void_replacement_id,
  (select r.transaction_id from transaction_void r where r.replacement_id = t.id) as replaces_id`;

function viewOf(em: EntityManager, raw: Record<string, any>): TransactionView {
  const { void_at, void_by, void_reason, void_replacement_id, replaces_id, ...columns } = raw;
  const { portfolio_id: _, ledger_version: __, ...own } = columns;
  return {
    row: em.map(TransactionRow, own),
    voided: void_at
      ? { at: new Date(void_at), by: void_by, reason: void_reason, replacementId: void_replacement_id }
      : null,
    replacesId: replaces_id,
  };
}
