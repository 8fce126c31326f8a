import { describe, expect, it } from 'vitest';
import { Decimal, ONE } from '../platform/decimal.ts';
import type { MeasuredPeriod } from './performance.ts';
import type { PortfolioState } from './portfolio-state.ts';
import { sharedView } from './shared-portfolio.ts';

const DAY_MS = 86_400_000;
const at = (day: number) => Date.UTC(2024, 0, 30 + day);

function periodOf(...growth: number[]): MeasuredPeriod {
  const timesMs = Float64Array.from(growth, (_, step) => at(step + 1));
  return {
    fromMs: at(0),
    toMs: at(growth.length),
    startValue: 0,
    endValue: 1,
    flows: [],
    growth: Float64Array.from(growth),
    timesMs,
    equity: Float64Array.from(growth),
    netFlow: new Float64Array(growth.length),
    inflow: new Float64Array(growth.length),
    outflow: new Float64Array(growth.length),
    currencyEffect: new Float64Array(growth.length),
    currencyGain: 0,
  };
}

function stateOf(cash: number, ...values: number[]): PortfolioState {
  const holdings = values.map((value, index) => ({
    instrumentId: `ins_${index}`,
    quantity: new Decimal(value),
    price: ONE,
    baseRate: ONE,
  }));
  return { cash: new Decimal(cash), holdings } as unknown as PortfolioState;
}

const INSTRUMENTS = new Map([
  ['ins_0', { symbol: 'AAA', name: 'Alpha', assetClass: 'EQUITY' }],
  ['ins_1', { symbol: 'BBB', name: 'Beta', assetClass: 'ETF' }],
  ['ins_2', { symbol: 'CCC', name: 'Gamma', assetClass: 'EQUITY' }],
]) as never;

describe('what strangers see of a portfolio', () => {
  it('is an index from 100, its falls, and returns by month and year', () => {
    const view = sharedView(periodOf(1.5, 0.5, 1), stateOf(0), INSTRUMENTS);
    expect([...view.index]).toEqual([150, 75, 75]);
    expect([...view.drawdown]).toEqual([0, -0.5, -0.5]);
    expect(view).toMatchObject({ totalReturn: -0.25, maximumDrawdown: 0.5, annualisedReturn: null });
    expect(view.asOf).toEqual(new Date(at(3)));
    expect(view.months).toEqual([
      { label: '2024-01', timeWeighted: -0.25 },
      { label: '2024-02', timeWeighted: 0 },
    ]);
    expect(view.years).toEqual([{ label: '2024', timeWeighted: -0.25 }]);
  });

  it('takes the ends of days, where instruments close at other times', () => {
    const period = periodOf(0.5, 2, 1.5);
    const timesMs = Float64Array.of(at(1) - 3 * 3_600_000, at(1), at(2));
    const view = sharedView({ ...period, timesMs, toMs: at(2) }, stateOf(0), INSTRUMENTS);
    expect([[...view.times], [...view.index], view.maximumDrawdown]).toEqual([[at(1), at(2)], [100, 150], 0]);
  });

  it('falls from 100 where it never was above', () => {
    expect([...sharedView(periodOf(0.75), stateOf(0), INSTRUMENTS).drawdown]).toEqual([-0.25]);
  });

  it('has a return per year from a year on', () => {
    const period = { ...periodOf(1.21), toMs: at(0) + 730 * DAY_MS };
    expect(sharedView(period, stateOf(0), INSTRUMENTS).annualisedReturn).toBeCloseTo(0.1, 6);
  });

  it('is without figures where a value is not known, and without history', () => {
    for (const period of [periodOf(1.5, NaN), null])
      expect(sharedView(period, stateOf(1), INSTRUMENTS)).toMatchObject({
        asOf: null,
        totalReturn: null,
        maximumDrawdown: null,
        months: [],
        index: new Float64Array(),
      });
  });

  it('has weights of what is held, the largest first, shorts and debts below 0', () => {
    const view = sharedView(null, stateOf(-25, 50, 100, -25), INSTRUMENTS);
    expect(view.holdings).toEqual([
      { symbol: 'BBB', label: 'Beta', assetClass: 'ETF', weight: 1 },
      { symbol: 'AAA', label: 'Alpha', assetClass: 'EQUITY', weight: 0.5 },
      { symbol: 'CCC', label: 'Gamma', assetClass: 'EQUITY', weight: -0.25 },
    ]);
    expect(view.cashWeight).toBe(-0.25);
    expect(view.allocation).toEqual([
      { label: 'ETF', weight: 1 },
      { label: 'Cash', weight: -0.25 },
      { label: 'EQUITY', weight: 0.25 },
    ]);
  });

  it('has no weights of nothing, of debts, or of what has no rate', () => {
    for (const state of [stateOf(0), stateOf(-10, 5), stateOf(NaN, 5)])
      expect(sharedView(null, state, INSTRUMENTS)).toMatchObject({
        holdings: [],
        cashWeight: null,
        allocation: [],
      });
  });
});
