import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { type Installation, itInBrowser, startInstallation } from './browser.ts';

/** Three days of two instruments; the newest closes are 60 and 25. */
const PRICES: Readonly<Record<string, string>> = {
  EAST: `Date,Open,High,Low,Close,Volume
2024-03-01,50,52,49,51,1000
2024-03-04,51,57,48,54,1000
2024-03-05,54,60,53,60,1000
`,
  WEST: `Date,Open,High,Low,Close,Volume
2024-03-01,20,21,19,20,1000
2024-03-04,20,22,20,22,1000
2024-03-05,22,25,21,25,1000
`,
};
const BUY_EAST = {
  kind: 'BUY',
  executedAt: '2024-03-01T21:00:00Z',
  symbol: 'EAST',
  quantity: '100',
  price: '50',
  fee: '4',
};
const BUY_WEST = {
  kind: 'BUY',
  executedAt: '2024-03-04T15:00:00Z',
  symbol: 'WEST',
  quantity: '40',
  price: '21.50',
  fee: '1',
};
const SELL_EAST = {
  kind: 'SELL',
  executedAt: '2024-03-05T14:30:00Z',
  symbol: 'EAST',
  quantity: '40',
  price: '58',
  fee: '2.50',
};

let product: Installation;
// For each: a second try needs a ledger that nobody has changed.
beforeEach(async () => {
  product = (await startInstallation())!;
});
afterEach(() => product?.stop());

/** What the API answers. */
async function ask(query: string, variables: object = {}): Promise<any> {
  const response = await fetch(`${product.urls.api}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as any;
  expect(errors).toBeUndefined();
  return data;
}

let keys = 0;
const newKey = () => `e2e-trading-${(keys += 1)}`;

async function record(portfolioId: string, transaction: object): Promise<void> {
  const { portfolio } = await ask('query ($id: ID!) { portfolio(id: $id) { ledgerVersion } }', {
    id: portfolioId,
  });
  const { recordTransaction } = await ask(
    'mutation ($input: RecordTransactionInput!) { recordTransaction(input: $input) { errors { message } } }',
    {
      input: {
        idempotencyKey: newKey(),
        portfolioId,
        expectedVersion: portfolio.ledgerVersion,
        transaction,
      },
    },
  );
  expect(recordTransaction.errors).toEqual([]);
}

/** A portfolio in dollars with prices and these transactions; gives its id. */
async function makePortfolio(initialCash: string, transactions: readonly object[]): Promise<string> {
  for (const [symbol, content] of Object.entries(PRICES)) {
    const { importBars } = await ask(
      'mutation ($input: ImportBarsInput!) { importBars(input: $input) { run { id } errors { message } } }',
      { input: { idempotencyKey: newKey(), symbol, timeframe: 'DAY_1', calendar: 'XNYS', content } },
    );
    expect(importBars.errors).toEqual([]);
    const { id } = importBars.run;
    const status = async () =>
      (await ask('query ($id: ID!) { importRun(id: $id) { status } }', { id })).importRun.status;
    await expect.poll(status, { timeout: 30_000 }).toBe('SUCCEEDED');
  }
  const { createPortfolio } = await ask(
    'mutation ($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } } }',
    { input: { idempotencyKey: newKey(), name: 'By hand', baseCurrency: 'USD', initialCash } },
  );
  const { id } = createPortfolio.portfolio;
  for (const transaction of transactions) await record(id, transaction);
  return id;
}

async function go(page: Page, tab: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Dashboard tabs' })
    .getByRole('link', { name: new RegExp(`^${tab}`) })
    .click();
}

/** Waits until figures of a page are these. */
async function expectFigures(page: Page, figures: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(figures))
    await page
      .locator('dl.stats > div')
      .filter({ has: page.getByText(name, { exact: true }) })
      .getByText(value)
      .waitFor();
}

/** The row of a table that has all of these texts. */
function rowWith(page: Page, ...texts: readonly string[]) {
  return texts.reduce((rows, text) => rows.filter({ hasText: text }), page.getByRole('row'));
}

describe('a ledger', () => {
  itInBrowser('is mended by one click, corrected and voided, and tells who did so', async () => {
    // given a purchase of 5,004 that is there twice
    const id = await makePortfolio('10000', [BUY_EAST, BUY_EAST, BUY_WEST, SELL_EAST]);
    const { page, problems } = await product.open(`${product.urls.web}/dashboard?portfolio=${id}`);
    await expectFigures(page, { Equity: '$12,048.50', Cash: '$1,448.50' });
    // when its check is mended
    await go(page, 'Checks');
    const finding = page.getByRole('article').filter({ hasText: 'There twice?: EAST' });
    await finding.getByRole('button', { name: 'Void the second one' }).click();
    await page.getByText('Done: Void the second one. It is on record in the transactions.').waitFor();
    await finding.waitFor({ state: 'detached' });
    // then it counts once: 60 x 60 and 40 x 25 are held, 40 x 8 less 2.50 and 40 % of 4 were made
    await go(page, 'Overview');
    await expectFigures(page, {
      Equity: '$11,052.50',
      Cash: '$6,452.50',
      'Open gains': '+$736.60',
      'Realised gains': '+$315.90',
    });
    // when a price is corrected by 1 and the sale is voided
    await go(page, 'Transactions');
    await page.getByRole('button', { name: 'Correct the buy of 2024-03-04' }).click();
    const form = page.getByRole('dialog', { name: 'Correct a transaction' });
    await form.getByLabel('Price per unit').fill('20.50');
    await form.getByLabel('Why it is corrected').fill('misread the price');
    await form.getByRole('button', { name: 'Correct it' }).click();
    await page.getByRole('cell', { name: '-$821.00' }).waitFor();
    await page.getByRole('button', { name: 'Void the sell of 2024-03-05' }).click();
    const voiding = page.getByRole('dialog', { name: 'Void a transaction' });
    await voiding.getByLabel('Why').fill('never happened');
    await voiding.getByRole('button', { name: 'Void it' }).click();
    // then neither the old rows nor their money count, and stay to be seen
    await page.getByText('3 of 3 transactions').waitFor();
    await page.getByLabel('Show voided ones').check();
    await page.getByText('6 of 6 transactions').waitFor();
    await rowWith(page, '+$2,317.50', 'never happened').waitFor();
    await page.getByText('Who did what').click();
    await rowWith(page, 'voided a transaction', 'Fix of a check: Void the second one').waitFor();
    await rowWith(page, 'corrected a transaction', 'misread the price').waitFor();
    await rowWith(page, 'voided a transaction', 'never happened')
      .getByRole('button', { name: 'Show the transaction' })
      .click();
    await page.getByText('1 of 1 transactions').waitFor();
    await go(page, 'Overview');
    await expectFigures(page, {
      Equity: '$11,175.00',
      Cash: '$4,175.00',
      'Open gains': '+$1,175.00',
      'Realised gains': '$0.00',
    });
    expect(problems).toEqual([]);
  });
});

describe('a trade', () => {
  itInBrowser('is noted, keeps what is typed when the ledger changes, and is found by its tag', async () => {
    // given a trade that made 100 x 8 less fees of 6.50, and an open one
    const id = await makePortfolio('10000', [BUY_EAST, BUY_WEST, { ...SELL_EAST, quantity: '100' }]);
    const { page, problems } = await product.open(`${product.urls.web}/dashboard/trades?portfolio=${id}`);
    await page.getByText('2 of 2 trades').waitFor();
    await page.getByRole('link', { name: 'EAST', exact: true }).click();
    await expectFigures(page, { Profit: '+$793.50', 'Worst price on the way': '48 -4.0%' });
    await page.getByLabel('Setup').fill('breakout');
    await page.getByLabel('Tags, with commas between').fill('gap, earnings');
    await page.getByRole('button', { name: '4 of 5' }).click();
    // when something else is recorded meanwhile
    await record(id, { kind: 'INTEREST', executedAt: '2024-03-06T00:00:00Z', amount: '7' });
    await page.getByTitle('Equity and its last change').getByText('$10,939.50').waitFor();
    await page.getByLabel('Stop when you opened it').fill('48');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    // then 100 x 2 were at risk, and all of it is noted
    await page.getByText('Saved.').waitFor();
    await expectFigures(page, { 'R-multiple': '3.97 R', 'At risk': '$200.00' });
    await expectFigures(page, { 'Worst price on the way': '48 -4.0%, -1 R' });
    await page.getByRole('link', { name: 'All trades' }).click();
    await rowWith(page, 'EAST', '+$793.50', '3.97', '★★★★', 'breakout').waitFor();
    // and trades are ordered by how far they went in R, those without any last
    await page.getByRole('button', { name: 'MAE, R' }).click();
    const reached = page.getByRole('columnheader', { name: 'MAE, R' });
    await expect.poll(() => reached.getAttribute('aria-sort'), { timeout: 15_000 }).not.toBe('none');
    await page.getByRole('row').nth(1).getByRole('cell', { name: '-1', exact: true }).waitFor();
    await page.getByRole('button', { name: 'MFE, R' }).click();
    await page.getByRole('row').nth(1).getByRole('cell', { name: '4', exact: true }).waitFor();
    await page.getByRole('combobox', { name: 'Tag', exact: true }).selectOption('earnings');
    await page.getByText('1 of 1 trades').waitFor();
    expect(await rowWith(page, 'WEST').count()).toBe(0);
    await page.getByRole('button', { name: 'Statistics' }).click();
    await expectFigures(page, { 'Net profit': '+$793.50', 'Expectancy in R': '3.97 R' });
    expect(problems).toEqual([]);
  });
});

describe('targets', () => {
  itInBrowser('lead to orders, which are booked until nothing is left to do', async () => {
    // given 6,004 of cash and 100 x 60
    const id = await makePortfolio('11004', [{ ...BUY_EAST, fee: '0' }]);
    const { page, problems } = await product.open(
      `${product.urls.web}/dashboard/rebalancing?portfolio=${id}`,
    );
    const line = (number: number) => page.getByRole('group', { name: `Line ${number}` });
    await line(1).waitFor();
    expect(await line(1).getByLabel('Symbol').inputValue()).toBe('EAST');
    // when 40 % and 30 % of it are wanted
    await line(1).getByLabel('Weight, %').fill('40');
    await page.getByRole('button', { name: 'Add a line' }).click();
    await line(2).getByLabel('Symbol').fill('WEST');
    await line(2).getByLabel('Weight, %').fill('30');
    await page.getByText('Cash: 30.0%').waitFor();
    await page.getByLabel('Cost per order, USD').fill('2');
    await page.getByRole('button', { name: 'Save targets' }).click();
    // then the orders are of what their costs leave, 12,000
    await rowWith(page, 'sell', 'EAST', '20', '$1,200.00', '$2.00').waitFor();
    await rowWith(page, 'buy', 'WEST', '144', '$3,600.00', '$2.00').waitFor();
    await expectFigures(page, { Traded: '$4,800.00', Costs: '$4.00' });
    // when the targets are being changed while the ledger changes
    await page.getByRole('button', { name: 'Change the targets' }).click();
    await line(2).getByLabel('Weight, %').fill('31');
    await record(id, { kind: 'DEPOSIT', executedAt: '2024-03-06T00:00:00Z', amount: '10' });
    await page.getByTitle('Equity and its last change').getByText('$12,014.00').waitFor();
    // then the change stays on the page
    expect(await line(2).getByLabel('Weight, %').inputValue()).toBe('31');
    await record(id, { kind: 'WITHDRAWAL', executedAt: '2024-03-06T00:00:00Z', amount: '10' });
    await page.getByTitle('Equity and its last change').getByText('$12,004.00').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    // when each order is booked
    for (const [symbol, kind, units, price] of [
      ['EAST', 'Sell', '20', '60'],
      ['WEST', 'Buy', '144', '25'],
    ] as const) {
      await page.getByRole('button', { name: `Record the order for ${symbol}` }).click();
      const form = page.getByRole('dialog', { name: 'Add a transaction' });
      expect(await form.getByLabel('Kind').locator('option:checked').innerText()).toBe(kind);
      expect(await form.getByLabel('Units').inputValue()).toBe(units);
      expect(await form.getByLabel('Price per unit').inputValue()).toBe(price);
      expect(await form.getByRole('textbox', { name: 'Fee' }).inputValue()).toBe('2');
      await form.getByRole('button', { name: 'Record it' }).click();
      await rowWith(page, symbol).waitFor({ state: 'detached' });
    }
    // then nothing is left to do, and the costs alone are gone
    await page.getByText('Everything is inside its band: nothing has to be done.').waitFor();
    await go(page, 'Overview');
    await expectFigures(page, { Equity: '$12,000.00', Cash: '$3,600.00', 'Fees paid': '$4.00' });
    expect(problems).toEqual([]);
  });
});

describe('a portfolio of many instruments', () => {
  itInBrowser('shows the largest parts first, tiny prices whole and long names on one line', async () => {
    // given 25 instruments without prices, the first at a millionth of the others
    const id = await makePortfolio('10000', []);
    const symbols = Array.from({ length: 25 }, (_, index) => `MANY${String(index + 1).padStart(2, '0')}`);
    for (const symbol of symbols)
      await ask(
        'mutation ($input: CreateInstrumentInput!) { createInstrument(input: $input) { errors { message } } }',
        {
          input: {
            idempotencyKey: newKey(),
            symbol,
            name: `${symbol} Amalgamated International Holdings of the Whole World in Long Words`,
            assetClass: 'EQUITY',
            currency: 'USD',
          },
        },
      );
    for (const [index, symbol] of symbols.entries())
      await record(id, {
        kind: 'BUY',
        executedAt: '2024-03-01T21:00:00Z',
        symbol,
        quantity: '10',
        price: index === 0 ? '0.0000123' : '12.3',
      });
    // when
    const { page, problems } = await product.open(`${product.urls.web}/dashboard?portfolio=${id}`);
    await page.getByText(/^Without a stored price.* MANY10 and 15 more$/).waitFor();
    const row = rowWith(page, 'MANY01');
    await row.getByText('0.0000123').first().waitFor();
    expect((await row.boundingBox())!.height).toBeLessThan(45);
    await go(page, 'Allocation');
    const parts = page.locator('section', { hasText: 'By instrument' });
    await parts.getByText('20 of 26 parts').waitFor();
    expect(await parts.getByRole('listitem').count()).toBe(20);
    await parts.getByRole('button', { name: 'Show all' }).click();
    await parts.getByText('MANY01').waitFor();
    expect(await parts.getByRole('listitem').count()).toBe(26);
    await go(page, 'Performance');
    await page.getByText(/^20 of 26 parts$/).waitFor();
    expect(problems).toEqual([]);
  });
});
