import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itWithShared, sharedText } from '../../../tools/testing/services.ts';
import { modifiedDietz, simpleReturn } from './modified-dietz.ts';
import { stepGrowth, timeWeightedReturn } from './time-weighted.ts';
import { presentValue, xirr } from './xirr.ts';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

describe('xirr', () => {
  it.each([
    ['one way only', [[0, -100] as const], 'expected money in and money out, was money one way only'],
    ['one day', [[0, -100] as const, [0, 110] as const], 'expected flows on several days, was one day only'],
    [
      'no rate',
      [[0, -10] as const, [YEAR_MS, 10] as const, [2 * YEAR_MS, -10] as const],
      'expected a rate between -99.99999999999998 % and 1e306 % a year at which the flows are worth nothing, was none',
    ],
    [
      'a tenth lost in a day, of which nothing is left in a year',
      [[0, -100] as const, [DAY_MS, 90] as const],
      'expected a rate between -99.99999999999998 % and 1e306 % a year at which the flows are worth nothing, was none',
    ],
  ])('says why there is none: %s', (_name, flows, reason) => {
    const result = xirr(flows.map(([timeMs, amount]) => ({ timeMs, amount })));
    expect(result).toEqual({ rate: null, roots: [], reason });
  });

  it('finds both roots and gives the one nearest to 10 %', () => {
    // -100 (1 + r)^2 + 230 (1 + r) - 132 = 0 at 10 % and 20 %
    const flows = [-100, 230, -132].map((amount, year) => ({ timeMs: year * YEAR_MS, amount }));
    const { rate, roots } = xirr(flows);
    expect(roots).toEqual([expect.closeTo(0.1, 12), expect.closeTo(0.2, 12)]);
    expect(rate).toBeCloseTo(0.1, 12);
  });

  it.each([
    ['10 % in one day', [-100, 110], DAY_MS, 1.1 ** 365 - 1],
    ['half lost in ten days', [-100, 50], 10 * DAY_MS, 0.5 ** 36.5 - 1],
    ['a root that only touches', [-100, 220, -121], YEAR_MS, 0.1],
    ['one at 0 %', [-33.3, 66.6, -33.3], YEAR_MS, 0],
    ['one just above 0 %', [-1, 2.00002, -1.0000200001], YEAR_MS, 0.00001],
    ['two that lie close', [-100, 220.001, -121.0011], YEAR_MS, 0.1],
    ['nothing left of the first day', [0.1, 0.2, -0.3, -100, 110], 0, null],
    ['a century', [-1, ...Array.from({ length: 99 }, () => -1), 1_000], YEAR_MS, 0.03656354710501774],
  ])('finds %s', (_name, amounts, apartMs, expected) => {
    const { rate, reason } = xirr(
      amounts.map((amount, index) => ({
        timeMs: apartMs === 0 ? Math.max(0, index - 3) * YEAR_MS : index * apartMs,
        amount,
      })),
    );
    expect(reason).toBeNull();
    const known = expected ?? 0.1;
    expect(Math.abs(rate! - known) / (1 + known)).toBeLessThan(1e-7);
  });

  it('finds each of the rates that roots of polynomials by their derivatives are', () => {
    // Between turns, whose places are the roots of the derivative, a polynomial has one root at most.
    const at = (coefficients: readonly number[], v: number) =>
      coefficients.reduceRight((total, one) => total * v + one, 0);
    const positiveRoots = (coefficients: readonly number[]): number[] => {
      if (coefficients.length < 2) return [];
      const turns = positiveRoots(coefficients.slice(1).map((one, index) => one * (index + 1)));
      return [0, ...turns].flatMap((from, index) => {
        let [low, high] = [from, turns[index] ?? 1e9];
        if (at(coefficients, low) < 0 === at(coefficients, high) < 0) return [];
        for (let count = 0; count < 200; count += 1) {
          const middle = (low + high) / 2;
          if (at(coefficients, middle) < 0 === at(coefficients, high) < 0) high = middle;
          else low = middle;
        }
        return [low];
      });
    };
    const amount = fc.integer({ min: -1_000, max: 1_000 }).filter((one) => one !== 0);
    const several = { count: 0 };
    fc.assert(
      fc.property(fc.array(amount, { minLength: 2, maxLength: 8 }), (amounts) => {
        fc.pre(amounts.reduce((total, one) => total + one) !== 0);
        const turns = positiveRoots(amounts.slice(1).map((one, index) => one * (index + 1)));
        fc.pre(turns.every((v) => Math.abs(at(amounts, v)) > 1e-6 * at(amounts.map(Math.abs), v)));
        const expected = positiveRoots(amounts).map((v) => 1 / v - 1);
        const { roots } = xirr(amounts.map((one, year) => ({ timeMs: year * YEAR_MS, amount: one })));
        if (expected.length > 1) several.count += 1;
        expect(roots).toHaveLength(expected.length);
        expected.toReversed().forEach((rate, index) => {
          expect(Math.abs(roots[index] - rate) / (1 + rate)).toBeLessThan(1e-8);
        });
      }),
      { numRuns: 500, seed: 7 },
    );
    expect(several.count).toBeGreaterThan(20);
  });

  it('finds any rate that one amount grew at', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -0.99, max: 20, noNaN: true }),
        fc.integer({ min: 1, max: 40 }),
        (rate, years) => {
          const flows = [
            { timeMs: 0, amount: -1_000 },
            { timeMs: years * YEAR_MS, amount: 1_000 * (1 + rate) ** years },
          ];
          expect(xirr(flows).rate!).toBeCloseTo(rate, 7);
        },
      ),
    );
  });

  interface XirrCase {
    dates: string[];
    amounts: number[];
    published: number;
    all_roots_found: number[];
  }
  const flowsOf = ({ dates, amounts }: Pick<XirrCase, 'dates' | 'amounts'>) =>
    dates.map((date, index) => ({ timeMs: Date.parse(date), amount: amounts[index] }));

  itWithShared('agrees with Excel, MathWorks and pyxirr, and knows all roots', () => {
    const reference = JSON.parse(sharedText('reference/ledger/xirr_share.json'));
    expect(reference.cases).toHaveLength(26);
    for (const one of reference.cases as XirrCase[]) {
      const flows = flowsOf(one);
      const { rate, roots } = xirr(flows);
      const distance = (root: number, other: number) => Math.abs(root - other) / Math.max(1, Math.abs(other));
      for (const root of [one.published, ...one.all_roots_found])
        expect(Math.min(...roots.map((own) => distance(own, root)))).toBeLessThan(reference.tolerance_abs);
      // The reference stopped its search early: whatever we found beyond is a root all the same.
      for (const root of roots) {
        const [below, above] = [-1, 1].map((sign) =>
          presentValue(flows, root + sign * (1e-6 * (1 + root) + 1e-15)),
        );
        expect(below < 0).not.toBe(above < 0);
      }
      expect(Math.min(...roots.map((root) => Math.abs(root - 0.1)))).toBe(Math.abs(rate! - 0.1));
    }
    const [missed, none] = (reference.no_solution as XirrCase[]).map(flowsOf);
    // Its source gives up on this one, whose value changes sign at -89.7 % all the same.
    expect(xirr(missed).roots).toEqual([expect.closeTo(-0.89735382, 8)]);
    expect([-0.898, -0.897].map((rate) => presentValue(missed, rate) > 0)).toEqual([true, false]);
    expect(xirr(none).rate).toBeNull();
    const { xnpv } = reference;
    expect(presentValue(flowsOf(xnpv), xnpv.rate)).toBeCloseTo(xnpv.published, 5);
  });
});

describe('modifiedDietz', () => {
  it('weighs flows by the time that was left', () => {
    const period = {
      fromMs: 0,
      toMs: 10,
      startValue: 100,
      endValue: 170,
      flows: [{ timeMs: 4, amount: 50 }],
    };
    // 20 / (100 + 0.6 * 50)
    expect(modifiedDietz(period)).toEqual({ value: 20 / 130, reason: null, gain: 20, capital: 130 });
    expect(simpleReturn(period).value).toBe(20 / 150);
  });

  it('is the plain return without flows, whatever the values', () => {
    const value = fc.double({ min: 0.01, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(value, value, (startValue, endValue) => {
        const period = { fromMs: 0, toMs: 1, startValue, endValue, flows: [] };
        expect(modifiedDietz(period).value).toBe((endValue - startValue) / startValue);
      }),
    );
  });

  it('is not defined without capital', () => {
    const period = { fromMs: 0, toMs: 10, startValue: 0, endValue: 5, flows: [{ timeMs: 10, amount: 5 }] };
    expect(modifiedDietz(period)).toMatchObject({ value: null, reason: 'expected capital above 0, was 0' });
  });
});

describe('timeWeightedReturn', () => {
  it('does not depend on flows when prices move by known factors', () => {
    const step = fc.record({
      factor: fc.double({ min: 0.5, max: 2, noNaN: true }),
      inflow: fc.integer({ min: 0, max: 100 }),
      outflow: fc.integer({ min: 0, max: 10 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
        let value = 1_000_000;
        const columns = steps.map(({ factor, inflow, outflow }) => {
          value = (value + inflow) * factor - outflow;
          return value;
        });
        const growth = stepGrowth({
          equity: Float64Array.of(1_000_000, ...columns),
          inflow: Float64Array.of(1_000_000, ...steps.map(({ inflow }) => inflow)),
          outflow: Float64Array.of(0, ...steps.map(({ outflow }) => outflow)),
        });
        const expected = steps.reduce((total, { factor }) => total * factor, 1) - 1;
        expect(timeWeightedReturn(growth)).toBeCloseTo(expected, 6);
      }),
    );
  });

  it('does not move on a step without capital', () => {
    const none = Float64Array.of(0, 0);
    expect(timeWeightedReturn(stepGrowth({ equity: none, inflow: none, outflow: none }))).toBe(0);
  });

  itWithShared('agrees with Portfolio Performance day by day', () => {
    const reference = JSON.parse(sharedText('reference/ledger/twr_share.json'));
    const flows = reference.flows as { external_flow: number; pnl: number }[];
    let value = 0;
    const equity = Float64Array.from(flows, ({ external_flow: flow, pnl }) => (value += flow + pnl));
    const inflow = Float64Array.from(flows, ({ external_flow: flow }) => Math.max(0, flow));
    const outflow = Float64Array.from(flows, ({ external_flow: flow }) => Math.max(0, -flow));
    const growth = stepGrowth({ equity, inflow, outflow });
    growth.forEach((one, day) => {
      expect(one - 1).toBeCloseTo(reference.published_daily[day], 5);
      expect(timeWeightedReturn(growth.subarray(0, day + 1))).toBeCloseTo(
        reference.published_cumulative[day],
        5,
      );
    });
  });
});
