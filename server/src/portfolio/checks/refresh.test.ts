import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../../test/create-test-app.ts';
import { ecb } from '../../market-data/providers/ecb.ts';
import type { Fetch, PriceHistory, PriceProvider } from '../../market-data/providers/provider.ts';

const DAY_MS = 86_400_000;

describe('findings of missing and old prices and rates', () => {
  const logger = pino({ level: 'silent' });
  const { signal } = new AbortController();
  const asked: string[] = [];
  let history: PriceHistory = { currency: null, prices: [], events: [] };
  let rates = '';
  let nowMs = Date.parse('2024-03-20T12:00:00Z');
  let server: Server;
  let app: TestApp;
  let id: string;

  /** Prices of a test, under the name of a provider that can be turned on. */
  const shelf: PriceProvider = {
    name: 'yahoo',
    label: 'a shelf',
    example: 'AAA',
    problemOf: () => null,
    async history(reference, from) {
      asked.push(`${reference} since ${from}`);
      return { ...history, prices: history.prices.filter(({ date }) => date >= from) };
    },
  };

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(/startPeriod=[\d-]+/.exec(request.url!)![0]);
      response.end(`TIME_PERIOD,OBS_VALUE\n${rates}`);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const here: Fetch = (input, init) =>
      fetch(`http://127.0.0.1:${port}${new URL(String(input)).search}`, init);
    app = await createTestApp({ PRICE_PROVIDERS: 'yahoo,ecb' }, () => nowMs, [shelf, ecb(here)]);
    for (const [symbol, assetClass] of [
      ['AAA', 'EQUITY'],
      ['EURUSD', 'FX'],
    ])
      await app.query(
        'mutation($input: CreateInstrumentInput!) { createInstrument(input: $input) { errors { message } } }',
        { input: { idempotencyKey: newKey(), symbol, name: symbol, currency: 'USD', assetClass } },
      );
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } } }',
      { input: { idempotencyKey: newKey(), name: 'Mine', baseCurrency: 'USD' } },
    );
    id = createPortfolio.portfolio.id;
    let expectedVersion = 1;
    for (const transaction of [
      { kind: 'DEPOSIT', executedAt: '2024-01-31', amount: '1000' },
      { kind: 'DEPOSIT', executedAt: '2024-02-01', amount: '100', currency: 'EUR' },
      { kind: 'BUY', executedAt: '2024-02-01', symbol: 'AAA', quantity: '2', price: '10' },
    ]) {
      const { recordTransaction } = await app.query(
        'mutation($input: RecordTransactionInput!) { recordTransaction(input: $input) { errors { message } } }',
        { input: { idempotencyKey: newKey(), portfolioId: id, expectedVersion, transaction } },
      );
      expect(recordTransaction.errors).toEqual([]);
      expectedVersion += 1;
    }
  });
  afterAll(async () => {
    await app.stop();
    server.close();
  });

  const check = async () => {
    const { portfolio } = await app.query(
      `query($id: ID!) { portfolio(id: $id) { checks { ledgerVersion findings(first: 9) { nodes {
         id kind evidence { label value } fixes { id kind label symbol } } } } } }`,
      { id },
    );
    const { ledgerVersion, findings } = portfolio.checks;
    return { ledgerVersion, findings: findings.nodes };
  };
  const labels = async () =>
    (await check()).findings.map(({ kind, fixes }: any) => [kind, ...fixes.map((one: any) => one.label)]);
  /** Makes the first fix of a finding, and lets the schedule have its turn. */
  async function mend(kind: string): Promise<void> {
    const { ledgerVersion, findings } = await check();
    const found = findings.find((one: any) => one.kind === kind);
    const { applyFix } = await app.query(
      'mutation($input: ApplyFixInput!) { applyFix(input: $input) { portfolio { ledgerVersion } errors { message } } }',
      {
        input: {
          idempotencyKey: newKey(),
          portfolioId: id,
          expectedVersion: ledgerVersion,
          findingId: found.id,
          fixId: found.fixes[0].id,
        },
      },
    );
    expect(applyFix).toEqual({ portfolio: { ledgerVersion: ledgerVersion + 1 }, errors: [] });
    await app.services.priceFeeds.refreshDue(signal, logger);
  }
  /** Whether the price of the position is marked as old, now and at the time of a price. */
  const marks = async () => {
    const { portfolio } = await app.query(
      `query($id: ID!) { portfolio(id: $id) { now: position(symbol: "AAA") { isPriceStale }
         then: position(symbol: "AAA", at: "2024-03-08T00:00:00Z") { isPriceStale } } }`,
      { id },
    );
    return [portfolio.now.isPriceStale, portfolio.then.isPriceStale];
  };
  const kinds = async () => (await check()).findings.map(({ kind }: any) => kind);
  const day = (date: string, close: number) => ({
    date,
    open: close,
    high: close,
    low: close,
    close,
    adjustedClose: NaN,
    volume: 1,
  });

  it('send to an import where nothing can be asked', async () => {
    expect(await labels()).toEqual([
      ['MISSING_PRICE', 'Import prices of AAA'],
      ['MISSING_RATE', 'Import rates as EURUSD'],
    ]);
  });

  it('ask the sources where there are some, and say why those gave nothing', async () => {
    for (const [symbol, source] of [
      ['AAA', 'yahoo:AAA'],
      ['EURUSD', 'ecb:EURUSD'],
    ]) {
      const row = await app.services.marketData.findBySymbol(symbol);
      const input = { idempotencyKey: newKey(), instrumentId: row!.id, expectedVersion: 0 };
      await app.services.priceFeeds.set({ ...input, sources: [source] });
    }
    await app.services.priceFeeds.refreshDue(signal, logger);
    expect(await labels()).toEqual([
      ['MISSING_PRICE', 'Ask for prices of AAA since 2024-01-25', 'Import prices of AAA'],
      ['MISSING_RATE', 'Ask for prices of EURUSD since 2024-01-25', 'Import rates as EURUSD'],
    ]);
    const [missing] = (await check()).findings;
    expect(missing.evidence.at(-1)).toEqual({
      label: 'When its sources were asked last',
      value: 'yahoo:AAA: expected prices of AAA since 1999-03-21, was none at a shelf',
    });
  });

  it('are mended by one click, back to where the gap began', { timeout: 60_000 }, async () => {
    nowMs += 60_000;
    rates = '2024-02-01,1.08\n';
    history = { ...history, prices: [day('2024-03-04', 12), day('2024-03-05', 13)] };
    await mend('MISSING_RATE');
    await expect.poll(kinds, { timeout: 20_000 }).not.toContain('MISSING_RATE');
    await mend('MISSING_PRICE');
    // The source has none before March: what is missing is a time between, and what there is has grown old.
    await expect.poll(kinds, { timeout: 20_000 }).toEqual(['MISSING_PRICE', 'STALE_PRICE']);
    nowMs += 60_000;
    asked.length = 0;
    const before = Array.from({ length: 5 }, (_, week) =>
      day(new Date(Date.parse('2024-01-31') + week * 7 * DAY_MS).toISOString().slice(0, 10), 11),
    );
    history = { ...history, prices: [...before, ...history.prices] };
    await mend('MISSING_PRICE');
    expect(asked).toEqual(['AAA since 2024-01-25']);
    await expect.poll(kinds, { timeout: 20_000 }).toEqual(['STALE_PRICE']);
    expect(await marks()).toEqual([true, false]);
    nowMs += 60_000;
    asked.length = 0;
    history = { ...history, prices: [...history.prices, day('2024-03-12', 14), day('2024-03-19', 15)] };
    await mend('STALE_PRICE');
    // Once a gap is filled, the last days are enough.
    expect(asked).toEqual(['AAA since 2024-02-28']);
    await expect.poll(kinds, { timeout: 20_000 }).toEqual([]);
    expect(await marks()).toEqual([false, false]);
    const { portfolio } = await app.query(
      'query($id: ID!) { portfolio(id: $id) { auditLog(first: 1) { nodes { action reason } } } }',
      { id },
    );
    expect(portfolio.auditLog.nodes).toEqual([{ action: 'ASK_PRICES', reason: 'Ask for prices of AAA' }]);
  });
});
