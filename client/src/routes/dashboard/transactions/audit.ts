import type { AuditAction, AuditFilter } from '#lib/graphql/generated/graphql.ts';

/** What a person has chosen of an audit log; days are UTC, empty where there is no choice. */
export interface AuditChoice {
  readonly action: AuditAction | '';
  readonly actor: string;
  readonly from: string;
  readonly to: string;
}

/** The choice as the API takes it; a last day counts until its end. */
export function auditFilter({ action, actor, from, to }: AuditChoice): AuditFilter {
  return {
    actions: action === '' ? null : [action],
    actor: actor.trim() || null,
    from: from || null,
    to: to ? `${to}T23:59:59.999Z` : null,
  };
}

/** Whether an entry is about one transaction, which can be shown. */
export function isOfTransaction(action: AuditAction): boolean {
  return action === 'RECORD' || action === 'VOID' || action === 'REPLACE';
}
