import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';
import { importCsv } from '../../test/transaction-imports.ts';

describe('a portfolio', () => {
  let app: TestApp;
  let id: string;
  const FILLS =
    'date,symbol,side,quantity,price,fee,currency\n2024-01-02,AAA,buy,10,100,1,USD\n2024-01-03,AAA,sell,4,110.50,1,USD\n2024-01-04,AAA,buy,0.5,110,0,USD\n2024-01-04,AAA,buy,0.5,110,0,USD\n';

  beforeAll(async () => {
    app = await createTestApp();
    const content = `Date,Open,High,Low,Close\n${Array.from({ length: 60 }, (_, day) => `${new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10)},100,200,90,${100 + day}`).join('\n')}`;
    const { importBars } = await app.query(
      'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } } }',
      { input: { idempotencyKey: newKey(), symbol: 'AAA', content } },
    );
    const events = 'subscription($id: ID!) { runEvents(id: $id) { seq } }';
    for await (const _event of app.subscribe(events, { id: importBars.run.id }));
    const input = {
      idempotencyKey: newKey(),
      name: 'Mine',
      baseCurrency: 'USD',
      initialCash: '5000',
      benchmarkSymbol: 'AAA',
    };
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } errors { message } } }',
      { input },
    );
    id = createPortfolio.portfolio.id;
  });
  afterAll(() => app.stop());

  it('checks fills without storing them', async () => {
    const checked = await importCsv(app, id, FILLS, { dryRun: true });
    expect(checked).toMatchObject({ status: 'SUCCEEDED', verdicts: { NEW: 4 } });
    const { portfolio } = await app.query(
      'query($id: ID!) { portfolio(id: $id) { fills(first: 1) { totalCount } equity { __typename } } }',
      { id },
    );
    expect(portfolio).toEqual({
      fills: { totalCount: 0 },
      equity: { __typename: 'EquitySeries' },
    });
  });

  it('keeps equal fills of one file and passes over what is stored already', async () => {
    expect((await importCsv(app, id, FILLS)).verdicts).toEqual({ NEW: 4 });
    expect((await importCsv(app, id, FILLS)).verdicts).toEqual({ DUPLICATE: 4 });
  });

  it('reconciles positions, cash and value to the last digit', async () => {
    const { portfolio } = await app.query(
      `query($id: ID!) { portfolio(id: $id) { valuation { equity cash marketValue realisedProfit unrealisedProfit fees missingPrices }
         positions { nodes { instrument { symbol } quantity averageCost marketPrice weight } } equity { ... on EquitySeries { length benchmark } }
         risk { ... on RiskReport { observations } ... on InsufficientHistoryError { required available } }
         old: valuation(at: "2024-01-02T12:00:00Z") { cash } } }`,
      { id },
    );
    // 5000 - 1000 - 1 + 442 - 1 - 55 - 55
    expect(portfolio.valuation).toMatchObject({
      cash: '4330',
      marketValue: '1113',
      equity: '5443',
      realisedProfit: '42',
      fees: '2',
      missingPrices: [],
    });
    expect(portfolio.positions.nodes).toMatchObject([
      {
        instrument: { symbol: 'AAA' },
        quantity: '7',
        averageCost: '101.428571428571428571',
        marketPrice: '159',
      },
    ]);
    expect(portfolio.old.cash).toBe('3999');
    expect(portfolio.risk.observations).toBe(portfolio.equity.length - 1);
  });

  it('lists fills by pages, filters and orders', async () => {
    const query = `query($filter: FillFilter, $orderBy: FillOrder, $after: String, $id: ID!) { portfolio(id: $id) { fills(first: 2, after: $after, filter: $filter, orderBy: $orderBy) { totalCount pageInfo { hasNextPage endCursor } nodes { side quantity tradeValue instrument { symbol } } } } }`;
    const first = (await app.query(query, { id, orderBy: { field: 'VALUE', direction: 'DESCENDING' } }))
      .portfolio.fills;
    expect(first).toMatchObject({
      totalCount: 4,
      pageInfo: { hasNextPage: true },
      nodes: [{ tradeValue: '1000' }, { tradeValue: '442' }],
    });
    const second = (
      await app.query(query, {
        id,
        orderBy: { field: 'VALUE', direction: 'DESCENDING' },
        after: first.pageInfo.endCursor,
      })
    ).portfolio.fills;
    expect(second.nodes.map(({ tradeValue }: any) => tradeValue)).toEqual(['55', '55']);
    expect((await app.query(query, { id, filter: { side: 'SELL' } })).portfolio.fills.totalCount).toBe(1);
    expect((await app.query(query, { id, filter: { search: 'zzz' } })).portfolio.fills.totalCount).toBe(0);
  });

  it('lists the fills of an instrument in all portfolios, each with its own', async () => {
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } } }',
      { input: { idempotencyKey: newKey(), name: 'Other', baseCurrency: 'USD', initialCash: '900' } },
    );
    await importCsv(
      app,
      createPortfolio.portfolio.id,
      `${FILLS.split('\n')[0]}\n2024-01-05,AAA,buy,2,9,0,USD\n`,
    );
    const query = `query($filter: FillFilter, $after: String) { instrument(symbol: "AAA") {
      fills(first: 2, after: $after, filter: $filter) { totalCount pageInfo { endCursor } nodes { quantity portfolio { name } instrument { symbol } } } } }`;
    const instrument = { symbol: 'AAA' };
    const { fills } = (await app.query(query)).instrument;
    expect(fills.totalCount).toBe(5);
    expect(fills.nodes).toEqual([
      { quantity: '2', portfolio: { name: 'Other' }, instrument },
      { quantity: '0.5', portfolio: { name: 'Mine' }, instrument },
    ]);
    const sold = (await app.query(query, { filter: { side: 'SELL', search: 'aa' } })).instrument.fills;
    expect(sold).toMatchObject({ totalCount: 1, nodes: [{ quantity: '4', portfolio: { name: 'Mine' } }] });
    const before = (await app.query(query, { filter: { to: '2024-01-02T23:59:59Z' } })).instrument.fills;
    expect(before.nodes.map((fill: { quantity: string }) => fill.quantity)).toEqual(['10']);
  });

  it.each([
    ['2024-01-02,NOPE,buy,1,1,0,USD', 'expected an instrument of the ledger: choose one or make it'],
    ['2024-13-02,AAA,buy,1,1,0,USD', 'expected a date or a time, was 2024-13-02'],
    [
      '2024-01-02,AAA,hold,1,1,0,USD',
      'expected a word for what the row is, such as buy or dividend, was hold',
    ],
    ['2024-01-02,AAA,buy,1,free,0,USD', 'expected an amount of money, was free'],
  ])('refuses the line %s, and with it the file', async (line, reason) => {
    const before = (
      await app.query('query($id: ID!) { portfolio(id: $id) { fills(first: 1) { totalCount } } }', { id })
    ).portfolio;
    const content = `${FILLS.split('\n')[0]}\n2024-02-01,AAA,buy,1,100,0,USD\n${line}\n`;
    const { status, rows } = await importCsv(app, id, content);
    expect(status).toBe('FAILED');
    expect(rows[1]).toMatchObject({ line: 3, reason });
    expect(
      (await app.query('query($id: ID!) { portfolio(id: $id) { fills(first: 1) { totalCount } } }', { id }))
        .portfolio,
    ).toEqual(before);
  });

  it.each(['', ' ', 'x'.repeat(121)])('is not called %j when it is changed either', async (name) => {
    const { updatePortfolio } = await app.query(
      'mutation($input: UpdatePortfolioInput!) { updatePortfolio(input: $input) { errors { message path } } }',
      { input: { idempotencyKey: newKey(), id, expectedVersion: 1, name } },
    );
    expect(updatePortfolio.errors).toEqual([
      {
        message: `expected a name of 1 to 120 characters, was ${JSON.stringify(name)}`,
        path: ['input', 'name'],
      },
    ]);
  });

  it('keeps the instrument it refers to, and is deleted by version', async () => {
    const { instrument } = await app.query('{ instrument(symbol: "AAA") { id version } }');
    const refused = await app.query(
      'mutation($input: DeleteInstrumentInput!) { deleteInstrument(input: $input) { errors { code } } }',
      { input: { idempotencyKey: newKey(), id: instrument.id, expectedVersion: instrument.version } },
    );
    expect(refused.deleteInstrument.errors).toEqual([{ code: 'IN_USE' }]);
    const { deletePortfolio } = await app.query(
      'mutation($input: DeletePortfolioInput!) { deletePortfolio(input: $input) { deletedId } }',
      { input: { idempotencyKey: newKey(), id, expectedVersion: 1 } },
    );
    expect(deletePortfolio.deletedId).toBe(id);
  });
});
