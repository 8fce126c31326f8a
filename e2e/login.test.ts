import { randomUUID } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { CLIENT, type IdentityProvider, startIdentityProvider } from '../server/test/identity-provider.ts';
import { type Installation, itInBrowser, startInstallation } from './browser.ts';

const EMAIL = 'ada@example.org';
const PASSWORD = 'correct horse battery';

let provider: IdentityProvider;
let product: Installation;
/** Where the one who runs the installation is logged in. */
let admin: Page;
beforeAll(async () => {
  provider = await startIdentityProvider();
  product = (await startInstallation({
    LOGIN: 'required',
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: CLIENT.clientId,
    OIDC_CLIENT_SECRET: CLIENT.clientSecret,
    OIDC_NAME: 'Example Login',
  }))!;
  if (!product) return;
  provider.serve(product.urls.dashboard);
  admin = (await product.open(`${product.urls.dashboard}/setup`)).page;
  await admin.getByLabel('Set-up token').fill(product.setUpToken);
  await admin.getByLabel('Your name').fill('Ada');
  await admin.getByLabel('E-mail address').fill(EMAIL);
  await admin.getByLabel('Password').fill(PASSWORD);
  await admin.getByRole('button', { name: 'Make the account' }).click();
  await admin.getByLabel('Your account').waitFor();
});
afterAll(async () => {
  await product?.stop();
  provider?.stop();
});

/** The page of the login, which goes on with the account. */
function openLogin(): ReturnType<Installation['open']> {
  return product.open(`${product.urls.dashboard}/login?next=/account`);
}

async function enterPassword(page: Page, email = EMAIL): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
}

/** Makes an account that no other test changes; gives its e-mail address. */
async function makeAccount(): Promise<string> {
  const key = randomUUID();
  const email = `${key}@example.org`;
  const ask = async (query: string, variables: object): Promise<any> => {
    const data = { query, variables };
    const answer = await admin.request.post(`${product.urls.dashboard}/graphql`, { data });
    return (await answer.json()).data;
  };
  const { addUser } = await ask(
    'mutation($input: AddUserInput!) { addUser(input: $input) { inviteSecret errors { message } } }',
    { input: { idempotencyKey: key, name: 'Bob', email } },
  );
  const { acceptInvite } = await ask(
    'mutation($input: AcceptInviteInput!) { acceptInvite(input: $input) { errors { message } } }',
    { input: { secret: addUser.inviteSecret, password: PASSWORD } },
  );
  expect([addUser.errors, acceptInvite.errors]).toEqual([[], []]);
  return email;
}

async function logOut(page: Page): Promise<void> {
  await page.getByLabel('Your account').click();
  await page.getByRole('button', { name: 'Log out' }).first().click();
  await page.getByRole('link', { name: 'Log in' }).first().waitFor();
  await page.goto(`${product.urls.dashboard}/login?next=/account`);
}

/** How the session of this page says that it began. */
async function method(page: Page): Promise<string | null> {
  const row = page.getByRole('row').filter({ hasText: 'this one' });
  return row.getByRole('cell').nth(1).textContent();
}

/** Gives the browser of a page an authenticator that says yes, and its account a passkey in it. */
async function addPasskey(page: Page, name: string): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByLabel('A name for it').fill(name);
  await page.getByLabel('Your password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('cell', { name, exact: true }).waitFor();
}

describe('a login', () => {
  itInBrowser('by a passkey needs no password, until the passkey is removed', async () => {
    const { page, problems } = await openLogin();
    await enterPassword(page);
    await addPasskey(page, 'Laptop');
    expect(await method(page)).toBe('Password');

    await logOut(page);
    await page.getByRole('button', { name: 'Log in with a passkey' }).click();
    await page.getByRole('heading', { name: 'Account' }).waitFor();
    await page.getByText('this one').waitFor();
    expect(await method(page)).toBe('Passkey');

    await page.getByRole('button', { name: 'Remove Laptop' }).click();
    await page.getByRole('cell', { name: 'Laptop', exact: true }).waitFor({ state: 'detached' });
    await logOut(page);
    await page.getByRole('button', { name: 'Log in with a passkey' }).click();
    await page.getByText('This passkey is not known here any more.').waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });

  itInBrowser('by an identity provider works once the account is linked to it', async () => {
    const { page, problems } = await openLogin();
    const enter = () => page.getByRole('button', { name: 'Log in with Example Login' }).click();
    provider.person = 'ada';
    await enter();
    await page.getByText(/No account here is linked to this identity/).waitFor();
    expect(new URL(page.url()).search).toBe('');

    await page.getByRole('link', { name: 'Back to the login' }).click();
    await enterPassword(page);
    await page.getByLabel('Your account').waitFor();
    await page.goto(`${product.urls.dashboard}/account`);
    await page.getByRole('button', { name: 'Link Example Login' }).click();
    await page.getByLabel('Your password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('Example Login lets you in here without your password.', { exact: true }).waitFor();

    await logOut(page);
    await enter();
    await page.getByText('this one').waitFor();
    expect(await method(page)).toBe('Single sign-on');
    expect(problems).toEqual([]);
    await page.close();
  });

  itInBrowser('asks for a code of the app, or a passkey, where a second factor is on', async () => {
    // Of its own: a second try must find it without a second factor.
    const email = await makeAccount();
    const { page, problems } = await openLogin();
    await enterPassword(page, email);
    await page.getByRole('button', { name: 'Turn it on' }).click();
    await page.getByLabel('Your password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Go on' }).click();
    const secret = (await page.locator('.secret code').innerText()).replaceAll(' ', '');
    const app = new TOTP({ secret: Secret.fromBase32(secret) });
    const used = app.generate();
    await page.getByLabel('Six digits').fill(used);
    await page.getByRole('button', { name: 'Turn it on' }).click();
    const recovery = page.getByRole('listitem').filter({ hasText: /^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$/ });
    await page.getByRole('button', { name: 'I have kept them' }).waitFor();
    expect(await recovery.count()).toBe(10);
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await addPasskey(page, 'Security key');

    // A code works once; the next one is good already, as clocks differ.
    await logOut(page);
    await enterPassword(page, email);
    await page.getByLabel('Six digits').fill(used);
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.getByText(/This is not the code that the app shows now, or it was used before/).waitFor();
    await page.getByLabel('Six digits').fill(app.generate({ timestamp: Date.now() + 30_000 }));
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.getByText('this one').waitFor();
    expect(await method(page)).toBe('Password and code');

    await logOut(page);
    await enterPassword(page, email);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByText('this one').waitFor();
    expect(await method(page)).toBe('Password and passkey');
    expect(problems).toEqual([]);
    await page.close();
  });
});
