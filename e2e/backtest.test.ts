import { existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { sharedFile } from '../tools/testing/services.ts';
import { type Installation, itInBrowser, startInstallation } from './browser.ts';

const GOOG = sharedFile('data/backtesting_py/GOOG.csv');
const hasReference = existsSync(GOOG);
const BAD = join(tmpdir(), `ai-trading-bad-${process.pid}.csv`);

let product: Installation;
beforeAll(async () => {
  writeFileSync(
    BAD,
    'Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,1,1.5,10\n2024-02-30,1,2,1,1.5,10\n2024-01-04,1,2,1,-3,10\n',
  );
  product = (await startInstallation())!;
});
afterAll(() => product?.stop());

/** Bars to import: real ones where they are at hand, otherwise waves. */
function barsFile(): string {
  if (hasReference) return GOOG;
  const file = join(tmpdir(), `ai-trading-waves-${process.pid}.csv`);
  const lines = Array.from({ length: 900 }, (_, t) => {
    const price = (100 + 20 * Math.sin(t / 15) + 8 * Math.sin(t / 4)).toFixed(4);
    return `${new Date(Date.UTC(2015, 0, 1 + t)).toISOString().slice(0, 10)},${price},${Number(price) + 1},${Number(price) - 1},${price},1000`;
  });
  writeFileSync(file, `Date,Open,High,Low,Close,Volume\n${lines.join('\n')}\n`);
  return file;
}

async function importFile(page: Page, file: string, symbol: string): Promise<void> {
  await page.getByLabel(/CSV file/).setInputFiles(file);
  await page.getByLabel('Symbol').fill(symbol);
}

describe('from a file to a result in the browser', () => {
  itInBrowser('names the lines of a bad file and stores nothing of it', async () => {
    const { page, problems } = await product.open(`${product.urls.web}/import`);
    await importFile(page, BAD, 'BADFILE');
    await page.getByRole('button', { name: 'Check only' }).click();
    await page.getByText('expected a price above 0, was -3').waitFor();
    await page.getByText(/expected a date or a time .* was 2024-02-30/).waitFor();
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('2 of 3 lines cannot be used, so nothing was imported.').waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });

  itInBrowser('imports prices, backtests the SMA cross on them and shows what it made', async () => {
    const { page, problems } = await product.open(`${product.urls.web}/import`);
    await importFile(page, barsFile(), 'GOOG');
    await page.getByRole('button', { name: 'Check only' }).click();
    await page.getByText(/lines would be imported/).waitFor();
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText(/lines were imported/).waitFor();
    await page.getByRole('link', { name: 'Run a backtest on it' }).click();
    await page.getByLabel('Lot size').fill('1');
    await page.getByLabel('At the end').selectOption('CLOSE_AT_LAST_OPEN');
    await page.getByText('Costs, on each side').click();
    await page.getByLabel('Commission in basis points').fill('20');
    await page.getByRole('button', { name: 'Run the backtest' }).click();
    await page.waitForURL(/\/backtest\/run_/);
    await page.getByText('succeeded').waitFor();
    await page.getByRole('heading', { name: 'All statistics' }).waitFor();
    if (hasReference) {
      await page.getByText('455.75%').first().waitFor();
      await page.getByText('50 of 94 trades').waitFor();
      await page.getByRole('button', { name: 'Show more' }).first().click();
      await page.getByText('94 of 94 trades').waitFor();
    }
    expect(problems).toEqual([]);
    await page.getByRole('link', { name: 'Fills on the chart' }).click();
    await page.getByText(/fills are marked from the backtest/).waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });

  itInBrowser('finds an instrument by a part of its name, by keys alone', async () => {
    const { page, problems } = await product.open(`${product.urls.web}/backtest`);
    const chooser = page.getByRole('combobox', { name: 'Instrument', exact: true });
    await expect.poll(() => chooser.inputValue(), { timeout: 15_000 }).toBe('AAPL');
    const answer = page.waitForResponse(
      async (response) =>
        response.url().includes('/graphql') && (await response.text()).includes('SYN-VALUE'),
    );
    await chooser.focus();
    await page.keyboard.type('syn-');
    await answer;
    await page.keyboard.type('value');
    await page.getByText(/, synthetic: [\d,]+ bars from/).waitFor();
    await page.keyboard.press('Tab');
    expect(await chooser.inputValue()).toBe('SYN-VALUE');
    await chooser.fill('NOTHING');
    await page.keyboard.press('Tab');
    await page.getByText('There is no instrument NOTHING.').waitFor();
    expect(await page.getByRole('button', { name: 'Run the backtest' }).isDisabled()).toBe(true);
    await page.goto(`${product.urls.web}/tradingview`);
    await page.getByRole('combobox', { name: 'Instrument', exact: true }).fill('syn-coin');
    await page.getByRole('heading', { name: 'SYN-COIN' }).waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });

  itInBrowser('refuses what makes no sense beside the field', async () => {
    const { page } = await product.open(`${product.urls.web}/backtest`);
    await page.getByLabel('fast').fill('2.5');
    await page.getByRole('button', { name: 'Run the backtest' }).click();
    await page.getByText('expected a whole number for fast, was 2.5').waitFor();
    await page.getByRole('combobox', { name: 'Strategy', exact: true }).selectOption('custom');
    await page.getByLabel('Text of the strategy').fill('strategy "X"\nenter long when clos > 1');
    await page.getByText('expected a known name, was clos; did you mean close?').waitFor();
    await page.getByRole('button', { name: 'Line 2, column 17' }).click();
    expect(await page.evaluate(() => String(getSelection()))).toBe('clos');
    await page.close();
  });

  itInBrowser('fills the surface of a sweep and compares two runs', async () => {
    const { page, problems } = await product.open(`${product.urls.web}/backtest?mode=sweep`);
    await page.getByText('288 parameter sets').waitFor();
    await page.getByRole('button', { name: 'Run the sweep' }).click();
    await page.getByRole('heading', { name: 'Best sets' }).waitFor();
    // The map says what its axes, colours and empty cells are, and goes by keys from the best set on.
    const best = await page.getByRole('row').nth(1).getByRole('cell').allTextContents();
    const [fast, slow] = [Number(best[0]), Number(best[1])];
    await page.getByText(`Ringed: the best, slow ${slow}, fast ${fast}: `).waitFor();
    await page.getByText('Empty: no figure, as of a set that never traded.').waitFor();
    await page.locator('.axis.columns').getByText('250', { exact: true }).waitFor();
    await page.getByRole('button', { name: /^Heat map of fast by slow/ }).focus();
    await page.keyboard.press('ArrowLeft');
    await page.locator('strong', { hasText: `slow ${slow - 10}, fast ${fast}: ` }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/backtest\\?.*p\\.fast=${fast}&p\\.slow=${slow - 10}`));
    await page.goBack();
    await page.getByRole('button', { name: 'Backtest it' }).first().click();
    for (const label of ['First', 'Second']) {
      await page.goto(`${product.urls.web}/backtest`);
      await page.getByLabel('Label').fill(label);
      await page.getByRole('button', { name: 'Run the backtest' }).click();
      await page.waitForURL(/\/backtest\/run_/);
      await page.getByText('succeeded').waitFor();
    }
    await page.goto(`${product.urls.web}/backtest`);
    for (const label of ['First', 'Second']) await page.getByLabel(`Compare ${label}`).check();
    // Of these runs alone those that traded the instrument and have succeeded are listed.
    await page.getByRole('combobox', { name: 'State', exact: true }).selectOption('FAILED');
    await page.getByText('No run meets these conditions.').waitFor();
    await page.getByRole('combobox', { name: 'State', exact: true }).selectOption('SUCCEEDED');
    await page.getByRole('combobox', { name: 'Traded' }).fill('aapl');
    await page.getByLabel('Compare First').waitFor();
    await page.getByText('1 of 1 sweeps').waitFor();
    await page.getByRole('link', { name: 'Compare the two' }).click();
    await page.getByRole('heading', { name: 'Growth of 1' }).waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });

  itInBrowser('makes a portfolio, imports its fills and removes the sample with one click', async () => {
    const fills = join(tmpdir(), `ai-trading-fills-${process.pid}.csv`);
    writeFileSync(
      fills,
      'date,symbol,side,quantity,price,fee,currency\n2017-01-03,AAPL,buy,10,115.80,1,USD\n',
    );
    const { page, problems } = await product.open(product.urls.dashboard);
    await page.getByRole('button', { name: 'New portfolio' }).click();
    await page.getByLabel('Name').fill('My own');
    await page.getByLabel('Cash it begins with').fill('5000');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByText('Nothing is held.').waitFor();
    await page.getByRole('link', { name: 'Transactions', exact: true }).click();
    await page.getByRole('link', { name: 'Import a file' }).click();
    await page.getByLabel(/the file of your broker/).setInputFiles(fills);
    await page.getByRole('button', { name: 'Check the rows' }).click();
    await page.getByRole('button', { name: 'Import 1 row' }).click();
    await page.getByText('Brought in 1 transaction from 1 row.').waitFor();
    await page.getByRole('link', { name: '← Transactions' }).click();
    await page.getByText('2 of 2 transactions').waitFor();
    await page.getByRole('button', { name: 'Add a transaction' }).click();
    await page.getByLabel('Kind').last().selectOption('DIVIDEND');
    await page.getByLabel('Time (UTC)').fill('2017-05-18T00:00');
    await page.getByLabel('Symbol', { exact: true }).fill('AAPL');
    await page.getByLabel('Cash before fee and tax').fill('6.30');
    await page.getByRole('button', { name: 'Record it' }).click();
    await page.getByText('3 of 3 transactions').waitFor();
    await page.getByRole('button', { name: 'Void the dividend of 2017-05-18' }).click();
    await page.getByLabel('Why').fill('a trial');
    await page.getByRole('button', { name: 'Void it' }).click();
    await page.getByText('2 of 2 transactions').waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByText('Apple Inc.').waitFor();
    page.on('dialog', (dialog) => void dialog.accept());
    await page.getByRole('combobox', { name: 'Portfolio', exact: true }).selectOption('Sample portfolio');
    await page.getByRole('button', { name: 'Remove sample data' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).waitFor();
    const offered = page.getByRole('combobox', { name: 'Portfolio', exact: true }).locator('option');
    await expect.poll(() => offered.allTextContents(), { timeout: 15_000 }).toEqual(['My own']);
    expect(problems).toEqual([]);
    await page.close();
  });
});
