import { visiblePortfolios } from '../access/membership.ts';
import { allOf, orderOf } from '../platform/database/conditions.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { type Pages, pagesOf } from '../platform/database/pages.ts';
import type { Order } from '../platform/graphql/sort-direction.ts';
import { FillRow } from './fill.entity.ts';

/** Which fills to list; every condition must hold. */
export interface FillQuery {
  /** Of one portfolio, whoever asks; of all that the present viewer may see when left out. */
  readonly portfolioId?: string;
  readonly instrumentId?: string;
  /** Part of the symbol or the name. */
  readonly search?: string;
  readonly side?: 'BUY' | 'SELL';
  readonly from?: Date;
  readonly to?: Date;
  /** Newest first when left out. */
  readonly orderBy?: Order<keyof typeof ORDER_COLUMNS>;
}

const ORDER_COLUMNS = {
  EXECUTED_AT: 'f.executed_at',
  SYMBOL: 'i.symbol',
  QUANTITY: 'f.quantity',
  PRICE: 'f.price',
  VALUE: 'f.quantity * f.price',
} as const;

const NEWEST_FIRST = { field: 'EXECUTED_AT', direction: 'DESCENDING' } as const;

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

  async page(query: FillQuery, offset: number, limit: number): Promise<[FillRow[], number]> {
    const { portfolioId, instrumentId, side, from, to } = query;
    const em = this.database.fork();
    const visible = portfolioId ? [portfolioId] : await visibleIds(em);
    const { field, direction } = query.orderBy ?? NEWEST_FIRST;
    const search = query.search?.trim();
    const isNamed = 'position(lower(?) in lower(i.symbol)) > 0 or position(lower(?) in lower(i.name)) > 0';
    const { text, values } = allOf([
      ['v.transaction_id is null'],
      visible && [`a.portfolio_id in (${visible.map(() => '?').join(', ') || 'null'})`, ...visible],
      instrumentId ? ['f.instrument_id = ?', instrumentId] : null,
      search ? [`(${isNamed})`, search, search] : null,
      side ? ['f.side = ?', side] : null,
      from ? ['f.executed_at >= ?', from] : null,
      to ? ['f.executed_at <= ?', to] : null,
    ]);
    const [rows, total] = await this.pages({
      select: 'select f.*',
      from: `${FROM} where ${text}`,
      orderBy: orderOf([ORDER_COLUMNS[field], 'f.id'], direction),
      values,
      offset,
      limit,
    });
    return [rows.map((row) => em.map(FillRow, row)), total];
  }
}

/** The portfolios that the present viewer may see; null where that is all of them. */
async function visibleIds(em: EntityManager): Promise<string[] | null> {
  const visible = await visiblePortfolios(em);
  return visible && [...visible.keys()];
}
