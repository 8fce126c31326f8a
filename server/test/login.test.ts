import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountsApp, createAccountsApp, PASSWORD, Visitor } from './accounts.ts';
import { newKey } from './create-test-app.ts';

const LOGIN = '{ login { isLoginNeeded isSetUpNeeded user { email isAdmin } } }';
const PORTFOLIOS = '{ portfolios(first: 100) { nodes { name } } }';
const CREATE =
  'mutation ($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } errors { code } } }';
const INPUT = { name: 'Mine', baseCurrency: 'USD', initialCash: '1' };
const STATUS = 'subscription { systemStatus { state } }';

let app: AccountsApp;
beforeAll(async () => {
  app = await createAccountsApp({}, false);
}, 180_000);
afterAll(() => app?.stop());

describe('the first set-up', () => {
  it('wants the token of the log, once, and gives what there is to the first account', async () => {
    await app.services.portfolios.create({ ...INPUT, idempotencyKey: newKey() });
    const ada = app.nobody();
    expect((await ada.query(LOGIN)).login).toEqual({ isLoginNeeded: true, isSetUpNeeded: true, user: null });
    expect(await app.setUp(ada, 'x'.repeat(43))).toMatchObject({
      user: null,
      errors: [{ code: 'INVALID', path: ['input', 'token'] }],
    });
    const [first, second] = await Promise.all([
      app.setUp(ada, app.setUpToken!),
      app.setUp(app.nobody(), app.setUpToken!),
    ]);
    const made = [first, second].filter(({ user }) => user);
    expect(made).toMatchObject([{ user: { email: 'ada@example.org', isAdmin: true } }]);
    const visitor = app.nobody();
    await app.logIn(visitor, 'ada@example.org');
    expect((await visitor.query(LOGIN)).login).toEqual({
      isLoginNeeded: true,
      isSetUpNeeded: false,
      user: { email: 'ada@example.org', isAdmin: true },
    });
    expect(await visitor.query(PORTFOLIOS)).toEqual({ portfolios: { nodes: [{ name: 'Mine' }] } });
    const stored = await app.database.fork().execute('select password_hash from app_user');
    expect(stored[0].password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });
});

describe('a login', () => {
  let admin: Visitor;
  beforeAll(async () => {
    admin = app.nobody();
    await app.logIn(admin, 'ada@example.org');
  });

  it('is needed for everything but the state of the installation and the login itself', async () => {
    const nobody = app.nobody();
    const { status, body } = await nobody.post(PORTFOLIOS);
    expect([status, body.errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    expect(await nobody.codeOf(CREATE, { input: {} })).toBe('BAD_USER_INPUT');
    const input = { ...INPUT, idempotencyKey: newKey() };
    expect(await nobody.codeOf(CREATE, { input })).toBe('UNAUTHENTICATED');
    expect((await nobody.query('{ systemSummary { state } }')).systemSummary.state).toBe('UP');
    expect(await nobody.codeOf('{ system { dataDirectory } }')).toBe('UNAUTHENTICATED');
    expect(await nobody.firstEvent(STATUS)).toBe('UNAUTHENTICATED');
    for (const path of ['/health', '/livez', '/readyz', '/'])
      expect((await nobody.get(path)).status, path).toBe(200);
    for (const path of ['/health', '/readyz']) {
      const { status: verdict, components, ...rest } = (await (await nobody.get(path)).json()) as any;
      expect([verdict, rest]).toEqual(['ok', { state: 'UP' }]);
      for (const part of components) expect(Object.keys(part)).toEqual(['name', 'state']);
      const known = (await (await admin.get(path)).json()) as any;
      expect(Object.keys(known.components[0])).toContain('detail');
    }
    expect((await nobody.get('/metrics')).status).toBe(401);
    expect((await nobody.get('/uploads', { method: 'POST', body: 'x' })).status).toBe(401);
    const playground = await nobody.get('/graphql', { headers: { accept: 'text/html' } });
    expect(playground.status).toBe(302);
    expect(playground.headers.get('location')).toMatch(/^http:\/\/localhost:\d+\/login\?next=\/graphql$/);
  });

  it('gives a cookie that scripts cannot read, which works over HTTP and websockets until the logout', async () => {
    const response = await app.nobody().get('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: `mutation { logIn(input: {email: " ADA@example.org", password: "${PASSWORD}"}) { user { name } } }`,
      }),
    });
    const [cookie] = response.headers.getSetCookie();
    expect(cookie).toMatch(
      /^ai_trading_session=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/,
    );
    const ada = new Visitor(app.urls.web, { cookie: cookie.split(';')[0] });
    expect(await ada.codeOf(PORTFOLIOS)).toBeNull();
    expect(await ada.firstEvent(STATUS)).toEqual({ systemStatus: { state: 'UP' } });
    expect((await ada.get('/metrics')).status).toBe(200);
    expect(
      (await new Visitor(app.urls.api, ada.headers).get('/graphql', { headers: { accept: 'text/html' } }))
        .status,
    ).toBe(200);
    const copy = new Visitor(app.urls.api, { ...ada.headers });
    await ada.query('mutation { logOut { isLoggedOut } }');
    expect(ada.headers.cookie).toBe('ai_trading_session=');
    expect(await copy.codeOf(PORTFOLIOS)).toBe('UNAUTHENTICATED');
  });

  it('has a cookie for HTTPS alone behind a proxy that says so', async () => {
    const visitor = app.nobody();
    const response = await visitor.get('/graphql', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-proto': 'https',
        'x-forwarded-for': '203.0.113.9',
      },
      body: JSON.stringify({
        query: `mutation { logIn(input: {email: "ada@example.org", password: "${PASSWORD}"}) { user { name } } }`,
      }),
    });
    expect(response.headers.getSetCookie()[0]).toMatch(/; Secure$/);
    const { sessions } = await admin.query('{ sessions { address isCurrent } }');
    expect(sessions).toContainEqual({ address: '203.0.113.9', isCurrent: false });
  });

  it('is refused to a page of another origin', async () => {
    const refused = await admin.get('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'http://evil.example' },
      body: JSON.stringify({ query: PORTFOLIOS }),
    });
    expect(refused.status).toBe(403);
  });

  it('says the same of a wrong password and of nobody, and hears a guesser ten times', async () => {
    const visitor = app.nobody();
    const guess = (email: string, password: string) => app.logIn(visitor, email, password);
    const wrong = await guess('ada@example.org', 'something else');
    expect(wrong).toEqual(await guess('eve@example.org', 'something else'));
    expect(wrong.errors).toMatchObject([{ code: 'INVALID' }]);
    for (let attempt = 0; attempt < 9; attempt += 1) await guess('eve@example.org', 'again');
    expect((await guess('eve@example.org', 'again')).errors).toMatchObject([{ code: 'LIMIT' }]);
    expect((await guess('ada@example.org', PASSWORD)).errors).toEqual([]);
  });

  it('lasts until it was not used for a week', async () => {
    const visitor = app.nobody();
    await app.logIn(visitor, 'ada@example.org');
    const age = (interval: string, column: string) =>
      app.database
        .fork()
        .execute(
          `update user_session set ${column} = now() - interval '${interval}' where last_seen_at = (select max(last_seen_at) from user_session)`,
        );
    await age('6 days 23 hours', 'last_seen_at');
    expect(await visitor.codeOf(PORTFOLIOS)).toBeNull();
    await age('7 days 1 hour', 'last_seen_at');
    expect(await visitor.codeOf(PORTFOLIOS)).toBe('UNAUTHENTICATED');
  });

  it('ends elsewhere with a change of the password, or by itself', async () => {
    const [here, there, third] = [app.nobody(), app.nobody(), app.nobody()];
    for (const visitor of [here, there]) await app.logIn(visitor, 'ada@example.org');
    const change = (currentPassword: string, newPassword: string) =>
      here.codeOf(
        'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { errors { code } } }',
        { input: { currentPassword, newPassword } },
      );
    expect(await change('not this', 'another long one')).toBe('INVALID');
    expect(await change(PASSWORD, 'too short')).toBe('INVALID');
    expect(await change(PASSWORD, 'another long one')).toBeNull();
    expect(await here.codeOf(PORTFOLIOS)).toBeNull();
    expect(await there.codeOf(PORTFOLIOS)).toBe('UNAUTHENTICATED');
    expect((await app.logIn(there, 'ada@example.org')).errors).toMatchObject([{ code: 'INVALID' }]);
    await app.logIn(third, 'ada@example.org', 'another long one');
    const { sessions } = await here.query('{ sessions { id isCurrent } }');
    const { id } = sessions.find(({ isCurrent }: { isCurrent: boolean }) => !isCurrent);
    const end = 'mutation ($id: ID!) { endSession(input: {id: $id}) { endedId errors { code } } }';
    expect(await here.query(end, { id })).toEqual({ endSession: { endedId: id, errors: [] } });
    expect(await third.codeOf(PORTFOLIOS)).toBe('UNAUTHENTICATED');
    expect(await here.codeOf(end, { id })).toBe('NOT_FOUND');
  });
});
