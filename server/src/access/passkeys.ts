import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { invalid, notFound, refused } from '../platform/graphql/errors.ts';
import { newId } from '../platform/graphql/node.ts';
import type { Viewer } from '../platform/viewer.ts';
import { type AccessEventKind, logAccess } from './access-log.ts';
import { beginChallenge, takeChallenge } from './challenges.ts';
import type { LoginLimiter } from './limiter.ts';
import type { LoginService } from './login.service.ts';
import { type Answer, answerOf, type Site } from './passkey-site.ts';
import type { Origin } from './sessions.ts';
import { type Entered, findHalfway, type SignIn, takeHalfway } from './sign-in.ts';
import { findUser, nameOf, type UserRow } from './user.ts';

const PASSKEYS_MAXIMUM = 20;
/** EdDSA, ECDSA with P-256 and RSA with SHA-256, as COSE numbers them: what devices have. */
const ALGORITHMS = [-8, -7, -257];

/** A passkey as its owner sees it. */
export interface PasskeyView {
  readonly id: string;
  readonly name: string;
  readonly site: string;
  readonly isBackedUp: boolean;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

interface PasskeyRow extends PasskeyView {
  readonly userId: string;
  readonly credentialId: string;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly counter: number;
  readonly transports: string[];
}

/** Passkeys of devices and security keys, which let somebody in without a password. */
export class Passkeys {
  private readonly database: Database;
  private readonly logins: LoginService;
  private readonly signIn: SignIn;
  private readonly limiter: LoginLimiter;
  private readonly clock: Clock;

  constructor(
    database: Database,
    logins: LoginService,
    { signIn, limiter }: { signIn: SignIn; limiter: LoginLimiter },
    clock: Clock,
  ) {
    this.database = database;
    this.logins = logins;
    this.signIn = signIn;
    this.limiter = limiter;
    this.clock = clock;
  }

  /** The passkeys of a user, the first one first. */
  list(userId: string): Promise<PasskeyView[]> {
    return rowsOf(this.database.fork(), 'user_id = ? order by created_at, id', userId);
  }

  /** What a browser needs to make a passkey for this site, as JSON. */
  async startAdding(who: Viewer, password: string, site: Site, origin: Origin): Promise<string> {
    const user = await this.logins.confirm(who, password, 'password', origin);
    await this.limiter.succeed(origin.address, user.email);
    const em = this.database.fork();
    const known = await rowsOf(em, 'user_id = ?', user.id);
    if (known.length >= PASSKEYS_MAXIMUM)
      throw refused('LIMIT', `expected at most ${PASSKEYS_MAXIMUM} passkeys, was one more`);
    const challenge = await beginChallenge(em, this.clock, 'PASSKEY_NEW', { userId: user.id, data: {} });
    const options = await generateRegistrationOptions({
      rpName: 'AI Trading',
      rpID: site.rpId,
      userName: user.email,
      userDisplayName: user.name,
      userID: new Uint8Array(Buffer.from(user.id)),
      challenge: bytesOf(challenge),
      excludeCredentials: known.map(({ credentialId: id, transports }) => ({ id, transports })),
      supportedAlgorithmIDs: ALGORITHMS,
      // It must be found without a name being typed, and show that its owner unlocked it.
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    return JSON.stringify(options);
  }

  /** Keeps a passkey that the browser has made for this site. */
  async add(
    who: Viewer,
    input: { name: string; response: string },
    site: Site,
    origin: Origin,
  ): Promise<PasskeyView> {
    const user = await this.logins.expectUser(who);
    const name = nameOf(input.name);
    const answer = answerOf(input.response);
    const taken = await takeChallenge(this.database.fork(), this.clock, 'PASSKEY_NEW', answer.challenge);
    if (taken?.userId !== user.id) throw wrong();
    const { registrationInfo: made } = await verifyRegistrationResponse({
      response: answer.response as never,
      expectedChallenge: answer.challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.rpId,
      supportedAlgorithmIDs: ALGORITHMS,
    }).catch(() => ({ registrationInfo: undefined }));
    if (!made) throw wrong();
    const id = newId('psk', this.clock);
    const { credential } = made;
    await this.database.fork().transactional(async (em) => {
      const stored = await em.execute(
        `insert into passkey (id, user_id, credential_id, public_key, counter, transports, name, created_at, rp_id, is_backed_up)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (credential_id) do nothing returning id`,
        [
          id,
          user.id,
          credential.id,
          Buffer.from(credential.publicKey),
          credential.counter,
          JSON.stringify(credential.transports ?? []),
          name,
          new Date(this.clock()),
          site.rpId,
          made.credentialBackedUp,
        ],
      );
      if (stored.length === 0)
        throw refused('DUPLICATE', 'expected a passkey that is not here yet, was one that is');
      await this.log(em, 'PASSKEY_ADDED', user.email, id, origin);
    });
    return (await rowsOf(this.database.fork(), 'id = ?', id))[0];
  }

  /** Takes a passkey of a user away. */
  async remove(who: Viewer, id: string, origin: Origin): Promise<string> {
    const user = await this.logins.expectUser(who);
    await this.database.fork().transactional(async (em) => {
      const rows = await em.execute('delete from passkey where id = ? and user_id = ? returning id', [
        id,
        user.id,
      ]);
      if (rows.length === 0) throw notFound('passkey', id, 'input', 'id');
      await this.log(em, 'PASSKEY_REMOVED', user.email, id, origin);
    });
    return id;
  }

  /** What a browser needs to show a passkey of this site, as JSON: of anybody, or of whoever is halfway in. */
  async startLogin(halfway: string | null, site: Site): Promise<string> {
    this.logins.expectNeeded();
    const em = this.database.fork();
    const first = halfway === null ? null : await findHalfway(em, this.clock, halfway);
    const own = first ? await rowsOf(em, 'user_id = ?', first.id) : [];
    const challenge = await beginChallenge(em, this.clock, 'PASSKEY_LOGIN', { userId: null, data: {} });
    const options = await generateAuthenticationOptions({
      rpID: site.rpId,
      challenge: bytesOf(challenge),
      allowCredentials: own
        .filter((one) => one.site === site.rpId)
        .map(({ credentialId: id, transports }) => ({ id, transports })),
      userVerification: 'required',
    });
    return JSON.stringify(options);
  }

  /** Lets in whoever shows a passkey of this site, alone or as the second half of a login. */
  async logIn(
    input: { response: string; halfway: string | null },
    site: Site,
    origin: Origin,
  ): Promise<Entered> {
    this.logins.expectNeeded();
    const answer = answerOf(input.response);
    const fork = this.database.fork();
    const [known] = await rowsOf(fork, 'credential_id = ?', answer.id);
    const user = known && (await findUser(fork, 'id = ?', known.userId));
    await this.limiter.attempt(origin.address, user?.email ?? 'passkey');
    const counter = known ? await this.verify(answer, known, site) : null;
    if (!user || user.isDisabled || counter === null) {
      await this.log(this.database.fork(), 'LOGIN_FAILED', user?.email ?? 'passkey', 'passkey', origin);
      throw wrong();
    }
    const entered = await this.database.fork().transactional(async (em) => {
      // A passkey that was copied counts on its own: the second of two with the same count is refused.
      const used = await em.execute(
        'update passkey set counter = ?, last_used_at = ? where id = ? and counter = ? returning id',
        [counter, new Date(this.clock()), known.id, known.counter],
      );
      if (used.length === 0) throw wrong();
      return this.begin(em, user, input.halfway, origin);
    });
    await this.limiter.succeed(origin.address, user.email);
    return entered;
  }

  private async begin(
    em: EntityManager,
    user: UserRow,
    halfway: string | null,
    origin: Origin,
  ): Promise<Entered> {
    if (halfway === null)
      return this.signIn.begin(em, user, origin, 'LOGIN', { method: 'PASSKEY', secondFactor: null });
    const method = await takeHalfway(em, this.clock, halfway, user.id);
    return this.signIn.begin(em, user, origin, 'LOGIN', { method, secondFactor: 'PASSKEY' });
  }

  /** The count of a passkey that has answered our question; null where it does not verify. */
  private async verify(answer: Answer, known: PasskeyRow, site: Site): Promise<number | null> {
    const em = this.database.fork();
    if (!(await takeChallenge(em, this.clock, 'PASSKEY_LOGIN', answer.challenge))) return null;
    const { credentialId: id, publicKey, counter } = known;
    try {
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: answer.response as never,
        expectedChallenge: answer.challenge,
        expectedOrigin: site.origin,
        expectedRPID: site.rpId,
        credential: { id, publicKey, counter },
      });
      return verified && answer.userId === known.userId ? authenticationInfo.newCounter : null;
    } catch {
      return null;
    }
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

type Condition = 'id = ?' | 'credential_id = ?' | 'user_id = ?' | 'user_id = ? order by created_at, id';

async function rowsOf(em: EntityManager, condition: Condition, value: string): Promise<PasskeyRow[]> {
  const rows = await em.execute<Record<string, any>[]>(`select * from passkey where ${condition}`, [value]);
  return rows.map((row) => ({
    id: row.id,
    userId: row.user_id,
    credentialId: row.credential_id,
    publicKey: new Uint8Array(row.public_key),
    counter: Number(row.counter),
    transports: row.transports,
    name: row.name,
    site: row.rp_id,
    isBackedUp: row.is_backed_up,
    createdAt: new Date(row.created_at),
    lastUsedAt: row.last_used_at === null ? null : new Date(row.last_used_at),
  }));
}

const bytesOf = (challenge: string) => new Uint8Array(Buffer.from(challenge, 'base64url'));

const wrong = () =>
  invalid(
    'expected a passkey of this site and account, was another or one that does not verify',
    'input',
    'response',
  );
