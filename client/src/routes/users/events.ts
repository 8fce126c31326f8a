import type { AccessLogFilter } from '#lib/graphql/generated/graphql.ts';

/** What the log of logins and rights tells, for people. */
export const EVENT_TEXTS: Readonly<Record<string, string>> = {
  SET_UP: 'made the first account',
  LOGIN: 'logged in',
  LOGIN_FAILED: 'failed to log in',
  LOGOUT: 'logged out',
  PASSWORD_CHANGED: 'changed the password',
  SESSION_REVOKED: 'ended a login elsewhere',
  USER_ADDED: 'added a user',
  USER_CHANGED: 'changed a user',
  INVITE_MADE: 'made a link to choose a password',
  INVITE_USED: 'chose a password by a link',
  TOKEN_MADE: 'made a token',
  TOKEN_REVOKED: 'ended a token',
  SECOND_FACTOR_ON: 'turned a second factor on',
  SECOND_FACTOR_OFF: 'turned a second factor off',
  RECOVERY_CODES_MADE: 'made recovery codes',
  RECOVERY_CODE_USED: 'used a recovery code',
  PASSKEY_ADDED: 'added a passkey',
  PASSKEY_REMOVED: 'removed a passkey',
  IDENTITY_LINKED: 'linked an identity',
  IDENTITY_UNLINKED: 'ended the link to an identity',
  SHARED: 'shared a portfolio',
  UNSHARED: 'stopped sharing a portfolio',
  LINK_MADE: 'made a public link',
  LINK_REVOKED: 'ended a public link',
};

/** What happened, in words. */
export function eventText(kind: string): string {
  return EVENT_TEXTS[kind] ?? kind.toLowerCase().replaceAll('_', ' ');
}

/** What a person has chosen of the log; days are UTC, empty where there is no choice. */
export interface AccessChoice {
  readonly kind: string;
  readonly search: string;
  readonly from: string;
  readonly to: string;
}

/** The choice as the API takes it; a last day counts until its end. */
export function accessFilter({ kind, search, from, to }: AccessChoice): AccessLogFilter {
  return {
    kinds: kind === '' ? null : [kind],
    search: search.trim() || null,
    from: from || null,
    to: to ? `${to}T23:59:59.999Z` : null,
  };
}
