import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database/database.ts';
import { invalid, notFound, refused } from '../platform/graphql/errors.ts';
import { newId } from '../platform/graphql/node.ts';
import type { Viewer } from '../platform/viewer.ts';
import { type AccessEventKind, logAccess } from './access-log.ts';
import type { LoginLimiter } from './limiter.ts';
import { expectPassword, hashPassword, isOutdated, verifyPassword } from './password.ts';
import { hashOfSecret, newSecret } from './secret.ts';
import type { Origin, Sessions } from './sessions.ts';
import type { Entered, Login, SignIn } from './sign-in.ts';
import { emailOf, findUser, hasUsers, nameOf, type UserRow } from './user.ts';

/** First set-up, logins by password, and changes of passwords. */
export class LoginService {
  private readonly database: Database;
  private readonly sessions: Sessions;
  private readonly signIn: SignIn;
  /** Counts what strangers try. */
  readonly limiter: LoginLimiter;
  private readonly clock: Clock;
  /** Whether one must log in here. */
  readonly isNeeded: boolean;

  constructor(
    isNeeded: boolean,
    database: Database,
    sessions: Sessions,
    signIn: SignIn,
    limiter: LoginLimiter,
    clock: Clock,
  ) {
    this.isNeeded = isNeeded;
    this.database = database;
    this.sessions = sessions;
    this.signIn = signIn;
    this.limiter = limiter;
    this.clock = clock;
  }

  /** Makes a token for the first set-up, which is valid until somebody has used one; null where there are users. */
  async prepareSetUp(): Promise<string | null> {
    const em = this.database.fork();
    if (!this.isNeeded || (await hasUsers(em))) return null;
    const token = newSecret();
    await em.execute('insert into setup_token (hash, created_at) values (?, ?)', [
      hashOfSecret(token),
      new Date(this.clock()),
    ]);
    return token;
  }

  async isSetUpNeeded(): Promise<boolean> {
    return !(await hasUsers(this.database.fork()));
  }

  async user(id: string): Promise<UserRow | null> {
    return findUser(this.database.fork(), 'id = ?', id);
  }

  /** Makes the first admin, who takes over what the installation has so far. */
  async setUp(
    input: { token: string; email: string; name: string; password: string },
    origin: Origin,
  ): Promise<Entered> {
    this.expectNeeded();
    await this.limiter.attempt(origin.address, 'set-up');
    const email = emailOf(input.email);
    const name = nameOf(input.name);
    expectPassword(input.password, 'password');
    const passwordHash = await hashPassword(input.password);
    const login = await this.database.fork().transactional(async (em) => {
      // Of two at the same moment, the second waits here and then finds no token.
      const used = await em.execute('delete from setup_token returning hash');
      if (!used.some(({ hash }) => hash === hashOfSecret(input.token.trim())))
        throw invalid('expected the set-up token from the log, was another text', 'input', 'token');
      const now = new Date(this.clock());
      const id = newId('usr', this.clock);
      await em.execute(
        'insert into app_user (id, email, name, password_hash, is_admin, created_at) values (?, ?, ?, ?, true, ?)',
        [id, email, name, passwordHash, now],
      );
      await em.execute(
        `insert into portfolio_member (portfolio_id, user_id, role, created_at) select id, ?, 'OWNER', ? from portfolio`,
        [id, now],
      );
      for (const table of ['run', 'alert_rule'])
        await em.execute(`update ${table} set owner_id = ? where owner_id is null`, [id]);
      const user = (await findUser(em, 'id = ?', id))!;
      return this.signIn.begin(em, user, origin, 'SET_UP', { method: 'PASSWORD', secondFactor: null });
    });
    await this.limiter.succeed(origin.address, 'set-up');
    return login;
  }

  /** Lets a user in by password, or on to the second factor; every reason why not looks the same from outside. */
  async logIn(input: { email: string; password: string }, origin: Origin): Promise<Login> {
    this.expectNeeded();
    const email = input.email.trim().toLowerCase();
    await this.limiter.attempt(origin.address, email);
    const user = await findUser(this.database.fork(), 'email = ?', email);
    const isRight = await verifyPassword(input.password, user?.passwordHash ?? null);
    if (!user || !isRight || user.isDisabled) {
      await this.log('LOGIN_FAILED', email, origin);
      throw refused('INVALID', 'expected an e-mail address and its password, was another pair');
    }
    const renewed = isOutdated(user.passwordHash!) ? await hashPassword(input.password) : null;
    const login = await this.database.fork().transactional(async (em) => {
      if (renewed) await em.execute('update app_user set password_hash = ? where id = ?', [renewed, user.id]);
      return this.signIn.enter(em, user, origin, 'PASSWORD');
    });
    // Halfway in, attempts still count: they are for the second factor too.
    if ('user' in login) await this.limiter.succeed(origin.address, email);
    return login;
  }

  async logOut({ userId, credentialId }: Viewer, origin: Origin): Promise<void> {
    if (userId === null || credentialId === null) return;
    await this.database.fork().transactional(async (em) => {
      const user = await findUser(em, 'id = ?', userId);
      const isEnded = await this.sessions.end(em, userId, credentialId);
      if (user && isEnded) await logAccess(em, this.clock, eventOf('LOGOUT', user.email, origin));
    });
    this.sessions.announce(userId);
  }

  /** Whoever is logged in, once they have shown that they know their password; without one there is nothing to show. */
  async confirm(who: Viewer, password: string, field: string, origin: Origin): Promise<UserRow> {
    const user = await this.expectUser(who);
    await this.limiter.attempt(origin.address, user.email);
    if (user.passwordHash !== null && !(await verifyPassword(password, user.passwordHash)))
      throw invalid('expected the present password, was another', 'input', field);
    return user;
  }

  /** Sets another password and ends every other session. */
  async changePassword(
    who: Viewer,
    { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
    origin: Origin,
  ): Promise<UserRow> {
    expectPassword(newPassword, 'newPassword');
    const user = await this.confirm(who, currentPassword, 'currentPassword', origin);
    const passwordHash = await hashPassword(newPassword);
    await this.database.fork().transactional(async (em) => {
      await em.execute('update app_user set password_hash = ?, version = version + 1 where id = ?', [
        passwordHash,
        user.id,
      ]);
      await this.sessions.endAll(em, user.id, who.credentialId);
      await logAccess(em, this.clock, eventOf('PASSWORD_CHANGED', user.email, origin));
    });
    this.sessions.announce(user.id);
    await this.limiter.succeed(origin.address, user.email);
    return user;
  }

  /** Ends a session of a user. */
  async endSession(who: Viewer, id: string, origin: Origin): Promise<string> {
    const user = await this.expectUser(who);
    await this.database.fork().transactional(async (em) => {
      if (!(await this.sessions.end(em, user.id, id))) throw notFound('session', id, 'input', 'id');
      await logAccess(em, this.clock, { ...eventOf('SESSION_REVOKED', user.email, origin), subject: id });
    });
    this.sessions.announce(user.id);
    return id;
  }

  /** Ends what it holds. */
  close(): void {
    this.limiter.close();
  }

  /** Throws where nobody logs in. */
  expectNeeded(): void {
    if (!this.isNeeded)
      throw refused('INVALID', 'expected an installation with logins, was one without: set LOGIN=required');
  }

  /** Whoever is logged in. */
  async expectUser({ userId }: Viewer): Promise<UserRow> {
    this.expectNeeded();
    return (await this.user(userId!))!;
  }

  private log(kind: AccessEventKind, actor: string, origin: Origin): Promise<void> {
    return logAccess(this.database.fork(), this.clock, eventOf(kind, actor, origin));
  }
}

const eventOf = (kind: AccessEventKind, actor: string, { address }: Origin) => ({
  kind,
  actor,
  subject: actor,
  address,
});
