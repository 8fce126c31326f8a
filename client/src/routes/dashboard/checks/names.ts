import type { FindingKind, FindingOrder, FindingSeverity } from '#lib/graphql/generated/graphql.ts';

/** What findings are called on the page. */
export const FINDING_NAMES: Readonly<Record<FindingKind, string>> = {
  NEGATIVE_CASH: 'Cash below zero',
  NEGATIVE_POSITION: 'More sold than held',
  MISSING_PRICE: 'No price',
  STALE_PRICE: 'Old price',
  MISSING_RATE: 'No exchange rate',
  STALE_RATE: 'Old exchange rate',
  UNRECORDED_SPLIT: 'Split not recorded?',
  ORPHAN_DIVIDEND: 'Dividend of nothing held',
  MISSING_DIVIDEND: 'Dividend not recorded?',
  DUPLICATE: 'There twice?',
  FILL_AFTER_END: 'Traded after its end',
  BEFORE_OPENING: 'Before the opening balance',
};

/** Severities as badges. */
export const SEVERITY_BADGES: Readonly<
  Record<FindingSeverity, { readonly text: string; readonly tone: 'bad' | 'busy' | 'neutral' }>
> = {
  ERROR: { text: 'wrong', tone: 'bad' },
  WARNING: { text: 'probably wrong', tone: 'busy' },
  NOTICE: { text: 'to be known', tone: 'neutral' },
};

/** The orders that findings can be read in; that of the checks is by how much they matter, then by what they are about. */
export const FINDING_ORDERS: Readonly<
  Record<string, { readonly label: string; readonly orderBy: FindingOrder | null }>
> = {
  WEIGHT: { label: 'what matters most', orderBy: null },
  NEWEST: { label: 'the newest first', orderBy: { field: 'SINCE', direction: 'DESCENDING' } },
  OLDEST: { label: 'the oldest first', orderBy: { field: 'SINCE', direction: 'ASCENDING' } },
  KIND: { label: 'by what they are about', orderBy: { field: 'KIND', direction: 'ASCENDING' } },
};
