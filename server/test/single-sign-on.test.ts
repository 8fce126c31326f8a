import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LoginLimiter } from '../src/access/limiter.ts';
import { SignIn } from '../src/access/sign-in.ts';
import { type SignOnSettings, SingleSignOn } from '../src/access/single-sign-on.ts';
import { UserProblem } from '../src/platform/graphql/errors.ts';
import { type AccountsApp, createAccountsApp, PASSWORD, type Visitor } from './accounts.ts';
import { CLIENT, type IdentityProvider, startIdentityProvider } from './identity-provider.ts';

const START = 'mutation { startSignOn { journey { url challenge } errors { message } } }';
const LINK =
  'mutation ($password: String!) { linkIdentity(input: {password: $password}) { journey { url challenge } errors { path } } }';
const FINISH = `mutation ($input: FinishSignOnInput!) { finishSignOn(input: $input) {
  user { email } nextStep { factors } errors { code ... on SingleSignOnError { reason } } } }`;
const UNLINK =
  'mutation ($password: String!) { unlinkIdentity(input: {password: $password}) { isLinked errors { code } } }';
const ORIGIN = { address: '203.0.113.7', userAgent: 'test' };

let nowMs = Date.now();
let provider: IdentityProvider;
let app: AccountsApp;

beforeAll(async () => {
  provider = await startIdentityProvider();
  app = await createAccountsApp(
    {
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: CLIENT.clientId,
      OIDC_CLIENT_SECRET: CLIENT.clientSecret,
      OIDC_NAME: 'Example Login',
    },
    true,
    () => nowMs,
  );
  provider.serve(app.urls.api);
}, 400_000);
afterAll(async () => {
  provider?.stop();
  await app?.stop();
});

/** A browser at the provider; gives the query of the address that it is sent back to. */
async function travel(url: string, who: string | null): Promise<string> {
  provider.person = who;
  const cookies = new Map<string, string>();
  let place = url;
  for (let step = 0; step < 8; step += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(place, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      cookies.set(name, value);
    }
    const next = response.headers.get('location');
    if (!next) throw new Error(`the provider answered ${response.status}: ${await response.text()}`);
    place = new URL(next, place).href;
    if (place.startsWith(app.urls.api)) return new URL(place).search;
  }
  throw new Error('the provider sends in circles');
}

async function start(visitor: Visitor): Promise<{ url: string; challenge: string }> {
  return (await visitor.query(START)).startSignOn.journey;
}

async function finish(visitor: Visitor, challenge: string, answer: string): Promise<any> {
  return (await visitor.query(FINISH, { input: { challenge, answer } })).finishSignOn;
}

async function enter(visitor: Visitor, who: string | null): Promise<any> {
  const { url, challenge } = await start(visitor);
  return finish(visitor, challenge, await travel(url, who));
}

/** The same provider under other settings. */
function withSettings(settings: Partial<SignOnSettings>): SingleSignOn {
  const usual = {
    issuer: provider.issuer,
    ...CLIENT,
    name: 'Example Login',
    linksByEmail: false,
    createsUsers: false,
  };
  const parts = {
    signIn: new SignIn(app.services.sessions, () => nowMs),
    limiter: new LoginLimiter(null),
    logger: pino({ level: 'silent' }),
  };
  return new SingleSignOn(app.database, { ...usual, ...settings }, app.services.logins, parts, () => nowMs);
}

/** How a login under other settings ends: whom it lets in, or why it does not. */
async function outcome(settings: Partial<SignOnSettings>, who: string | null): Promise<string> {
  const signOn = withSettings(settings);
  try {
    const { url, challenge } = await signOn.start(app.urls.api);
    const answer = await travel(url, who);
    const login = await signOn.finish({ challenge, answer }, app.urls.api, ORIGIN);
    return 'user' in login ? login.user.email : 'HALFWAY';
  } catch (problem) {
    if (!(problem instanceof UserProblem)) throw problem;
    return (problem.error as unknown as { reason: string }).reason;
  }
}

const refusedFor = (reason: string) => ({
  user: null,
  nextStep: null,
  errors: [{ code: 'INVALID', reason }],
});

describe('a login by an identity provider', () => {
  it('begins with a question that only this login can answer', async () => {
    const { login } = await app.nobody().query('{ login { singleSignOn } }');
    expect(login).toEqual({ singleSignOn: 'Example Login' });
    const { url, challenge } = await start(app.nobody());
    const asked = new URL(url).searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      client_id: 'trading',
      redirect_uri: `${app.urls.api}/login/callback`,
      response_type: 'code',
      scope: 'openid email profile',
      code_challenge_method: 'S256',
    });
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)).toMatch(/^[\w-]{43}$/);
    expect(url).not.toContain(challenge);
  });

  it('lets nobody in who has no account, whatever their address', async () => {
    for (const who of ['grace', 'ada', 'mallory'])
      expect(await enter(app.nobody(), who)).toEqual(refusedFor('NO_ACCOUNT'));
    const rows = await app.database.fork().execute('select * from oidc_identity');
    expect(rows).toEqual([]);
  });

  it('lets in whoever has linked their account before, and says so in the list of sessions', async () => {
    const refused = (await app.admin.query(LINK, { password: 'another password' })).linkIdentity;
    expect(refused).toEqual({ journey: null, errors: [{ path: ['input', 'password'] }] });
    const { url, challenge } = (await app.admin.query(LINK, { password: PASSWORD })).linkIdentity.journey;
    const linked = await finish(app.admin, challenge, await travel(url, 'ada'));
    expect(linked).toMatchObject({ user: { email: 'ada@example.org' }, errors: [] });
    const visitor = app.nobody();
    expect(await enter(visitor, 'ada')).toMatchObject({ user: { email: 'ada@example.org' }, errors: [] });
    const { sessions, isIdentityLinked } = await visitor.query(
      '{ isIdentityLinked sessions { isCurrent method secondFactor } }',
    );
    expect(isIdentityLinked).toBe(true);
    expect(sessions).toContainEqual({ isCurrent: true, method: 'SINGLE_SIGN_ON', secondFactor: null });
    const events = await app.database
      .fork()
      .execute(`select kind, actor from access_event where kind in ('IDENTITY_LINKED', 'LOGIN')`);
    expect(events).toContainEqual({ kind: 'IDENTITY_LINKED', actor: 'ada@example.org' });
  });

  it('asks for the second factor of whoever has one', async () => {
    const em = app.database.fork();
    await em.execute('update app_user set totp_confirmed_at = now()');
    expect(await enter(app.nobody(), 'ada')).toMatchObject({
      user: null,
      nextStep: { factors: ['CODE', 'RECOVERY_CODE'] },
      errors: [],
    });
    await em.execute('update app_user set totp_confirmed_at = null');
  });

  it.each([
    ['another state', (answer: string) => answer.replace(/state=[^&]+/, `state=${'A'.repeat(43)}`)],
    ['no state', (answer: string) => answer.replace(/state=[^&]+&?/, '')],
    ['another code', (answer: string) => answer.replace(/code=[^&]+/, `code=${'A'.repeat(43)}`)],
    ['another issuer', (answer: string) => answer.replace(/iss=[^&]+/, 'iss=http%3A%2F%2Fevil.example')],
    ['nothing', () => ''],
    ['an address elsewhere', () => '@evil.example/?code=x'],
  ])('is refused with %s', async (_what, change) => {
    const visitor = app.nobody();
    const { url, challenge } = await start(visitor);
    const answer = await travel(url, 'ada');
    expect(await finish(visitor, challenge, change(answer))).toEqual(refusedFor('REFUSED'));
    // The question was used up.
    expect(await finish(visitor, challenge, answer)).toEqual(refusedFor('LAPSED'));
  });

  it('is refused with a token for another nonce, and a code without its verifier', async () => {
    for (const field of ['nonce', 'verifier']) {
      const visitor = app.nobody();
      const { url, challenge } = await start(visitor);
      const answer = await travel(url, 'ada');
      const value = JSON.stringify({ [field]: 'A'.repeat(43) });
      await app.database
        .fork()
        .execute(`update login_challenge set data = data || ?::jsonb where kind = 'SINGLE_SIGN_ON'`, [value]);
      expect(await finish(visitor, challenge, answer), field).toEqual(refusedFor('REFUSED'));
    }
  });

  it('lapses after ten minutes', async () => {
    const visitor = app.nobody();
    const { url, challenge } = await start(visitor);
    const answer = await travel(url, 'ada');
    nowMs += 10 * 60_000 + 1;
    expect(await finish(visitor, challenge, answer)).toEqual(refusedFor('LAPSED'));
    nowMs -= 10 * 60_000 + 1;
  });

  it('says who declined', async () => {
    expect(await enter(app.nobody(), null)).toEqual(refusedFor('DENIED'));
  });

  it('ends with its link', async () => {
    expect(await app.admin.query(UNLINK, { password: PASSWORD })).toEqual({
      unlinkIdentity: { isLinked: false, errors: [] },
    });
    expect(await enter(app.nobody(), 'ada')).toEqual(refusedFor('NO_ACCOUNT'));
  });
});

describe('an identity provider', () => {
  it('tells whose an account is by its address, where that is allowed and verified', async () => {
    expect(await outcome({ linksByEmail: true }, 'mallory')).toBe('EMAIL_UNVERIFIED');
    expect(await outcome({ linksByEmail: true }, 'grace')).toBe('NO_ACCOUNT');
    expect(await outcome({ linksByEmail: true }, 'ada')).toBe('ada@example.org');
    // Linked once, the setting matters no more.
    expect(await outcome({}, 'ada')).toBe('ada@example.org');
  });

  it('makes accounts where that is allowed, never for an address that has one', async () => {
    expect(await outcome({ createsUsers: true }, 'mallory')).toBe('EMAIL_UNVERIFIED');
    expect(await outcome({ createsUsers: true }, 'grace')).toBe('grace@example.org');
    const [made] = await app.database
      .fork()
      .execute(`select name, is_admin, password_hash from app_user where email = 'grace@example.org'`);
    expect(made).toEqual({ name: 'Grace Hopper', is_admin: false, password_hash: null });
    await app.database.fork().execute('delete from oidc_identity');
    expect(await outcome({ createsUsers: true }, 'grace')).toBe('NO_ACCOUNT');
  });

  it('lets nobody in who may not log in', async () => {
    const em = app.database.fork();
    await em.execute(`update app_user set is_disabled = true where email = 'grace@example.org'`);
    expect(await outcome({ linksByEmail: true }, 'grace')).toBe('DISABLED');
    expect(await em.execute('select * from oidc_identity')).toEqual([]);
  });

  it('is told of as down, or as refusing a wrong secret', async () => {
    expect(await outcome({ issuer: 'http://localhost:9' }, 'ada')).toBe('PROVIDER_DOWN');
    expect(await outcome({ issuer: `${provider.issuer}/elsewhere` }, 'ada')).toBe('PROVIDER_DOWN');
    expect(await outcome({ clientSecret: 'another secret', linksByEmail: true }, 'ada')).toBe('REFUSED');
  });
});
