import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';

/** Closes of AAA at midnight UTC of the first day of each month of 2023, and of 2024-01-01: bars of the days before. */
const CLOSES = [100, 110, 121, 100, 100, 100, 100, 100, 100, 100, 100, 100, 150];
const monthOf = (index: number) => new Date(Date.UTC(2023, index, 1)).toISOString().slice(0, 10);
const barOf = (index: number) => new Date(Date.UTC(2023, index, 0)).toISOString().slice(0, 10);

describe('reports of the ledger', () => {
  let app: TestApp;
  let id: string;
  let ids: string[];

  beforeAll(async () => {
    app = await createTestApp();
    const content = `Date,Open,High,Low,Close\n${CLOSES.map((close, month) => `${barOf(month)},${close},${close + 5},${close - 5},${close}`).join('\n')}`;
    const { importBars } = await app.query(
      'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } errors { message } } }',
      { input: { idempotencyKey: newKey(), symbol: 'AAA', timeframe: 'DAY_1', content } },
    );
    const events = 'subscription($id: ID!) { runEvents(id: $id) { run { status } } }';
    for await (const { runEvents } of app.subscribe(events, { id: importBars.run.id })) void runEvents;
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } } }',
      { input: { idempotencyKey: newKey(), name: 'Mine', baseCurrency: 'USD' } },
    );
    id = createPortfolio.portfolio.id;
    ids = [];
    for (const transaction of [
      { kind: 'DEPOSIT', executedAt: monthOf(0), amount: '2000' },
      { kind: 'BUY', executedAt: monthOf(0), symbol: 'AAA', quantity: '10', price: '100', fee: '0' },
      { kind: 'BUY', executedAt: monthOf(1), symbol: 'AAA', quantity: '5', price: '110', fee: '5' },
      { kind: 'DEPOSIT', executedAt: monthOf(3), amount: '1000' },
      { kind: 'SELL', executedAt: monthOf(3), symbol: 'AAA', quantity: '12', price: '100', fee: '6' },
      { kind: 'WITHDRAWAL', executedAt: monthOf(6), amount: '500' },
    ]) {
      const { portfolio } = await app.query('query($id: ID!) { portfolio(id: $id) { ledgerVersion } }', {
        id,
      });
      const { recordTransaction } = await app.query(
        'mutation($input: RecordTransactionInput!) { recordTransaction(input: $input) { transaction { id } errors { message } } }',
        {
          input: {
            idempotencyKey: newKey(),
            portfolioId: id,
            expectedVersion: portfolio.ledgerVersion,
            transaction,
          },
        },
      );
      ids.push(recordTransaction.transaction.id);
    }
  });
  afterAll(() => app.stop());

  const ask = async (fields: string) =>
    (await app.query(`query($id: ID!) { portfolio(id: $id) { ${fields} } }`, { id })).portfolio;

  it('matches lots by every method, side by side', async () => {
    const { lotsByMethod } = await ask(
      `lotsByMethod(at: "2024-01-01") { method realisedShortTerm realisedLongTerm unrealisedShortTerm unrealisedLongTerm }`,
    );
    const of = (name: string) => lotsByMethod.find(({ method }: any) => method === name);
    expect(lotsByMethod.map(({ method }: any) => method)).toEqual([
      'FIFO',
      'LIFO',
      'HIFO',
      'LOFO',
      'AVERAGE',
      'SPECIFIC',
    ]);
    // 12 sold at 100 less 6; 10 had cost 1000, 5 had cost 555; 3 left at 150
    expect(of('FIFO')).toMatchObject({ realisedShortTerm: '-28', unrealisedShortTerm: '117' });
    expect(of('HIFO')).toMatchObject({ realisedShortTerm: '-61', unrealisedShortTerm: '150' });
    expect(of('AVERAGE')).toMatchObject({ realisedShortTerm: '-50', unrealisedShortTerm: '139' });
    for (const { realisedLongTerm, realisedShortTerm, unrealisedShortTerm } of lotsByMethod)
      expect([realisedLongTerm, Number(realisedShortTerm) + Number(unrealisedShortTerm)]).toEqual(['0', 89]);
  });

  it('lists lots with their cost, and what each sale closed', async () => {
    const { lots } = await ask(
      `lots(method: FIFO, at: "2024-02-02") { currency unrealisedShortTerm unrealisedLongTerm
         open(first: 10) { totalCount nodes { transactionId instrument { symbol } side quantity costBasis price value gain isLongTerm } }
         closed(first: 1) { totalCount pageInfo { hasNextPage } nodes { transactionId closingId quantity costBasis proceeds gain isLongTerm } } }`,
    );
    expect(lots).toEqual({
      currency: 'USD',
      unrealisedShortTerm: '0',
      unrealisedLongTerm: '117',
      open: {
        totalCount: 1,
        nodes: [
          {
            transactionId: ids[2],
            instrument: { symbol: 'AAA' },
            side: 'LONG',
            quantity: '3',
            costBasis: '333',
            price: '150',
            value: '450',
            gain: '117',
            isLongTerm: true,
          },
        ],
      },
      closed: {
        totalCount: 2,
        pageInfo: { hasNextPage: true },
        nodes: [
          {
            transactionId: ids[2],
            closingId: ids[4],
            quantity: '2',
            costBasis: '222',
            proceeds: '199',
            gain: '-23',
            isLongTerm: false,
          },
        ],
      },
    });
    const { lots: before } = await ask(`lots(at: "2022-01-01") { open(first: 1) { totalCount } }`);
    expect(before.open.totalCount).toBe(0);
    const { lots: own } = await ask(
      `lots { own: open(first: 1, symbol: " aaa ") { totalCount } none: open(first: 1, symbol: "NONE") { totalCount }
         sold: closed(first: 1, symbol: "aaa", orderBy: { field: GAIN, direction: ASCENDING }) { totalCount nodes { gain } }
         never: closed(first: 1, symbol: "NONE") { totalCount } }`,
    );
    expect(own).toEqual({
      own: { totalCount: 1 },
      none: { totalCount: 0 },
      sold: { totalCount: 2, nodes: [{ gain: '-23' }] },
      never: { totalCount: 0 },
    });
  });

  const FIGURE = 'value annualised reason explain { formula inputs { name value } roots }';

  it('measures the return in every way and says how', async () => {
    const { performance } = await ask(
      `performance { ... on PerformanceReport { from to startValue endValue netFlow gain
         timeWeighted { ${FIGURE} } moneyWeighted { ${FIGURE} } modifiedDietz { ${FIGURE} } simple { ${FIGURE} } } }`,
    );
    // cash 2000 - 1000 - 555 + 1000 + 1194 - 500 = 2139; 3 units at 150
    expect(performance).toMatchObject({
      from: '2023-01-01T00:00:00.000Z',
      to: '2024-01-01T00:00:00.000Z',
      startValue: 0,
      endValue: 2589,
      netFlow: 2500,
      gain: 89,
    });
    // The values: 2100, 2260, 1945, 2939 with 1000 in, 2939, 2939, 2439 with 500 out, 2439, ..., 2589
    const growth = (2100 / 2000) * (2260 / 2100) * (1945 / 2260) * (2939 / 2945) * (2589 / 2439);
    expect(performance.timeWeighted.value).toBeCloseTo(growth - 1, 12);
    expect(performance.timeWeighted.annualised).toBeCloseTo(growth - 1, 12);
    const days = (month: number) => (Date.UTC(2023, month, 1) - Date.UTC(2023, 0, 1)) / 86_400_000;
    const capital = 2000 + 1000 * (1 - days(3) / 365) - 500 * (1 - days(6) / 365);
    expect(performance.modifiedDietz.value).toBeCloseTo(89 / capital, 12);
    expect(performance.modifiedDietz.explain.inputs).toEqual([
      { name: 'V0', value: 0 },
      { name: 'V1', value: 2589 },
      { name: 'F', value: 2500 },
      { name: 'gain', value: 89 },
      { name: 'capital', value: expect.closeTo(capital, 9) },
    ]);
    expect(performance.simple.value).toBeCloseTo(89 / 3000, 12);
    const rate = performance.moneyWeighted.value;
    const worth = (amount: number, month: number) => amount * (1 + rate) ** (1 - days(month) / 365);
    expect(worth(2000, 0) + worth(1000, 3) + worth(-500, 6)).toBeCloseTo(2589, 6);
    expect(performance.moneyWeighted.explain.roots).toEqual([rate]);
  });

  it('measures a part of the history by months and years, with its flows and prices', async () => {
    const { performance } = await ask(
      `performance(from: "2023-03-15", to: "2023-07-01") { ... on PerformanceReport { from to startValue endValue
         years: periods(by: YEAR) { label netFlow timeWeighted }
         months: periods(by: MONTH) { label startValue endValue netFlow timeWeighted }
         simple { explain { flows { transactionId kind amount } prices { at priceAt quantity price value instrument { symbol } } } } } }`,
    );
    expect(performance).toMatchObject({
      from: '2023-03-01T00:00:00.000Z',
      to: '2023-07-01T00:00:00.000Z',
      startValue: 2260,
      endValue: 2939,
      years: [
        {
          label: '2023',
          netFlow: 1000,
          timeWeighted: expect.closeTo((1945 / 2260) * (2939 / 2945) - 1, 12),
        },
      ],
    });
    expect(performance.months).toHaveLength(4);
    // What is of the first of April is in April, and what is of the first of July is not in it.
    expect(performance.months.slice(0, 2)).toEqual([
      {
        label: '2023-03',
        startValue: 2260,
        endValue: 1945,
        netFlow: 0,
        timeWeighted: expect.closeTo(1945 / 2260 - 1, 12),
      },
      {
        label: '2023-04',
        startValue: 1945,
        endValue: 2939,
        netFlow: 1000,
        timeWeighted: expect.closeTo(2939 / 2945 - 1, 12),
      },
    ]);
    const { flows, prices } = performance.simple.explain;
    expect(flows).toEqual([{ transactionId: ids[3], kind: 'DEPOSIT', amount: 1000 }]);
    expect(prices.map(({ at, quantity, value }: any) => [at.slice(0, 10), quantity, value])).toEqual([
      ['2023-03-01', '15', '1815'],
      ['2023-07-01', '3', '300'],
    ]);
  });

  it('measures months, years and parts in every way, one that is all of it as the whole', async () => {
    const measures = 'moneyWeighted { value reason } modifiedDietz { value reason } simple { value reason }';
    const { performance } = await ask(
      `performance { ... on PerformanceReport { ${measures}
         years: periods(by: YEAR) { ${measures} } months: periods(by: MONTH) { label ${measures} }
         breakdown(by: ACCOUNT) { parts { ${measures} } }
         cut: breakdown(by: INSTRUMENT) { parts { label ${measures} } } } }`,
    );
    const { moneyWeighted, modifiedDietz, simple } = performance;
    expect(performance.years).toHaveLength(1);
    for (const all of [...performance.years, ...performance.breakdown.parts])
      expect(all).toEqual({
        moneyWeighted: { value: expect.closeTo(moneyWeighted.value, 9), reason: null },
        modifiedDietz: { value: expect.closeTo(modifiedDietz.value, 12), reason: null },
        simple: { value: expect.closeTo(simple.value, 12), reason: null },
      });
    // April begins with 1945, ends with 2939, and 1000 came in with its first second.
    const april = performance.months.find(({ label }: any) => label === '2023-04');
    expect(april.simple).toEqual({ value: expect.closeTo(-6 / 2945, 12), reason: null });
    expect(april.modifiedDietz).toEqual({ value: expect.closeTo(-6 / 2945, 12), reason: null });
    const days = 30;
    expect(april.moneyWeighted).toEqual({
      value: expect.closeTo((2939 / 2945) ** (365 / days) - 1, 9),
      reason: null,
    });
    // Cash gains nothing, but what it lends to purchases comes back: its money earns no rate but 0.
    const cash = performance.cut.parts.find(({ label }: any) => label === 'Cash');
    expect([cash.modifiedDietz.value, cash.simple.value]).toEqual([0, 0]);
  });

  it('says why there is no return', async () => {
    const { performance } = await ask(
      `performance(to: "2020-01-01") { __typename ... on InsufficientHistoryError { message } }`,
    );
    expect(performance).toEqual({
      __typename: 'InsufficientHistoryError',
      message: 'expected at least 1 valuations in the period, was 0',
    });
  });

  it('builds trades with their excursions', async () => {
    const fields = `totalCount nodes { transactionId instrument { symbol } side quantity openQuantity entryPrice exitPrice fees profit closedAt holdingDays excursions { maximumAdverse maximumFavourable } }`;
    const { trades, perClosing, closed } = await ask(
      `trades(first: 5) { ${fields} } perClosing: trades(first: 5, grouping: PER_CLOSING, filter: { search: "aa", side: LONG }) { ${fields} }
       closed: trades(first: 5, filter: { isOpen: false }) { totalCount }`,
    );
    expect(trades.nodes).toEqual([
      {
        transactionId: ids[1],
        instrument: { symbol: 'AAA' },
        side: 'LONG',
        quantity: '12',
        openQuantity: '3',
        entryPrice: '103.333333333333333333',
        exitPrice: '100',
        fees: '11',
        profit: '-28',
        closedAt: null,
        holdingDays: null,
        // 95 and 155 against 103.33
        excursions: {
          maximumAdverse: expect.closeTo(95 / (310 / 3) - 1, 12),
          maximumFavourable: expect.closeTo(155 / (310 / 3) - 1, 12),
        },
      },
    ]);
    expect(perClosing.nodes).toMatchObject([
      { transactionId: ids[4], quantity: '12', openQuantity: '0', profit: '-28', holdingDays: 90 },
    ]);
    expect(closed.totalCount).toBe(0);
  });
});
