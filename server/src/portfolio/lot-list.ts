import type { Decimal } from '../platform/decimal.ts';
import { pageOf } from '../platform/graphql/connection.ts';
import { inOrder, type OrderKey } from './key-order.ts';

/** What lots can be ordered by, each with what it is. */
export const LOT_SORT_FIELDS = {
  OPENED_AT: 'When it was opened.',
  CLOSED_AT: 'When it was closed; open ones have none.',
  QUANTITY: 'Units.',
  COST_BASIS: 'What it cost.',
  WORTH: 'What an open one is worth, or a closed one brought.',
  GAIN: 'The gain.',
} as const;
export type LotSortField = keyof typeof LOT_SORT_FIELDS;

/** A lot, be it open or closed. */
export interface ListedLot {
  readonly instrumentId: string;
  readonly openedMs: number;
  readonly closedMs?: number;
  readonly quantity: Decimal;
  readonly costBasis: Decimal;
  readonly value?: Decimal;
  readonly proceeds?: Decimal;
  readonly gain: Decimal;
  readonly isLongTerm: boolean;
}

/** Which page of which lots, in which order. */
export interface LotsAsked {
  readonly first: number;
  readonly after?: string | null;
  readonly isLongTerm?: boolean | null;
  readonly orderBy?: {
    readonly field: LotSortField;
    readonly direction: 'ASCENDING' | 'DESCENDING';
  } | null;
}

/** A page of the lots that are asked for, of one instrument or of all, where it begins, and how many there are. */
export function listLots<Listed extends ListedLot>(
  all: readonly Listed[],
  { first, after, isLongTerm, orderBy }: LotsAsked,
  instrumentId?: string,
): { page: Listed[]; offset: number; totalCount: number } {
  const { offset, limit } = pageOf(first, after);
  const meant = all.filter(
    (lot) =>
      (instrumentId === undefined || lot.instrumentId === instrumentId) &&
      (typeof isLongTerm !== 'boolean' || lot.isLongTerm === isLongTerm),
  );
  // Equals stay in the order that they have.
  const ordered = orderBy
    ? inOrder(
        meant,
        orderBy.direction,
        (lot) => keyOf(lot, orderBy.field),
        () => '',
      )
    : meant;
  return { page: ordered.slice(offset, offset + limit), offset, totalCount: meant.length };
}

function keyOf(lot: ListedLot, field: LotSortField): OrderKey {
  switch (field) {
    case 'OPENED_AT':
      return lot.openedMs;
    case 'CLOSED_AT':
      return lot.closedMs ?? null;
    case 'QUANTITY':
      return lot.quantity;
    case 'COST_BASIS':
      return lot.costBasis;
    case 'WORTH':
      return lot.value ?? lot.proceeds ?? null;
    case 'GAIN':
      return lot.gain;
  }
}
