import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeOnEveryBackend, type TestedBackend } from '../../../../tools/testing/every-backend.ts';
import { openClose, universeRequest } from '../../../../tools/testing/universes.ts';
import { runBacktest } from '../run.ts';
import { cappedParts } from './targets.ts';

const CLOSES = { A: 1, B: 2, C: 3, D: 4, E: NaN };

/** What is held at the first close after a decision, as parts of the equity; E has no value yet. */
function weightsOf(lines: string, { backtest }: TestedBackend): Record<string, number> {
  const bars = Object.fromEntries(
    Object.entries(CLOSES).map(([symbol, close]) => {
      const row = [Number.isNaN(close) ? 9 : close, Number.isNaN(close) ? 9 : close] as const;
      return [symbol, openClose(Number.isNaN(close) ? [null, row, row] : [row, row, row])];
    }),
  );
  const result = backtest(universeRequest(`strategy "T"\n${lines}`, bars));
  const { symbols, weights } = result.universe!;
  const held = symbols.map((symbol, i) => [symbol, Number(weights[i][1].toFixed(6))] as const);
  return Object.fromEntries(held.filter(([, weight]) => weight !== 0));
}

describeOnEveryBackend('the weights that a universe is held in', (backend) => {
  it.each([
    ['hold all', { A: 0.25, B: 0.25, C: 0.25, D: 0.25 }],
    ['hold top(2) by close', { C: 0.5, D: 0.5 }],
    ['hold bottom(2) by close', { A: 0.5, B: 0.5 }],
    ['hold top(1) by close - close', { A: 1 }],
    ['hold top(50 percent) by close', { C: 0.5, D: 0.5 }],
    ['hold top(30 percent) by close', { D: 1 }],
    ['hold top(1 percent) by close', { D: 1 }],
    ['hold top(9) by close where close < 3', { A: 0.5, B: 0.5 }],
    ['hold top(1) by close where close < 3', { B: 1 }],
    ['hold all\nweights by close', { A: 0.1, B: 0.2, C: 0.3, D: 0.4 }],
    ['hold all\nweights by close - 2', { C: 0.333333, D: 0.666667 }],
    ['hold all\nweights by close\nmax weight 30', { A: 0.133333, B: 0.266667, C: 0.3, D: 0.3 }],
    ['hold all\nmax weight 20', { A: 0.2, B: 0.2, C: 0.2, D: 0.2 }],
    ['hold all\ncash 20', { A: 0.2, B: 0.2, C: 0.2, D: 0.2 }],
    ['hold top(2) by close\nmax weight 25\nrest "A"', { A: 0.5, C: 0.25, D: 0.25 }],
    ['hold all where close > 9\nrest "B"\ncash 10', { B: 0.9 }],
    ['hold top(1) by rank_across(close)', { A: 1 }],
    ['hold top(1) by close\nshort bottom(1) by close', { A: -0.5, D: 0.5 }],
    ['hold top(1) by close\nshort bottom(1) by close\nmax weight 40\nrest "B"', { A: -0.2, B: 0.3, D: 0.2 }],
  ])('%s', (lines, weights) => {
    expect(weightsOf(lines, backend)).toEqual(weights);
  });
});

describe('legs that hold the same', () => {
  it('trade nothing of what rounding leaves of them', () => {
    // From the highest on 0.4 + 0.3 + 0.2 + 0.1 are 0.9999999999999999, and 1 in the order of the symbols.
    const text = 'strategy "T"\nhold top(4) by close\nshort all\nweights by close / 10';
    const rows = (close: number) => Array.from({ length: 3 }, () => [close, close] as const);
    const bars = Object.fromEntries(
      Object.entries({ A: 1, B: 2, C: 3, D: 4 }).map(([symbol, close]) => [symbol, openClose(rows(close))]),
    );
    const { fills, universe } = runBacktest(
      { ...universeRequest(text, bars), lotSize: 0 },
      { check: () => undefined, report: () => undefined },
    );
    expect([fills.reason, universe!.rebalances.barIndex.length]).toEqual([[], 0]);
  });
});

describe('the parts of a universe', () => {
  it('add up to one where the cap allows it, keep the order of the wishes and stay under the cap', () => {
    const wishes = fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(wishes, fc.double({ min: 0.01, max: 1, noNaN: true }), (weights, cap) => {
        const parts = cappedParts(weights, cap);
        const total = parts.reduce((sum, part) => sum + part, 0);
        expect(total).toBeCloseTo(Math.min(1, cap * weights.length), 9);
        parts.forEach((part, i) => {
          expect(part).toBeLessThanOrEqual(cap);
          weights.forEach((other, j) => {
            expect(weights[i] < other ? part - parts[j] : 0).toBeLessThanOrEqual(1e-12);
          });
        });
      }),
    );
  });
});
