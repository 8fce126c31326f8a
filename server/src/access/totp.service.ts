import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { invalid, notFound, refused } from '../platform/graphql/errors.ts';
import type { Viewer } from '../platform/viewer.ts';
import { type AccessEventKind, logAccess } from './access-log.ts';
import type { LoginLimiter } from './limiter.ts';
import type { LoginService } from './login.service.ts';
import { hashOfSecret } from './secret.ts';
import type { Origin, SecondFactorKind, Sessions } from './sessions.ts';
import { type Entered, findHalfway, type SignIn, takeHalfway } from './sign-in.ts';
import { newRecoveryCodes, newTotpSecret, recoveryCodeOf, stepOf, totpUri } from './totp.ts';
import { findUser, type UserRow } from './user.ts';
import type { Vault } from './vault.ts';

/** What an authenticator app needs to know. */
export interface Enrolment {
  readonly secret: string;
  readonly uri: string;
}

const purposeOf = (userId: string) => `totp ${userId}`;
const WRONG_CODE = 'expected the code that the app shows now or an unused recovery code, was another';

/** Codes of an authenticator app as a second factor, with recovery codes for whoever has lost the app. */
export class TotpService {
  private readonly database: Database;
  private readonly vault: Vault;
  private readonly logins: LoginService;
  private readonly sessions: Sessions;
  private readonly signIn: SignIn;
  private readonly limiter: LoginLimiter;
  private readonly clock: Clock;

  constructor(
    database: Database,
    vault: Vault,
    logins: LoginService,
    { sessions, signIn, limiter }: { sessions: Sessions; signIn: SignIn; limiter: LoginLimiter },
    clock: Clock,
  ) {
    this.database = database;
    this.vault = vault;
    this.logins = logins;
    this.sessions = sessions;
    this.signIn = signIn;
    this.limiter = limiter;
    this.clock = clock;
  }

  /** Whether somebody is asked for codes, and how many recovery codes are left. */
  async state(who: Viewer): Promise<{ isOn: boolean; recoveryCodesLeft: number }> {
    const user = await this.logins.expectUser(who);
    const [{ count }] = await this.database
      .fork()
      .execute('select count(*) as count from recovery_code where user_id = ?', [user.id]);
    return { isOn: user.isTotpOn, recoveryCodesLeft: Number(count) };
  }

  /** Makes a secret for an app; nothing is asked for until a code has shown that the app has it. */
  async start(who: Viewer, password: string, origin: Origin): Promise<Enrolment> {
    const user = await this.logins.confirm(who, password, 'password', origin);
    if (user.isTotpOn) throw refused('DUPLICATE', 'expected no second factor yet, was one that is on');
    await this.limiter.succeed(origin.address, user.email);
    const secret = newTotpSecret();
    const sealed = this.vault.seal(secret, purposeOf(user.id));
    await this.database
      .fork()
      .execute(
        'update app_user set totp_secret = ?, totp_last_step = null where id = ? and totp_confirmed_at is null',
        [sealed, user.id],
      );
    return { secret, uri: totpUri(secret, user.email) };
  }

  /** Turns the second factor on by the first code; gives the recovery codes, this once. Other sessions end. */
  async finishStart(who: Viewer, code: string, origin: Origin): Promise<string[]> {
    const user = await this.logins.expectUser(who);
    if (user.isTotpOn || user.totpSecret === null)
      throw refused('INVALID', 'expected a second factor that is being set up, was none');
    await this.limiter.attempt(origin.address, user.email);
    const codes = await this.database.fork().transactional(async (em) => {
      if (!(await this.useStep(em, user, code)))
        throw invalid('expected the code that the app shows now, was another', 'input', 'code');
      await em.execute('update app_user set totp_confirmed_at = ?, version = version + 1 where id = ?', [
        new Date(this.clock()),
        user.id,
      ]);
      await this.sessions.endAll(em, user.id, who.credentialId);
      await this.log(em, 'SECOND_FACTOR_ON', user.email, user.email, origin);
      return this.replaceRecoveryCodes(em, user.id);
    });
    this.sessions.announce(user.id);
    await this.limiter.succeed(origin.address, user.email);
    return codes;
  }

  /** Turns the second factor off, for whoever knows the password and has a code. */
  async stop(
    who: Viewer,
    { password, code }: { password: string; code: string },
    origin: Origin,
  ): Promise<void> {
    const user = await this.logins.confirm(who, password, 'password', origin);
    await this.database.fork().transactional(async (em) => {
      await this.expectCode(em, user, code, origin);
      await this.clear(em, user.id);
      await this.log(em, 'SECOND_FACTOR_OFF', user.email, user.email, origin);
    });
    await this.limiter.succeed(origin.address, user.email);
  }

  /** New recovery codes in place of the old ones; told this once. */
  async renewRecoveryCodes(who: Viewer, code: string, origin: Origin): Promise<string[]> {
    const user = await this.logins.expectUser(who);
    await this.limiter.attempt(origin.address, user.email);
    const codes = await this.database.fork().transactional(async (em) => {
      await this.expectCode(em, user, code, origin);
      await this.log(em, 'RECOVERY_CODES_MADE', user.email, user.email, origin);
      return this.replaceRecoveryCodes(em, user.id);
    });
    await this.limiter.succeed(origin.address, user.email);
    return codes;
  }

  /** Lets somebody in who was halfway in. A code works once, and so does what stands between the halves. */
  async finishLogin(
    { challenge, code }: { challenge: string; code: string },
    origin: Origin,
  ): Promise<Entered> {
    this.logins.expectNeeded();
    const user = await findHalfway(this.database.fork(), this.clock, challenge);
    await this.limiter.attempt(origin.address, user.email);
    const entered = await this.database.fork().transactional(async (em) => {
      const secondFactor = await this.factorOf(em, user, code, origin);
      if (!secondFactor) return null;
      const method = await takeHalfway(em, this.clock, challenge, user.id);
      return this.signIn.begin(em, user, origin, 'LOGIN', { method, secondFactor });
    });
    if (!entered) {
      await this.log(this.database.fork(), 'LOGIN_FAILED', user.email, user.email, origin);
      throw invalid(WRONG_CODE, 'input', 'code');
    }
    await this.limiter.succeed(origin.address, user.email);
    return entered;
  }

  /** Takes the second factor of somebody away who has lost app and recovery codes; for admins. */
  async reset(who: Viewer, id: string, origin: Origin): Promise<UserRow> {
    this.logins.expectNeeded();
    await this.database.fork().transactional(async (em) => {
      const user = await findUser(em, 'id = ?', id);
      if (!user) throw notFound('user', id, 'input', 'id');
      if (!user.isTotpOn) throw refused('INVALID', 'expected a second factor that is on, was none');
      await this.clear(em, id);
      await this.log(em, 'SECOND_FACTOR_OFF', who.name, user.email, origin);
    });
    return (await this.logins.user(id))!;
  }

  private async expectCode(em: EntityManager, user: UserRow, code: string, origin: Origin): Promise<void> {
    if (!user.isTotpOn) throw refused('INVALID', 'expected a second factor that is on, was none');
    if (!(await this.factorOf(em, user, code, origin))) throw invalid(WRONG_CODE, 'input', 'code');
  }

  /** What a code is, if it is right and was not used before; it is used then. */
  private async factorOf(
    em: EntityManager,
    user: UserRow,
    code: string,
    origin: Origin,
  ): Promise<SecondFactorKind | null> {
    if (!user.isTotpOn) return null;
    if (await this.useStep(em, user, code)) return 'CODE';
    const recovery = recoveryCodeOf(code);
    if (!recovery) return null;
    const used = await em.execute('delete from recovery_code where user_id = ? and hash = ? returning hash', [
      user.id,
      hashOfSecret(recovery),
    ]);
    if (used.length === 0) return null;
    await this.log(em, 'RECOVERY_CODE_USED', user.email, user.email, origin);
    return 'RECOVERY_CODE';
  }

  private async useStep(em: EntityManager, user: UserRow, code: string): Promise<boolean> {
    const secret = user.totpSecret && this.vault.open(user.totpSecret, purposeOf(user.id));
    const step = secret ? stepOf(code, secret, this.clock()) : null;
    if (step === null) return false;
    // Of two that show the same code at once, the second finds it used; so does whoever has read it.
    const used = await em.execute(
      `update app_user set totp_last_step = ? where id = ? and totp_secret = ? and (totp_last_step is null or totp_last_step < ?)
       returning id`,
      [step, user.id, user.totpSecret, step],
    );
    return used.length > 0;
  }

  private async replaceRecoveryCodes(em: EntityManager, userId: string): Promise<string[]> {
    const codes = newRecoveryCodes();
    await em.execute('delete from recovery_code where user_id = ?', [userId]);
    for (const code of codes)
      await em.execute('insert into recovery_code (user_id, hash) values (?, ?)', [
        userId,
        hashOfSecret(code),
      ]);
    return codes;
  }

  private async clear(em: EntityManager, userId: string): Promise<void> {
    await em.execute(
      `update app_user set totp_secret = null, totp_confirmed_at = null, totp_last_step = null, version = version + 1
       where id = ?`,
      [userId],
    );
    await em.execute('delete from recovery_code where user_id = ?', [userId]);
  }

  private log(
    em: EntityManager,
    kind: AccessEventKind,
    actor: string,
    subject: string,
    { address }: Origin,
  ): Promise<void> {
    return logAccess(em, this.clock, { kind, actor, subject, address });
  }
}
