import { together } from '../together.ts';
import type { Database } from './database.ts';

/** One page of rows in an order. */
export interface PageQuery {
  /** What a row has, e.g. `select f.*`. */
  readonly select: string;
  /** Where rows come from, with their condition. */
  readonly from: string;
  /** What they are ordered by; every row has a place of its own by it. */
  readonly orderBy: string;
  /** Of the question marks in `from`. */
  readonly values: readonly unknown[];
  readonly offset: number;
  readonly limit: number;
}

/** Rows of a page, and how many there are on all pages. */
export type Page = [rows: Record<string, any>[], total: number];

// Each has a branch of its own in the question.
const PAGES_AT_ONCE = 50;

/** Reads a page of rows. */
export type Pages = (query: PageQuery) => Promise<Page>;

/**
 * Reads pages, those that are asked for in one tick with one question for their rows and one for their totals. Each
 * page is a branch of the question, so that the database finds it as it does one by itself.
 */
export function pagesOf(database: Database): Pages {
  const pages = together((queries: readonly PageQuery[]) => readPages(database, queries), PAGES_AT_ONCE);
  return (query) => pages.load(query);
}

async function readPages(database: Database, queries: readonly PageQuery[]): Promise<Page[]> {
  const em = database.fork();
  const values = queries.flatMap((query) => query.values);
  const branches = queries.map(
    ({ select, from, orderBy, offset, limit }, place) =>
      `(select ${place} as page_place, row_number() over () as page_row, page.* from
         (${select} ${from} order by ${orderBy} offset ${Number(offset)} limit ${Number(limit)}) page)`,
  );
  const rows = await em.execute<Record<string, any>[]>(
    `${branches.join(' union all ')} order by page_place, page_row`,
    values,
  );
  const totals = await em.execute<{ page_place: number; count: string }[]>(
    queries
      .map(({ from }, place) => `select ${place} as page_place, count(*) as count ${from}`)
      .join(' union all '),
    values,
  );
  const byPlace = Map.groupBy(rows, (row) => Number(row.page_place));
  const counts = new Map(totals.map((row) => [Number(row.page_place), Number(row.count)]));
  return queries.map((_, place): Page => [(byPlace.get(place) ?? []).map(plain), counts.get(place)!]);
}

function plain(row: Record<string, any>): Record<string, any> {
  const { page_place: _, page_row: __, ...columns } = row;
  return columns;
}
