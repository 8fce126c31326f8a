import type { SignOnReason } from '#lib/graphql/generated/graphql.ts';

const KEY = 'ai-trading-sign-on';

/** What this tab remembers while it is at the identity provider. */
export interface Journey {
  readonly challenge: string;
  /** The page to go on with. */
  readonly next: string;
}

/** Goes to the identity provider; the tab comes back to /login/callback. */
export function depart({ url, challenge }: { url: string; challenge: string }, next: string): void {
  sessionStorage.setItem(KEY, JSON.stringify({ challenge, next } satisfies Journey));
  location.assign(url);
}

/** What was remembered, for the one time that it is needed; null in another tab or browser. */
export function arrive(): Journey | null {
  const kept = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  return kept === null ? null : (JSON.parse(kept) as Journey);
}

/** Why a login by the identity provider did not work, and what helps. */
export const REASONS: Readonly<Record<SignOnReason, string>> = {
  PROVIDER_DOWN: 'The identity provider does not answer. Try again later, or log in by password.',
  DENIED: 'The login was declined at the identity provider.',
  REFUSED:
    'The answer of the identity provider does not belong to this login, or could not be verified. Try again; if it happens again, the log of the server says more.',
  LAPSED: 'This login took more than ten minutes, or was begun in another tab or browser. Begin again.',
  EMAIL_UNVERIFIED:
    'The identity provider has not verified your e-mail address, so it cannot tell which account is yours.',
  NO_ACCOUNT:
    'No account here is linked to this identity. Log in by password and link it on your account page, or ask who runs this installation.',
  DISABLED: 'This account may not log in any more. Ask who runs this installation.',
  LINKED_ELSEWHERE: 'This identity is linked to another account here.',
};
