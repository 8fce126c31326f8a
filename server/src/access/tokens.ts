import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { existing, invalid, notFound, refused } from '../platform/graphql/errors.ts';
import { once } from '../platform/graphql/idempotency.ts';
import { newId } from '../platform/graphql/node.ts';
import type { Scope, Viewer } from '../platform/viewer.ts';
import { logAccess } from './access-log.ts';
import { hashOfSecret, newSecret } from './secret.ts';
import type { AccessChanged } from './sessions.ts';
import { nameOf } from './user.ts';

const PREFIX = 'ait_';
const SHOWN_CHARACTERS = 10;
const TOKENS_MAXIMUM = 50;
const USED_STEP_MS = 60_000;

/** A token as its owner sees it. */
export interface TokenRow {
  readonly id: string;
  readonly name: string;
  /** The first characters of the secret. */
  readonly prefix: string;
  readonly scopes: Scope[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** What a new token is to be. */
export interface NewToken {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt?: Date | null;
  readonly idempotencyKey: string;
}

/** Tokens of programs that act for a user: the program has the secret, the database its hash. */
export class ApiTokens {
  private readonly database: Database;
  private readonly clock: Clock;
  private readonly announce: AccessChanged;

  constructor(database: Database, clock: Clock, announce: AccessChanged) {
    this.database = database;
    this.clock = clock;
    this.announce = announce;
  }

  /** Makes a token; its secret is told this once, and not when the same is asked again. */
  async create(
    { userId, name: actor }: Viewer,
    input: NewToken,
    address: string,
  ): Promise<{ token: TokenRow; secret: string | null }> {
    const name = nameOf(input.name);
    const scopes = [...new Set(input.scopes)];
    if (scopes.length === 0) throw invalid('expected at least one scope, was none', 'input', 'scopes');
    if (input.expiresAt && input.expiresAt.getTime() <= this.clock())
      throw invalid(`expected a time to come, was ${input.expiresAt.toISOString()}`, 'input', 'expiresAt');
    let secret: string | null = null;
    const id = await this.database.fork().transactional((em) =>
      once(em, this.clock, 'createApiToken', input, async () => {
        if ((await this.rowsOf(em, userId!)).length >= TOKENS_MAXIMUM)
          throw refused('LIMIT', `expected at most ${TOKENS_MAXIMUM} tokens, was one more`);
        secret = `${PREFIX}${newSecret()}`;
        const tokenId = newId('tok', this.clock);
        const now = new Date(this.clock());
        await em.execute(
          `insert into api_token (id, user_id, name, prefix, hash, scopes, created_at, expires_at)
           values (?, ?, ?, ?, ?, ?::jsonb, ?, ?)`,
          [
            tokenId,
            userId,
            name,
            secret.slice(0, SHOWN_CHARACTERS),
            hashOfSecret(secret),
            JSON.stringify(scopes),
            now,
            input.expiresAt ?? null,
          ],
        );
        await logAccess(em, this.clock, { kind: 'TOKEN_MADE', actor, subject: tokenId, address });
        return tokenId;
      }),
    );
    const token = (await this.rowsOf(this.database.fork(), userId!)).find((one) => one.id === id);
    return { token: existing(token, 'token', id), secret };
  }

  list(userId: string): Promise<TokenRow[]> {
    return this.rowsOf(this.database.fork(), userId);
  }

  /** Ends a token of a user. */
  async revoke({ userId, name: actor }: Viewer, id: string, address: string): Promise<string> {
    await this.database.fork().transactional(async (em) => {
      const ended = await em.execute('delete from api_token where id = ? and user_id = ? returning id', [
        id,
        userId,
      ]);
      if (ended.length === 0) throw notFound('token', id, 'input', 'id');
      await logAccess(em, this.clock, { kind: 'TOKEN_REVOKED', actor, subject: id, address });
    });
    this.announce(userId!);
    return id;
  }

  /** Whose token it is; null where it has ended or its user may not log in any more. */
  async find(secret: string): Promise<Viewer | null> {
    const em = this.database.fork();
    const now = new Date(this.clock());
    const [row] = await em.execute(
      `select t.id, t.scopes, t.last_used_at, u.id as user_id, u.email, u.is_admin
       from api_token t join app_user u on u.id = t.user_id
       where t.hash = ? and (t.expires_at is null or t.expires_at > ?) and not u.is_disabled`,
      [hashOfSecret(secret), now],
    );
    if (!row) return null;
    if (!row.last_used_at || now.getTime() - new Date(row.last_used_at).getTime() > USED_STEP_MS)
      await em.execute('update api_token set last_used_at = ? where id = ?', [now, row.id]);
    return {
      kind: 'TOKEN',
      userId: row.user_id,
      name: row.email,
      isAdmin: row.is_admin,
      scopes: new Set(scopesOf(row.scopes)),
      credentialId: row.id,
    };
  }

  private async rowsOf(em: EntityManager, userId: string): Promise<TokenRow[]> {
    const rows = await em.execute<Record<string, any>[]>(
      'select * from api_token where user_id = ? order by created_at, id',
      [userId],
    );
    const timeOf = (value: string | Date | null) => (value === null ? null : new Date(value));
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      prefix: row.prefix,
      scopes: scopesOf(row.scopes),
      createdAt: new Date(row.created_at),
      expiresAt: timeOf(row.expires_at),
      lastUsedAt: timeOf(row.last_used_at),
    }));
  }
}

function scopesOf(stored: string | Scope[]): Scope[] {
  return typeof stored === 'string' ? (JSON.parse(stored) as Scope[]) : stored;
}
