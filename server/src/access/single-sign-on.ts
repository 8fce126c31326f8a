import * as client from 'openid-client';
import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { invalid, notFound, refused } from '../platform/graphql/errors.ts';
import { newId } from '../platform/graphql/node.ts';
import type { Logger } from '../platform/logging/logger.ts';
import type { Viewer } from '../platform/viewer.ts';
import { type AccessEventKind, logAccess } from './access-log.ts';
import { beginChallenge, takeChallenge } from './challenges.ts';
import type { LoginLimiter } from './limiter.ts';
import type { LoginService } from './login.service.ts';
import type { Origin } from './sessions.ts';
import type { Login, SignIn } from './sign-in.ts';
import { signOnProblem, type SignOnReason } from './single-sign-on.type.ts';
import { emailOf, findUser, type UserRow } from './user.ts';

/** The identity provider that an installation trusts. */
export interface SignOnSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  /** What the button says. */
  readonly name: string;
  /** Whether a verified e-mail address is enough to be the account that has it. */
  readonly linksByEmail: boolean;
  /** Whether whoever the provider knows gets an account. */
  readonly createsUsers: boolean;
}

/** What a login remembers while somebody is at the provider. */
interface Journey {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Who somebody is, as the provider says. */
interface Identity {
  readonly issuer: string;
  readonly subject: string;
  /** Only what the provider has verified. */
  readonly email: string | null;
  readonly name: string | null;
}

const TIMEOUT_S = 10;
const CONFIGURATION_MAXIMUM_MS = 3_600_000;

/** Logins by an identity provider: OpenID Connect's code flow with PKCE, state and nonce. */
export class SingleSignOn {
  private readonly database: Database;
  private readonly settings: SignOnSettings | null;
  private readonly logins: LoginService;
  private readonly signIn: SignIn;
  private readonly limiter: LoginLimiter;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private known: { readonly configuration: client.Configuration; readonly untilMs: number } | null = null;

  constructor(
    database: Database,
    settings: SignOnSettings | null,
    logins: LoginService,
    { signIn, limiter, logger }: { signIn: SignIn; limiter: LoginLimiter; logger: Logger },
    clock: Clock,
  ) {
    this.database = database;
    this.settings = settings;
    this.logins = logins;
    this.signIn = signIn;
    this.limiter = limiter;
    this.logger = logger;
    this.clock = clock;
  }

  /** What the button says; null where no provider is set. */
  get name(): string | null {
    return this.settings?.name ?? null;
  }

  /** Where a browser goes to log in, and the secret by which the same browser comes back. */
  async start(site: string): Promise<{ url: string; challenge: string }> {
    return this.begin(site, null);
  }

  /** The same for somebody who is logged in and wants to be known to the provider's account. */
  async startLink(
    who: Viewer,
    password: string,
    site: string,
    origin: Origin,
  ): Promise<{ url: string; challenge: string }> {
    const user = await this.logins.confirm(who, password, 'password', origin);
    await this.limiter.succeed(origin.address, user.email);
    return this.begin(site, user.id);
  }

  /** Lets in whom the provider has sent back, or links them where they are logged in and asked for it. */
  async finish(
    { challenge, answer }: { challenge: string; answer: string },
    site: string,
    origin: Origin,
  ): Promise<Login> {
    const settings = this.expectSettings();
    const taken = await takeChallenge<Journey>(this.database.fork(), this.clock, 'SINGLE_SIGN_ON', challenge);
    if (!taken) throw signOnProblem('LAPSED');
    let actor = 'single sign-on';
    try {
      const identity = await this.identityOf(taken.data, new URL(`${site}/login/callback${answer}`));
      actor = identity.email ?? actor;
      return await this.database.fork().transactional(async (em) => {
        const user = await this.userOf(em, identity, taken.userId, settings, origin);
        if (user.isDisabled) throw signOnProblem('DISABLED');
        return this.signIn.enter(em, user, origin, 'SINGLE_SIGN_ON');
      });
    } catch (problem) {
      await this.log(this.database.fork(), 'LOGIN_FAILED', actor, actor, origin);
      throw problem;
    }
  }

  /** Whether somebody is known to the provider. */
  async isLinked(userId: string): Promise<boolean> {
    const rows = await this.database
      .fork()
      .execute('select 1 from oidc_identity where user_id = ? limit 1', [userId]);
    return rows.length > 0;
  }

  /** Ends that, unless nothing else would let them in. */
  async unlink(who: Viewer, password: string, origin: Origin): Promise<void> {
    const user = await this.logins.confirm(who, password, 'password', origin);
    if (user.passwordHash === null)
      throw refused('INVALID', 'expected an account with a password, was one that has no other way in');
    await this.database.fork().transactional(async (em) => {
      const rows = await em.execute('delete from oidc_identity where user_id = ? returning subject', [
        user.id,
      ]);
      if (rows.length === 0) throw notFound('link to an identity provider', user.email);
      await this.log(em, 'IDENTITY_UNLINKED', user.email, user.email, origin);
    });
    await this.limiter.succeed(origin.address, user.email);
  }

  private async begin(site: string, userId: string | null): Promise<{ url: string; challenge: string }> {
    this.expectSettings();
    const configuration = await this.configuration();
    const journey: Journey = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const challenge = await beginChallenge(this.database.fork(), this.clock, 'SINGLE_SIGN_ON', {
      userId,
      data: { ...journey },
    });
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: `${site}/login/callback`,
      scope: 'openid email profile',
      state: journey.state,
      nonce: journey.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(journey.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, challenge };
  }

  private async identityOf({ state, nonce, verifier }: Journey, came: URL): Promise<Identity> {
    const configuration = await this.configuration();
    try {
      const tokens = await client.authorizationCodeGrant(configuration, came, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims()!;
      // Providers may leave the address out of the token and tell it when asked.
      const told: Partial<client.UserInfoResponse> =
        claims.email === undefined && configuration.serverMetadata().userinfo_endpoint
          ? await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)
          : (claims as Partial<client.UserInfoResponse>);
      const isVerified = told.email_verified === true && typeof told.email === 'string';
      return {
        issuer: configuration.serverMetadata().issuer,
        subject: claims.sub,
        email: isVerified ? emailOf(told.email!) : null,
        name: typeof told.name === 'string' ? told.name.trim().slice(0, 120) : null,
      };
    } catch (problem) {
      throw this.told(problem);
    }
  }

  /** The user that an identity is, was linked to, or becomes. */
  private async userOf(
    em: EntityManager,
    { issuer, subject, email, name }: Identity,
    linkTo: string | null,
    { linksByEmail, createsUsers }: SignOnSettings,
    origin: Origin,
  ): Promise<UserRow> {
    const [linked] = await em.execute('select user_id from oidc_identity where issuer = ? and subject = ?', [
      issuer,
      subject,
    ]);
    if (linked && linkTo && linked.user_id !== linkTo) throw signOnProblem('LINKED_ELSEWHERE');
    if (linked) return (await findUser(em, 'id = ?', linked.user_id))!;
    let user = linkTo ? await findUser(em, 'id = ?', linkTo) : null;
    if (!user) {
      if (!linksByEmail && !createsUsers) throw signOnProblem('NO_ACCOUNT');
      if (!email) throw signOnProblem('EMAIL_UNVERIFIED');
      user = await findUser(em, 'email = ?', email);
      if (user ? !linksByEmail : !createsUsers) throw signOnProblem('NO_ACCOUNT');
      user ??= await this.createUser(em, email, name, origin);
    }
    await em.execute('insert into oidc_identity (issuer, subject, user_id, created_at) values (?, ?, ?, ?)', [
      issuer,
      subject,
      user.id,
      new Date(this.clock()),
    ]);
    await this.log(em, 'IDENTITY_LINKED', user.email, user.email, origin);
    return user;
  }

  private async createUser(
    em: EntityManager,
    email: string,
    name: string | null,
    origin: Origin,
  ): Promise<UserRow> {
    const id = newId('usr', this.clock);
    await em.execute('insert into app_user (id, email, name, created_at) values (?, ?, ?, ?)', [
      id,
      email,
      name || email.split('@')[0],
      new Date(this.clock()),
    ]);
    await this.log(em, 'USER_ADDED', email, email, origin);
    return (await findUser(em, 'id = ?', id))!;
  }

  /** What the provider says of itself, asked for at most once an hour. */
  private async configuration(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret } = this.expectSettings();
    if (this.known && this.clock() < this.known.untilMs) return this.known.configuration;
    try {
      const configuration = await client.discovery(
        new URL(issuer),
        clientId,
        {},
        clientSecret === null ? client.None() : client.ClientSecretBasic(clientSecret),
        {
          timeout: TIMEOUT_S,
          // The signature of a token counts too, not only from whom it came.
          execute: [
            client.enableNonRepudiationChecks,
            ...(issuer.startsWith('http:') ? [client.allowInsecureRequests] : []),
          ],
        },
      );
      this.known = { configuration, untilMs: this.clock() + CONFIGURATION_MAXIMUM_MS };
      return configuration;
    } catch (problem) {
      this.logger.warn({ err: problem, issuer }, 'the identity provider did not answer');
      throw signOnProblem('PROVIDER_DOWN');
    }
  }

  private told(problem: unknown): Error {
    this.logger.warn({ err: problem }, 'a login by the identity provider failed');
    return signOnProblem(reasonOf(problem));
  }

  private expectSettings(): SignOnSettings {
    this.logins.expectNeeded();
    if (!this.settings) throw invalid('expected an installation with an identity provider, was one without');
    return this.settings;
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

function reasonOf(problem: unknown): SignOnReason {
  if (problem instanceof client.AuthorizationResponseError)
    return problem.error === 'access_denied' ? 'DENIED' : 'REFUSED';
  if (problem instanceof client.ResponseBodyError) return 'REFUSED';
  const { code, name } = problem as { code?: string; name?: string };
  if (code === 'OAUTH_TIMEOUT' || name === 'TypeError') return 'PROVIDER_DOWN';
  return 'REFUSED';
}
