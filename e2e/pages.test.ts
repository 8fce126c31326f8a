import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type Installation, itInBrowser, startInstallation } from './browser.ts';

let product: Installation;
beforeAll(async () => {
  product = (await startInstallation())!;
});
afterAll(() => product?.stop());

const PAGES = [
  ['web', '/', 'Invest and trade by rules you can check', 'Sample portfolio'],
  ['web', '/dashboard', 'Dashboard', 'S&P 500 index'],
  // What a chart draws is told beside it, with its digits in groups.
  ['web', '/dashboard', 'Dashboard', 'Portfolio 228,696.95'],
  ['web', '/dashboard/performance', 'Dashboard', 'Returns by month'],
  ['web', '/dashboard/transactions', 'Dashboard', '46 of 46 transactions'],
  ['web', '/dashboard/trades', 'Dashboard', '2 of 2 trades'],
  ['web', '/dashboard/accounts', 'Dashboard', 'Closed lots'],
  ['web', '/dashboard/allocation', 'Dashboard', 'By instrument'],
  ['web', '/dashboard/rebalancing', 'Dashboard', 'Save targets'],
  ['web', '/dashboard/risk', 'Dashboard', 'Value at risk in money'],
  ['web', '/dashboard/checks', 'Dashboard', 'What this rests on'],
  ['web', '/backtest', 'Backtest', '1,260 bars from 2013-05-13 to 2018-05-11.'],
  ['web', '/tradingview', 'AAPL', '1,260 bars'],
  ['web', '/tradingview?symbol=SYN-COIN', 'SYN-COIN', '100,000 bars'],
  ['web', '/import', 'Import prices', 'Drop a CSV file here'],
  ['web', '/alerts', 'Alerts', 'Nothing yet.'],
  ['web', '/models', 'Models', 'No model yet.'],
  ['web', '/deleted', 'Deleted portfolios', 'No portfolio of yours has been deleted.'],
  ['web', '/technology', 'Technology', 'TypeScript in double precision'],
  ['web', '/status', 'Status', 'Everything works'],
  ['dashboard', '/', 'Dashboard', 'S&P 500 index'],
  ['dashboard', '/dashboard/risk', 'Dashboard', 'Value at risk in money'],
] as const;

describe('every page', () => {
  itInBrowser.each(PAGES)(
    '%s %s shows real content without an error, light, dark and on a phone',
    async (surface, path, heading, content) => {
      const { page, problems } = await product.open(product.urls[surface] + path);
      await page.getByRole('heading', { level: 1, name: heading }).first().waitFor();
      await page.getByText(content).first().waitFor();
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.setViewportSize({ width: 390, height: 844 });
      const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      await expect
        .poll(overflow, { message: 'is too wide for a phone', timeout: 15_000 })
        .toBeLessThanOrEqual(0);
      expect(problems).toEqual([]);
      await page.close();
    },
  );

  itInBrowser('runs no script that is none of the build', async () => {
    const { page } = await product.open(`${product.urls.web}/status`);
    await page.getByText('Everything works').waitFor();
    const hasRun = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.hasRun = true';
      document.body.append(script);
      return 'hasRun' in window;
    });
    expect(hasRun).toBe(false);
    await page.close();
  });

  itInBrowser('explains an amount by terms that add up to it, and a return by its steps', async () => {
    const { page, problems } = await product.open(`${product.urls.web}/dashboard`);
    await page.getByRole('button', { name: 'How Realised gains came about' }).click();
    await page.getByText('Altogether $14,921.15').waitFor();
    expect(await page.getByRole('cell', { name: 'Closed AAPL' }).count()).toBe(13);
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'How Total return came about' }).click();
    await page.getByText('All factors multiplied, less 1: +42.94%').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('link', { name: 'Performance' }).click();
    await page.getByRole('button', { name: 'How Time-weighted return came about' }).click();
    await page.getByText('All factors multiplied, less 1: +42.94%').waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });

  itInBrowser('measures months and parts in a way of choice, beside any benchmark', async () => {
    const { page, problems } = await product.open(`${product.urls.web}/dashboard/performance`);
    const year = page.locator('section', { hasText: 'Returns by month' }).locator('tbody tr').first();
    const part = page.locator('section', { hasText: 'What made the return' }).locator('tbody tr').first();
    await part.waitFor();
    for (const [row, label] of [
      [year, 'Measured'],
      [part, 'Own return'],
    ] as const) {
      const before = await row.textContent();
      await page.getByLabel(label).selectOption('Money-weighted, per year');
      await expect.poll(() => row.textContent()).not.toBe(before);
    }
    await page.getByRole('combobox', { name: 'Benchmark' }).fill('aapl');
    await page.getByRole('heading', { name: 'Beside AAPL' }).waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });

  itInBrowser('watches the price of an instrument that is found by a part of its name', async () => {
    const { page, problems } = await product.open(`${product.urls.web}/alerts`);
    await page.getByLabel('Watch').selectOption('PRICE_ABOVE');
    const add = page.getByRole('button', { name: 'Add the rule' });
    const chooser = page.getByRole('combobox', { name: 'Instrument', exact: true });
    await page.getByLabel('Price', { exact: true }).fill('1000000');
    await add.click();
    expect(await chooser.evaluate((input: HTMLInputElement) => input.validity.valueMissing)).toBe(true);
    await chooser.fill('syn-');
    await page.locator('datalist option[value="SYN-COIN"]').waitFor({ state: 'attached' });
    await chooser.fill('SYN-COIN');
    await add.click();
    await page.getByText('SYN-COIN at 1,000,000 or above').first().waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });

  itInBrowser('orders trades by how far the price went against them', async () => {
    const { page, problems } = await product.open(`${product.urls.web}/dashboard/trades`);
    const worst = page.locator('table', { hasText: 'MAE' }).locator('tbody tr td:nth-last-child(2)');
    const fractions = async () => (await worst.allTextContents()).map((text) => parseFloat(text));
    await page.getByText('2 of 2 trades').waitFor();
    for (const sign of [-1, 1]) {
      await page.getByRole('button', { name: /^MAE/ }).click();
      const isOrdered = async () => {
        const [first, second] = await fractions();
        return sign * (second - first) > 0;
      };
      await expect.poll(isOrdered, { timeout: 15_000 }).toBe(true);
    }
    expect(problems).toEqual([]);
    await page.close();
  });

  itInBrowser('shows what is written at the first fill of a trade on a phone', async () => {
    const { page, problems } = await product.open(`${product.urls.web}/dashboard/trades`);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('link', { name: 'AAPL', exact: true }).click();
    const chart = page.getByRole('img', { name: 'Prices of AAPL with the entries and exits of the trade' });
    await chart.locator('canvas').first().waitFor();
    /** What is drawn in the first columns of the prices in the colour of a purchase: the rest of a label that is cut. */
    const cut = () =>
      chart.evaluate((element) => {
        const colour = getComputedStyle(document.documentElement).getPropertyValue('--up').trim();
        const wanted = [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16));
        let count = 0;
        for (const canvas of element.querySelectorAll<HTMLCanvasElement>(
          'tr:first-child td:nth-child(2) canvas',
        )) {
          if (canvas.height < 100) return -1;
          const { data } = canvas.getContext('2d')!.getImageData(0, 0, 2, canvas.height);
          for (let at = 0; at < data.length; at += 4)
            if (data[at + 3] > 60 && wanted.every((one, place) => Math.abs(one - data[at + place]) < 40))
              count += 1;
        }
        return count;
      });
    await expect.poll(cut, { timeout: 15_000 }).toBe(0);
    await page.setViewportSize({ width: 360, height: 844 });
    await page.waitForTimeout(500);
    expect(await cut()).toBe(0);
    expect(problems.filter((text) => !text.includes('readback'))).toEqual([]);
    await page.close();
  });

  itInBrowser('marks fills of all portfolios on a chart by one question', async () => {
    const { page, problems } = await product.open(`${product.urls.web}/status`);
    const answers: Promise<string>[] = [];
    page.on('response', (response) => response.url().endsWith('/graphql') && answers.push(response.text()));
    await page.goto(`${product.urls.web}/tradingview?symbol=AAPL`);
    await page.getByText('25 fills are marked from the portfolios.').waitFor();
    const told = await Promise.all(answers);
    expect(told.filter((text) => /"(fills|portfolios)":/.test(text))).toHaveLength(1);
    expect(problems).toEqual([]);
    await page.close();
  });

  itInBrowser('tells the exposure, and who did what to a ledger', async () => {
    const { page, problems } = await product.open(`${product.urls.web}/dashboard`);
    await page.getByRole('button', { name: 'How Leverage came about' }).click();
    await page.getByText('The first over the second').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('link', { name: 'Transactions', exact: true }).click();
    await page.getByText('Who did what').click();
    await page.getByRole('cell', { name: 'made the portfolio' }).waitFor();
    const log = page.locator('section', { hasText: 'Who did what' });
    await log.getByRole('combobox').first().selectOption('voided a transaction');
    await page.getByText('Nobody did anything of the kind.').waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });

  itInBrowser('asks nothing twice while nothing changes', async () => {
    const { page, problems } = await product.open(`${product.urls.web}/dashboard`);
    await page.getByText('2 of 2 positions').waitFor();
    const asked: string[] = [];
    page.on('request', (request) => request.url().endsWith('/graphql') && asked.push(request.postData()!));
    for (const [tab, content] of [
      ['Transactions', '46 of 46 transactions'],
      ['Trades', '2 of 2 trades'],
      ['Rebalancing', 'Save targets'],
      ['Overview', '2 of 2 positions'],
    ]) {
      asked.length = 0;
      await page.getByRole('link', { name: tab, exact: true }).click();
      await page.getByText(content).first().waitFor();
      await page.waitForTimeout(1_000);
      expect(asked.toSorted()).toEqual([...new Set(asked)].toSorted());
    }
    expect(problems).toEqual([]);
    await page.close();
  });

  itInBrowser(
    'brings a usual length of time into sight, and keeps it when an indicator is added',
    async () => {
      const { page, problems } = await product.open(`${product.urls.web}/tradingview?symbol=AAPL`);
      const chart = page.getByRole('img', { name: 'Candles of AAPL' });
      await page.getByText('1,260 bars').waitFor();
      /** The first day in sight. */
      const first = async () => {
        const box = (await chart.boundingBox())!;
        await page.mouse.move(box.x + 200, box.y + 200);
        await page.mouse.move(box.x + 3, box.y + 150);
        return (await page.locator('.legend span').first().textContent())!;
      };
      const range = page.getByRole('group', { name: 'Range' });
      for (const [text, month] of [
        ['All', '2013-05'],
        ['3M', '2018-02'],
      ] as const) {
        await range.getByRole('button', { name: text, exact: true }).click();
        await expect.poll(first, { timeout: 15_000 }).toMatch(new RegExp(`^${month}`));
      }
      const before = await first();
      await page.getByLabel('RSI').check();
      await page.waitForURL(/rsi/);
      await page.waitForTimeout(500);
      expect(await first()).toBe(before);
      expect(problems).toEqual([]);
      await page.close();
    },
  );

  itInBrowser('says where to begin when there are no prices', async () => {
    const { page, problems } = await product.open(`${product.urls.web}/status`);
    // An installation without any: what is asked for is answered as there.
    await page.route('**/graphql', async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace('"nodes":[{"symbol":"AAPL"}]', '"nodes":[]');
      await route.fulfill({ response, body });
    });
    for (const path of ['/tradingview', '/backtest']) {
      await page.goto(product.urls.web + path);
      await page.getByText('There are no prices yet').waitFor();
      await page.getByRole('main').getByRole('link', { name: 'import some' }).waitFor();
      expect(await page.getByText('There is no instrument').count()).toBe(0);
    }
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    expect(problems).toEqual([]);
    await page.close();
  });

  itInBrowser('draws older bars of a long series once they come near', async () => {
    const { page, problems } = await product.open(`${product.urls.web}/tradingview?symbol=SYN-COIN`);
    const chart = (await page.getByRole('img', { name: 'Candles of SYN-COIN' }).boundingBox())!;
    await page.getByText('100,000 bars').waitFor();
    const [left, right, y] = [chart.x + 30, chart.x + chart.width - 150, chart.y + 200];
    const shown = async () => Date.parse(`${(await page.locator('.legend span').first().textContent())!}Z`);
    await page.mouse.move(left, y);
    const before = await shown();
    // when it is drawn back by more bars than are drawn at first
    for (let zoom = 0; zoom < 24; zoom += 1) await page.mouse.wheel(0, 600);
    for (let drag = 0; drag < 8; drag += 1) {
      await page.mouse.move(left, y);
      await page.mouse.down();
      await page.mouse.move(right, y, { steps: 6 });
      await page.mouse.up();
      await page.waitForTimeout(200);
    }
    await page.mouse.move(left, y);
    // then an older bar than those is under the pointer
    const bars = (before - (await shown())) / 3_600_000;
    expect(bars).toBeGreaterThan(5_000);
    expect(problems).toEqual([]);
    await page.close();
  });

  itInBrowser('orders and filters positions by the heads of their table', async () => {
    const { page, problems } = await product.open(`${product.urls.web}/dashboard`);
    const first = page.locator('tbody tr').first();
    await first.getByText('SPX').waitFor();
    const head = page.getByRole('columnheader', { name: 'Instrument' });
    expect(await head.getAttribute('aria-sort')).toBe('none');
    await head.getByRole('button').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await first.getByText('AAPL').waitFor();
    expect(await head.getAttribute('aria-sort')).toBe('ascending');
    await page.getByPlaceholder('symbol or name').fill('500');
    await page.getByText('1 of 1 positions').waitFor();
    await page.getByLabel('State').selectOption('CLOSED');
    await page.getByText('No position meets these conditions.').waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });

  itInBrowser('shows the link of the page on a phone, in either row of them', async () => {
    const { page, problems } = await product.open(`${product.urls.web}/dashboard/risk`);
    await page.setViewportSize({ width: 390, height: 844 });
    const isInSight = (row: string) =>
      page.getByRole('navigation', { name: row }).evaluate((list) => {
        const [outer, inner] = [list, list.querySelector('[aria-current]')!].map((one) =>
          one.getBoundingClientRect(),
        );
        return inner.left >= outer.left - 1 && inner.right <= outer.right + 1;
      });
    await page.reload();
    await page.getByText('Value at risk in money').waitFor();
    await expect.poll(() => isInSight('Dashboard tabs'), { timeout: 15_000 }).toBe(true);
    // The links have a row of their own, and what is written in a picture is as large as elsewhere.
    expect((await page.getByRole('navigation', { name: 'Main' }).boundingBox())!.width).toBeGreaterThan(340);
    const written = page
      .getByRole('img', { name: /^Histogram/ })
      .getByText('value at risk')
      .first();
    await expect
      .poll(async () => (await written.boundingBox())!.height, { timeout: 15_000 })
      .toBeGreaterThan(11);
    await page.getByRole('link', { name: 'Trades', exact: true }).click();
    const symbol = page.getByRole('link', { name: 'SPX', exact: true });
    await symbol.waitFor();
    const before = (await symbol.boundingBox())!.x;
    // Which trade it is stays in sight while its last column is looked at.
    const table = page.locator('.scroll', { has: symbol });
    await table.evaluate((element) => element.scrollTo({ left: element.scrollWidth }));
    expect(await table.evaluate((element) => element.scrollLeft)).toBeGreaterThan(300);
    expect(Math.abs((await symbol.boundingBox())!.x - before)).toBeLessThan(2);
    await page.goto(`${product.urls.web}/status`);
    await page.getByText('Everything works').waitFor();
    await expect.poll(() => isInSight('Main'), { timeout: 15_000 }).toBe(true);
    expect(problems).toEqual([]);
    await page.close();
  });

  itInBrowser('can be left by the keyboard for its content', async () => {
    const { page } = await product.open(`${product.urls.web}/status`);
    await page.getByRole('heading', { name: 'Status' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
    await page.close();
  });

  itInBrowser('keeps the colours that were chosen', async () => {
    const { page } = await product.open(product.urls.web);
    await page.getByLabel('Colours').selectOption('dark');
    await page.reload();
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
    await page.close();
  });
});

describe('the API listener', () => {
  itInBrowser(
    'sends a browser to the dashboard, and a playground that asks and listens without a network',
    async () => {
      const { page, problems } = await product.open(product.urls.api);
      expect(page.url()).toBe(`${product.urls.dashboard}/`);
      // Five megabytes of scripts: a busy machine reads them for a while.
      await page.goto(`${product.urls.api}/graphql`, { waitUntil: 'commit' });
      await page.getByRole('button', { name: /execute query/i }).click({ timeout: 90_000 });
      await page.getByText('Sample portfolio').waitFor();
      expect(problems).toEqual([]);
      await page.close();
    },
  );

  itInBrowser('tells machines how it is on every port', async () => {
    for (const url of Object.values(product.urls)) {
      const response = await fetch(`${url}/health`);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ status: 'ok' });
    }
  });
});
