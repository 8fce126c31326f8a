import type { Clock } from '../platform/clock.ts';
import type { EntityManager } from '../platform/database/database.ts';
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
    | 'UNDO_IMPORT';
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

/** The audit log of a portfolio, the newest entry first, with the number of all entries. */
export async function readAudit(
  em: EntityManager,
  portfolioId: string,
  offset: number,
  limit: number,
): Promise<[StoredAuditEntry[], number]> {
  const rows = await em.execute<Record<string, any>[]>(
    'select * from audit_entry where portfolio_id = ? order by created_at desc, id desc offset ? limit ?',
    [portfolioId, offset, limit],
  );
  const [{ count }] = await em.execute('select count(*) as count from audit_entry where portfolio_id = ?', [
    portfolioId,
  ]);
  const entries = rows.map((row) => ({
    id: row.id,
    action: row.action,
    subjectId: row.subject_id,
    portfolioId: row.portfolio_id,
    actor: row.actor,
    details: typeof row.details === 'string' ? JSON.parse(row.details) : row.details,
    at: new Date(row.created_at),
  }));
  return [entries, Number(count)];
}
