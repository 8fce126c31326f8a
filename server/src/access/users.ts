import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { type Pages, pagesOf } from '../platform/database/pages.ts';
import { invalid, notFound, refused, staleVersion } from '../platform/graphql/errors.ts';
import { once } from '../platform/graphql/idempotency.ts';
import { newId } from '../platform/graphql/node.ts';
import type { Order } from '../platform/graphql/sort-direction.ts';
import type { Viewer } from '../platform/viewer.ts';
import { type AccessChoice, logAccess, readAccessLog, type StoredAccessEvent } from './access-log.ts';
import { expectPassword, hashPassword } from './password.ts';
import { hashOfSecret, newSecret } from './secret.ts';
import type { AccessChanged } from './sessions.ts';
import { emailOf, findUser, nameOf, toUser, type UserRow } from './user.ts';
import { type UserChoice, userPage, type UserSortField } from './user-list.ts';

const INVITE_MAXIMUM_MS = 7 * 86_400_000;

/** A user and the secret of the link by which they choose a password; told this once. */
export interface Invited {
  readonly user: UserRow;
  readonly inviteSecret: string | null;
}

/** The people of an installation, for its admins. */
export class Users {
  private readonly database: Database;
  private readonly pages: Pages;
  private readonly clock: Clock;
  private readonly announce: AccessChanged;

  constructor(database: Database, clock: Clock, announce: AccessChanged) {
    this.database = database;
    this.pages = pagesOf(database);
    this.clock = clock;
    this.announce = announce;
  }

  /** What is chosen of the users, with the number of all that are. */
  async list(
    choice: UserChoice,
    offset: number,
    limit: number,
    order?: Order<UserSortField> | null,
  ): Promise<[UserRow[], number]> {
    const [rows, total] = await this.pages(userPage(choice, offset, limit, order));
    return [rows.map(toUser), total];
  }

  /** What is chosen of the log of logins and rights, the newest line first or last, with the number of all that is. */
  accessLog(
    choice: AccessChoice,
    isOldestFirst: boolean,
    offset: number,
    limit: number,
  ): Promise<[StoredAccessEvent[], number]> {
    return readAccessLog(this.pages, choice, isOldestFirst, offset, limit);
  }

  /** Adds a user, who chooses a password by a link. */
  async add(
    who: Viewer,
    input: { email: string; name: string; isAdmin: boolean; idempotencyKey: string },
    address: string,
  ): Promise<Invited> {
    const email = emailOf(input.email);
    const name = nameOf(input.name);
    let inviteSecret: string | null = null;
    const id = await this.database.fork().transactional((em) =>
      once(em, this.clock, 'addUser', input, async () => {
        if (await findUser(em, 'email = ?', email))
          throw refused(
            'DUPLICATE',
            `expected an e-mail address without account, was ${email}`,
            'input',
            'email',
          );
        const userId = newId('usr', this.clock);
        await em.execute(
          'insert into app_user (id, email, name, is_admin, created_at) values (?, ?, ?, ?, ?)',
          [userId, email, name, input.isAdmin, new Date(this.clock())],
        );
        await this.log(em, 'USER_ADDED', who, email, address);
        inviteSecret = await this.newInvite(em, userId);
        return userId;
      }),
    );
    return { user: await this.get(id), inviteSecret };
  }

  /** Makes a new link for a user who has none any more or has forgotten the password; older ones end. */
  async invite(who: Viewer, id: string, address: string): Promise<Invited> {
    const user = await this.get(id);
    const inviteSecret = await this.database.fork().transactional(async (em) => {
      await this.log(em, 'INVITE_MADE', who, user.email, address);
      return this.newInvite(em, id);
    });
    return { user, inviteSecret };
  }

  /** Makes somebody an admin or not, and lets them in or not. One admin stays, who is not oneself. */
  async change(
    who: Viewer,
    input: { id: string; expectedVersion: number; isAdmin?: boolean | null; isDisabled?: boolean | null },
    address: string,
  ): Promise<UserRow> {
    const user = await this.get(input.id);
    if (user.id === who.userId)
      throw refused(
        'INVALID',
        'expected another user than yourself, was you: another admin may do it',
        'input',
        'id',
      );
    await this.database.fork().transactional(async (em) => {
      // Two admins who take each other's right at the same moment would leave none.
      await em.execute('select id from app_user where is_admin order by id for update');
      const [row] = await em.execute(
        `update app_user set is_admin = coalesce(?, is_admin), is_disabled = coalesce(?, is_disabled), version = version + 1
         where id = ? and version = ? returning is_admin, is_disabled`,
        [input.isAdmin ?? null, input.isDisabled ?? null, user.id, input.expectedVersion],
      );
      if (!row) throw staleVersion(input.expectedVersion, (await findUser(em, 'id = ?', user.id))!.version);
      const admins = await em.execute('select 1 from app_user where is_admin and not is_disabled limit 1');
      if (admins.length === 0)
        throw refused('INVALID', 'expected an installation with an admin, was one that would have none');
      if (row.is_disabled)
        for (const table of ['user_session', 'user_invite', 'api_token'])
          await em.execute(`delete from ${table} where user_id = ?`, [user.id]);
      await this.log(em, 'USER_CHANGED', who, `${user.email} ${rightsOf(row)}`, address);
    });
    this.announce(user.id);
    return this.get(user.id);
  }

  /** Sets the password of whoever was invited by a link, which works once; other sessions end. */
  async acceptInvite(
    { secret, password }: { secret: string; password: string },
    address: string,
  ): Promise<UserRow> {
    expectPassword(password, 'password');
    const refusal = () =>
      invalid('expected a link that holds, was one that was used or has ended', 'input', 'secret');
    const em = this.database.fork();
    const hash = hashOfSecret(secret);
    const now = new Date(this.clock());
    const [known] = await em.execute('select 1 from user_invite where hash = ? and expires_at > ?', [
      hash,
      now,
    ]);
    if (!known) throw refusal();
    const passwordHash = await hashPassword(password);
    const accepted = await em.transactional(async (tx) => {
      const [invite] = await tx.execute(
        'delete from user_invite where hash = ? and expires_at > ? returning user_id',
        [hash, now],
      );
      if (!invite) throw refusal();
      await tx.execute('update app_user set password_hash = ?, version = version + 1 where id = ?', [
        passwordHash,
        invite.user_id,
      ]);
      await tx.execute('delete from user_session where user_id = ?', [invite.user_id]);
      const user = (await findUser(tx, 'id = ?', invite.user_id))!;
      await logAccess(tx, this.clock, {
        kind: 'INVITE_USED',
        actor: user.email,
        subject: user.email,
        address,
      });
      return user;
    });
    this.announce(accepted.id);
    return accepted;
  }

  private async get(id: string): Promise<UserRow> {
    const user = await findUser(this.database.fork(), 'id = ?', id);
    if (!user) throw notFound('user', id, 'input', 'id');
    return user;
  }

  private async newInvite(em: EntityManager, userId: string): Promise<string> {
    const secret = newSecret();
    await em.execute('delete from user_invite where user_id = ?', [userId]);
    await em.execute('insert into user_invite (hash, user_id, expires_at) values (?, ?, ?)', [
      hashOfSecret(secret),
      userId,
      new Date(this.clock() + INVITE_MAXIMUM_MS),
    ]);
    return secret;
  }

  private log(
    em: EntityManager,
    kind: 'USER_ADDED' | 'USER_CHANGED' | 'INVITE_MADE',
    { name }: Viewer,
    subject: string,
    address: string,
  ): Promise<void> {
    return logAccess(em, this.clock, { kind, actor: name, subject, address });
  }
}

// What the log says that somebody is from now on.
function rightsOf({ is_admin: isAdmin, is_disabled: isDisabled }: Record<string, boolean>): string {
  return isDisabled ? 'DISABLED' : isAdmin ? 'ADMIN' : 'USER';
}
