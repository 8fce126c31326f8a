import type { AuditAction } from '#lib/graphql/generated/graphql.ts';

/** What each entry of the audit log says, after the name of whoever did it. */
export const ACTION_TEXTS: Readonly<Record<AuditAction, string>> = {
  ANNOTATE: 'noted something about a trade',
  ASK_PRICES: 'asked for missing prices',
  CREATE_ACCOUNT: 'made an account',
  CREATE_PORTFOLIO: 'made the portfolio',
  DELETE_ACCOUNT: 'deleted an account',
  DELETE_PORTFOLIO: 'deleted the portfolio',
  DISMISS: 'dismissed a finding',
  IMPORT: 'imported transactions',
  RECORD: 'recorded a transaction',
  REPLACE: 'corrected a transaction',
  RESTORE: 'took up a dismissed finding again',
  SET_TAGS: 'set tags',
  SET_TARGETS: 'set targets',
  UNDO_IMPORT: 'undid an import',
  UPDATE_ACCOUNT: 'changed an account',
  UPDATE_PORTFOLIO: 'changed the portfolio',
  VOID: 'voided a transaction',
};
