import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';
import { importText, newPortfolio } from '../../test/transaction-imports.ts';

describe('a portfolio in several currencies', () => {
  let app: TestApp;
  let id: string;

  beforeAll(async () => {
    app = await createTestApp();
    await bars('AAA', 'EQUITY', 'USD', [
      ['2024-01-02', 100],
      ['2024-01-10', 120],
    ]);
    await bars('EURUSD', 'FX', 'USD', [
      ['2024-01-02', 1.25],
      ['2024-01-10', 1],
    ]);
    await bars('USDJPY', 'FX', 'JPY', [['2024-01-02', 100]]);
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } } }',
      { input: { idempotencyKey: newKey(), name: 'Mine', baseCurrency: 'EUR' } },
    );
    id = createPortfolio.portfolio.id;
  });
  afterAll(() => app.stop());

  async function bars(
    symbol: string,
    assetClass: string,
    currency: string,
    closes: readonly (readonly [string, number])[],
  ) {
    const lines = closes.map(([date, close]) => `${date},${close},${close},${close},${close}`);
    const content = ['Date,Open,High,Low,Close', ...lines].join('\n');
    const { importBars } = await app.query(
      'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } errors { message } } }',
      { input: { idempotencyKey: newKey(), symbol, timeframe: 'DAY_1', content, assetClass, currency } },
    );
    const events = 'subscription($id: ID!) { runEvents(id: $id) { run { status } } }';
    for await (const { runEvents } of app.subscribe(events, { id: importBars.run.id })) void runEvents;
  }

  async function record(transaction: Record<string, unknown>) {
    const { portfolio } = await app.query('query($id: ID!) { portfolio(id: $id) { ledgerVersion } }', { id });
    const { recordTransaction } = await app.query(
      `mutation($input: RecordTransactionInput!) { recordTransaction(input: $input) {
         transaction { id amount currency exchangeRate otherAmount otherCurrency statedAmount } errors { code message path } } }`,
      {
        input: {
          idempotencyKey: newKey(),
          portfolioId: id,
          expectedVersion: portfolio.ledgerVersion,
          transaction: { executedAt: '2024-01-02T10:00:00Z', ...transaction },
        },
      },
    );
    return recordTransaction;
  }

  const ask = async (fields: string) =>
    (await app.query(`query($id: ID!) { portfolio(id: $id) { ${fields} } }`, { id })).portfolio;

  it('records cash, exchanges and trades in any currency', async () => {
    await record({ kind: 'DEPOSIT', amount: '1000', executedAt: '2024-01-01' });
    const { transaction } = await record({
      kind: 'CONVERSION',
      amount: '800',
      currency: 'EUR',
      otherAmount: '1000',
      otherCurrency: 'USD',
      fee: '2',
    });
    expect(transaction).toMatchObject({
      amount: '-802',
      currency: 'EUR',
      otherAmount: '1000',
      otherCurrency: 'USD',
      statedAmount: '800',
    });
    // Without a currency it is the one that the share is quoted in.
    const bought = await record({ kind: 'BUY', symbol: 'AAA', quantity: '5', price: '100' });
    expect(bought.transaction).toMatchObject({ amount: '-500', currency: 'USD', exchangeRate: null });
  });

  it('values them in the base currency, and tells the currency from the price', async () => {
    const { valuation, positions } = await ask(
      `valuation { equity cash marketValue unrealisedProfit cashProfit fees income leverage effects { price currency cross }
         cashBalances { currency amount value currencyEffect exchangeRate { rate path at isStale symbols } } missingRates { message } }
       positions { nodes { averageCost costBasis marketPrice marketValue quoteValue unrealisedProfit
         unrealisedEffects { price currency cross } exchangeRate { from to rate path } } }`,
    );
    const told = {
      rate: '1',
      path: 'INVERSE',
      at: '2024-01-11T00:00:00.000Z',
      isStale: false,
      symbols: ['EURUSD'],
    };
    expect(valuation).toEqual({
      equity: '1298',
      cash: '698',
      marketValue: '600',
      unrealisedProfit: '200',
      cashProfit: '100',
      fees: '2',
      income: '0',
      leverage: expect.closeTo(600 / 1298, 12),
      // 500 dollars at 0.80: 100 x 0.80, 500 x 0.20 and as much for the cash, 100 x 0.20
      effects: { price: '80', currency: '200', cross: '20' },
      cashBalances: [
        { currency: 'EUR', amount: '198', value: '198', currencyEffect: '0', exchangeRate: null },
        { currency: 'USD', amount: '500', value: '500', currencyEffect: '100', exchangeRate: told },
      ],
      missingRates: [],
    });
    expect(positions.nodes).toEqual([
      {
        averageCost: '100',
        costBasis: '400',
        marketPrice: '120',
        marketValue: '600',
        quoteValue: '600',
        unrealisedProfit: '200',
        unrealisedEffects: { price: '80', currency: '100', cross: '20' },
        exchangeRate: { from: 'USD', to: 'EUR', rate: '1', path: 'INVERSE' },
      },
    ]);
  });

  it('measures what the currency made of the gain of a period', async () => {
    const { performance } = await ask(
      'performance { ... on PerformanceReport { startValue endValue gain currencyGain priceGain } }',
    );
    // 1000 dollars of cash and shares, each 0.20 more; 5 shares up by 20 at 1.00; a fee of 2
    expect(performance).toEqual({
      startValue: 0,
      endValue: 1298,
      gain: 298,
      currencyGain: expect.closeTo(200, 9),
      priceGain: expect.closeTo(98, 9),
    });
  });

  it('goes through a common currency, and says when a rate is old', async () => {
    await record({ kind: 'DEPOSIT', amount: '25000', currency: 'JPY' });
    const { valuation } = await ask(
      'valuation { equity cashBalances { currency value exchangeRate { rate path isStale symbols at } } }',
    );
    expect(valuation.cashBalances[1]).toEqual({
      currency: 'JPY',
      value: '250',
      exchangeRate: {
        rate: '0.01',
        path: 'TRIANGULATED',
        isStale: true,
        symbols: ['USDJPY', 'EURUSD'],
        at: '2024-01-03T00:00:00.000Z',
      },
    });
  });

  it('tells the rate that a flow states, and that it does', async () => {
    const own = await newPortfolio(app, 'Stated rates', 'EUR');
    const transactions = [
      { kind: 'DEPOSIT', time: '2024-01-02', amount: '100', currency: 'USD', exchangeRate: '0.75' },
      { kind: 'DEPOSIT', time: '2024-01-03', amount: '5', currency: 'EUR' },
    ].map((one) => ({ ...one, account: 'Main account', rateCurrency: 'EUR' }));
    await importText(app, own, JSON.stringify({ format: 'ai-trading-ledger', transactions }));
    const { portfolio } = await app.query(
      `query($id: ID!) { portfolio(id: $id) { performance { ... on PerformanceReport { explain(figure: NET_FLOW) {
         terms(first: 5) { nodes { amount exchangeRate { from to rate at path symbols isStale } } } } } } } }`,
      { id: own },
    );
    const exchangeRate = {
      from: 'USD',
      to: 'EUR',
      rate: '0.75',
      at: '2024-01-02T00:00:00.000Z',
      path: 'STATED',
      symbols: [],
      isStale: false,
    };
    expect(portfolio.performance.explain.terms.nodes).toEqual([
      { amount: '5', exchangeRate: null },
      { amount: '75', exchangeRate },
    ]);
  });

  it('names the old rates that were used, with their dates, and where', async () => {
    const { transaction } = await record({
      kind: 'DEPOSIT',
      amount: '1000',
      currency: 'JPY',
      executedAt: '2024-02-01T10:00:00Z',
    });
    const { valuation, performance, checks } = await ask(
      `valuation(at: "2024-02-02T00:00:00Z") { staleRates { from to firstAt lastAt usedAt transactionCount transactionIds message exchangeRate { rate at isStale } } }
       performance { ... on PerformanceReport { explain(figure: NET_FLOW) { terms(first: 20) { nodes { amount transactionId exchangeRate { rate at isStale } } } } } }
       checks { findings(first: 20) { nodes { kind severity transactionCount evidence { label value } fixes { label symbol } } } }`,
    );
    const jpy = { rate: '0.01', at: '2024-01-03T00:00:00.000Z', isStale: true };
    const usd = { rate: '1', at: '2024-01-11T00:00:00.000Z', isStale: true };
    const at = '2024-02-02T00:00:00.000Z';
    expect(valuation.staleRates).toEqual([
      {
        from: 'JPY',
        to: 'EUR',
        firstAt: '2024-02-01T10:00:00.000Z',
        lastAt: at,
        usedAt: at,
        transactionCount: 1,
        transactionIds: [transaction.id],
        message:
          'expected the price of JPY in EUR at most 7 days before 2024-02-02, was that of 2024-01-03: import the bars of JPYEUR as class FX',
        exchangeRate: jpy,
      },
      expect.objectContaining({ from: 'USD', usedAt: at, transactionCount: 0, exchangeRate: usd }),
    ]);
    const flow = performance.explain.terms.nodes.find((one: any) => one.transactionId === transaction.id);
    expect([flow.amount, flow.exchangeRate]).toEqual(['10', jpy]);
    expect(checks.findings.nodes.filter((one: any) => one.kind === 'STALE_RATE')).toEqual([
      {
        kind: 'STALE_RATE',
        severity: 'WARNING',
        transactionCount: 1,
        evidence: [
          { label: 'Pair', value: 'JPY to EUR' },
          { label: 'Needed', value: '2024-01-10 to 2024-02-01' },
          { label: 'Rate', value: '0.01 of 2024-01-03' },
        ],
        fixes: [{ label: 'Import rates as JPYEUR', symbol: 'JPYEUR' }],
      },
      // Dollars were held over a gap of 8 days.
      expect.objectContaining({
        transactionCount: 0,
        evidence: [
          { label: 'Pair', value: 'USD to EUR' },
          { label: 'Needed', value: '2024-01-10' },
          { label: 'Rate', value: '0.8 of 2024-01-03' },
        ],
      }),
    ]);
  });

  it('names a rate that is missing and leaves out what needs it', async () => {
    const { transaction } = await record({ kind: 'DEPOSIT', amount: '7', currency: 'CHF' });
    const { valuation, performance, equity } = await ask(
      `valuation { equity marketValue cashBalances { currency value } missingRates { from to firstAt transactionIds message } }
       equity { ... on EquitySeries { drawdown } }
       performance { ... on PerformanceReport { endValue timeWeighted { value reason } } }`,
    );
    expect(valuation).toMatchObject({ equity: null, marketValue: '600' });
    expect(valuation.cashBalances[1]).toEqual({ currency: 'CHF', value: null });
    expect(valuation.missingRates).toEqual([
      {
        from: 'CHF',
        to: 'EUR',
        firstAt: '2024-01-02T10:00:00.000Z',
        transactionIds: [transaction.id],
        message:
          'expected the price of CHF in EUR on 2024-01-02 or before, was not stored: import the bars of CHFEUR as class FX',
      },
    ]);
    expect(performance).toEqual({
      endValue: null,
      timeWeighted: {
        value: null,
        reason: 'expected exchange rates for all of the period, was without CHF in EUR',
      },
    });
    // A fall from what is not known is not known.
    const { buffer } = Uint8Array.from(Buffer.from(equity.drawdown, 'base64'));
    expect(new Set(new Float64Array(buffer))).toEqual(new Set([NaN]));
  });

  it.each([
    [
      { kind: 'DEPOSIT', amount: '1', exchangeRate: '1' },
      'expected no exchangeRate in EUR, the base currency of the portfolio, was 1',
    ],
    [
      { kind: 'CONVERSION', amount: '1', currency: 'USD', otherAmount: '1', otherCurrency: 'USD' },
      'expected another currency than USD, was USD',
    ],
    [
      { kind: 'CONVERSION', amount: '1', currency: 'USD', otherAmount: '0', otherCurrency: 'EUR' },
      'expected a number above 0, was 0',
    ],
    [
      { kind: 'CONVERSION', amount: '1' },
      'expected amount, otherAmount, otherCurrency for CONVERSION, was amount',
    ],
  ])('refuses %s', async (transaction, message) => {
    expect((await record(transaction)).errors).toMatchObject([{ message }]);
  });
});
