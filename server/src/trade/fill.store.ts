import { Decimal } from 'decimal.js';
import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { newId } from '../platform/graphql/node.ts';
import { FillRow } from './fill.entity.ts';

/** A fill on its way into the ledger. */
export interface NewFill {
  readonly accountId: string;
  readonly instrumentId: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly currency: string;
  readonly executedAt: Date;
  readonly externalId: string | null;
  readonly importId: string | null;
}

/** Which fills of an account to list. */
export interface FillQuery {
  readonly instrumentIds?: readonly string[];
  readonly side?: 'BUY' | 'SELL';
  readonly from?: Date;
  readonly to?: Date;
  readonly orderBy: 'EXECUTED_AT' | 'SYMBOL' | 'QUANTITY' | 'PRICE' | 'VALUE';
  readonly direction: 'ASCENDING' | 'DESCENDING';
}

const ORDER_COLUMNS = {
  EXECUTED_AT: 'f.executed_at',
  SYMBOL: 'i.symbol',
  QUANTITY: 'f.quantity',
  PRICE: 'f.price',
  VALUE: 'f.quantity * f.price',
} as const;

const ROWS_PER_INSERT = 500;

/** Fills, each with the transaction that moves its cash. */
export class FillStore {
  private readonly database: Database;
  private readonly clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.database = database;
    this.clock = clock;
  }

  /** Stores fills and their transactions in the caller's transaction. */
  async insert(em: EntityManager, fills: readonly NewFill[]): Promise<void> {
    const now = new Date(this.clock());
    for (let start = 0; start < fills.length; start += ROWS_PER_INSERT) {
      const part = fills
        .slice(start, start + ROWS_PER_INSERT)
        .map((fill) => ({ ...fill, id: newId('fil', this.clock), createdAt: now }));
      await em.insertMany(FillRow, part);
      const rows = part.map((fill) => [
        newId('txn', this.clock),
        fill.accountId,
        fill.side,
        fill.id,
        cashOf(fill),
        fill.currency,
        fill.executedAt,
        now,
      ]);
      await em.execute(
        `insert into transaction (id, account_id, kind, fill_id, amount, currency, executed_at, created_at) values ${rows.map(() => '(?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
        rows.flat(),
      );
    }
  }

  /** All fills of an account in the order they happened. */
  async all(accountId: string): Promise<FillRow[]> {
    return this.database.fork().find(FillRow, { accountId }, { orderBy: { executedAt: 'asc', id: 'asc' } });
  }

  async page(
    accountId: string,
    query: FillQuery,
    offset: number,
    limit: number,
  ): Promise<[FillRow[], number]> {
    const em = this.database.fork();
    const conditions = ['f.account_id = ?'];
    const values: unknown[] = [accountId];
    const add = (condition: string, ...parts: unknown[]) => {
      conditions.push(condition);
      values.push(...parts);
    };
    if (query.instrumentIds)
      add(
        `f.instrument_id in (${query.instrumentIds.map(() => '?').join(', ') || 'null'})`,
        ...query.instrumentIds,
      );
    if (query.side) add('f.side = ?', query.side);
    if (query.from) add('f.executed_at >= ?', query.from);
    if (query.to) add('f.executed_at <= ?', query.to);
    const from = `from fill f join instrument i on i.id = f.instrument_id where ${conditions.join(' and ')}`;
    const direction = query.direction === 'DESCENDING' ? 'desc' : 'asc';
    const order = `order by ${ORDER_COLUMNS[query.orderBy]} ${direction}, f.id ${direction}`;
    const rows = await em.execute(
      `select f.* ${from} ${order} offset ${Number(offset)} limit ${Number(limit)}`,
      values,
    );
    const [{ count }] = await em.execute(`select count(*) as count ${from}`, values);
    return [rows.map((row: Record<string, unknown>) => em.map(FillRow, row)), Number(count)];
  }
}

/** What a fill moves in cash: negative for a buy; the fee always costs. */
export function cashOf({
  side,
  quantity,
  price,
  fee,
}: Pick<NewFill, 'side' | 'quantity' | 'price' | 'fee'>): string {
  const value = new Decimal(quantity).times(price);
  return (side === 'BUY' ? value.negated() : value).minus(fee).toFixed(18);
}
