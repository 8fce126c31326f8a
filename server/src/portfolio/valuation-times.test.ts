import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';
import { ledgerEntry } from '../../test/ledger-entry.ts';
import { equityColumns, journalOf } from './valuation.ts';
import { flowAdjustedLevels, dailyLevels } from './growth-levels.ts';
import { withLaterDays } from './valuation-times.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const cash = (kind: 'DEPOSIT' | 'INTEREST' | 'FEE', timeMs: number, amount: string) =>
  ledgerEntry(kind, timeMs, { amount, instrumentId: null });

describe('the times of a valuation', () => {
  it('are the ends of days with transactions where no price is told', () => {
    const entries = [
      cash('DEPOSIT', DAY_MS, '1000'),
      cash('DEPOSIT', DAY_MS + HOUR_MS, '500'),
      cash('INTEREST', 366 * DAY_MS + HOUR_MS, '75'),
    ];
    const columns = equityColumns(journalOf(entries), new Map());
    expect([...columns.timesMs]).toEqual([2 * DAY_MS, 367 * DAY_MS]);
    expect([...columns.equity]).toEqual([1500, 1575]);
    expect([...columns.inflow]).toEqual([1500, 0]);
    expect([...columns.flowAmounts]).toEqual([1000, 500]);
    expect([...flowAdjustedLevels(columns).levels]).toEqual([1500, 1575]);
    expect(dailyLevels(columns).levels).toHaveLength(0);
  });

  it('go on after the last price, which a split does not change', () => {
    const timesMs = Float64Array.of(2 * DAY_MS, 3 * DAY_MS);
    const prices = new Map([['a', { timesMs, close: Float64Array.of(10, 12) }]]);
    const bought = [
      cash('DEPOSIT', DAY_MS, '100'),
      ledgerEntry('BUY', DAY_MS, { quantity: '5', price: '10' }),
    ];
    const before = equityColumns(journalOf(bought), prices);
    const split = ledgerEntry('SPLIT', 3 * DAY_MS + HOUR_MS, { units: '2' });
    expect(equityColumns(journalOf([...bought, split]), prices).timesMs).toEqual(before.timesMs);
    const later = cash('DEPOSIT', 60 * DAY_MS, '50');
    const columns = equityColumns(journalOf([...bought, later, cash('FEE', 61 * DAY_MS - 1, '11')]), prices);
    expect([...columns.timesMs]).toEqual([2 * DAY_MS, 3 * DAY_MS, 61 * DAY_MS]);
    expect([...columns.equity]).toEqual([100, 110, 149]);
    expect([...columns.inflow]).toEqual([100, 0, 50]);
    expect(columns.pricedLength).toBe(2);
    // What is risky moves with prices; the fee of a day without one is a loss all the same.
    expect([...dailyLevels(columns).levels]).toEqual([...flowAdjustedLevels(before).levels]);
    expect(flowAdjustedLevels(columns).levels[2]).toBeCloseTo(110 * (149 / 160), 12);
  });

  it.each([
    ['of an exchange', (day: number) => day % 7 < 5, 252],
    ['that never closes', () => true, 365],
    ['told by the week', (day: number) => day % 7 === 4, 52],
    ['told by the month', (day: number) => day % 30 === 0, 12],
  ] as const)(
    'of risk are one a day, of which a year of a market %s has as many',
    (_name, isTold, perYear) => {
      // given: two instruments with prices on the same days, at 21:00 and at the midnight after, which move in turn
      const days = Array.from({ length: 300 }, (_, day) => day).filter(isTold);
      const closes = (hour: number, close: (index: number) => number) => ({
        timesMs: Float64Array.from(days, (day) => day * DAY_MS + hour * HOUR_MS),
        close: Float64Array.from(days, (_, index) => close(index)),
      });
      const prices = new Map([
        ['a', closes(21, (index) => 10 + (index % 2))],
        ['b', closes(24, (index) => 10 + (index % 3))],
      ]);
      const entries = [
        cash('DEPOSIT', 1, '200'),
        ledgerEntry('BUY', 1, { quantity: '10', price: '10' }),
        ledgerEntry('BUY', 1, { instrumentId: 'b', quantity: '10', price: '10' }),
      ];
      // when
      const { timesMs, levels, periodsPerYear } = dailyLevels(equityColumns(journalOf(entries), prices));
      // then: both are in the value of each day
      expect([...timesMs]).toEqual(days.map((day) => (day + 1) * DAY_MS));
      days.forEach((_, index) =>
        expect(levels[index]).toBeCloseTo(200 + 10 * ((index % 2) + (index % 3)), 9),
      );
      expect(periodsPerYear).toBe(perYear);
    },
  );

  it('are the same column until another day is added', () => {
    const toldMs = Float64Array.of(DAY_MS);
    const moves = [{ timeMs: DAY_MS }, { timeMs: DAY_MS + 1 }];
    expect(withLaterDays(toldMs, [moves.slice(0, 1)])).toBe(toldMs);
    const added = withLaterDays(toldMs, [moves]);
    expect([...added]).toEqual([DAY_MS, 2 * DAY_MS]);
    expect(withLaterDays(toldMs, [moves, [{ timeMs: 2 * DAY_MS - 1 }]])).toBe(added);
    expect([...withLaterDays(toldMs, [moves, [{ timeMs: 2 * DAY_MS }]])]).toEqual(
      [1, 2, 3].map((day) => day * DAY_MS),
    );
  });
});

describe('a portfolio of cash alone', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.stop());

  it('has a value over time, a performance, and parts of it', async () => {
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id ledgerVersion } } }',
      { input: { idempotencyKey: newKey(), name: 'Cash', baseCurrency: 'USD' } },
    );
    const { id, ledgerVersion } = createPortfolio.portfolio;
    const rows = [
      { kind: 'DEPOSIT', executedAt: '2023-01-02', amount: '1000' },
      { kind: 'INTEREST', executedAt: '2024-01-01', amount: '50' },
      { kind: 'DEPOSIT', executedAt: '2024-03-01', amount: '500' },
    ];
    let expectedVersion = ledgerVersion;
    for (const transaction of rows) {
      const { recordTransaction } = await app.query(
        'mutation($input: RecordTransactionInput!) { recordTransaction(input: $input) { portfolio { ledgerVersion } errors { message } } }',
        { input: { idempotencyKey: newKey(), portfolioId: id, expectedVersion, transaction } },
      );
      expect(recordTransaction.errors).toEqual([]);
      expectedVersion = recordTransaction.portfolio.ledgerVersion;
    }
    const { portfolio } = await app.query(
      `query($id: ID!) { portfolio(id: $id) { equity { ... on EquitySeries { length } } risk { __typename }
         performance { ... on PerformanceReport { from to endValue timeWeighted { value annualised }
           periods(by: MONTH) { label startValue endValue netFlow timeWeighted }
           breakdown(by: INSTRUMENT) { parts { label gain } } } } } }`,
      { id },
    );
    expect(portfolio.equity.length).toBe(3);
    expect(portfolio.risk.__typename).toBe('InsufficientHistoryError');
    const { performance } = portfolio;
    expect(performance).toMatchObject({
      from: '2023-01-02T00:00:00.000Z',
      to: '2024-03-02T00:00:00.000Z',
      endValue: 1550,
    });
    expect(performance.timeWeighted.value).toBeCloseTo(0.05, 12);
    expect(
      performance.periods.map((one: any) => [one.label, one.startValue, one.endValue, one.netFlow]),
    ).toEqual([
      ['2023-01', 0, 1000, 1000],
      ['2024-01', 1000, 1050, 0],
      ['2024-03', 1050, 1550, 500],
    ]);
    expect(performance.breakdown.parts).toEqual([{ label: 'Cash', gain: 50 }]);
  });
});
