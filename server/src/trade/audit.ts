import type { Clock } from '../platform/clock.ts';
import type { EntityManager } from '../platform/database/database.ts';
import { newId } from '../platform/graphql/node.ts';

/** Who writes as long as there are no accounts. */
export const LOCAL_ACTOR = 'owner';

/** Who did what to the ledger of a portfolio. */
export interface AuditEntry {
  readonly action: 'RECORD' | 'VOID' | 'REPLACE' | 'IMPORT';
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
