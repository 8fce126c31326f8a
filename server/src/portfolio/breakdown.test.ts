import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';

describe('what a return is made of', () => {
  let app: TestApp;
  let id: string;

  beforeAll(async () => {
    app = await createTestApp();
    // A bar is stamped at the midnight after its date.
    for (const [symbol, closes] of [
      ['AAA', [100, 110, 121]],
      ['BBB', [50, 40, 60]],
    ] as const) {
      const lines = ['2023-12-29', '2024-01-31', '2024-02-29'].map(
        (date, t) => `${date},${`${closes[t]},`.repeat(3)}${closes[t]}`,
      );
      const { importBars } = await app.query(
        'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } } }',
        {
          input: {
            idempotencyKey: newKey(),
            symbol,
            timeframe: 'DAY_1',
            content: ['Date,Open,High,Low,Close', ...lines].join('\n'),
          },
        },
      );
      const events = 'subscription($id: ID!) { runEvents(id: $id) { run { status } } }';
      for await (const { runEvents } of app.subscribe(events, { id: importBars.run.id })) void runEvents;
    }
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } } }',
      { input: { idempotencyKey: newKey(), name: 'Mine', baseCurrency: 'USD' } },
    );
    id = createPortfolio.portfolio.id;
    const { createAccount } = await app.query(
      'mutation($input: CreateAccountInput!) { createAccount(input: $input) { account { id } } }',
      { input: { idempotencyKey: newKey(), portfolioId: id, expectedVersion: 1, name: 'Other' } },
    );
    const entries = [
      { kind: 'DEPOSIT', executedAt: '2023-12-29', amount: '1000' },
      { kind: 'BUY', executedAt: '2023-12-29', symbol: 'AAA', quantity: '4', price: '100', fee: '2' },
      { kind: 'BUY', executedAt: '2023-12-29', symbol: 'BBB', quantity: '5', price: '50' },
      { kind: 'DIVIDEND', executedAt: '2024-02-10', symbol: 'AAA', amount: '10', tax: '1' },
      { kind: 'DEPOSIT', executedAt: '2024-02-15', amount: '200', accountId: createAccount.account.id },
    ];
    for (const [index, transaction] of entries.entries())
      await app.query(
        'mutation($input: RecordTransactionInput!) { recordTransaction(input: $input) { errors { message } } }',
        { input: { idempotencyKey: newKey(), portfolioId: id, expectedVersion: 2 + index, transaction } },
      );
  });
  afterAll(() => app.stop());

  const ask = async (args: string, fields: string) =>
    (
      await app.query(
        `query($id: ID!) { portfolio(id: $id) { performance${args} { ... on PerformanceReport { ${fields} } } } }`,
        { id },
      )
    ).portfolio.performance;
  const PART =
    'label instrument { symbol } startValue endValue netFlow gain priceGain dividends interest fees taxes timeWeighted contribution averageWeight';

  // Worth 998 (348 cash, 400 and 250), then 988 (348, 440 and 200), then 1341 (557, 484 and 300) with 200 in.
  it('is cut into instruments that add up, with income and costs', async () => {
    const { from, timeWeighted, breakdown } = await ask(
      '(preset: MONTH_TO_DATE)',
      `from timeWeighted { value } breakdown(by: INSTRUMENT) { timeWeighted isOverlapping reason formula parts { ${PART} } }`,
    );
    expect(from).toBe('2024-02-01T00:00:00.000Z');
    expect(timeWeighted.value).toBeCloseTo(1341 / 1188 - 1, 12);
    expect(breakdown).toMatchObject({
      timeWeighted: expect.closeTo(1341 / 1188 - 1, 12),
      isOverlapping: false,
      reason: null,
      formula: expect.stringContaining('ln(1 + x) / x'),
    });
    expect(breakdown.parts).toEqual([
      {
        label: 'BBB',
        instrument: { symbol: 'BBB' },
        startValue: 200,
        endValue: 300,
        netFlow: 0,
        gain: 100,
        priceGain: 100,
        dividends: 0,
        interest: 0,
        fees: 0,
        taxes: 0,
        timeWeighted: 0.5,
        contribution: expect.closeTo(100 / 1188, 12),
        averageWeight: expect.closeTo(200 / 1188, 12),
      },
      expect.objectContaining({
        label: 'AAA',
        netFlow: -9,
        gain: 53,
        priceGain: 44,
        dividends: 10,
        taxes: 1,
        contribution: expect.closeTo(53 / 1188, 12),
      }),
      expect.objectContaining({
        label: 'Cash',
        instrument: null,
        startValue: 348,
        endValue: 557,
        netFlow: 209,
        gain: 0,
      }),
    ]);
  });

  it('is cut by account and asset class, over any period', async () => {
    const { byAccount, byClass } = await ask(
      '',
      `byAccount: breakdown(by: ACCOUNT) { timeWeighted parts { label netFlow gain fees contribution } }
       byClass: breakdown(by: ASSET_CLASS) { parts { label gain } }`,
    );
    const total = (998 / 1000) * (988 / 998) * (1341 / 1188) - 1;
    expect(byAccount.timeWeighted).toBeCloseTo(total, 12);
    expect(byAccount.parts).toEqual([
      { label: 'Main account', netFlow: 1000, gain: 141, fees: 2, contribution: expect.closeTo(total, 12) },
      { label: 'Other', netFlow: 200, gain: 0, fees: 0, contribution: 0 },
    ]);
    expect(byClass.parts).toEqual([
      { label: 'EQUITY', gain: 141 },
      { label: 'Cash', gain: 0 },
    ]);
  });

  it('is cut by tags, which may overlap', async () => {
    const setTags = async (input: Record<string, unknown>) =>
      (
        await app.query(
          'mutation($input: SetTagsInput!) { setTags(input: $input) { portfolio { version } errors { code path } } }',
          { input: { idempotencyKey: newKey(), portfolioId: id, ...input } },
        )
      ).setTags;
    const tagged = await setTags({ expectedVersion: 1, symbol: 'aaa', tags: ['usa ', 'core', 'core'] });
    expect(tagged).toEqual({ portfolio: { version: 2 }, errors: [] });
    expect((await setTags({ expectedVersion: 1, symbol: 'BBB', tags: [] })).errors).toMatchObject([
      { code: 'STALE_VERSION' },
    ]);
    expect((await setTags({ expectedVersion: 2, tags: ['x'] })).errors).toMatchObject([{ code: 'INVALID' }]);
    expect((await setTags({ expectedVersion: 2, symbol: 'CCC', tags: [] })).errors).toEqual([
      { code: 'NOT_FOUND', path: ['input', 'symbol'] },
    ]);
    const { portfolio } = await app.query(
      'query($id: ID!) { portfolio(id: $id) { version tags { tags instrument { symbol } account { name } } } }',
      { id },
    );
    expect(portfolio).toEqual({
      version: 2,
      tags: [{ tags: ['core', 'usa'], instrument: { symbol: 'AAA' }, account: null }],
    });
    const { breakdown } = await ask(
      '(preset: MONTH_TO_DATE)',
      'breakdown(by: TAG) { isOverlapping parts { label gain } }',
    );
    expect(breakdown.isOverlapping).toBe(true);
    expect(breakdown.parts).toEqual([
      { label: 'Without a tag', gain: 100 },
      { label: 'core', gain: 53 },
      { label: 'usa', gain: 53 },
      { label: 'Cash', gain: 0 },
    ]);
  });

  it('is set beside any benchmark, with the same money', async () => {
    const figure = 'value reason explain { formula inputs { name value } }';
    const { none, against } = await ask(
      '',
      `none: against { returns } against(symbol: "bbb") { instrument { symbol } returns
         benchmarkReturn { ${figure} } excess { ${figure} } beta { ${figure} }
         moneyMatched { endValue gain difference moneyWeighted { value } } }`,
    );
    expect(none).toBeNull();
    const own = (998 / 1000) * (988 / 998) * (1341 / 1188) - 1;
    expect(against).toMatchObject({
      instrument: { symbol: 'BBB' },
      returns: 2,
      benchmarkReturn: { value: expect.closeTo(0.2, 12) },
      excess: { value: expect.closeTo(own - 0.2, 12), explain: { formula: 'Rp - Rb' } },
      beta: { value: null, reason: 'expected at least 3 returns, was 2' },
      // 1000 buys 20 units at 50, 200 buy 10 / 3 at 60.
      moneyMatched: { endValue: 1400, gain: 200, difference: -59 },
    });
  });
});
