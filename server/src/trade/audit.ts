import type { Clock } from '../platform/clock.ts';
import { allOf, orderOf } from '../platform/database/conditions.ts';
import type { EntityManager } from '../platform/database/database.ts';
import type { Pages } from '../platform/database/pages.ts';
import { newId } from '../platform/graphql/node.ts';
import type { Order } from '../platform/graphql/sort-direction.ts';

/** Who did what to the ledger of a portfolio. */
export interface AuditEntry {
  readonly action:
    | 'RECORD'
    | 'VOID'
    | 'REPLACE'
    | 'IMPORT'
    | 'DISMISS'
    | 'RESTORE'
    | 'ANNOTATE'
    | 'SET_TARGETS'
    | 'UNDO_IMPORT'
    | 'SET_TAGS'
    | 'ASK_PRICES'
    | 'CREATE_PORTFOLIO'
    | 'UPDATE_PORTFOLIO'
    | 'DELETE_PORTFOLIO'
    | 'CREATE_ACCOUNT'
    | 'UPDATE_ACCOUNT'
    | 'DELETE_ACCOUNT';
  readonly subjectId: string;
  readonly portfolioId: string;
  readonly actor: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Stores an entry of the audit log in the transaction of the write it is about. */
export async function writeAudit(em: EntityManager, clock: Clock, entry: AuditEntry): Promise<void> {
  const { action, subjectId, portfolioId, actor, details } = entry;
  await em.execute(
    `insert into audit_entry (id, action, subject_id, portfolio_id, actor, details, created_at) values (?, ?, ?, ?, ?, ?::jsonb, ?)`,
    [newId('aud', clock), action, subjectId, portfolioId, actor, JSON.stringify(details), new Date(clock())],
  );
}

/** An entry as it is stored. */
export interface StoredAuditEntry extends AuditEntry {
  readonly id: string;
  readonly at: Date;
}

/** What deleted portfolios can be ordered by. */
export const DELETION_SORT_FIELDS = {
  DELETED_AT: 'When it was deleted.',
  DELETED_BY: 'Who deleted it.',
  NAME: 'The name it had.',
  TRANSACTION_COUNT: 'How many transactions went with it.',
} as const;
export type DeletionSortField = keyof typeof DELETION_SORT_FIELDS;

const DELETION_COLUMNS: Readonly<Record<DeletionSortField, string>> = {
  DELETED_AT: 'created_at',
  DELETED_BY: 'lower(actor)',
  NAME: "lower(details->>'name')",
  TRANSACTION_COUNT: "(details->>'transactionCount')::int",
};

/** Which deleted portfolios; what is left out does not matter. */
export interface DeletionChoice {
  /** Part of the name, or of who deleted it. */
  readonly search?: string | null;
  readonly from?: Date | null;
  readonly to?: Date | null;
}

/**
 * What the audit log says of portfolios that were deleted, the newest first where no order is asked for, with the
 * number of all that is chosen: of those that a user owned, or of all where no user is given.
 */
export async function readDeletions(
  pages: Pages,
  ownerId: string | null,
  { search, from, to }: DeletionChoice,
  offset: number,
  limit: number,
  order?: Order<DeletionSortField> | null,
): Promise<[StoredAuditEntry[], number]> {
  const condition = allOf([
    [`action = 'DELETE_PORTFOLIO'`],
    ownerId === null ? null : [`details->'ownerIds' @> ?::jsonb`, JSON.stringify([ownerId])],
    search?.trim()
      ? [`position(lower(?) in lower(concat_ws(chr(10), details->>'name', actor))) > 0`, search.trim()]
      : null,
    from ? ['created_at >= ?', from] : null,
    to ? ['created_at <= ?', to] : null,
  ]);
  const { field, direction } = order ?? { field: 'DELETED_AT', direction: 'DESCENDING' };
  return entriesWhere(pages, condition, offset, limit, DELETION_COLUMNS[field], direction);
}

/** Which entries of an audit log; what is left out does not matter. */
export interface AuditChoice {
  readonly actions?: readonly AuditEntry['action'][] | null;
  readonly actor?: string | null;
  readonly subjectId?: string | null;
  readonly from?: Date | null;
  readonly to?: Date | null;
}

/** What is chosen of the audit log of a portfolio, the newest entry first or last, with the number of all that is. */
export async function readAudit(
  pages: Pages,
  portfolioId: string,
  { actions, actor, subjectId, from, to }: AuditChoice,
  isOldestFirst: boolean,
  offset: number,
  limit: number,
): Promise<[StoredAuditEntry[], number]> {
  const condition = allOf([
    ['portfolio_id = ?', portfolioId],
    actions?.length ? [`action in (${actions.map(() => '?').join(', ')})`, ...actions] : null,
    actor ? ['actor = ?', actor] : null,
    subjectId ? ['subject_id = ?', subjectId] : null,
    from ? ['created_at >= ?', from] : null,
    to ? ['created_at <= ?', to] : null,
  ]);
  const direction = isOldestFirst ? 'ASCENDING' : 'DESCENDING';
  return entriesWhere(pages, condition, offset, limit, 'created_at', direction);
}

async function entriesWhere(
  pages: Pages,
  { text, values }: ReturnType<typeof allOf>,
  offset: number,
  limit: number,
  column: string,
  direction: Order<string>['direction'],
): Promise<[StoredAuditEntry[], number]> {
  const [rows, total] = await pages({
    select: 'select *',
    from: `from audit_entry where ${text}`,
    orderBy: orderOf([column, 'id'], direction),
    values,
    offset,
    limit,
  });
  const entries = rows.map((row) => ({
    id: row.id,
    action: row.action,
    subjectId: row.subject_id,
    portfolioId: row.portfolio_id,
    actor: row.actor,
    details: typeof row.details === 'string' ? JSON.parse(row.details) : row.details,
    at: new Date(row.created_at),
  }));
  return [entries, total];
}
