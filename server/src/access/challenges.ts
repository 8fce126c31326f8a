import type { Clock } from '../platform/clock.ts';
import type { EntityManager } from '../platform/database/database.ts';
import { hashOfSecret, newSecret } from './secret.ts';

/** What a challenge is for; it serves nothing else. */
export type ChallengeKind = 'SECOND_FACTOR' | 'PASSKEY_NEW' | 'PASSKEY_LOGIN' | 'SINGLE_SIGN_ON';

/** What something that takes several steps has to remember between them. */
export interface Challenge<Data = Record<string, unknown>> {
  readonly userId: string | null;
  readonly data: Data;
}

/** A challenge lives this long. */
export const CHALLENGE_MAXIMUM_MS = 5 * 60_000;
/** People may have to find a password at the identity provider first. */
const JOURNEY_MAXIMUM_MS = 10 * 60_000;

/** Remembers something until its secret comes back; gives the secret. */
export async function beginChallenge(
  em: EntityManager,
  clock: Clock,
  kind: ChallengeKind,
  { userId, data }: Challenge,
): Promise<string> {
  const secret = newSecret();
  const nowMs = clock();
  const lifetimeMs = kind === 'SINGLE_SIGN_ON' ? JOURNEY_MAXIMUM_MS : CHALLENGE_MAXIMUM_MS;
  await em.execute('delete from login_challenge where expires_at < ?', [new Date(nowMs)]);
  await em.execute(
    'insert into login_challenge (hash, kind, user_id, data, expires_at) values (?, ?, ?, ?, ?)',
    [hashOfSecret(secret), kind, userId, JSON.stringify(data), new Date(nowMs + lifetimeMs)],
  );
  return secret;
}

/** What was remembered; null where there is nothing, or no more. */
export async function findChallenge<Data>(
  em: EntityManager,
  clock: Clock,
  kind: ChallengeKind,
  secret: string,
): Promise<Challenge<Data> | null> {
  const [row] = await em.execute(
    'select user_id, data from login_challenge where hash = ? and kind = ? and expires_at > ?',
    [hashOfSecret(secret), kind, new Date(clock())],
  );
  return row ? { userId: row.user_id, data: row.data } : null;
}

/** What was remembered, for the one time that it may be used. */
export async function takeChallenge<Data>(
  em: EntityManager,
  clock: Clock,
  kind: ChallengeKind,
  secret: string,
): Promise<Challenge<Data> | null> {
  const [row] = await em.execute(
    'delete from login_challenge where hash = ? and kind = ? and expires_at > ? returning user_id, data',
    [hashOfSecret(secret), kind, new Date(clock())],
  );
  return row ? { userId: row.user_id, data: row.data } : null;
}
