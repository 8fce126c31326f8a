import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';

const AMOUNTS = `equity cash marketValue grossExposure leverage unrealisedProfit realisedProfit cashProfit
  dividends interest taxes income fees adjustments cashBalances { currency amount value }`;
const POSITION = 'instrument { symbol } quantity averageCost marketPrice marketValue weight unrealisedProfit';

/** Long one share in dollars and short another in euros, with rates that move. */
describe('a portfolio at past dates', () => {
  let app: TestApp;
  let id: string;
  /** Before the correction of the dividend and the price, and before the last purchase was recorded. */
  let [uncorrected, early] = [new Date(0), new Date(0)];

  beforeAll(async () => {
    app = await createTestApp();
    await bars('LONG', 'EQUITY', 'USD', ['2024-01-02,10', '2024-01-03,12', '2024-01-04,15']);
    await bars('SHRT', 'EQUITY', 'EUR', ['2024-01-02,20', '2024-01-03,25', '2024-01-04,16']);
    await bars('EURUSD', 'FX', 'USD', ['2024-01-02,1.25', '2024-01-03,1.2', '2024-01-04,1.5']);
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } } }',
      { input: { idempotencyKey: newKey(), name: 'Both ways', baseCurrency: 'USD', initialCash: '0' } },
    );
    id = createPortfolio.portfolio.id;
    const on = (day: number) => ({ executedAt: `2024-01-0${day}T12:00:00Z` });
    await write('recordTransaction', { transaction: { ...on(1), kind: 'DEPOSIT', amount: '1000' } });
    const long = { ...on(2), kind: 'BUY', symbol: 'LONG', quantity: '50', price: '10' };
    await write('recordTransaction', { transaction: long });
    const short = { ...on(2), kind: 'SHORT', symbol: 'SHRT', quantity: '10', price: '20' };
    await write('recordTransaction', { transaction: short });
    const dividend = { ...on(3), kind: 'DIVIDEND', symbol: 'LONG', amount: '30', tax: '6' };
    const paid = await write('recordTransaction', { transaction: dividend });
    early = await moment();
    const more = { ...on(4), kind: 'BUY', symbol: 'LONG', quantity: '10', price: '15', fee: '1' };
    await write('recordTransaction', { transaction: more });
    await write('recordTransaction', { transaction: { ...on(4), kind: 'ADJUSTMENT', amount: '-3' } });
    uncorrected = await moment();
    const corrected = { ...dividend, amount: '50', tax: '10' };
    await write('replaceTransaction', { id: paid, reason: 'misread', transaction: corrected });
    await bars('LONG', 'EQUITY', 'USD', ['2024-01-03,13']);
  });
  afterAll(() => app.stop());

  async function bars(symbol: string, assetClass: string, currency: string, closes: readonly string[]) {
    const lines = closes.map((one) => `${one}${`,${one.split(',')[1]}`.repeat(3)}`);
    const content = ['Date,Open,High,Low,Close', ...lines].join('\n');
    const fields = { symbol, timeframe: 'DAY_1', content, assetClass, currency, duplicateRule: 'REPLACE' };
    const { importBars } = await app.query(
      'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } errors { message } } }',
      { input: { idempotencyKey: newKey(), ...fields } },
    );
    const events = 'subscription($id: ID!) { runEvents(id: $id) { seq } }';
    for await (const _ of app.subscribe(events, { id: importBars.run.id }));
  }

  async function write(mutation: string, input: Record<string, unknown>): Promise<string> {
    const expectedVersion = (await app.services.portfolios.find(id))!.ledgerVersion;
    const place = mutation === 'recordTransaction' ? { portfolioId: id } : {};
    const type = `${mutation[0].toUpperCase()}${mutation.slice(1)}Input`;
    const data = await app.query(
      `mutation($input: ${type}!) { ${mutation}(input: $input) { transaction { id } errors { message } } }`,
      { input: { idempotencyKey: newKey(), expectedVersion, ...place, ...input } },
    );
    expect(data[mutation].errors).toEqual([]);
    return data[mutation].transaction.id;
  }

  /** A time after all that was done until now, and before all that is done from now on. */
  async function moment(): Promise<Date> {
    const now = new Date();
    while (Date.now() <= now.getTime()) await new Promise((resolve) => setTimeout(resolve, 1));
    return now;
  }

  async function told(at: string, knownAt: Date | null = null) {
    const { portfolio } = await app.query(
      `query($id: ID!, $at: DateTime!, $knownAt: DateTime) { portfolio(id: $id) {
         valuation(at: $at, knownAt: $knownAt) { ${AMOUNTS} } positions(at: $at, knownAt: $knownAt) { nodes { ${POSITION} } } } }`,
      { id, at, knownAt },
    );
    return portfolio;
  }

  const [LONG, SHRT] = [{ symbol: 'LONG' }, { symbol: 'SHRT' }];
  const NOTHING = { realisedProfit: '0', interest: '0' };
  const euros = (value: string) => ({ currency: 'EUR', amount: '200', value });
  const dollars = (amount: string) => ({ currency: 'USD', amount, value: amount });

  it('is worth what it was at the close of each day', async () => {
    // The close of a day is stamped at the midnight after it.
    expect((await told('2024-01-03')).valuation).toEqual({
      ...NOTHING,
      equity: '1000',
      cash: '750',
      marketValue: '250',
      grossExposure: '750',
      leverage: 0.75,
      unrealisedProfit: '0',
      cashProfit: '0',
      dividends: '0',
      taxes: '0',
      income: '0',
      fees: '0',
      adjustments: '0',
      cashBalances: [dollars('500'), euros('250')],
    });
    expect((await told('2024-01-04')).valuation).toEqual({
      ...NOTHING,
      equity: '1130',
      cash: '780',
      marketValue: '350',
      grossExposure: '950',
      leverage: 950 / 1130,
      unrealisedProfit: '100',
      cashProfit: '-10',
      dividends: '50',
      taxes: '10',
      income: '40',
      fees: '0',
      adjustments: '0',
      cashBalances: [dollars('540'), euros('240')],
    });
    expect((await told('2024-01-05')).valuation).toEqual({
      ...NOTHING,
      equity: '1346',
      cash: '686',
      marketValue: '660',
      grossExposure: '1140',
      leverage: 1140 / 1346,
      unrealisedProfit: '260',
      cashProfit: '50',
      dividends: '50',
      taxes: '10',
      income: '40',
      fees: '1',
      adjustments: '-3',
      cashBalances: [dollars('386'), euros('300')],
    });
  });

  it('holds at each of them what it held, the largest first', async () => {
    const long = { instrument: LONG, quantity: '50', averageCost: '10' };
    const short = { instrument: SHRT, quantity: '-10', averageCost: '20' };
    expect((await told('2024-01-02')).positions.nodes).toEqual([]);
    expect((await told('2024-01-03')).positions.nodes).toEqual([
      { ...long, marketPrice: '10', marketValue: '500', weight: 0.5, unrealisedProfit: '0' },
      { ...short, marketPrice: '20', marketValue: '-250', weight: -0.25, unrealisedProfit: '0' },
    ]);
    expect((await told('2024-01-04')).positions.nodes).toEqual([
      { ...long, marketPrice: '13', marketValue: '650', weight: 650 / 1130, unrealisedProfit: '150' },
      { ...short, marketPrice: '25', marketValue: '-300', weight: -300 / 1130, unrealisedProfit: '-50' },
    ]);
    const [more, same] = (await told('2024-01-05')).positions.nodes;
    expect(more).toMatchObject({
      quantity: '60',
      marketPrice: '15',
      marketValue: '900',
      unrealisedProfit: '250',
    });
    expect(more.averageCost).toMatch(/^10\.8333333333333333/);
    expect(same).toMatchObject({ quantity: '-10', marketValue: '-240', unrealisedProfit: '10' });
  });

  it('says what it said before its dividend and a price were corrected', async () => {
    const { valuation, positions } = await told('2024-01-04', uncorrected);
    expect(valuation).toMatchObject({
      equity: '1064',
      cash: '764',
      marketValue: '300',
      grossExposure: '900',
      leverage: 900 / 1064,
      unrealisedProfit: '50',
      dividends: '30',
      taxes: '6',
      income: '24',
    });
    expect(positions.nodes.map((one: any) => [one.marketPrice, one.marketValue, one.weight])).toEqual([
      ['12', '600', 600 / 1064],
      ['25', '-300', -300 / 1064],
    ]);
  });

  it('lists positions by pages, filters and orders', async () => {
    const symbolsOf = async (variables: Record<string, unknown>) => {
      const { portfolio } = await app.query(
        `query($id: ID!, $first: Int, $after: String, $filter: PositionFilter, $orderBy: PositionOrder) {
           portfolio(id: $id) {
             positions(at: "2024-01-05", first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
               totalCount pageInfo { hasNextPage endCursor } nodes { instrument { symbol } } } } }`,
        { id, ...variables },
      );
      const { nodes, ...page } = portfolio.positions;
      return { ...page, symbols: nodes.map((one: any) => one.instrument.symbol) };
    };
    const orderBy = { field: 'SYMBOL', direction: 'DESCENDING' };
    // when all are asked for, the largest come first
    expect(await symbolsOf({})).toMatchObject({ totalCount: 2, symbols: ['LONG', 'SHRT'] });
    // when a page is asked for, its cursor leads to the next
    const page = await symbolsOf({ orderBy, first: 1 });
    expect(page).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: true }, symbols: ['SHRT'] });
    expect(await symbolsOf({ orderBy, first: 1, after: page.pageInfo.endCursor })).toMatchObject({
      pageInfo: { hasNextPage: false },
      symbols: ['LONG'],
    });
    // when some are meant, the others are neither listed nor counted
    expect(await symbolsOf({ filter: { side: 'SHORT' } })).toMatchObject({
      totalCount: 1,
      symbols: ['SHRT'],
    });
    expect(await symbolsOf({ filter: { search: 'lon' } })).toMatchObject({ symbols: ['LONG'] });
    expect(await symbolsOf({ filter: { assetClass: 'CRYPTO' } })).toMatchObject({ totalCount: 0 });
    expect(await symbolsOf({ filter: { state: 'CLOSED' } })).toMatchObject({ totalCount: 0 });
  });

  it('knows nothing of what was recorded later, whatever date it is of', async () => {
    const { valuation, positions } = await told('2024-01-05', early);
    expect(positions.nodes.map((one: any) => [one.instrument.symbol, one.quantity, one.marketValue])).toEqual(
      [
        ['LONG', '50', '750'],
        ['SHRT', '-10', '-240'],
      ],
    );
    expect(valuation).toMatchObject({
      cash: '824',
      grossExposure: '990',
      fees: '0',
      adjustments: '0',
      income: '24',
    });
    expect(valuation.equity).toBe('1334');
  });
});
