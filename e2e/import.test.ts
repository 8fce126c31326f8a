import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type Installation, itInBrowser, startInstallation } from './browser.ts';

/** Pounds, an instrument to make, one like a known one, and running balances. */
const BROKER = `Date,Details,Amount,Balance
08/03/2022,Deposit for investment purchases,1000,1000
09/03/2022,Bought 10 Foo World ETF (FOO),-200,800
10/03/2022,Bought 2 Apple (APPL),-240,560
11/03/2022,Account fee charged,-5,555
01/04/2022,DIV: FOO.XLON.GB @ GBP 0.10,1,556
`;
const LIKE_A_BROKER = `Tag;Was;Papier;ISIN;Stück;Kurs;Betrag;Gebühr
02.01.2024;Einzahlung;;;;;1.000,00;
03.01.2024;Kauf;Bar AG;DE0001234567;2;100,50;-202,00;1,00
31.02.2024;Kauf;Bar AG;DE0001234567;1;100,00;-100,00;
`;

let product: Installation;
beforeAll(async () => {
  product = (await startInstallation())!;
});
afterAll(() => product?.stop());

async function choose(page: Page, name: string, text: string): Promise<void> {
  const file = { name, mimeType: 'text/csv', buffer: Buffer.from(text) };
  await page.getByLabel(/the file of your broker/).setInputFiles(file);
}

async function expectFits(page: Page): Promise<void> {
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await page.setViewportSize({ width: 390, height: 844 });
  await expect.poll(overflow, { message: 'is too wide for a phone' }).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 900 });
}

describe('an import of transactions', () => {
  itInBrowser('goes from the file of a broker to the ledger, and back', async () => {
    const { page, problems } = await product.open(`${product.urls.dashboard}/dashboard`);
    await page.getByRole('button', { name: 'New portfolio' }).click();
    await page.getByLabel('Name').fill('Pounds');
    await page.getByLabel('Base currency').fill('GBP');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('link', { name: 'Transactions' }).click();
    await page.getByText('No transaction yet').waitFor();
    await page.getByRole('link', { name: 'Import a file' }).click();
    await page.getByText('Nothing was imported into this portfolio yet.').waitFor();

    // The format is recognised and every row has its verdict.
    await choose(page, 'cash.csv', BROKER);
    await page.getByText('Vanguard UK cash transactions').waitFor();
    await page.getByRole('button', { name: 'all 5' }).waitFor();
    await page.getByRole('button', { name: 'instrument not known 3' }).click();
    await page.getByText('3 of 3 rows').waitFor();
    await page.getByRole('button', { name: 'all 5' }).click();
    await expectFits(page);

    // What the instruments are: one is made, one is a known one.
    const unknown = page.getByRole('listitem').filter({ hasText: 'Foo World ETF' });
    await unknown.getByLabel('It is').selectOption('a new instrument');
    await unknown.getByRole('textbox', { name: 'Symbol' }).fill('FOO.L');
    const apple = page.getByRole('listitem').filter({ hasText: 'APPL' });
    await apple.getByLabel('It is').selectOption('AAPL, Apple Inc. (USD)');
    await page.getByRole('button', { name: 'Check again' }).click();
    await page.getByText('All 5 running balances of the file agree with the account.').waitFor();
    await page.getByRole('button', { name: 'new 5' }).waitFor();

    await page.getByRole('button', { name: 'Import 5 rows' }).click();
    await page.getByText('Brought in 5 transactions from 5 rows.').waitFor();
    await page
      .getByRole('row')
      .filter({ hasText: 'cash.csv' })
      .getByRole('button', { name: /Undo/ })
      .waitFor();

    // The same file again brings nothing.
    await page.getByRole('button', { name: 'Import another file' }).click();
    await choose(page, 'cash.csv', BROKER);
    await page.getByRole('button', { name: 'there already 5' }).waitFor();
    expect(await page.getByRole('button', { name: 'Import 0 rows' }).isDisabled()).toBe(true);

    // The ledger goes out as it came in.
    await page.getByRole('link', { name: '← Transactions' }).click();
    await page.getByText('5 of 5 transactions').waitFor();
    const waiting = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export CSV' }).click();
    const download = await waiting;
    expect(download.suggestedFilename()).toBe('Pounds transactions.csv');
    await expectFits(page);
    const waitingForJson = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export JSON' }).click();
    const exports = {
      'ledger.csv': await readFile((await download.path())!, 'utf8'),
      'ledger.json': await readFile((await (await waitingForJson).path())!, 'utf8'),
    };

    // Either form is known for what it is, and for what it holds.
    await page.getByRole('link', { name: 'Import a file' }).click();
    for (const [name, text] of Object.entries(exports)) {
      await choose(page, name, text);
      await page.getByText('Recognised: AI Trading ledger').waitFor();
      await page.getByRole('button', { name: 'there already 5' }).waitFor();
      expect(await page.getByText('What the columns hold').count()).toBe(0);
      await page.getByRole('button', { name: 'Cancel' }).click();
    }

    // And all of it can be taken back.
    let asked = '';
    page.on('dialog', (dialog) => {
      asked = dialog.message();
      void dialog.accept();
    });
    await page.getByRole('button', { name: /Undo the import/ }).click();
    await page.getByText(/^undone \d{4}/).waitFor();
    expect(asked).toBe(
      'Void all 5 transactions of this import? They stay in the ledger as voided, with the instruments and accounts that it made.',
    );
    await page.getByRole('link', { name: '← Transactions' }).click();
    await page.getByText('No transaction yet').waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });

  itInBrowser(
    'reads columns that a person chooses, and leaves out what is wrong only when told',
    async () => {
      const { page, problems } = await product.open(
        `${product.urls.dashboard}/dashboard/transactions/import`,
      );
      await choose(page, 'unknown.csv', LIKE_A_BROKER);
      await page.getByText(/No known format has this header/).waitFor();
      await page.getByText('Choose the column that holds the date.').waitFor();
      const holds = {
        Tag: 'date',
        Was: 'kind',
        Papier: 'name',
        ISIN: 'isin',
        Betrag: 'amount',
        Gebühr: 'fee',
      };
      for (const [column, field] of Object.entries(holds))
        await page.getByLabel(`What ${column} holds`).selectOption(field);
      await page.getByText('What the words mean').waitFor();
      expect(await page.getByLabel('Einzahlung').inputValue()).toBe('DEPOSIT');
      await page.getByLabel('Numbers such as').selectOption('1.234,56');
      await expectFits(page);
      await page.getByRole('button', { name: 'Check the rows' }).click();
      await page.getByText(/expected a date.*was 31\.02\.2024/).waitFor();

      await page.getByLabel('It is').selectOption('a new instrument');
      await page.getByRole('button', { name: 'Check again' }).click();
      const go = page.getByRole('button', { name: 'Import 2 rows' });
      await go.waitFor();
      expect(await go.isDisabled()).toBe(true);
      await page.getByLabel(/Import the good rows/).check();
      await go.click();
      await page.getByText('Brought in 2 transactions from 2 rows.').waitFor();

      // The columns are remembered with their header.
      await page.getByRole('button', { name: 'Import another file' }).click();
      await choose(page, 'later.csv', LIKE_A_BROKER.replace('31.02.2024', '29.02.2024'));
      await page.getByText('As you chose for a file with the same header before.').waitFor();
      await page.getByRole('button', { name: 'there already 2' }).waitFor();
      await page.getByRole('button', { name: 'Import 1 row' }).waitFor();

      // A word that is new is asked for, and the others stay as they were.
      await page.getByRole('button', { name: 'Cancel' }).click();
      await choose(
        page,
        'new.csv',
        `${LIKE_A_BROKER.replace('31.02', '29.02')}04.03.2024;Umlage;;;;;5,00;\n`,
      );
      await page.getByText('Choose what “Umlage” means, or leave its rows out.').waitFor();
      await page.getByLabel('Umlage').selectOption('deposit');
      await page.getByRole('button', { name: 'Check the rows' }).click();
      await page.getByRole('button', { name: 'Import 2 rows' }).waitFor();
      expect(problems).toEqual([]);
      await page.close();
    },
  );

  itInBrowser('says what a file is not', async () => {
    const { page, problems } = await product.open(`${product.urls.dashboard}/dashboard/transactions/import`);
    await choose(page, 'empty.csv', 'nothing\n');
    await page.getByText('expected a file with a header and rows, was another').waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });
});
