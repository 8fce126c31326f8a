import {
  ClosedLotPageDocument,
  type ClosedLotPageQuery,
  type LotMethod,
  type LotSortField,
  OpenLotPageDocument,
  type OpenLotPageQuery,
} from '#lib/graphql/generated/graphql.ts';
import type { Order } from '#lib/components/order.ts';
import { request } from '#lib/graphql/request.ts';

type OpenLot = NonNullable<OpenLotPageQuery['portfolio']>['lots']['open']['nodes'][number];
type ClosedLot = NonNullable<ClosedLotPageQuery['portfolio']>['lots']['closed']['nodes'][number];

/** A lot as a row of a list, be it open or closed. */
export interface LotRow {
  readonly symbol: string;
  readonly accountId: string;
  readonly isShort: boolean;
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly quantity: string;
  readonly costBasis: string | null;
  /** What an open lot is worth, or what a closed one brought. */
  readonly worth: string | null;
  readonly gain: string | null;
  readonly isLongTerm: boolean;
}

/** Some lots of a list. */
export interface LotPage {
  readonly rows: readonly LotRow[];
  readonly totalCount: number;
  /** Where the next ones begin; null after the last. */
  readonly after: string | null;
}

/** Which lots are listed. */
export interface LotQuestion {
  readonly id: string;
  readonly accountId: string | null;
  readonly method: LotMethod | null;
}

/** An open lot as a row. */
export function openRow({ instrument, side, value, ...lot }: OpenLot): LotRow {
  return { ...lot, symbol: instrument.symbol, isShort: side === 'SHORT', closedAt: null, worth: value };
}

/** A closed lot as a row. */
export function closedRow({ instrument, side, proceeds, ...lot }: ClosedLot): LotRow {
  return { ...lot, symbol: instrument.symbol, isShort: side === 'SHORT', worth: proceeds };
}

/** Reads open or closed lots in an order, from a place on. */
export async function lotPage(
  kind: 'open' | 'closed',
  question: LotQuestion,
  orderBy: Order<LotSortField>,
  after: string | null,
): Promise<LotPage> {
  if (kind === 'open') {
    const { portfolio } = await request(OpenLotPageDocument, { ...question, orderBy, after });
    const { nodes, totalCount, pageInfo } = portfolio!.lots.open;
    return { rows: nodes.map(openRow), totalCount, after: nextOf(pageInfo) };
  }
  const { portfolio } = await request(ClosedLotPageDocument, { ...question, orderBy, after });
  const { nodes, totalCount, pageInfo } = portfolio!.lots.closed;
  return { rows: nodes.map(closedRow), totalCount, after: nextOf(pageInfo) };
}

function nextOf({ hasNextPage, endCursor }: { hasNextPage: boolean; endCursor: string | null }) {
  return hasNextPage ? endCursor : null;
}
