import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';
import { equityColumns, flowAdjustedLevels, holdingsOf, type LedgerFill } from './valuation.ts';

const fill = (
  side: 'BUY' | 'SELL',
  quantity: string,
  price: string,
  executedAtMs = 0,
  fee = '0',
): LedgerFill => ({ instrumentId: 'a', side, quantity, price, fee, executedAtMs });

describe('holdingsOf', () => {
  it.each([
    ['averages what is bought', [fill('BUY', '10', '10'), fill('BUY', '10', '20')], ['20', '15', '0']],
    ['realises against the average', [fill('BUY', '10', '10'), fill('SELL', '4', '15')], ['6', '10', '20']],
    ['is flat', [fill('BUY', '0.1', '3'), fill('SELL', '0.1', '2')], ['0', '3', '-0.1']],
    ['gains when a short falls', [fill('SELL', '10', '10'), fill('BUY', '10', '7')], ['0', '10', '30']],
    ['turns from long to short', [fill('BUY', '10', '10'), fill('SELL', '15', '12')], ['-5', '12', '20']],
    [
      'is exact where doubles are not',
      [fill('BUY', '0.1', '0.1'), fill('BUY', '0.2', '0.1')],
      ['0.3', '0.1', '0'],
    ],
  ] as const)('%s', (_name, fills, [quantity, averageCost, realised]) => {
    const [holding] = holdingsOf(fills);
    expect([
      holding.quantity.toFixed(),
      holding.averageCost.toFixed(),
      holding.realisedProfit.toFixed(),
    ]).toEqual([quantity, averageCost, realised]);
  });
});

describe('equityColumns', () => {
  it('values cash and holdings at every price, and knows flows', () => {
    const prices = new Map([['a', { timesMs: Float64Array.of(1, 2, 3), close: Float64Array.of(10, 12, 9) }]]);
    const columns = equityColumns(
      [fill('BUY', '5', '10', 2, '1')],
      [
        { timeMs: 1, amount: 100 },
        { timeMs: 3, amount: 50 },
      ],
      prices,
    );
    expect([...columns.timesMs]).toEqual([1, 2, 3]);
    expect([...columns.cash]).toEqual([100, 49, 99]);
    expect([...columns.equity]).toEqual([100, 109, 144]);
    expect([...columns.netFlow]).toEqual([100, 0, 50]);
    expect(flowAdjustedLevels(columns).levels[2]).toBeCloseTo(109 * (94 / 109), 12);
  });

  it('always equals flows plus gains, whatever is traded', () => {
    const trade = fc.record({
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      quantity: fc.integer({ min: 1, max: 50 }),
      price: fc.integer({ min: 1, max: 100 }),
      at: fc.integer({ min: 0, max: 20 }),
      fee: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(
        fc.array(trade, { minLength: 1, maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 21, maxLength: 21 }),
        (trades, closes) => {
          const fills = trades
            .toSorted((a, b) => a.at - b.at)
            .map(({ side, quantity, price, at, fee }) =>
              fill(side, String(quantity), String(price), at, String(fee)),
            );
          const prices = new Map([
            ['a', { timesMs: Float64Array.from(closes.keys()), close: Float64Array.from(closes) }],
          ]);
          const { equity, timesMs } = equityColumns(fills, [{ timeMs: 0, amount: 1000 }], prices);
          for (let t = 0; t < equity.length; t += 1) {
            const [holding] = holdingsOf(fills.filter(({ executedAtMs }) => executedAtMs <= timesMs[t]));
            const gains = holding
              ? holding.realisedProfit
                  .plus(holding.quantity.times(closes[timesMs[t]]))
                  .minus(holding.quantity.times(holding.averageCost))
                  .minus(holding.fees)
                  .toNumber()
              : 0;
            expect(equity[t]).toBeCloseTo(1000 + gains, 6);
          }
        },
      ),
    );
  });
});

describe('a portfolio', () => {
  let app: TestApp;
  let id: string;
  const FILLS =
    'date,symbol,side,quantity,price,fee,currency\n2024-01-02,AAA,buy,10,100,1,USD\n2024-01-03,AAA,sell,4,110.50,1,USD\n2024-01-03,AAA,buy,0.5,110,0,USD\n2024-01-03,AAA,buy,0.5,110,0,USD\n';

  beforeAll(async () => {
    app = await createTestApp();
    const content = `Date,Open,High,Low,Close\n${Array.from({ length: 60 }, (_, day) => `${new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10)},100,200,90,${100 + day}`).join('\n')}`;
    await importing('importBars', 'ImportBarsInput', { symbol: 'AAA', content });
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

  async function importing(mutation: string, type: string, input: Record<string, unknown>): Promise<any> {
    const data = await app.query(
      `mutation($input: ${type}!) { ${mutation}(input: $input) { run { id } errors { message path } } }`,
      { input: { idempotencyKey: newKey(), ...input } },
    );
    if (!data[mutation].run) return data[mutation];
    let last;
    const document =
      'subscription($id: ID!) { runEvents(id: $id) { run { ... on ImportRun { status errorMessage rowsRead rowsImported rowsDuplicate rowsRejected problems { line reason } } } } }';
    for await (const { runEvents } of app.subscribe(document, { id: data[mutation].run.id }))
      last = runEvents.run;
    return last;
  }
  const fills = (content: string, more = {}) =>
    importing('importFills', 'ImportFillsInput', { portfolioId: id, content, ...more });

  it('checks fills without storing them', async () => {
    expect(await fills(FILLS, { dryRun: true })).toMatchObject({ status: 'SUCCEEDED', rowsImported: 4 });
    const { portfolio } = await app.query(
      'query($id: ID!) { portfolio(id: $id) { fills(first: 1) { totalCount } equity { __typename } } }',
      { id },
    );
    expect(portfolio).toEqual({
      fills: { totalCount: 0 },
      equity: { __typename: 'InsufficientHistoryError' },
    });
  });

  it('keeps equal fills of one file and passes over what is stored already', async () => {
    expect(await fills(FILLS)).toMatchObject({ status: 'SUCCEEDED', rowsImported: 4, rowsDuplicate: 0 });
    expect(await fills(FILLS)).toMatchObject({ status: 'SUCCEEDED', rowsImported: 0, rowsDuplicate: 4 });
  });

  it('reconciles positions, cash and value to the last digit', async () => {
    const { portfolio } = await app.query(
      `query($id: ID!) { portfolio(id: $id) { valuation { equity cash marketValue realisedProfit unrealisedProfit fees missingPrices }
         positions { instrument { symbol } quantity averageCost marketPrice weight } equity { ... on EquitySeries { length benchmark } }
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
    expect(portfolio.positions).toMatchObject([
      { instrument: { symbol: 'AAA' }, quantity: '7', averageCost: '101.42857143', marketPrice: '159' },
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

  it.each([
    [
      '2024-01-02,NOPE,buy,1,1,0,USD',
      'expected the symbol of a known instrument, was NOPE: import its bars or create it first',
    ],
    ['2024-01-02,AAA,buy,-1,1,0,USD', 'expected a quantity above 0, was -1'],
    [
      '2024-13-02,AAA,buy,1,1,0,USD',
      'expected a date or a time such as 2024-05-31 or 2024-05-31 15:30, was 2024-13-02',
    ],
    ['2024-01-02,AAA,hold,1,1,0,USD', 'expected buy or sell, was hold'],
    ['2024-01-02,AAA,buy,1,1,0,EUR', 'expected USD, the currency of AAA, was EUR'],
    ['2024-01-02,AAA,buy,1,free,0,USD', 'expected a price of 0 or more, was free'],
  ])('refuses the line %s, and with it the file', async (line, reason) => {
    const before = (
      await app.query('query($id: ID!) { portfolio(id: $id) { fills(first: 1) { totalCount } } }', { id })
    ).portfolio;
    const result = await fills(`${FILLS.split('\n')[0]}\n2024-02-01,AAA,buy,1,100,0,USD\n${line}\n`);
    expect(result).toMatchObject({ status: 'FAILED', rowsRejected: 1, problems: [{ line: 3, reason }] });
    expect(
      (await app.query('query($id: ID!) { portfolio(id: $id) { fills(first: 1) { totalCount } } }', { id }))
        .portfolio,
    ).toEqual(before);
  });

  it('keeps the instrument it refers to, and is deleted by version', async () => {
    const { instrument } = await app.query('{ instrument(symbol: "AAA") { id version } }');
    const refused = await app.query(
      'mutation($input: DeleteInput!) { deleteInstrument(input: $input) { errors { code } } }',
      { input: { id: instrument.id, expectedVersion: instrument.version } },
    );
    expect(refused.deleteInstrument.errors).toEqual([{ code: 'IN_USE' }]);
    const { deletePortfolio } = await app.query(
      'mutation($input: DeleteInput!) { deletePortfolio(input: $input) { deletedId } }',
      { input: { id, expectedVersion: 1 } },
    );
    expect(deletePortfolio.deletedId).toBe(id);
  });
});
