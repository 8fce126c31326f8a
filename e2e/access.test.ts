import { afterEach, beforeEach, describe, expect } from 'vitest';
import type { Page } from 'playwright-core';
import { type Installation, itInBrowser, startInstallation } from './browser.ts';

const PASSWORD = 'correct horse battery';

let product: Installation;
// For each: a second try needs an installation that nobody has set up.
beforeEach(async () => {
  product = (await startInstallation({ LOGIN: 'required' }))!;
});
afterEach(() => product?.stop());

/** Somebody at a browser of their own. */
async function visit(path: string): Promise<Page> {
  return (await product.open(product.urls.web + path)).page;
}

async function fill(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(values)) await page.getByLabel(label).fill(value);
}

/** Whether a page fits a phone, in dark colours; the page is as before afterwards. */
async function expectFitsPhone(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 844 });
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await expect
    .poll(overflow, { message: `${page.url()} is too wide for a phone`, timeout: 15_000 })
    .toBeLessThanOrEqual(0);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1280, height: 900 });
}

describe('people with accounts', () => {
  itInBrowser(
    'are set up, invited, share a portfolio, use a token and a public link, and lose what is taken from them',
    async () => {
      const admin = await visit('/');
      await admin.waitForURL('**/setup');
      // How the installation is shows before there is an account.
      for (const [link, heading] of [
        ['Technology', 'Technology'],
        ['Status', 'Status'],
      ]) {
        await admin.getByRole('navigation').getByRole('link', { name: link }).click();
        await admin.getByRole('heading', { level: 1, name: heading }).waitFor();
      }
      await admin.getByRole('link', { name: 'Set up' }).click();
      await admin.waitForURL('**/setup');
      await expectFitsPhone(admin);
      await fill(admin, {
        'Set-up token': product.setUpToken,
        'Your name': 'Ada',
        'E-mail address': 'ada@example.org',
        'Password, 10 characters or more': PASSWORD,
      });
      await admin.getByRole('button', { name: 'Make the account' }).click();
      await admin.getByText('Ada', { exact: true }).waitFor();

      await admin.goto(`${product.urls.web}/users`);
      await fill(admin, { Name: 'Bob', 'E-mail address': 'bob@example.org' });
      await admin.getByRole('button', { name: 'Add', exact: true }).click();
      const invitation = await admin.getByText(/\/invite\//).innerText();
      await expectFitsPhone(admin);

      const bob = await visit(new URL(invitation).pathname);
      await expectFitsPhone(bob);
      await fill(bob, { 'Password, 10 characters or more': PASSWORD });
      await bob.getByRole('button', { name: 'Set the password' }).click();
      await bob.getByText('It is set. Log in as bob@example.org.').waitFor();
      await bob.getByRole('main').getByRole('link', { name: 'Log in' }).click();
      await expectFitsPhone(bob);
      await fill(bob, { 'E-mail address': 'bob@example.org', Password: PASSWORD });
      await bob.getByRole('button', { name: 'Log in', exact: true }).click();
      await bob.getByText('Bob', { exact: true }).waitFor();
      await bob.goto(`${product.urls.web}/dashboard`);
      await bob.getByText('No portfolio yet').waitFor();

      await admin.goto(`${product.urls.web}/dashboard`);
      await admin.getByRole('button', { name: 'Share', exact: true }).click();
      const dialog = admin.getByRole('dialog');
      await dialog.getByLabel('E-mail address of somebody with an account').fill('bob@example.org');
      await dialog.getByRole('button', { name: 'Share', exact: true }).click();
      await dialog.getByText('bob@example.org').waitFor();
      await expectFitsPhone(admin);

      await bob.reload();
      await bob.getByText('S&P 500 index').first().waitFor();
      expect(await bob.getByRole('button', { name: 'Remove sample data' }).count()).toBe(0);
      const portfolioId = await idOfPortfolio(bob);
      expect(await rename(bob, portfolioId)).toBe('FORBIDDEN');

      await dialog.getByLabel('Title that visitors read').fill('Long-term ideas');
      await dialog.getByRole('button', { name: 'Make a link' }).click();
      const link = await dialog.getByRole('link', { name: /\/shared\// }).innerText();
      const stranger = await visit(new URL(link).pathname);
      await stranger.getByRole('heading', { name: 'Long-term ideas' }).waitFor();
      await stranger.getByText('Returns by month').waitFor();
      await expectFitsPhone(stranger);
      expect(await stranger.getByRole('main').innerText()).not.toMatch(/[$€]/);
      await dialog.getByRole('button', { name: 'End', exact: true }).click();
      await dialog.getByRole('button', { name: 'End', exact: true }).waitFor({ state: 'detached' });
      await stranger.reload();
      await stranger.getByRole('heading', { name: 'This link shows nothing' }).waitFor();

      await dialog
        .locator('li', { hasText: 'bob@example.org' })
        .getByRole('button', { name: 'Remove' })
        .click();
      await bob.getByText('No portfolio yet').waitFor();

      await bob.goto(`${product.urls.web}/account`);
      await bob.getByLabel('Name').fill('script');
      await bob.getByRole('button', { name: 'Make a token' }).click();
      const token = await bob.getByText(/^ait_[\w-]{43}$/).innerText();
      await expectFitsPhone(bob);
      expect((await ask(token, '{ login { user { email } } }')).data.login.user.email).toBe(
        'bob@example.org',
      );
      expect(
        (await ask(token, '{ users(first: 5) { totalCount } }')).errors[0].extensions.userErrorCode,
      ).toBe('FORBIDDEN');

      await admin.goto(`${product.urls.web}/users`);
      await admin
        .getByRole('row', { name: /bob@example\.org/ })
        .getByRole('button', { name: 'Shut out' })
        .click();
      await admin.getByRole('button', { name: 'Let in again' }).waitFor();
      expect((await ask(token, '{ portfolios(first: 5) { nodes { id } } }')).errors[0].extensions.code).toBe(
        'UNAUTHENTICATED',
      );
      await bob.goto(`${product.urls.web}/dashboard`);
      await bob.waitForURL('**/login**');
    },
    240_000,
  );
});

/** What a program gets with a token. */
async function ask(token: string, query: string): Promise<any> {
  const response = await fetch(`${product.urls.api}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

/** What a page gets that asks with the cookie of its browser. */
async function askAs(page: Page, query: string): Promise<any> {
  const response = await page.request.post(`${product.urls.web}/graphql`, { data: { query } });
  return (await response.json()).data;
}

async function idOfPortfolio(page: Page): Promise<string> {
  return (await askAs(page, '{ portfolios(first: 5) { nodes { id } } }')).portfolios.nodes[0].id;
}

async function rename(page: Page, id: string): Promise<string | undefined> {
  const mutation = `mutation { updatePortfolio(input: {id: "${id}", idempotencyKey: "rename-of-bob", expectedVersion: 1, name: "Mine"}) { errors { code } } }`;
  return (await askAs(page, mutation)).updatePortfolio.errors[0]?.code;
}
