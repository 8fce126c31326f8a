import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountsApp, createAccountsApp, PASSWORD, Visitor } from './accounts.ts';
import { newKey } from './create-test-app.ts';
import { open } from './talk.ts';

const PORTFOLIOS = '{ portfolios(first: 100) { nodes { id name role } } }';
const ADD =
  'mutation ($input: AddUserInput!) { addUser(input: $input) { user { id version email } inviteSecret errors { code path } } }';
const ACCEPT =
  'mutation ($input: AcceptInviteInput!) { acceptInvite(input: $input) { user { email } errors { code path } } }';
const CHANGE =
  'mutation ($input: ChangeUserInput!) { changeUser(input: $input) { user { version isAdmin isDisabled } errors { code message } } }';
const INVITE =
  'mutation ($input: InviteUserInput!) { inviteUser(input: $input) { inviteSecret errors { code } } }';
const TOKEN =
  'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { token { id prefix scopes lastUsedAt } secret errors { code path } } }';
const SHARE =
  'mutation ($input: SharePortfolioInput!) { sharePortfolio(input: $input) { errors { code message } } }';
const UNSHARE =
  'mutation ($input: UnsharePortfolioInput!) { unsharePortfolio(input: $input) { portfolio { id } errors { code message } } }';
const LEAVE =
  'mutation ($input: LeavePortfolioInput!) { leavePortfolio(input: $input) { leftId errors { code message } } }';
const RENAME =
  'mutation ($input: UpdatePortfolioInput!) { updatePortfolio(input: $input) { portfolio { name } errors { code } } }';
const EVENTS = 'subscription ($id: ID!) { portfolioEvents(id: $id) { portfolio { name } } }';

let app: AccountsApp;
beforeAll(async () => {
  app = await createAccountsApp();
}, 180_000);
afterAll(() => app?.stop());

/** Somebody who was invited by the admin and has logged in. */
async function invited(email: string, isAdmin = false): Promise<Visitor & { id: string }> {
  const input = { email, name: email.split('@')[0], isAdmin, idempotencyKey: newKey() };
  const { addUser } = await app.admin.query(ADD, { input });
  await app.nobody().query(ACCEPT, { input: { secret: addUser.inviteSecret, password: PASSWORD } });
  const visitor = app.nobody();
  await app.logIn(visitor, email);
  return Object.assign(visitor, { id: addUser.user.id as string });
}

async function newPortfolio(owner: Visitor, name: string): Promise<{ id: string; version: number }> {
  const document =
    'mutation ($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id version } } }';
  const input = { name, baseCurrency: 'USD', initialCash: '1', idempotencyKey: newKey() };
  return (await owner.query(document, { input })).createPortfolio.portfolio;
}

async function newToken(visitor: Visitor, scopes: string[], expiresAt: string | null = null): Promise<any> {
  const input = { name: 'script', scopes, expiresAt, idempotencyKey: newKey() };
  return (await visitor.query(TOKEN, { input })).createApiToken;
}

const bearer = (secret: string) => new Visitor(app.urls.api, { authorization: `Bearer ${secret}` });

/** A socket with a running subscription; `next` gives its further messages. */
async function watching(visitor: Visitor, query: string, variables: object = {}) {
  const { cookie, authorization } = visitor.headers;
  const talk = open(app.urls.api, cookie ? { cookie } : {});
  await new Promise((resolve) => talk.socket.once('open', resolve));
  talk.send({ type: 'connection_init', payload: authorization ? { authorization } : {} });
  await talk.next();
  talk.send({ id: '1', type: 'subscribe', payload: { query, variables } });
  expect(await talk.next()).toMatchObject({ type: 'next' });
  return talk;
}

/** The code by which a socket ends, whatever comes before. */
async function closingOf({ next }: Awaited<ReturnType<typeof watching>>): Promise<number> {
  for (;;) {
    const message = await next();
    if (message.closed !== undefined) return message.closed;
  }
}

describe('an invitation', () => {
  it('works once, and only the newest of them', async () => {
    const input = { email: 'Bob@Example.org', name: 'Bob', idempotencyKey: newKey() };
    const { user, inviteSecret } = (await app.admin.query(ADD, { input })).addUser;
    expect(user.email).toBe('bob@example.org');
    const again = (await app.admin.query(ADD, { input })).addUser;
    expect(again).toMatchObject({ user: { id: user.id }, inviteSecret: null, errors: [] });
    const second = { ...input, idempotencyKey: newKey() };
    expect((await app.admin.query(ADD, { input: second })).addUser.errors).toMatchObject([
      { code: 'DUPLICATE', path: ['input', 'email'] },
    ]);
    const renewed = (await app.admin.query(INVITE, { input: { id: user.id } })).inviteUser.inviteSecret;
    const accept = (secret: string, password = PASSWORD) =>
      app.nobody().codeOf(ACCEPT, { input: { secret, password } });
    expect(await accept(inviteSecret)).toBe('INVALID');
    expect(await accept(renewed, 'too short')).toBe('INVALID');
    const both = await Promise.all([accept(renewed), accept(renewed)]);
    expect(both.toSorted()).toEqual(['INVALID', null]);
    expect((await app.logIn(app.nobody(), 'bob@example.org')).errors).toEqual([]);
  });

  it('ends after seven days', async () => {
    const input = { email: 'late@example.org', name: 'Late', idempotencyKey: newKey() };
    const { inviteSecret } = (await app.admin.query(ADD, { input })).addUser;
    const [{ days }] = await app.database
      .fork()
      .execute('select round(extract(epoch from max(expires_at) - now()) / 86400) as days from user_invite');
    expect(Number(days)).toBe(7);
    await app.database.fork().execute("update user_invite set expires_at = now() - interval '1 second'");
    expect(await app.nobody().codeOf(ACCEPT, { input: { secret: inviteSecret, password: PASSWORD } })).toBe(
      'INVALID',
    );
  });
});

describe('a user', () => {
  it('who is shut out loses sessions, tokens and live connections at once', async () => {
    const carol = await invited('carol@example.org');
    const program = bearer((await newToken(carol, ['READ'])).secret);
    const [page, script] = [
      await watching(carol, 'subscription { systemStatus { state } }'),
      await watching(program, 'subscription { systemStatus { state } }'),
    ];
    const { users } = await app.admin.query('{ users(first: 100) { nodes { id version email } } }');
    const { version } = users.nodes.find(({ id }: { id: string }) => id === carol.id);
    const change = { id: carol.id, expectedVersion: version, isDisabled: true };
    expect(
      (await app.admin.query(CHANGE, { input: { ...change, expectedVersion: 99 } })).changeUser.errors,
    ).toMatchObject([{ code: 'STALE_VERSION' }]);
    expect((await app.admin.query(CHANGE, { input: change })).changeUser).toMatchObject({
      user: { version: version + 1, isAdmin: false, isDisabled: true },
      errors: [],
    });
    expect([await closingOf(page), await closingOf(script)]).toEqual([4403, 4403]);
    for (const visitor of [carol, program]) expect(await visitor.codeOf(PORTFOLIOS)).toBe('UNAUTHENTICATED');
    expect((await app.logIn(app.nobody(), 'carol@example.org')).errors).toMatchObject([{ code: 'INVALID' }]);
    await app.admin.query(CHANGE, { input: { ...change, expectedVersion: version + 1, isDisabled: false } });
    expect((await app.logIn(app.nobody(), 'carol@example.org')).errors).toEqual([]);
    expect(await program.codeOf(PORTFOLIOS)).toBe('UNAUTHENTICATED');
  });

  it('is admin as another admin says, and one admin always stays', async () => {
    const dora = await invited('dora@example.org', true);
    expect(await dora.codeOf('{ users(first: 5) { totalCount } }')).toBeNull();
    const { login } = await app.admin.query('{ login { user { id version } } }');
    const { users } = await dora.query('{ users(first: 100) { nodes { id version } } }');
    const versionOf = (id: string) => users.nodes.find((one: { id: string }) => one.id === id).version;
    const demote = (who: Visitor, id: string) =>
      who.codeOf(CHANGE, { input: { id, expectedVersion: versionOf(id), isAdmin: false } });
    expect(await demote(dora, dora.id)).toBe('INVALID');
    const both = await Promise.all([demote(app.admin, dora.id), demote(dora, login.user.id)]);
    const left = (await app.database.fork().execute('select id from app_user where is_admin')).length;
    expect([both.filter((code) => code === null).length, left]).toEqual([1, 1]);
    await app.database
      .fork()
      .execute('update app_user set is_admin = true, version = version + 1 where id = ?', [login.user.id]);
    expect(
      (await app.database.fork().execute('select 1 from app_user where is_admin')).length,
    ).toBeGreaterThan(0);
  });

  it('leaves lines in a log that admins read and nobody changes', async () => {
    const erin = await invited('erin@example.org');
    expect(await erin.codeOf('{ accessLog(first: 5) { totalCount } }')).toBe('FORBIDDEN');
    await app.logIn(app.nobody(), 'erin@example.org', 'a wrong password');
    const { accessLog } = await app.admin.query('{ accessLog(first: 4) { nodes { kind actor subject } } }');
    expect(accessLog.nodes).toEqual([
      { kind: 'LOGIN_FAILED', actor: 'erin@example.org', subject: 'erin@example.org' },
      { kind: 'LOGIN', actor: 'erin@example.org', subject: 'erin@example.org' },
      { kind: 'INVITE_USED', actor: 'erin@example.org', subject: 'erin@example.org' },
      { kind: 'USER_ADDED', actor: 'ada@example.org', subject: 'erin@example.org' },
    ]);
    const chosen = async (variables: Record<string, unknown>) => {
      const document = `query ($filter: AccessLogFilter, $direction: SortDirection) {
        accessLog(first: 4, filter: $filter, direction: $direction) { totalCount nodes { kind } } }`;
      const { totalCount, nodes } = (await app.admin.query(document, variables)).accessLog;
      return [totalCount, ...nodes.map(({ kind }: { kind: string }) => kind)];
    };
    const search = ' ERIN@ ';
    const erins = ['LOGIN_FAILED', 'LOGIN', 'INVITE_USED', 'USER_ADDED'];
    expect(await chosen({ filter: { search } })).toEqual([4, ...erins]);
    expect(await chosen({ filter: { search }, direction: 'ASCENDING' })).toEqual([4, ...erins.toReversed()]);
    expect(await chosen({ filter: { search, kinds: ['LOGIN', 'USER_ADDED'] } })).toEqual([
      2,
      'LOGIN',
      'USER_ADDED',
    ]);
    expect(await chosen({ filter: { search, kinds: [] } })).toEqual([4, ...erins]);
    expect(await chosen({ filter: { search, from: '2200-01-01T00:00:00Z' } })).toEqual([0]);
    expect(await chosen({ filter: { search, to: '2000-01-01T00:00:00Z' } })).toEqual([0]);
    await expect(app.database.fork().execute('delete from access_event')).rejects.toThrow(/access_event/);
  });
});

describe('a list of users', () => {
  const listed = async (variables: Record<string, unknown>): Promise<unknown[]> => {
    const document = `query ($filter: UserFilter, $orderBy: UserOrder) {
      users(first: 2, filter: $filter, orderBy: $orderBy) { totalCount nodes { email } } }`;
    const { totalCount, nodes } = (await app.admin.query(document, variables)).users;
    return [totalCount, ...nodes.map(({ email }: { email: string }) => email)];
  };
  beforeAll(async () => {
    for (const [id, email, name, isDisabled, lastLoginAt] of [
      ['usr_list_1', 'b@list.example', 'zoe', false, '2026-01-02'],
      ['usr_list_2', 'a@list.example', 'Yves', true, null],
      ['usr_list_3', 'c@list.example', 'Xena 100%', false, '2026-01-03'],
    ])
      await app.database
        .fork()
        .execute(
          `insert into app_user (id, email, name, is_admin, is_disabled, created_at, last_login_at) values (?, ?, ?, false, ?, '2026-01-01', ?)`,
          [id, email, name, isDisabled, lastLoginAt],
        );
  });

  it.each([
    [{ search: 'LIST.example' }, [3, 'a@list.example', 'b@list.example']],
    [{ search: '0%' }, [1, 'c@list.example']],
    [{ search: '_@list' }, [0]],
    [{ search: 'list', isDisabled: true }, [1, 'a@list.example']],
    [{ search: 'list', isAdmin: true }, [0]],
    [{ search: 'list', isAdmin: null, isDisabled: false }, [2, 'b@list.example', 'c@list.example']],
  ])('chosen by %j has %j, by e-mail address', async (filter, expected) => {
    expect(await listed({ filter })).toEqual(expected);
  });

  it.each([
    ['NAME', 'ASCENDING', ['c@list.example', 'a@list.example']],
    ['EMAIL', 'DESCENDING', ['c@list.example', 'b@list.example']],
    ['LAST_LOGIN_AT', 'ASCENDING', ['b@list.example', 'c@list.example']],
    ['LAST_LOGIN_AT', 'DESCENDING', ['c@list.example', 'b@list.example']],
    ['CREATED_AT', 'ASCENDING', ['b@list.example', 'a@list.example']],
  ])('is ordered by %s %s', async (field, direction, expected) => {
    const orderBy = { field, direction };
    expect(await listed({ filter: { search: 'list' }, orderBy })).toEqual([3, ...expected]);
  });
});

describe('an API token', () => {
  it('acts for its user over HTTP, downloads, uploads and websockets until it is revoked', async () => {
    const fred = await invited('fred@example.org');
    const portfolio = await newPortfolio(fred, 'Fred’s');
    const made = await newToken(fred, ['READ', 'TRADE_WRITE']);
    expect(made.secret).toMatch(/^ait_[\w-]{43}$/);
    expect(made.token).toMatchObject({ prefix: made.secret.slice(0, 10), lastUsedAt: null });
    const stored = await app.database.fork().execute('select * from api_token where id = ?', [made.token.id]);
    expect(JSON.stringify(stored)).not.toContain(made.secret);
    const program = bearer(made.secret);
    expect((await program.query(PORTFOLIOS)).portfolios.nodes).toMatchObject([
      { name: 'Fred’s', role: 'OWNER' },
    ]);
    expect((await program.get('/metrics')).status).toBe(200);
    expect((await program.get('/uploads', { method: 'POST', body: 'x' })).status).toBe(201);
    const path = `/downloads/portfolios/${portfolio.id}/transactions.csv`;
    expect((await program.get(path)).status).toBe((await fred.get(path)).status);
    expect(await program.firstEvent(EVENTS, { id: portfolio.id })).toMatchObject({
      portfolioEvents: { portfolio: { name: 'Fred’s' } },
    });
    const { apiTokens } = await fred.query('{ apiTokens { lastUsedAt } }');
    expect(apiTokens).toEqual([{ lastUsedAt: expect.any(String) }]);
    const talk = await watching(program, EVENTS, { id: portfolio.id });
    const revoke = 'mutation ($id: ID!) { revokeApiToken(input: {id: $id}) { revokedId errors { code } } }';
    expect(await fred.codeOf(revoke, { id: made.token.id })).toBeNull();
    expect(await fred.codeOf(revoke, { id: made.token.id })).toBe('NOT_FOUND');
    expect(await closingOf(talk)).toBe(4403);
    expect(await program.codeOf(PORTFOLIOS)).toBe('UNAUTHENTICATED');
    expect((await program.get('/uploads', { method: 'POST', body: 'x' })).status).toBe(401);
  });

  it('that reads cannot upload, and no token makes tokens', async () => {
    const program = bearer((await newToken(app.admin, ['READ'])).secret);
    expect((await program.get('/uploads', { method: 'POST', body: 'x' })).status).toBe(403);
    const all = bearer((await newToken(app.admin, ['READ', 'TRADE_WRITE', 'BACKTEST_RUN', 'ADMIN'])).secret);
    const input = { name: 'more', scopes: ['READ'], idempotencyKey: newKey() };
    expect(await all.codeOf(TOKEN, { input })).toBe('FORBIDDEN');
  });

  it('is told as gone where it was revoked and is asked for again', async () => {
    const input = { name: 'script', scopes: ['READ'], idempotencyKey: newKey() };
    const { createApiToken } = await app.admin.query(TOKEN, { input });
    const document =
      'mutation ($input: RevokeApiTokenInput!) { revokeApiToken(input: $input) { errors { code } } }';
    expect(await app.admin.codeOf(document, { input: { id: createApiToken.token.id } })).toBeNull();
    expect(await app.admin.codeOf(TOKEN, { input })).toBe('NOT_FOUND');
  });

  it('ends when it was said to end', async () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    const { secret, token } = await newToken(app.admin, ['READ'], inAnHour);
    const program = bearer(secret);
    expect(await program.codeOf(PORTFOLIOS)).toBeNull();
    await app.database
      .fork()
      .execute("update api_token set expires_at = now() - interval '1 second' where id = ?", [token.id]);
    expect(await program.codeOf(PORTFOLIOS)).toBe('UNAUTHENTICATED');
    const past = { name: 'x', scopes: ['READ'], expiresAt: '2020-01-01T00:00:00Z', idempotencyKey: newKey() };
    expect((await app.admin.query(TOKEN, { input: past })).createApiToken.errors).toEqual([
      { code: 'INVALID', path: ['input', 'expiresAt'] },
    ]);
    const none = { name: 'x', scopes: [], idempotencyKey: newKey() };
    expect((await app.admin.query(TOKEN, { input: none })).createApiToken.errors).toEqual([
      { code: 'INVALID', path: ['input', 'scopes'] },
    ]);
  });

  it.each([
    ['a token that was never made', { authorization: `Bearer ait_${'x'.repeat(43)}` }, {}],
    ['a session that has ended', {}, { cookie: `ai_trading_session=${'x'.repeat(43)}` }],
  ])('has a websocket with %s closed as forbidden', async (_what, payload, headers) => {
    const talk = open(app.urls.api, headers);
    await new Promise((resolve) => talk.socket.once('open', resolve));
    talk.send({ type: 'connection_init', payload });
    expect(await talk.next()).toMatchObject({ closed: 4403 });
  });
});

describe('a portfolio', () => {
  it('is shared as viewer, editor and owner, live, and always has an owner', async () => {
    const [gina, hugo] = [await invited('gina@example.org'), await invited('hugo@example.org')];
    const { id, version } = await newPortfolio(gina, 'Gina’s');
    const share = (who: Visitor, email: string, role: string) =>
      who.codeOf(SHARE, { input: { portfolioId: id, email, role } });
    const rename = (who: Visitor, name: string, expectedVersion: number) =>
      who.codeOf(RENAME, { input: { idempotencyKey: newKey(), id, expectedVersion, name } });
    expect(await share(gina, 'nobody@example.org', 'VIEWER')).toBe('NOT_FOUND');
    const nothing = { portfolioId: 'nothing', email: 'hugo@example.org', role: 'OWNER' };
    expect(await gina.codeOf(SHARE, { input: nothing })).toBe('NOT_FOUND');
    expect(await share(gina, 'gina@example.org', 'EDITOR')).toBe('INVALID');
    expect(await gina.codeOf(LEAVE, { input: { portfolioId: id } })).toBe('INVALID');
    expect(await share(gina, 'Hugo@example.org', 'VIEWER')).toBeNull();
    expect((await hugo.query(PORTFOLIOS)).portfolios.nodes).toEqual([{ id, name: 'Gina’s', role: 'VIEWER' }]);
    expect(await rename(hugo, 'Mine', version)).toBe('FORBIDDEN');
    expect(await share(hugo, 'hugo@example.org', 'OWNER')).toBe('FORBIDDEN');
    expect(await share(gina, 'hugo@example.org', 'EDITOR')).toBeNull();
    expect(await rename(hugo, 'Ours', version)).toBeNull();
    const talk = await watching(hugo, EVENTS, { id });
    const { unsharePortfolio } = await gina.query(UNSHARE, {
      input: { portfolioId: id, email: 'hugo@example.org' },
    });
    expect(unsharePortfolio).toEqual({ portfolio: { id }, errors: [] });
    // The login holds: the page connects again, and is told that there is nothing.
    expect(await closingOf(talk)).toBe(1012);
    expect(await hugo.firstEvent(EVENTS, { id })).toBe('NOT_FOUND');
    expect((await hugo.query(PORTFOLIOS)).portfolios.nodes).toEqual([]);
    expect(await share(gina, 'hugo@example.org', 'OWNER')).toBeNull();
    expect((await gina.query(LEAVE, { input: { portfolioId: id } })).leavePortfolio).toEqual({
      leftId: id,
      errors: [],
    });
    expect(await gina.codeOf(PORTFOLIOS)).toBeNull();
    const { portfolio } = await hugo.query(
      'query ($id: ID!) { portfolio(id: $id) { role members { email role } } }',
      {
        id,
      },
    );
    expect(portfolio).toEqual({ role: 'OWNER', members: [{ email: 'hugo@example.org', role: 'OWNER' }] });
  });

  it('is left by whoever only may see it', async () => {
    const iris = await invited('iris@example.org');
    const { id } = await newPortfolio(app.admin, 'Shown');
    await app.admin.query(SHARE, { input: { portfolioId: id, email: 'iris@example.org', role: 'VIEWER' } });
    expect((await iris.query(LEAVE, { input: { portfolioId: id } })).leavePortfolio.leftId).toBe(id);
    expect((await iris.query(PORTFOLIOS)).portfolios.nodes).toEqual([]);
  });
});
