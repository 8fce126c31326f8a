import type { Clock } from '../platform/clock.ts';
import type { EntityManager } from '../platform/database/database.ts';
import { invalid } from '../platform/graphql/errors.ts';
import { type AccessEventKind, logAccess } from './access-log.ts';
import { beginChallenge, CHALLENGE_MAXIMUM_MS, findChallenge, takeChallenge } from './challenges.ts';
import type { LoginMethod, Origin, SecondFactorKind, Sessions } from './sessions.ts';
import { findUser, type UserRow } from './user.ts';

/** A login that succeeded: the secret goes into the browser's cookie. */
export interface Entered {
  readonly user: UserRow;
  readonly secret: string;
}

/** A login whose first half is right: its secret lets the same person go on by a second factor. */
export interface Halfway {
  readonly challenge: string;
  readonly expiresAt: Date;
  readonly factors: readonly SecondFactorKind[];
}

export type Login = Entered | Halfway;

/** The last step of every way to log in: a session, or the question for a second factor. */
export class SignIn {
  private readonly sessions: Sessions;
  private readonly clock: Clock;

  constructor(sessions: Sessions, clock: Clock) {
    this.sessions = sessions;
    this.clock = clock;
  }

  /** Lets somebody in who has shown one factor, unless they want to be asked for a second. */
  async enter(em: EntityManager, user: UserRow, origin: Origin, method: LoginMethod): Promise<Login> {
    if (!user.isTotpOn) return this.begin(em, user, origin, 'LOGIN', { method, secondFactor: null });
    const challenge = await beginChallenge(em, this.clock, 'SECOND_FACTOR', {
      userId: user.id,
      data: { method },
    });
    const expiresAt = new Date(this.clock() + CHALLENGE_MAXIMUM_MS);
    const passkeys = await em.execute('select 1 from passkey where user_id = ? limit 1', [user.id]);
    const factors = ['CODE', 'RECOVERY_CODE', ...(passkeys.length > 0 ? ['PASSKEY'] : [])];
    return { challenge, expiresAt, factors: factors as SecondFactorKind[] };
  }

  /** Begins a session, whatever is asked of others. */
  async begin(
    em: EntityManager,
    user: UserRow,
    { address, userAgent }: Origin,
    kind: AccessEventKind,
    how: { readonly method: LoginMethod; readonly secondFactor: SecondFactorKind | null },
  ): Promise<Entered> {
    const secret = await this.sessions.begin(em, user.id, { address, userAgent }, how);
    await logAccess(em, this.clock, { kind, actor: user.email, subject: user.email, address });
    return { user, secret };
  }
}

/** Who is halfway in by a challenge; throws where nobody is any more. */
export async function findHalfway(em: EntityManager, clock: Clock, challenge: string): Promise<UserRow> {
  const found = await findChallenge(em, clock, 'SECOND_FACTOR', challenge);
  const user = found && (await findUser(em, 'id = ?', found.userId!));
  if (!user || user.isDisabled) throw lapsed();
  return user;
}

/** Uses a challenge up by which a user is halfway in; gives by what they began. */
export async function takeHalfway(
  em: EntityManager,
  clock: Clock,
  challenge: string,
  userId: string,
): Promise<LoginMethod> {
  const taken = await takeChallenge<{ method: LoginMethod }>(em, clock, 'SECOND_FACTOR', challenge);
  if (taken?.userId !== userId) throw lapsed();
  return taken.data.method;
}

const lapsed = () =>
  invalid(
    'expected a login of the last 5 minutes, was one that has lapsed: begin again',
    'input',
    'challenge',
  );
