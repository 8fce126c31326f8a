import type { Clock } from '../platform/clock.ts';
import { allOf } from '../platform/database/conditions.ts';
import type { EntityManager } from '../platform/database/database.ts';
import type { pagesOf } from '../platform/database/pages.ts';
import { newId } from '../platform/graphql/node.ts';

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

/** Reads pages of entries. */
type Pages = ReturnType<typeof pagesOf>;

/** An entry as it is stored. */
export interface StoredAuditEntry extends AuditEntry {
  readonly id: string;
  readonly at: Date;
}

/**
 * What the audit log says of portfolios that were deleted, the newest first, with the number of all:
 * of those that a user owned, or of all where no user is given.
 */
export async function readDeletions(
  pages: Pages,
  ownerId: string | null,
  offset: number,
  limit: number,
): Promise<[StoredAuditEntry[], number]> {
  const condition = `action = 'DELETE_PORTFOLIO'${ownerId === null ? '' : ` and details->'ownerIds' @> ?::jsonb`}`;
  return entriesWhere(pages, condition, ownerId === null ? [] : [JSON.stringify([ownerId])], offset, limit);
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
  const { text, values } = allOf([
    ['portfolio_id = ?', portfolioId],
    actions?.length ? [`action in (${actions.map(() => '?').join(', ')})`, ...actions] : null,
    actor ? ['actor = ?', actor] : null,
    subjectId ? ['subject_id = ?', subjectId] : null,
    from ? ['created_at >= ?', from] : null,
    to ? ['created_at <= ?', to] : null,
  ]);
  return entriesWhere(pages, text, values, offset, limit, isOldestFirst);
}

async function entriesWhere(
  pages: Pages,
  condition: string,
  values: readonly unknown[],
  offset: number,
  limit: number,
  isOldestFirst = false,
): Promise<[StoredAuditEntry[], number]> {
  const direction = isOldestFirst ? 'asc' : 'desc';
  const [rows, total] = await pages({
    select: 'select *',
    from: `from audit_entry where ${condition}`,
    orderBy: `created_at ${direction}, id ${direction}`,
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
