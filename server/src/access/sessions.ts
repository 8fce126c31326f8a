import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { newId } from '../platform/graphql/node.ts';
import { SCOPES, type Viewer } from '../platform/viewer.ts';
import { hashOfSecret, newSecret } from './secret.ts';

const DAY_MS = 86_400_000;
/** A session ends when it was not used for a week, and after 30 days in any case. */
const IDLE_MAXIMUM_MS = 7 * DAY_MS;
export const SESSION_MAXIMUM_MS = 30 * DAY_MS;
const SEEN_STEP_MS = 60_000;

/** By what somebody logged in. */
export type LoginMethod = 'PASSWORD' | 'PASSKEY' | 'SINGLE_SIGN_ON';

/** What they showed beside it. */
export type SecondFactorKind = 'CODE' | 'RECOVERY_CODE' | 'PASSKEY';

/** Is told whose logins or rights have changed, so that what is live ends at once. */
export type AccessChanged = (userId: string) => void;

/** From where somebody asks. */
export interface Origin {
  readonly address: string;
  readonly userAgent: string;
}

/** A session as its owner sees it. */
export interface SessionRow extends Origin {
  readonly id: string;
  readonly method: LoginMethod;
  readonly secondFactor: SecondFactorKind | null;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
}

/** Sessions of people who have logged in: the browser has the secret, the database its hash. */
export class Sessions {
  private readonly database: Database;
  private readonly clock: Clock;
  /** Says that something of a user's rights has ended; to be called when that is stored. */
  readonly announce: AccessChanged;

  constructor(database: Database, clock: Clock, announce: AccessChanged) {
    this.database = database;
    this.clock = clock;
    this.announce = announce;
  }

  /** Begins a session in the caller's transaction; gives the secret for the cookie. */
  async begin(
    em: EntityManager,
    userId: string,
    { address, userAgent }: Origin,
    { method, secondFactor }: Pick<SessionRow, 'method' | 'secondFactor'>,
  ): Promise<string> {
    const secret = newSecret();
    const nowMs = this.clock();
    const now = new Date(nowMs);
    await em.execute('delete from user_session where expires_at < ? or last_seen_at < ?', [
      now,
      new Date(nowMs - IDLE_MAXIMUM_MS),
    ]);
    await em.execute(
      `insert into user_session (id, hash, user_id, created_at, last_seen_at, expires_at, address, user_agent, method, second_factor)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        newId('ses', this.clock),
        hashOfSecret(secret),
        userId,
        now,
        now,
        new Date(nowMs + SESSION_MAXIMUM_MS),
        address,
        userAgent.slice(0, 300),
        method,
        secondFactor,
      ],
    );
    await em.execute('update app_user set last_login_at = ? where id = ?', [now, userId]);
    return secret;
  }

  /** Whose secret it is; null where the session has ended or its user may not log in any more. */
  async find(secret: string): Promise<Viewer | null> {
    const nowMs = this.clock();
    const em = this.database.fork();
    const [row] = await em.execute(
      `select s.id, s.last_seen_at, u.id as user_id, u.email, u.is_admin from user_session s join app_user u on u.id = s.user_id
       where s.hash = ? and s.expires_at > ? and s.last_seen_at > ? and not u.is_disabled`,
      [hashOfSecret(secret), new Date(nowMs), new Date(nowMs - IDLE_MAXIMUM_MS)],
    );
    if (!row) return null;
    if (nowMs - new Date(row.last_seen_at).getTime() > SEEN_STEP_MS)
      await em.execute('update user_session set last_seen_at = ? where id = ?', [new Date(nowMs), row.id]);
    return {
      kind: 'SESSION',
      userId: row.user_id,
      name: row.email,
      isAdmin: row.is_admin,
      scopes: new Set(SCOPES),
      credentialId: row.id,
    };
  }

  /** The sessions of a user that have not ended, the one used last first. */
  async list(userId: string): Promise<SessionRow[]> {
    const rows = await this.database
      .fork()
      .execute<Record<string, any>[]>(
        'select * from user_session where user_id = ? and expires_at > ? and last_seen_at > ? order by last_seen_at desc, id desc',
        [userId, new Date(this.clock()), new Date(this.clock() - IDLE_MAXIMUM_MS)],
      );
    return rows.map((row) => ({
      id: row.id,
      method: row.method,
      secondFactor: row.second_factor,
      createdAt: new Date(row.created_at),
      lastSeenAt: new Date(row.last_seen_at),
      expiresAt: new Date(row.expires_at),
      address: row.address,
      userAgent: row.user_agent,
    }));
  }

  /** Ends a session of a user; false where they have none of this id. */
  async end(em: EntityManager, userId: string, id: string): Promise<boolean> {
    const rows = await em.execute('delete from user_session where id = ? and user_id = ? returning id', [
      id,
      userId,
    ]);
    return rows.length > 0;
  }

  /** Ends all sessions of a user, but for one where it is given. */
  async endAll(em: EntityManager, userId: string, butId: string | null): Promise<void> {
    await em.execute('delete from user_session where user_id = ? and id is distinct from ?', [userId, butId]);
  }
}
