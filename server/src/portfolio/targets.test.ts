import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';

describe('targets of a portfolio', () => {
  let app: TestApp;
  let id: string;

  beforeAll(async () => {
    app = await createTestApp();
    for (const [symbol, assetClass, close] of [
      ['AAA', 'EQUITY', 100],
      ['BBB', 'EQUITY', 50],
      ['CCC', 'BOND', 10],
    ] as const) {
      const input = {
        idempotencyKey: newKey(),
        symbol,
        name: symbol,
        currency: 'USD',
        assetClass,
        lotSize: '1',
      };
      await app.query(
        'mutation($input: CreateInstrumentInput!) { createInstrument(input: $input) { errors { message } } }',
        { input },
      );
      const content = `Date,Open,High,Low,Close\n2024-03-28,${close},${close},${close},${close}`;
      const { importBars } = await app.query(
        'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } errors { message } } }',
        { input: { idempotencyKey: newKey(), symbol, timeframe: 'DAY_1', content } },
      );
      const events = 'subscription($id: ID!) { runEvents(id: $id) { run { status } } }';
      for await (const { runEvents } of app.subscribe(events, { id: importBars.run.id })) void runEvents;
    }
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id ledgerVersion } } }',
      { input: { idempotencyKey: newKey(), name: 'Mine', baseCurrency: 'USD', initialCash: '10000' } },
    );
    id = createPortfolio.portfolio.id;
    let expectedVersion = createPortfolio.portfolio.ledgerVersion;
    // 40 at 60 and 40 at 90 are worth 8000; 4000 are left in cash.
    for (const [executedAt, price] of [
      ['2020-01-02', '60'],
      ['2024-01-02', '90'],
    ]) {
      const transaction = { kind: 'BUY', symbol: 'AAA', executedAt, quantity: '40', price };
      const { recordTransaction } = await app.query(
        'mutation($input: RecordTransactionInput!) { recordTransaction(input: $input) { portfolio { ledgerVersion } errors { message } } }',
        { input: { idempotencyKey: newKey(), portfolioId: id, expectedVersion, transaction } },
      );
      expectedVersion = recordTransaction.portfolio.ledgerVersion;
    }
  });
  afterAll(() => app.stop());

  const ask = async (fields: string) =>
    (await app.query(`query($id: ID!) { portfolio(id: $id) { ${fields} } }`, { id })).portfolio;

  async function setTargets(expectedVersion: number, content: Record<string, unknown>) {
    const input = { idempotencyKey: newKey(), portfolioId: id, expectedVersion, ...content };
    const { setTargets } = await app.query(
      `mutation($input: SetTargetsInput!) { setTargets(input: $input) {
         targets { version cashWeight costBps lines { assetClass weight band bandKind instrument { symbol } buyInstrument { symbol } } }
         errors { code message path } } }`,
      { input },
    );
    return setTargets;
  }

  const PLAN = `__typename ... on InputError { message }
    ... on RebalancePlan { managedValue isBalanced costs tradedValue gainShortTerm gainLongTerm notes
      lines { isCash assetClass instrument { symbol } value valueAfter weight target lower upper isOutside explanation }
      orders { side quantity price value cost accountId gain instrument { symbol } lots { quantity gain isLongTerm } }
      unmanaged { instrument { symbol } value reason } }`;

  it('has none at first', async () => {
    expect(await ask(`targets { version } rebalancePlan { ${PLAN} }`)).toEqual({
      targets: null,
      rebalancePlan: { __typename: 'InputError', message: 'expected targets, was none: set them first' },
    });
  });

  it('says what cannot be a target', async () => {
    const problems = async (content: Record<string, unknown>) =>
      (await setTargets(0, content)).errors.map(({ message }: any) => message);
    const line = { symbol: 'AAA', weight: 0.5 };
    expect(await problems({ lines: [line, { symbol: 'BBB', weight: 0.6 }] })).toEqual([
      'expected weights of at most 1 in all, was 1.1',
    ]);
    expect(await problems({ lines: [line, line] })).toEqual(['expected one line for AAA, was another']);
    expect(await problems({ lines: [{ symbol: 'NONE', weight: 0.5 }] })).toEqual([
      'expected an existing instrument, was NONE',
    ]);
    expect(await problems({ lines: [{ weight: 0.5 }] })).toEqual([
      'expected a symbol or a class, was neither',
    ]);
    expect(await problems({ lines: [{ assetClass: 'BOND', buySymbol: 'AAA', weight: 0.5 }] })).toEqual([
      'expected an instrument of the class bond, was AAA of equity',
    ]);
    expect(await problems({ lines: [line], costFixed: '-1' })).toEqual(['expected 0 or more, was -1']);
    expect((await setTargets(3, { lines: [line] })).errors).toMatchObject([{ code: 'STALE_VERSION' }]);
  });

  it('keeps targets and plans orders with the lots they close', async () => {
    const { targets, errors } = await setTargets(0, {
      lines: [
        { symbol: 'AAA', weight: 0.4, band: 0.25, bandKind: 'RELATIVE' },
        { assetClass: 'BOND', buySymbol: 'CCC', weight: 0.5, band: 0.05 },
      ],
      costFixed: '1',
    });
    expect(errors).toEqual([]);
    expect(targets).toEqual({
      version: 1,
      cashWeight: 0.1,
      costBps: 0,
      lines: [
        {
          assetClass: null,
          weight: 0.4,
          band: 0.25,
          bandKind: 'RELATIVE',
          instrument: { symbol: 'AAA' },
          buyInstrument: null,
        },
        {
          assetClass: 'BOND',
          weight: 0.5,
          band: 0.05,
          bandKind: 'ABSOLUTE',
          instrument: null,
          buyInstrument: { symbol: 'CCC' },
        },
      ],
    });
    const { rebalancePlan: plan } = await ask(`rebalancePlan { ${PLAN} }`);
    // 8000 and 4000 in cash, 2 go for orders: 4799.2 of AAA, 5999 of bonds, 1199.8 in cash
    expect(plan).toMatchObject({
      managedValue: '12000',
      isBalanced: false,
      costs: '2',
      notes: [],
      unmanaged: [],
    });
    expect(plan.orders).toEqual([
      {
        side: 'SELL',
        quantity: '32',
        price: '100',
        value: '3200',
        cost: '1',
        accountId: expect.stringMatching(/^acc_/),
        gain: '1279',
        instrument: { symbol: 'AAA' },
        lots: [{ quantity: '32', gain: '1279', isLongTerm: true }],
      },
      {
        side: 'BUY',
        quantity: '599',
        price: '10',
        value: '5990',
        cost: '1',
        accountId: null,
        gain: null,
        instrument: { symbol: 'CCC' },
        lots: [],
      },
    ]);
    expect([plan.gainShortTerm, plan.gainLongTerm, plan.tradedValue]).toEqual(['0', '1279', '9190']);
    expect(
      plan.lines.map(({ valueAfter, isOutside, isCash }: any) => [valueAfter, isOutside, isCash]),
    ).toEqual([
      ['4800', true, false],
      ['5990', true, false],
      ['1208', true, true],
    ]);
    expect(plan.lines[0].explanation).toBe(
      '66.7% is above the band of 30% to 50%; the target is 40%. Sold to 40%.',
    );
  });

  it('uses a contribution alone, and keeps gains within a limit', async () => {
    const { kept, limited } = await ask(
      `kept: rebalancePlan(allowSelling: false, contribution: "1000") { ${PLAN} } limited: rebalancePlan(gainLimit: "400") { ${PLAN} }`,
    );
    // 13000, of which 1299.9 stay in cash and 1 goes for the order
    expect(kept.orders).toMatchObject([{ side: 'BUY', quantity: '369', instrument: { symbol: 'CCC' } }]);
    expect(limited.orders[0]).toMatchObject({ side: 'SELL', quantity: '10', gain: '399' });
    expect(limited.notes).toEqual([
      'Sales are cut so that their gains, 399.00, stay within the limit of 400.00: some drift stays.',
    ]);
    expect((await ask(`rebalancePlan(gainLimit: "-1") { ${PLAN} }`)).rebalancePlan.message).toBe(
      'expected a limit of 0 or more, was -1',
    );
    expect((await ask(`rebalancePlan(contribution: "-12000") { ${PLAN} }`)).rebalancePlan.message).toBe(
      'expected something to divide, was a value of 0',
    );
  });

  it('leaves alone what no line speaks of, and says what it cannot buy', async () => {
    const { targets } = await setTargets(1, {
      lines: [
        { assetClass: 'BOND', weight: 0.5 },
        { assetClass: 'FUND', weight: 0.1 },
      ],
      cashBand: 1,
      lotMethod: 'HIFO',
    });
    expect(targets.version).toBe(2);
    const { rebalancePlan: plan } = await ask(`rebalancePlan { ${PLAN} }`);
    expect(plan).toMatchObject({
      managedValue: '4000',
      orders: [],
      unmanaged: [{ instrument: { symbol: 'AAA' }, value: '8000', reason: null }],
      notes: [
        'Nothing is held of bond: name what is to be bought for it.',
        'Nothing is held of fund: name what is to be bought for it.',
      ],
    });
    const { auditLog } = await ask('auditLog(first: 9) { nodes { action } }');
    expect(auditLog.nodes.filter(({ action }: any) => action === 'SET_TARGETS')).toHaveLength(2);
  });
});
