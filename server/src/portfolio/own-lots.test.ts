import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';

describe("lots by each account's own method", () => {
  let app: TestApp;
  let id: string;
  let accountId: string;
  let version: number;

  const ask = async (fields: string) =>
    (await app.query(`query($id: ID!) { portfolio(id: $id) { ${fields} } }`, { id })).portfolio;

  async function write(operation: string, fields: string, input: Record<string, unknown>) {
    const type = `${operation[0].toUpperCase()}${operation.slice(1)}Input`;
    const data = await app.query(
      `mutation($input: ${type}!) { ${operation}(input: $input) { ${fields} errors { message } } }`,
      { input: { idempotencyKey: newKey(), expectedVersion: version, ...input } },
    );
    expect(data[operation].errors).toEqual([]);
    version = (await ask('ledgerVersion')).ledgerVersion;
    return data[operation];
  }

  async function record(kind: string, date: string, quantity: string, price: string, lotIds?: string[]) {
    const transaction = { kind, symbol: 'AAA', executedAt: date, quantity, price, lotIds };
    const written = await write('recordTransaction', 'transaction { id }', { portfolioId: id, transaction });
    return written.transaction.id as string;
  }
  const choose = (lotMethod: string) =>
    write('updateAccount', 'account { id }', { id: accountId, lotMethod });

  const profits = async (grouping: string) =>
    (
      await ask(
        `trades(first: 9, grouping: ${grouping}) { nodes { profit quantity openQuantity legs { isEntry quantity price } } }`,
      )
    ).trades.nodes;

  beforeAll(async () => {
    app = await createTestApp();
    await app.query(
      'mutation($input: CreateInstrumentInput!) { createInstrument(input: $input) { errors { message } } }',
      {
        input: { idempotencyKey: newKey(), symbol: 'AAA', name: 'A', currency: 'USD', assetClass: 'EQUITY' },
      },
    );
    const content = 'Date,Open,High,Low,Close\n2024-03-28,30,30,30,30';
    const { importBars } = await app.query(
      'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } errors { message } } }',
      { input: { idempotencyKey: newKey(), symbol: 'AAA', timeframe: 'DAY_1', content } },
    );
    const events = 'subscription($id: ID!) { runEvents(id: $id) { run { status } } }';
    for await (const { runEvents } of app.subscribe(events, { id: importBars.run.id })) void runEvents;
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id ledgerVersion accounts { nodes { id } } } } }',
      { input: { idempotencyKey: newKey(), name: 'Mine', baseCurrency: 'USD', initialCash: '10000' } },
    );
    const { portfolio } = createPortfolio;
    [id, version, accountId] = [portfolio.id, portfolio.ledgerVersion, portfolio.accounts.nodes[0].id];
    await record('BUY', '2024-03-01', '2', '10');
    await record('BUY', '2024-03-04', '1', '20');
    await record('SELL', '2024-03-05', '1', '30');
  });
  afterAll(() => app.stop());

  it('trades gain what the closed lots do, by every grouping and method', async () => {
    for (const [method, gain] of [
      ['FIFO', '20'],
      ['LIFO', '10'],
      ['AVERAGE', '16.666666666666666667'],
      ['FIFO', '20'],
    ]) {
      await choose(method);
      const { lots } = await ask('lots { closed(first: 9) { nodes { gain } } }');
      expect([method, lots.closed.nodes]).toEqual([method, [{ gain }]]);
      for (const grouping of ['FLAT_TO_FLAT', 'PER_LOT', 'PER_CLOSING']) {
        const closed = (await profits(grouping)).filter(({ quantity }: any) => quantity !== '0');
        expect([method, grouping, closed.map(({ profit }: any) => profit)]).toEqual([
          method,
          grouping,
          [gain],
        ]);
      }
    }
  });

  it('the trade of a lot is that of the lot that the method closes', async () => {
    await choose('LIFO');
    // the newest first: the lot at 20 is gone, the older one whole
    expect(await profits('PER_LOT')).toMatchObject([
      { quantity: '1', openQuantity: '0', profit: '10' },
      { quantity: '0', openQuantity: '2', profit: '0' },
    ]);
  });

  it('legs at average cost tell what was paid', async () => {
    await choose('AVERAGE');
    const [{ legs }] = await profits('FLAT_TO_FLAT');
    expect(legs).toEqual([
      { isEntry: true, quantity: '2', price: '10' },
      { isEntry: true, quantity: '1', price: '20' },
      { isEntry: false, quantity: '1', price: '30' },
    ]);
  });

  it('an account counts the lots that its method leaves', async () => {
    const refusal = async () => {
      const { updateAccount } = await app.query(
        'mutation($input: UpdateAccountInput!) { updateAccount(input: $input) { errors { message } } }',
        {
          input: { idempotencyKey: newKey(), expectedVersion: version, id: accountId, isClosed: true },
        },
      );
      return updateAccount.errors[0].message;
    };
    await choose('FIFO');
    expect(await refusal()).toContain('2 open lots');
    await choose('LIFO');
    expect(await refusal()).toContain('1 open lots');
  });

  it('rebalancing sells by the method of the account unless the targets choose one', async () => {
    await choose('FIFO');
    await record('BUY', '2024-03-06', '1', '25');
    const sold = async () => {
      const { rebalancePlan, targets } = await ask(
        'targets { lotMethod } rebalancePlan { ... on RebalancePlan { orders { quantity gain } } }',
      );
      return [targets.lotMethod, ...rebalancePlan.orders.map(({ gain }: any) => gain)];
    };
    const setTargets = (expectedVersion: number, own: Record<string, unknown>) =>
      write('setTargets', 'targets { version }', {
        portfolioId: id,
        expectedVersion,
        lines: [{ symbol: 'AAA', weight: 0.006, band: 0 }],
        cashBand: 1,
        ...own,
      });
    // 3 units are 90 of 10 055; one too many for 60. Open are 10, 20 and 25.
    await setTargets(0, {});
    expect(await sold()).toEqual([null, '20']);
    await choose('LIFO');
    // open are 10, 10 and 25
    expect(await sold()).toEqual([null, '5']);
    await setTargets(1, { lotMethod: 'FIFO' });
    expect(await sold()).toEqual(['FIFO', '20']);
  });

  it('the trade of a lot is that of the lot that a sale names', async () => {
    await choose('SPECIFIC');
    const lotId = await record('BUY', '2024-03-07', '1', '28');
    await record('SELL', '2024-03-08', '1', '30', [lotId]);
    expect((await profits('PER_LOT'))[0]).toMatchObject({ quantity: '1', openQuantity: '0', profit: '2' });
    expect((await profits('PER_CLOSING'))[0]).toMatchObject({ quantity: '1', profit: '2' });
  });
});
