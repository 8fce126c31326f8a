import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

/** A portfolio with a buy of each of so many instruments, each with two bars. */
async function portfolioOf(count: number): Promise<string> {
  const symbols = Array.from({ length: count }, (_, index) => `P${count}-${index}`);
  for (const symbol of symbols) {
    const { importBars } = await app.query(
      'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } } }',
      {
        input: {
          idempotencyKey: newKey(),
          symbol,
          timeframe: 'DAY_1',
          content: 'Date,Open,High,Low,Close\n2024-01-01,1,1,1,1\n2024-01-02,1,2,1,2',
        },
      },
    );
    const events = 'subscription($id: ID!) { runEvents(id: $id) { run { status } } }';
    for await (const { runEvents } of app.subscribe(events, { id: importBars.run.id })) void runEvents;
  }
  const { createPortfolio } = await app.query(
    'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } } }',
    { input: { idempotencyKey: newKey(), name: `Of ${count}`, baseCurrency: 'USD', initialCash: '100' } },
  );
  const portfolioId = createPortfolio.portfolio.id;
  for (const [index, symbol] of symbols.entries())
    await app.query(
      'mutation($input: RecordTransactionInput!) { recordTransaction(input: $input) { errors { message } } }',
      {
        input: {
          idempotencyKey: newKey(),
          portfolioId,
          expectedVersion: 1 + index,
          transaction: { kind: 'BUY', executedAt: '2024-01-02', symbol, quantity: '1', price: '1' },
        },
      },
    );
  return portfolioId;
}

it('asks the database as often for many instruments as for few', async () => {
  const counts: number[] = [];
  for (const count of [2, 12]) {
    const id = await portfolioOf(count);
    const ask = () =>
      app.query(
        `query($id: ID!) { portfolio(id: $id) { valuation { equity } positions { instrument { symbol } weight }
           equity { __typename } transactions(first: 100) { totalCount nodes { kind instrument { symbol } account { name } } }
           lots { open(first: 100) { nodes { instrument { symbol } } } } trades(first: 100) { nodes { instrument { symbol } } }
           performance { ... on PerformanceReport { simple { value explain { prices { instrument { symbol } } } } } } } }`,
        { id },
      );
    // Bars are read once and kept by their content.
    const first = await ask();
    expect(first.portfolio.positions).toHaveLength(count);
    expect(first.portfolio.valuation.equity).toBe(String(100 + count));
    const asked = vi.spyOn(app.database.orm.em.getConnection() as any, 'executeQuery');
    expect(await ask()).toEqual(first);
    // The worker looks for work meanwhile.
    const own = asked.mock.calls.filter(([sql]) => !/\b(run|outbox)\b/.test(String(sql)));
    counts.push(own.length);
    asked.mockRestore();
  }
  expect(counts[0]).toBeGreaterThan(5);
  // How loaders come together differs by a few; one question for each instrument would be ten more.
  expect(Math.abs(counts[1] - counts[0])).toBeLessThan(6);
});

it('values anew only the instrument that a transaction is of', async () => {
  const id = await portfolioOf(3);
  const before = await app.services.portfolios.history(id);
  const { recordTransaction } = await app.query(
    'mutation($input: RecordTransactionInput!) { recordTransaction(input: $input) { errors { message } } }',
    {
      input: {
        idempotencyKey: newKey(),
        portfolioId: id,
        expectedVersion: 4,
        transaction: {
          kind: 'BUY',
          executedAt: '2024-01-02T12:00Z',
          symbol: 'P3-0',
          quantity: '1',
          price: '1',
        },
      },
    },
  );
  expect(recordTransaction.errors).toEqual([]);
  const after = await app.services.portfolios.history(id);
  // Values are kept by the column of their times.
  expect(after.columns.timesMs).toBe(before.columns.timesMs);
  expect(after.parts.filter((part) => !before.parts.includes(part))).toHaveLength(1);
  expect(after.columns.equity.at(-1)! - before.columns.equity.at(-1)!).toBe(2 - 1);
});
