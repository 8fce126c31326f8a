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
        `query($id: ID!) { portfolio(id: $id) { valuation { equity } positions { nodes { instrument { symbol } weight } }
           equity { __typename } transactions(first: 100) { totalCount nodes { kind instrument { symbol } account { name } } }
           lots { open(first: 100) { nodes { instrument { symbol } } } } trades(first: 100) { nodes { instrument { symbol } } }
           performance { ... on PerformanceReport { simple { value explain { prices { instrument { symbol } } } } } } } }`,
        { id },
      );
    // Bars are read once and kept by their content.
    const first = await ask();
    expect(first.portfolio.positions.nodes).toHaveLength(count);
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

/** A portfolio with so many buys and sales of three instruments that have no bars. */
async function portfolioOfRows(rows: number): Promise<string> {
  const em = app.database.fork();
  const { id } = await app.services.portfolios.create({
    idempotencyKey: newKey(),
    name: `${rows} rows`,
    baseCurrency: 'USD',
    initialCash: '100000',
  });
  const accountId = await app.services.portfolios.accountId(id);
  await em.execute(`insert into instrument
    select 'ins_r' || n, 1, 'R' || n, 'Instrument ' || n, 'USD', null, 'EQUITY', 0.01, 1, 'NONE', false, 'test', now()
    from generate_series(0, 2) n on conflict do nothing`);
  await em.execute(`insert into transaction (id, account_id, kind, amount, currency, executed_at, created_at, instrument_id, quantity, price)
    select 'txn_r${rows}_' || lpad(n::text, 6, '0'), '${accountId}', case when n % 2 = 0 then 'SELL' else 'BUY' end,
      case when n % 2 = 0 then 1 else -1 end, 'USD', '2024-01-02'::timestamptz + n * interval '1 hour', '2024-06-01', 'ins_r' || (n / 2) % 3, 1, 1
    from generate_series(1, ${rows}) n`);
  return id;
}

it('asks the database as often for many rows as for few, whatever is asked for', async () => {
  const page = '(first: 100) { totalCount nodes';
  const operations = [
    'valuation { equity }',
    'positions { nodes { instrument { symbol } quantity } }',
    'equity { __typename }',
    `transactions${page} { kind instrument { symbol } account { name } } }`,
    `trades${page} { instrument { symbol } } }`,
    `lots { open${page} { instrument { symbol } } } closed(first: 100) { totalCount } }`,
    'performance { __typename }',
    'accounts(orderBy: { field: VALUE, direction: DESCENDING }) { nodes { name holdings { marketValue cash { amount } } } }',
  ];
  const few = await portfolioOfRows(20);
  const many = await portfolioOfRows(600);
  for (const operation of operations) {
    const counts: number[] = [];
    for (const id of [few, many]) {
      const ask = () => app.query(`query($id: ID!) { portfolio(id: $id) { ${operation} } }`, { id });
      await ask();
      const asked = vi.spyOn(app.database.orm.em.getConnection() as any, 'executeQuery');
      await ask();
      counts.push(asked.mock.calls.filter(([sql]) => !/\b(run|outbox)\b/.test(String(sql))).length);
      asked.mockRestore();
    }
    // Tasks in the background ask a few; a question for each row would be hundreds more.
    expect(counts[1], operation).toBeLessThan(counts[0] + 5);
    expect(counts[0], operation).toBeLessThan(25);
  }
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
