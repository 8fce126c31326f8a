import { orderOf } from '../platform/database/conditions.ts';
import type { Database } from '../platform/database/database.ts';
import { type Pages, pagesOf } from '../platform/database/pages.ts';
import { FillRow } from './fill.entity.ts';

/** Which fills of a portfolio to list. */
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

// A fill counts as long as its transaction does.
const FROM = `from fill f join account a on a.id = f.account_id join instrument i on i.id = f.instrument_id
  join transaction t on t.fill_id = f.id left join transaction_void v on v.transaction_id = t.id`;

/** Reads fills; they are written with their transactions. */
export class FillStore {
  private readonly database: Database;
  private readonly pages: Pages;

  constructor(database: Database) {
    this.database = database;
    this.pages = pagesOf(database);
  }

  /** A fill, that of a voided transaction too; null where there is none. */
  async find(id: string): Promise<FillRow | null> {
    return this.database.fork().findOne(FillRow, { id });
  }

  async page(
    portfolioId: string,
    query: FillQuery,
    offset: number,
    limit: number,
  ): Promise<[FillRow[], number]> {
    const conditions = ['a.portfolio_id = ?', 'v.transaction_id is null'];
    const values: unknown[] = [portfolioId];
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
    const from = `${FROM} where ${conditions.join(' and ')}`;
    const orderBy = orderOf([ORDER_COLUMNS[query.orderBy], 'f.id'], query.direction);
    const [rows, total] = await this.pages({ select: 'select f.*', from, orderBy, values, offset, limit });
    const em = this.database.fork();
    return [rows.map((row) => em.map(FillRow, row)), total];
  }
}
