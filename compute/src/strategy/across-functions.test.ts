import { describe, expect, it } from 'vitest';
import { flatBars } from '../../../tools/testing/bars.ts';
import { evaluateNode } from '../backends/reference/evaluate.ts';
import { compileStrategy } from './compile.ts';

const DAY_MS = 86_400_000;
const traded = { symbol: 'A', bars: flatBars([1, 2, 6, 4]) };
const others = [
  { symbol: 'B', bars: flatBars([2, 2, 3, 6]) },
  // Begins a day later than the others.
  { symbol: 'C', bars: { ...flatBars([5, 3, 2]), timesMs: Float64Array.of(DAY_MS, 2 * DAY_MS, 3 * DAY_MS) } },
];

/** The values of `expression` on the traded instrument. */
function valuesOf(expression: string, universe = 'universe "A", "B", "C"'): number[] {
  const result = compileStrategy(`strategy "T"\n${universe}\nenter long when ${expression} > 0`);
  if (!result.ok) throw new Error(result.diagnostics[0].message);
  const node = result.strategy.nodes.findIndex(({ op }) => op === 'greater');
  return [...evaluateNode(result.strategy, {}, [traded, ...others], result.strategy.nodes[node].inputs[0])];
}

describe('functions across a universe', () => {
  it('rank the traded instrument, equals with the better place, without members that have no value', () => {
    expect(valuesOf('rank_across(close)')).toEqual([2, 2, 1, 2]);
    expect(valuesOf('rank_across(0 - close)')).toEqual([1, 1, 3, 2]);
  });

  it('average the members that have a value', () => {
    expect(valuesOf('mean_across(close)')).toEqual([1.5, 3, 4, 4]);
  });

  it('measure the distance from the mean in population deviations', () => {
    expect(valuesOf('zscore_across(close)')).toEqual([-1, -1 / Math.sqrt(2), 2 / Math.sqrt(2), 0]);
    expect(valuesOf('zscore_across(close - close)')).toEqual([NaN, NaN, NaN, NaN]);
  });

  it("compute the expression on each member's own bars", () => {
    // C has its second bar one day after the others.
    expect(valuesOf('mean_across(close - close[1])')).toEqual([NaN, 0.5, (4 + 1 - 2) / 3, (-2 + 3 - 1) / 3]);
    expect(valuesOf('rank_across(close - close[1])')).toEqual([NaN, 1, 1, 3]);
  });

  it('count the traded instrument whether or not the universe names it', () => {
    expect(valuesOf('mean_across(close)', 'universe "B", "C"')).toEqual([1.5, 3, 4, 4]);
  });

  it('tell which instruments have to be there', () => {
    const result = compileStrategy(
      'strategy "T"\nenter long when rank_across(close) <= 1\nuniverse "B", "C", "B"',
    );
    expect(result.ok && result.strategy.otherSymbols).toEqual(['B', 'C']);
  });

  it.each([
    ['rank_across(close) > 1', '2:17 expected a line `universe "symbol", ...` for rank_across, was none'],
    [
      'rank_across(close > 1) > 1\nuniverse "B"',
      '2:29 expected a series of prices inside rank_across, without models and other universes, was close > 1, a condition',
    ],
    [
      'rank_across(mean_across(close)) > 1\nuniverse "B"',
      '2:29 expected a series of prices inside rank_across, without models and other universes, was mean_across(close)',
    ],
    ['rank_across() > 1\nuniverse "B"', '2:17 expected rank_across(expression), was 0 arguments'],
  ])('refuse %s', (condition, problem) => {
    const result = compileStrategy(`strategy "T"\nenter long when ${condition}`);
    const told = result.ok ? [] : result.diagnostics.map((one) => `${one.line}:${one.column} ${one.message}`);
    expect(told).toContain(problem);
  });
});
