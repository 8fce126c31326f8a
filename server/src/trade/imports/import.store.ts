import type { Database, EntityManager } from '../../platform/database/database.ts';
import { storableJson } from '../../platform/database/storable.ts';
import { allOf, orderOf } from '../../platform/database/conditions.ts';
import { type Pages, pagesOf } from '../../platform/database/pages.ts';
import type { Order } from '../../platform/graphql/sort-direction.ts';
import type { CsvMapping } from './csv-mapping.ts';
import type { AccountPlan, StoredAccount } from './file-accounts.ts';
import type { KnownInstrument } from './instrument-clues.ts';
import type { StoredMove } from './ledger-matcher.ts';
import type { PlannedRow, RowVerdict } from './plan.ts';

/** An import that was carried out, and whether it was undone. */
export interface StoredImport {
  readonly id: string;
  readonly portfolioId: string;
  readonly accountId: string;
  readonly fileName: string | null;
  readonly formatName: string;
  readonly rowsNew: number;
  readonly rowsDuplicate: number;
  readonly rowsSkipped: number;
  readonly rowsRejected: number;
  readonly transactionCount: number;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly undoneBy: string | null;
  readonly undoneAt: Date | null;
}

/** Which imports of a portfolio; what is left out does not matter. */
export interface ImportChoice {
  /** Part of the name of the file or of its format. */
  readonly search?: string | null;
  readonly createdBy?: string | null;
  readonly isUndone?: boolean | null;
  readonly from?: Date | null;
  readonly to?: Date | null;
}

/** What imports can be ordered by. */
export const IMPORT_SORT_FIELDS = {
  CREATED_AT: 'When it was done.',
  CREATED_BY: 'Who did it.',
  FILE_NAME: 'The name of the file; those without one come last.',
  FORMAT: 'The name of the format.',
  TRANSACTION_COUNT: 'How many transactions it wrote.',
} as const;
export type ImportSortField = keyof typeof IMPORT_SORT_FIELDS;

const ORDER_COLUMNS: Readonly<Record<ImportSortField, string>> = {
  CREATED_AT: 'created_at',
  CREATED_BY: 'lower(created_by)',
  FILE_NAME: 'lower(file_name)',
  FORMAT: 'lower(format_name)',
  TRANSACTION_COUNT: 'transaction_count',
};

const ROWS_PER_INSERT = 500;
const CHECKS_KEPT_MS = 86_400_000;

/** What imports leave behind: their rows with verdicts, what was imported before, and what was chosen. */
export class ImportStore {
  private readonly database: Database;
  private readonly pages: Pages;

  constructor(database: Database) {
    this.database = database;
    this.pages = pagesOf(database);
  }

  /** Every instrument, as far as telling them apart goes. */
  async instruments(): Promise<KnownInstrument[]> {
    return this.database
      .fork()
      .execute<KnownInstrument[]>('select id, symbol, name, currency, isin from instrument order by symbol');
  }

  /**
   * Fingerprints of the rows that accounts have, with their transactions. A broker's row whose transactions
   * were all voided for good may come again; a ledger's is known by its id.
   */
  async imported(accountIds: readonly string[]): Promise<Map<string, readonly string[]>> {
    const rows = await this.database.fork().execute<{ fingerprint: string; transaction_ids: unknown }[]>(
      `select r.fingerprint, r.transaction_ids from imported_row r where r.account_id in (${list(accountIds)}) and (r.fingerprint like 'ledger %' or exists (
         select 1 from jsonb_array_elements_text(r.transaction_ids) as own(id)
         left join transaction_void v on v.transaction_id = own.id where v.transaction_id is null or v.replacement_id is not null))`,
      [...accountIds],
    );
    return new Map(rows.map((row) => [row.fingerprint, jsonOf<string[]>(row.transaction_ids)]));
  }

  /** The transactions of accounts that count; one that comes from another account is a transfer in. */
  async moves(accountIds: readonly string[]): Promise<StoredMove[]> {
    const columns = `t.id, t.instrument_id, (extract(epoch from t.executed_at) * 1000)::float8 as time_ms,
      t.quantity::text as quantity, t.currency, t.other_amount::text as other_amount, t.other_currency, t.external_id`;
    const from = 'from transaction t left join transaction_void v on v.transaction_id = t.id';
    const rows = await this.database.fork().execute<Record<string, any>[]>(
      `select * from (
         select ${columns}, t.account_id, t.kind, t.amount::text as amount ${from}
           where t.account_id in (${list(accountIds)}) and v.transaction_id is null
         union all
         select ${columns}, t.counter_account_id, 'TRANSFER_IN', (-(t.amount + t.fee + t.tax))::text ${from}
           where t.counter_account_id in (${list(accountIds)}) and v.transaction_id is null) as move
       order by time_ms, id`,
      [...accountIds, ...accountIds],
    );
    return rows.map((row) => ({
      id: row.id,
      accountId: row.account_id,
      kind: row.kind,
      instrumentId: row.instrument_id,
      timeMs: Math.round(Number(row.time_ms)),
      quantity: row.quantity,
      amount: row.amount,
      currency: row.currency,
      otherAmount: row.other_amount,
      otherCurrency: row.other_currency,
      externalId: row.external_id,
    }));
  }

  /** Every transaction of a portfolio by its id, those that were voided too. */
  async transactionIds(portfolioId: string): Promise<string[]> {
    const rows = await this.database
      .fork()
      .execute<{ id: string }[]>(
        'select t.id from transaction t join account a on a.id = t.account_id where a.portfolio_id = ?',
        [portfolioId],
      );
    return rows.map(({ id }) => id);
  }

  /** The accounts of a portfolio, the oldest first. */
  async accounts(portfolioId: string): Promise<StoredAccount[]> {
    const rows = await this.database.fork().execute<Record<string, any>[]>(
      `select a.id, a.name, a.lot_method, a.closed_at, not exists (
         select 1 from transaction t where t.account_id = a.id or t.counter_account_id = a.id) as is_empty
       from account a where a.portfolio_id = ? order by a.id`,
      [portfolioId],
    );
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      lotMethod: row.lot_method,
      closedAt: row.closed_at === null ? null : new Date(row.closed_at).toISOString(),
      isEmpty: row.is_empty,
    }));
  }

  /** Makes the accounts of a file that are absent and has empty ones become as it tells, in the caller's transaction. */
  async storeAccounts(
    em: EntityManager,
    portfolioId: string,
    { added, changed }: Pick<AccountPlan, 'added' | 'changed'>,
  ): Promise<void> {
    for (const { id, name, lotMethod, closedAt } of added)
      await em.execute(
        'insert into account (id, portfolio_id, name, lot_method, closed_at) values (?, ?, ?, ?, ?)',
        [id, portfolioId, name, lotMethod, closedAt],
      );
    for (const { account, lotMethod, closedAt } of changed)
      await em.execute('update account set lot_method = ?, closed_at = ? where id = ?', [
        lotMethod,
        closedAt,
        account.id,
      ]);
  }

  /** Keeps the rows of a run for its pages, and forgets those of checks that are a day old. */
  async keepRows(
    runId: string,
    portfolioId: string,
    rows: readonly PlannedRow[],
    nowMs: number,
  ): Promise<void> {
    const em = this.database.fork();
    await em.execute(
      `delete from import_row where run_id in (select id from run where kind = 'IMPORT' and created_at < ?
         and request->>'portfolioId' = ? and request->>'dryRun' = 'true')`,
      [new Date(nowMs - CHECKS_KEPT_MS), portfolioId],
    );
    await em.execute('delete from import_row where run_id = ?', [runId]);
    for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
      const part = rows.slice(start, start + ROWS_PER_INSERT);
      await em.execute(
        `insert into import_row (run_id, position, verdict, data) values ${part.map(() => '(?, ?, ?, ?::jsonb)').join(', ')}`,
        part.flatMap((row, index) => [runId, start + index, row.verdict, storableJson(row)]),
      );
    }
  }

  /** A page of a run's rows in the order of the file, with their number. */
  async rows(
    runId: string,
    verdicts: readonly RowVerdict[] | null,
    offset: number,
    limit: number,
  ): Promise<[PlannedRow[], number]> {
    const chosen = verdicts && verdicts.length > 0 ? verdicts : null;
    const where = `run_id = ?${chosen ? ` and verdict in (${list(chosen)})` : ''}`;
    const values = [runId, ...(chosen ?? [])];
    const em = this.database.fork();
    const rows = await em.execute<{ data: unknown }[]>(
      `select data from import_row where ${where} order by position offset ${Number(offset)} limit ${Number(limit)}`,
      values,
    );
    const [{ count }] = await em.execute(`select count(*) as count from import_row where ${where}`, values);
    return [rows.map(({ data }) => jsonOf<PlannedRow>(data)), Number(count)];
  }

  /** Records an import with its rows, in the caller's transaction. */
  async insert(
    em: EntityManager,
    one: Omit<StoredImport, 'undoneBy' | 'undoneAt'>,
    rows: readonly { accountId: string; fingerprint: string; transactionIds: readonly string[] }[],
  ): Promise<void> {
    await em.execute(
      `insert into transaction_import (id, portfolio_id, account_id, file_name, format_name, rows_new, rows_duplicate,
         rows_skipped, rows_rejected, transaction_count, created_by, created_at) values (${Array(12).fill('?').join(', ')})`,
      [
        one.id,
        one.portfolioId,
        one.accountId,
        one.fileName,
        one.formatName,
        one.rowsNew,
        one.rowsDuplicate,
        one.rowsSkipped,
        one.rowsRejected,
        one.transactionCount,
        one.createdBy,
        one.createdAt,
      ],
    );
    for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
      const part = rows.slice(start, start + ROWS_PER_INSERT);
      await em.execute(
        `insert into imported_row (account_id, fingerprint, import_id, transaction_ids)
         values ${part.map(() => '(?, ?, ?, ?::jsonb)').join(', ')}
         on conflict (account_id, fingerprint) do update set import_id = excluded.import_id, transaction_ids = excluded.transaction_ids`,
        part.flatMap((row) => [row.accountId, row.fingerprint, one.id, JSON.stringify(row.transactionIds)]),
      );
    }
  }

  /** Remembers which instrument rows of a key mean in a portfolio; null leaves them out. */
  async rememberSymbol(
    em: EntityManager,
    portfolioId: string,
    key: string,
    instrumentId: string | null,
  ): Promise<void> {
    await em.execute(
      `insert into import_symbol (portfolio_id, key, instrument_id) values (?, ?, ?)
       on conflict (portfolio_id, key) do update set instrument_id = excluded.instrument_id`,
      [portfolioId, key, instrumentId],
    );
  }

  /** What was chosen before for the keys of a portfolio's files. */
  async rememberedSymbols(portfolioId: string): Promise<Map<string, string | null>> {
    const rows = await this.database
      .fork()
      .execute<{ key: string; instrument_id: string | null }[]>(
        'select key, instrument_id from import_symbol where portfolio_id = ?',
        [portfolioId],
      );
    return new Map(rows.map((row) => [row.key, row.instrument_id]));
  }

  /** An import by the id of its run, in the caller's unit of work where one is given. */
  async find(id: string, em: EntityManager = this.database.fork()): Promise<StoredImport | null> {
    const [row] = await em.execute('select * from transaction_import where id = ?', [id]);
    return row ? importOf(row) : null;
  }

  /** What is chosen of the imports of a portfolio, the newest first where no order is asked for, with the number of all that is. */
  async page(
    portfolioId: string,
    { search, createdBy, isUndone, from, to }: ImportChoice,
    offset: number,
    limit: number,
    order?: Order<ImportSortField> | null,
  ): Promise<[StoredImport[], number]> {
    const { text, values } = allOf([
      ['portfolio_id = ?', portfolioId],
      search?.trim()
        ? [`position(lower(?) in lower(concat(file_name, chr(10), format_name))) > 0`, search.trim()]
        : null,
      createdBy ? ['created_by = ?', createdBy] : null,
      typeof isUndone === 'boolean' ? [`undone_at is ${isUndone ? 'not ' : ''}null`] : null,
      from ? ['created_at >= ?', from] : null,
      to ? ['created_at <= ?', to] : null,
    ]);
    const { field, direction } = order ?? { field: 'CREATED_AT', direction: 'DESCENDING' };
    const [rows, total] = await this.pages({
      select: 'select *',
      from: `from transaction_import where ${text}`,
      orderBy: orderOf([ORDER_COLUMNS[field], 'id'], direction, { isNullable: true }),
      values,
      offset,
      limit,
    });
    return [rows.map(importOf), total];
  }

  /** The transactions of an import that count, and those that a correction stands in for; in the caller's transaction. */
  async transactionsOf(
    em: EntityManager,
    id: string,
  ): Promise<{ counting: string[]; replaced: { id: string; executedAt: Date }[] }> {
    const rows = await em.execute<Record<string, any>[]>(
      `select t.id, t.executed_at, v.transaction_id as voided, v.replacement_id, w.transaction_id as replacement_voided
       from transaction t left join transaction_void v on v.transaction_id = t.id
       left join transaction_void w on w.transaction_id = v.replacement_id
       where t.import_id = ? order by t.executed_at, t.id`,
      [id],
    );
    return {
      counting: rows.filter(({ voided }) => voided === null).map((row) => row.id),
      replaced: rows
        .filter((row) => row.replacement_id !== null && row.replacement_voided === null)
        .map((row) => ({ id: row.id, executedAt: new Date(row.executed_at) })),
    };
  }

  /** How the columns of files with a header are read in a portfolio; null where that was never chosen. */
  async rememberedMapping(portfolioId: string, shape: string): Promise<CsvMapping | null> {
    const [row] = await this.database
      .fork()
      .execute('select mapping from import_mapping where portfolio_id = ? and shape = ?', [
        portfolioId,
        shape,
      ]);
    return row ? jsonOf<CsvMapping>(row.mapping) : null;
  }

  /** Remembers how the columns of files with a header are read, in the caller's transaction. */
  async rememberMapping(
    em: EntityManager,
    portfolioId: string,
    shape: string,
    mapping: CsvMapping,
    at: Date,
  ): Promise<void> {
    await em.execute(
      `insert into import_mapping (portfolio_id, shape, mapping, updated_at) values (?, ?, ?::jsonb, ?)
       on conflict (portfolio_id, shape) do update set mapping = excluded.mapping, updated_at = excluded.updated_at`,
      [portfolioId, shape, JSON.stringify(mapping), at],
    );
  }

  /** Notes that an import was undone: its rows may come again. In the caller's transaction. */
  async undo(em: EntityManager, id: string, actor: string, at: Date): Promise<void> {
    await em.execute('update transaction_import set undone_by = ?, undone_at = ? where id = ?', [
      actor,
      at,
      id,
    ]);
    await em.execute('delete from imported_row where import_id = ?', [id]);
  }
}

function importOf(row: Record<string, any>): StoredImport {
  return {
    id: row.id,
    portfolioId: row.portfolio_id,
    accountId: row.account_id,
    fileName: row.file_name,
    formatName: row.format_name,
    rowsNew: row.rows_new,
    rowsDuplicate: row.rows_duplicate,
    rowsSkipped: row.rows_skipped,
    rowsRejected: row.rows_rejected,
    transactionCount: row.transaction_count,
    createdBy: row.created_by,
    createdAt: new Date(row.created_at),
    undoneBy: row.undone_by,
    undoneAt: row.undone_at === null ? null : new Date(row.undone_at),
  };
}

/** A column of JSON, which one of the drivers gives as a text. */
function jsonOf<Value>(value: unknown): Value {
  return (typeof value === 'string' ? JSON.parse(value) : value) as Value;
}

function list(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
