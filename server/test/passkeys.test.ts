import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountsApp, createAccountsApp, PASSWORD, Visitor } from './accounts.ts';
import { type Alteration, SoftPasskey } from './soft-passkey.ts';

const LIST = '{ passkeys { id name site isBackedUp lastUsedAt } }';
const START =
  'mutation ($password: String!) { startPasskey(input: {password: $password}) { options errors { code message path } } }';
const ADD =
  'mutation ($input: AddPasskeyInput!) { addPasskey(input: $input) { passkey { id name } errors { code path } } }';
const REMOVE = 'mutation ($id: ID!) { removePasskey(input: {id: $id}) { removedId errors { code } } }';
const ASK =
  'mutation ($challenge: String) { startPasskeyLogin(input: {challenge: $challenge}) { options errors { code message } } }';
const LOG_IN =
  'mutation ($input: PasskeyLoginInput!) { logInByPasskey(input: $input) { user { email } errors { code path } } }';
const PORTFOLIOS = '{ portfolios(first: 100) { nodes { name } } }';
const WRONG = [{ code: 'INVALID', path: ['input', 'response'] }];
const EMAIL = 'ada@example.org';

let nowMs = Date.UTC(2026, 0, 5, 12);
let app: AccountsApp;
let ada: Visitor;
let key: SoftPasskey;

beforeAll(async () => {
  app = await createAccountsApp({}, true, () => nowMs);
  ada = app.admin;
  key = new SoftPasskey(app.urls.api);
}, 400_000);
afterAll(() => app?.stop());

async function make(visitor: Visitor, passkey: SoftPasskey, name: string, change?: Alteration): Promise<any> {
  const { options } = (await visitor.query(START, { password: PASSWORD })).startPasskey;
  return (await visitor.query(ADD, { input: { name, response: passkey.make(options, change) } })).addPasskey;
}

async function ask(visitor: Visitor, challenge?: string): Promise<string> {
  return (await visitor.query(ASK, { challenge })).startPasskeyLogin.options;
}

async function show(visitor: Visitor, response: string, challenge?: string): Promise<any> {
  return (await visitor.query(LOG_IN, { input: { response, challenge } })).logInByPasskey;
}

const kinds = async (count: number) =>
  (
    await app.database
      .fork()
      .execute('select kind from access_event order by created_at desc, id desc limit ?', [count])
  ).map(({ kind }) => kind);

describe('a passkey', () => {
  it('is added by whoever knows the password, under a name, once', async () => {
    const refused = (await ada.query(START, { password: 'another password' })).startPasskey;
    expect(refused).toMatchObject({ options: null, errors: [{ path: ['input', 'password'] }] });
    const { options } = (await ada.query(START, { password: PASSWORD })).startPasskey;
    expect(JSON.parse(options)).toMatchObject({
      rp: { id: 'localhost', name: 'AI Trading' },
      user: { name: EMAIL },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      attestation: 'none',
    });
    const response = key.make(options);
    const add = async (name: string) => (await ada.query(ADD, { input: { name, response } })).addPasskey;
    expect((await add(' ')).errors).toEqual([{ code: 'INVALID', path: ['input', 'name'] }]);
    expect(await add('Laptop')).toMatchObject({ passkey: { name: 'Laptop' }, errors: [] });
    expect(await add('Laptop again')).toEqual({ passkey: null, errors: WRONG });
    expect((await make(ada, key, 'The same')).errors).toMatchObject([{ code: 'DUPLICATE' }]);
    expect((await ada.query(LIST)).passkeys).toMatchObject([
      { name: 'Laptop', site: 'localhost', isBackedUp: false, lastUsedAt: null },
    ]);
    expect(await kinds(1)).toEqual(['PASSKEY_ADDED']);
  });

  it.each<[string, Alteration]>([
    ['made at another site', { origin: 'https://evil.example' }],
    ['made for another site', { rpId: 'evil.example' }],
    ['of another question', { challenge: 'A'.repeat(43) }],
    ['of another kind', { type: 'webauthn.get' }],
    ['that nobody unlocked', { flags: 0x41 }],
    ['that nobody touched', { flags: 0x44 }],
  ])('is not added when it is one %s', async (_what, change) => {
    expect(await make(ada, new SoftPasskey(app.urls.api), 'Bad', change)).toEqual({
      passkey: null,
      errors: WRONG,
    });
  });

  it('lets in without a password or a name, and says so in the list of sessions', async () => {
    const visitor = app.nobody();
    const options = await ask(visitor);
    expect(JSON.parse(options)).toMatchObject({ rpId: 'localhost', userVerification: 'required' });
    expect(JSON.parse(options).allowCredentials ?? []).toEqual([]);
    expect(await show(visitor, key.show(options))).toEqual({ user: { email: EMAIL }, errors: [] });
    expect(await visitor.codeOf(PORTFOLIOS)).toBeNull();
    const { sessions } = await visitor.query('{ sessions { isCurrent method secondFactor } }');
    expect(sessions).toContainEqual({ isCurrent: true, method: 'PASSKEY', secondFactor: null });
    expect((await ada.query(LIST)).passkeys[0].lastUsedAt).toBe('2026-01-05T12:00:00.000Z');
    expect(await kinds(1)).toEqual(['LOGIN']);
  });

  it.each<[string, Alteration]>([
    ['shown at another site', { origin: 'https://evil.example' }],
    ['of another site', { rpId: 'evil.example' }],
    ['of another question', { challenge: 'A'.repeat(43) }],
    ['of another kind', { type: 'webauthn.create' }],
    ['that nobody unlocked', { flags: 0x01 }],
    ['that nobody touched', { flags: 0x04 }],
    ['with an altered signature', { isSignatureAltered: true }],
    ['of another user', { userHandle: Buffer.from('usr_another').toString('base64url') }],
    ['that was copied and counts less', { counter: 1 }],
  ])('does not let in when it is one %s', async (_what, change) => {
    const visitor = app.nobody();
    const answer = key.show(await ask(visitor), change);
    expect(await show(visitor, answer)).toEqual({ user: null, errors: WRONG });
    expect(await visitor.codeOf(PORTFOLIOS)).toBe('UNAUTHENTICATED');
    expect(await kinds(1)).toEqual(['LOGIN_FAILED']);
    // A good one afterwards, so that attempts do not add up.
    expect((await show(visitor, key.show(await ask(visitor)))).errors).toEqual([]);
  });

  it('answers a question once, within five minutes', async () => {
    const visitor = app.nobody();
    const answer = key.show(await ask(visitor));
    expect((await show(visitor, answer)).errors).toEqual([]);
    expect((await show(app.nobody(), answer)).errors).toEqual(WRONG);
    const options = await ask(visitor);
    nowMs += 5 * 60_000 + 1;
    expect((await show(visitor, key.show(options))).errors).toEqual(WRONG);
  });

  it.each(['', 'null', '{}', '{"id":"x","response":{"clientDataJSON":"x"}}'])(
    'is nothing like %j',
    async (response) => {
      expect(await show(app.nobody(), response)).toEqual({ user: null, errors: WRONG });
    },
  );

  it('needs a site with a name, by https', async () => {
    const asked = async (headers: Record<string, string>) =>
      (await new Visitor(app.urls.api.replace('localhost', '127.0.0.1'), headers).query(ASK))
        .startPasskeyLogin;
    expect((await asked({})).errors[0].message).toBe(
      'expected a site with a name, such as localhost, for a passkey, was 127.0.0.1',
    );
  });

  it('serves as the second half of a login', async () => {
    const start = await ada.query(
      'mutation ($p: String!) { startSecondFactor(input: {password: $p}) { secret } }',
      { p: PASSWORD },
    );
    const secret = Secret.fromBase32(start.startSecondFactor.secret);
    const code = new TOTP({ secret }).generate({ timestamp: nowMs });
    await ada.query(
      'mutation ($code: String!) { confirmSecondFactor(input: {code: $code}) { errors { code } } }',
      { code },
    );
    const visitor = app.nobody();
    const { logIn } = await visitor.query(
      'mutation ($input: LogInInput!) { logIn(input: $input) { nextStep { challenge factors } } }',
      { input: { email: EMAIL, password: PASSWORD } },
    );
    const { challenge, factors } = logIn.nextStep;
    expect(factors).toEqual(['CODE', 'RECOVERY_CODE', 'PASSKEY']);
    const options = await ask(visitor, challenge);
    expect(JSON.parse(options).allowCredentials).toHaveLength(1);
    expect((await show(visitor, key.show(options), 'A'.repeat(43))).errors).toEqual([
      { code: 'INVALID', path: ['input', 'challenge'] },
    ]);
    expect((await show(visitor, key.show(await ask(visitor, challenge)), challenge)).errors).toEqual([]);
    const { sessions } = await visitor.query('{ sessions { isCurrent method secondFactor } }');
    expect(sessions).toContainEqual({ isCurrent: true, method: 'PASSWORD', secondFactor: 'PASSKEY' });
  });

  it('lets nobody in once it is removed', async () => {
    const [{ id }] = (await ada.query(LIST)).passkeys;
    expect(await ada.query(REMOVE, { id })).toEqual({ removePasskey: { removedId: id, errors: [] } });
    expect(await ada.codeOf(REMOVE, { id })).toBe('NOT_FOUND');
    const visitor = app.nobody();
    expect((await show(visitor, key.show(await ask(visitor)))).errors).toEqual(WRONG);
  });
});
