import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountsApp, createAccountsApp, PASSWORD, Visitor } from './accounts.ts';

const STEP_MS = 30_000;
const STATE = '{ secondFactor { isOn recoveryCodesLeft } }';
const START =
  'mutation ($password: String!) { startSecondFactor(input: {password: $password}) { secret uri errors { code path } } }';
const CONFIRM =
  'mutation ($code: String!) { confirmSecondFactor(input: {code: $code}) { recoveryCodes errors { code path } } }';
const RENEW =
  'mutation ($code: String!) { renewRecoveryCodes(input: {code: $code}) { recoveryCodes errors { code path } } }';
const STOP =
  'mutation ($input: StopSecondFactorInput!) { stopSecondFactor(input: $input) { secondFactor { isOn } errors { code path } } }';
const LOG_IN =
  'mutation ($input: LogInInput!) { logIn(input: $input) { user { id } nextStep { challenge factors } errors { code } } }';
const FINISH =
  'mutation ($input: FinishLoginInput!) { finishLogin(input: $input) { user { email } errors { code path } } }';
const RESET =
  'mutation ($id: ID!) { resetSecondFactor(input: {id: $id}) { user { hasSecondFactor } errors { code } } }';
const PORTFOLIOS = '{ portfolios(first: 100) { nodes { name } } }';
const WRONG = { user: null, errors: [{ code: 'INVALID', path: ['input', 'code'] }] };
const EMAIL = 'ada@example.org';

let nowMs = Date.UTC(2026, 0, 5, 12, 0, 10);
let app: AccountsApp;
let ada: Visitor;
let secret: string;
let recoveryCodes: string[];

beforeAll(async () => {
  app = await createAccountsApp({}, true, () => nowMs);
  ada = app.admin;
}, 400_000);
afterAll(() => app?.stop());

const codeNow = (steps = 0) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: nowMs + steps * STEP_MS });

async function halfway(visitor = app.nobody()): Promise<{ visitor: Visitor; challenge: string }> {
  const { logIn } = await visitor.query(LOG_IN, { input: { email: EMAIL, password: PASSWORD } });
  expect(logIn).toMatchObject({ user: null, errors: [] });
  expect(logIn.nextStep.factors).toEqual(['CODE', 'RECOVERY_CODE']);
  return { visitor, challenge: logIn.nextStep.challenge };
}

async function finish(visitor: Visitor, challenge: string, code: string): Promise<any> {
  return (await visitor.query(FINISH, { input: { challenge, code } })).finishLogin;
}

async function lastEvents(count: number): Promise<string[]> {
  const rows = await app.database
    .fork()
    .execute('select kind from access_event order by created_at desc, id desc limit ?', [count]);
  return rows.map(({ kind }) => kind);
}

describe('an authenticator app', () => {
  it('is asked for once a code has shown that it has the secret', async () => {
    const elsewhere = app.nobody();
    await app.logIn(elsewhere, EMAIL);
    expect((await ada.query(START, { password: 'another password' })).startSecondFactor).toEqual({
      secret: null,
      uri: null,
      errors: [{ code: 'INVALID', path: ['input', 'password'] }],
    });
    const { startSecondFactor } = await ada.query(START, { password: PASSWORD });
    secret = startSecondFactor.secret;
    expect(startSecondFactor.uri).toContain(`secret=${secret}`);
    expect(await ada.query(STATE)).toEqual({ secondFactor: { isOn: false, recoveryCodesLeft: 0 } });
    await app.logIn(app.nobody(), EMAIL);
    const wrong = (await ada.query(CONFIRM, { code: '000000' })).confirmSecondFactor;
    expect(wrong).toEqual({ recoveryCodes: null, errors: WRONG.errors });
    recoveryCodes = (await ada.query(CONFIRM, { code: codeNow() })).confirmSecondFactor.recoveryCodes;
    expect(recoveryCodes).toHaveLength(10);
    expect(await ada.query(STATE)).toEqual({ secondFactor: { isOn: true, recoveryCodesLeft: 10 } });
    expect(await elsewhere.codeOf(PORTFOLIOS)).toBe('UNAUTHENTICATED');
    expect((await ada.query(START, { password: PASSWORD })).startSecondFactor.errors).toMatchObject([
      { code: 'DUPLICATE' },
    ]);
  });

  it('leaves neither its secret nor a recovery code readable in the database', async () => {
    const em = app.database.fork();
    const stored = JSON.stringify([
      await em.execute('select * from app_user'),
      await em.execute('select * from recovery_code'),
      await em.execute('select * from access_event'),
    ]);
    for (const text of [secret, ...recoveryCodes]) expect(stored).not.toContain(text);
    expect(stored).toContain('"v1.');
  });

  it('lets in by password and code, and says in the list of sessions by what', async () => {
    nowMs += STEP_MS;
    const { visitor, challenge } = await halfway();
    expect(await visitor.codeOf(PORTFOLIOS)).toBe('UNAUTHENTICATED');
    expect(await finish(visitor, challenge, '000000')).toEqual(WRONG);
    expect(await lastEvents(1)).toEqual(['LOGIN_FAILED']);
    expect(await finish(visitor, challenge, codeNow())).toEqual({ user: { email: EMAIL }, errors: [] });
    expect(await lastEvents(1)).toEqual(['LOGIN']);
    expect(await visitor.codeOf(PORTFOLIOS)).toBeNull();
    const { sessions } = await visitor.query('{ sessions { isCurrent method secondFactor } }');
    expect(sessions).toContainEqual({ isCurrent: true, method: 'PASSWORD', secondFactor: 'CODE' });
    expect(sessions).toContainEqual({ isCurrent: false, method: 'PASSWORD', secondFactor: null });
  });

  it('has codes that work once, also for two at the same moment', async () => {
    const used = await halfway();
    expect(await finish(used.visitor, used.challenge, codeNow())).toEqual(WRONG);
    nowMs += STEP_MS;
    const both = [await halfway(), await halfway()];
    const results = await Promise.all(
      both.map(({ visitor, challenge }) => finish(visitor, challenge, codeNow())),
    );
    expect(results.filter(({ user }) => user)).toHaveLength(1);
    expect(results.filter(({ user }) => !user)).toEqual([WRONG]);
  });

  it('may have a clock that is half a minute off, and no more', async () => {
    nowMs += 10 * STEP_MS;
    const { visitor, challenge } = await halfway();
    for (const steps of [-2, 2]) expect(await finish(visitor, challenge, codeNow(steps))).toEqual(WRONG);
    expect((await finish(visitor, challenge, codeNow(-1))).errors).toEqual([]);
    const second = await halfway();
    expect((await finish(second.visitor, second.challenge, codeNow(1))).errors).toEqual([]);
    // The step before the one that was used is gone with it.
    const third = await halfway();
    expect(await finish(third.visitor, third.challenge, codeNow())).toEqual(WRONG);
    nowMs += 5 * STEP_MS;
    expect((await finish(third.visitor, third.challenge, codeNow())).errors).toEqual([]);
  });

  it('has five minutes between the halves of a login, which serve one login and nothing else', async () => {
    nowMs += 10 * STEP_MS;
    const late = await halfway();
    nowMs += 10 * STEP_MS + 1;
    const lapsed = { user: null, errors: [{ code: 'INVALID', path: ['input', 'challenge'] }] };
    expect(await finish(late.visitor, late.challenge, codeNow())).toEqual(lapsed);
    const { visitor, challenge } = await halfway();
    const cookie = new Visitor(app.urls.api, { cookie: `ai_trading_session=${challenge}` });
    expect(await cookie.codeOf(PORTFOLIOS)).toBe('UNAUTHENTICATED');
    expect((await finish(visitor, challenge, codeNow())).errors).toEqual([]);
    nowMs += STEP_MS;
    expect(await finish(app.nobody(), challenge, codeNow())).toEqual(lapsed);
  });

  it('can be replaced by a recovery code, each once', async () => {
    const { visitor, challenge } = await halfway();
    const typed = recoveryCodes[0].toLowerCase().replaceAll('-', ' ');
    expect((await finish(visitor, challenge, typed)).errors).toEqual([]);
    expect((await lastEvents(2)).toSorted()).toEqual(['LOGIN', 'RECOVERY_CODE_USED']);
    expect(await visitor.query(STATE)).toEqual({ secondFactor: { isOn: true, recoveryCodesLeft: 9 } });
    const again = await halfway();
    expect(await finish(again.visitor, again.challenge, recoveryCodes[0])).toEqual(WRONG);
    expect((await ada.query(RENEW, { code: '000000' })).renewRecoveryCodes.errors).toEqual(WRONG.errors);
    const renewed = (await ada.query(RENEW, { code: recoveryCodes[1] })).renewRecoveryCodes.recoveryCodes;
    expect(await finish(again.visitor, again.challenge, recoveryCodes[2])).toEqual(WRONG);
    expect((await finish(again.visitor, again.challenge, renewed[0])).errors).toEqual([]);
    recoveryCodes = renewed;
  });

  it('is turned off by password and code together', async () => {
    nowMs += STEP_MS;
    const stop = async (password: string, code: string) =>
      (await ada.query(STOP, { input: { password, code } })).stopSecondFactor;
    expect(await stop('another password', codeNow())).toMatchObject({
      errors: [{ path: ['input', 'password'] }],
    });
    expect(await stop(PASSWORD, '000000')).toEqual({ secondFactor: null, errors: WRONG.errors });
    expect(await stop(PASSWORD, codeNow())).toEqual({ secondFactor: { isOn: false }, errors: [] });
    expect(await lastEvents(1)).toEqual(['SECOND_FACTOR_OFF']);
    expect((await app.logIn(app.nobody(), EMAIL)).user).toMatchObject({ email: EMAIL });
    const [row] = await app.database.fork().execute('select totp_secret from app_user');
    expect(row).toEqual({ totp_secret: null });
  });

  it('is taken away by another admin from whoever has lost everything', async () => {
    const { addUser } = await ada.query(
      `mutation { addUser(input: {email: "bob@example.org", name: "Bob", isAdmin: true, idempotencyKey: "add-bob-1"}) {
         user { id } inviteSecret } }`,
    );
    const { inviteSecret } = addUser;
    const bob = app.nobody();
    await bob.query(
      'mutation ($input: AcceptInviteInput!) { acceptInvite(input: $input) { errors { code } } }',
      {
        input: { secret: inviteSecret, password: PASSWORD },
      },
    );
    await app.logIn(bob, 'bob@example.org');
    const { id } = (await ada.query('{ login { user { id } } }')).login.user;
    const reset = async (visitor: Visitor) => (await visitor.query(RESET, { id })).resetSecondFactor;
    expect((await reset(bob)).errors).toMatchObject([{ code: 'INVALID' }]);
    secret = (await ada.query(START, { password: PASSWORD })).startSecondFactor.secret;
    await ada.query(CONFIRM, { code: codeNow() });
    await app.database.fork().execute(`update app_user set is_admin = false where email = 'bob@example.org'`);
    expect((await reset(bob)).errors).toMatchObject([{ code: 'FORBIDDEN' }]);
    await app.database.fork().execute('update app_user set is_admin = true');
    expect(await reset(bob)).toEqual({ user: { hasSecondFactor: false }, errors: [] });
    expect(await lastEvents(1)).toEqual(['SECOND_FACTOR_OFF']);
    expect((await app.logIn(app.nobody(), EMAIL)).user).toMatchObject({ email: EMAIL });
    nowMs += STEP_MS;
  });

  it('is guessed at ten times, password or code, and then not heard', async () => {
    secret = (await ada.query(START, { password: PASSWORD })).startSecondFactor.secret;
    await ada.query(CONFIRM, { code: codeNow() });
    nowMs += STEP_MS;
    const { visitor, challenge } = await halfway();
    for (let attempt = 0; attempt < 8; attempt += 1)
      expect(await finish(visitor, challenge, '000000')).toEqual(WRONG);
    // Knowing the password gives no new attempts at the code.
    const { challenge: another } = await halfway();
    for (const one of [challenge, another])
      expect((await finish(visitor, one, codeNow())).errors).toMatchObject([{ code: 'LIMIT' }]);
  });
});
