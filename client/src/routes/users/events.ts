const TEXTS: Readonly<Record<string, string>> = {
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
  return TEXTS[kind] ?? kind.toLowerCase().replaceAll('_', ' ');
}
