import { pageOf } from '../platform/graphql/connection.ts';
import type { CheckedFinding } from './check.service.ts';
import type { FindingKind, Severity } from './checks/finding.ts';
import { inOrder, type OrderKey } from './key-order.ts';

/** Which findings are meant; every condition must hold. */
export interface FindingsMeant {
  readonly kinds?: readonly FindingKind[] | null;
  readonly severity?: Severity | null;
  readonly includeDismissed?: boolean;
  readonly search?: string | null;
}

/** What findings can be ordered by, each with what it is. */
export const FINDING_SORT_FIELDS = {
  SEVERITY: 'How much it matters: notices, warnings, errors.',
  SINCE: 'Since when.',
  KIND: 'What it is about, by its name.',
  TRANSACTION_COUNT: 'How many transactions it rests on.',
} as const;
export type FindingSortField = keyof typeof FINDING_SORT_FIELDS;

const SEVERITIES: readonly Severity[] = ['NOTICE', 'WARNING', 'ERROR'];

/** Which page of which findings, in which order. */
export interface FindingsAsked {
  readonly first: number;
  readonly after?: string | null;
  readonly filter?: FindingsMeant | null;
  readonly orderBy?: {
    readonly field: FindingSortField;
    readonly direction: 'ASCENDING' | 'DESCENDING';
  } | null;
}

/**
 * A page of the findings that are asked for, where it begins, and how many there are over all pages; in the
 * order of the checks, what matters most first, where no other is asked for.
 */
export function listFindings(
  all: readonly CheckedFinding[],
  { first, after, filter, orderBy }: FindingsAsked,
): { page: CheckedFinding[]; offset: number; totalCount: number } {
  const { offset, limit } = pageOf(first, after);
  const meant = all.filter((one) => isMeant(one, filter ?? {}));
  const ordered = orderBy
    ? inOrder(
        meant,
        orderBy.direction,
        (one) => keyOf(one, orderBy.field),
        ({ key }) => key,
      )
    : meant;
  return { page: ordered.slice(offset, offset + limit), offset, totalCount: meant.length };
}

/** Whether a filter keeps a finding. */
function isMeant(one: CheckedFinding, { kinds, severity, includeDismissed, search }: FindingsMeant): boolean {
  if (one.dismissal && !includeDismissed) return false;
  if (kinds && kinds.length > 0 && !kinds.includes(one.kind)) return false;
  if (severity && one.severity !== severity) return false;
  return one.explanation.toLowerCase().includes(search?.trim().toLowerCase() ?? '');
}

function keyOf(one: CheckedFinding, field: FindingSortField): OrderKey {
  switch (field) {
    case 'SEVERITY':
      return SEVERITIES.indexOf(one.severity);
    case 'SINCE':
      return one.sinceMs;
    case 'KIND':
      return one.kind;
    case 'TRANSACTION_COUNT':
      return one.entryIds.length;
  }
}
