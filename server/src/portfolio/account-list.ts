import { ZERO } from '../platform/decimal.ts';
import { pageOf } from '../platform/graphql/connection.ts';
import type { LotMethod } from '../trade/lots.ts';
import type { AccountRow } from './account.entity.ts';
import type { AccountValue } from './account.service.ts';
import { inOrder, type OrderKey } from './key-order.ts';

/** Which accounts are meant; every condition must hold. */
export interface AccountsMeant {
  readonly search?: string | null;
  readonly isOpen?: boolean | null;
  readonly lotMethod?: LotMethod | null;
  /** A currency that cash is in. */
  readonly currency?: string | null;
}

/** What accounts can be ordered by, each with what it is. */
export const ACCOUNT_SORT_FIELDS = {
  CREATED: 'When it was made.',
  NAME: 'The name, in any case.',
  VALUE: 'What is in it.',
  MARKET_VALUE: 'What it holds beside cash.',
  CASH_VALUE: 'What its cash is worth.',
  LOT_METHOD: 'Which lots its sales close.',
} as const;
export type AccountSortField = keyof typeof ACCOUNT_SORT_FIELDS;

const OLDEST_FIRST = { field: 'CREATED', direction: 'ASCENDING' } as const;

/** Which page of which accounts, in which order. */
export interface AccountsAsked {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly filter?: AccountsMeant | null;
  readonly orderBy?: {
    readonly field: AccountSortField;
    readonly direction: 'ASCENDING' | 'DESCENDING';
  } | null;
}

/** Whether what is in the accounts decides which are listed, or where. */
export function asksForValues({ filter, orderBy }: AccountsAsked): boolean {
  return Boolean(filter?.currency) || (orderBy?.field.endsWith('VALUE') ?? false);
}

/** A page of the accounts that are asked for, where it begins, and how many there are over all pages. */
export function listAccounts(
  all: readonly AccountRow[],
  values: ReadonlyMap<string, AccountValue>,
  { first, after, filter, orderBy }: AccountsAsked,
): { page: AccountRow[]; offset: number; totalCount: number } {
  const { offset, limit } = pageOf(first ?? 1, after);
  const meant = all.filter((row) => isMeant(row, values.get(row.id), filter ?? {}));
  const { field, direction } = orderBy ?? OLDEST_FIRST;
  const ordered = inOrder(
    meant,
    direction,
    (row) => keyOf(row, values.get(row.id), field),
    ({ id }) => id,
  );
  return {
    page: ordered.slice(offset, first ? offset + limit : undefined),
    offset,
    totalCount: meant.length,
  };
}

/** Whether a filter keeps an account. */
function isMeant(row: AccountRow, value: AccountValue | undefined, filter: AccountsMeant): boolean {
  const { isOpen, lotMethod, currency } = filter;
  const search = filter.search?.trim().toLowerCase() ?? '';
  if (typeof isOpen === 'boolean' && (row.closedAt === null) !== isOpen) return false;
  if (lotMethod && row.lotMethod !== lotMethod) return false;
  if (currency && !value?.cash.has(currency)) return false;
  return row.name.toLowerCase().includes(search);
}

/** What an account that nothing ever touched has is 0. */
function keyOf(row: AccountRow, value: AccountValue | undefined, field: AccountSortField): OrderKey {
  switch (field) {
    case 'CREATED':
      return row.id;
    case 'NAME':
      return row.name.toLowerCase();
    case 'VALUE':
      return (value?.cashValue ?? ZERO).plus(value?.marketValue ?? ZERO);
    case 'MARKET_VALUE':
      return value?.marketValue ?? ZERO;
    case 'CASH_VALUE':
      return value?.cashValue ?? ZERO;
    case 'LOT_METHOD':
      return row.lotMethod;
  }
}
