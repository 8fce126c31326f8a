import { describe, expect, it } from 'vitest';
import { compileStrategy } from './compile.ts';
import { checkStrategy } from './library.ts';

function compiled(lines: string) {
  const result = compileStrategy(`strategy "T"\n${lines}`);
  if (!result.ok) throw new Error(result.diagnostics[0].message);
  return result.strategy;
}

function problems(lines: string): string[] {
  const result = compileStrategy(`strategy "T"\n${lines}`);
  return result.ok ? [] : result.diagnostics.map((one) => `${one.line}:${one.column} ${one.message}`);
}

describe('a strategy that holds a universe', () => {
  it('names what it holds, by what, in which parts and when', () => {
    const { universe, nodes, otherSymbols } = compiled(
      [
        'universe "A", "B"',
        'param n = 3 in 1..9',
        'hold top(n) by roc(close, 5) where close > close of "SPY"',
        'short bottom(20 percent) by roc(close, 5)',
        'weights inverse_volatility(20)',
        'max weight 40',
        'cash 2',
        'rest "BIL"',
        'rebalance quarterly',
      ].join('\n'),
    );
    expect(universe).toMatchObject({
      symbols: ['A', 'B'],
      rest: ['BIL'],
      rebalance: { kind: 'period', period: 'quarter' },
    });
    expect(universe!.legs.map(({ side, order, isPercent }) => [side, order, isPercent])).toEqual([
      [1, 'top', false],
      [-1, 'bottom', true],
    ]);
    expect(nodes[universe!.legs[0].count!]).toMatchObject({ op: 'parameter', name: 'n' });
    expect(nodes[universe!.weights!].op).toBe('divide');
    expect(nodes[universe!.maximumWeight!].constant).toBe(40);
    expect(nodes[universe!.cash!].constant).toBe(2);
    expect(otherSymbols).toEqual(['SPY', 'BIL']);
  });

  it('holds equal parts, chosen anew every month, where nothing else is said', () => {
    const { universe } = compiled('hold all');
    expect(universe).toEqual({
      symbols: [],
      legs: [{ side: 1, order: 'all', count: null, isPercent: false, score: null, condition: null }],
      weights: null,
      maximumWeight: null,
      cash: null,
      rest: [],
      rebalance: { kind: 'period', period: 'month' },
    });
    expect(compiled('enter long when close > 1').universe).toBeNull();
  });

  it('is described as one, with the warm-up of what it ranks and weighs by', () => {
    const check = checkStrategy('strategy "T"\nhold top(2) by roc(close, 30)\nweights by sma(close, 50)');
    expect(check.ok && check.strategy).toMatchObject({ universe: [], usesShort: false, warmUpBars: 49 });
    const named = checkStrategy('strategy "T"\nuniverse "B", "A"\nshort all where close < sma(close, 5)');
    expect(named.ok && named.strategy).toMatchObject({
      universe: ['B', 'A'],
      usesShort: true,
      warmUpBars: 4,
    });
  });

  it('compares across the instruments of the run without naming them', () => {
    const { nodes } = compiled('hold top(1) by zscore_across(close) + rank_across(volume)');
    expect(nodes.flatMap(({ across }) => across ?? [])).toEqual([
      { kind: 'zscore', symbols: [] },
      { kind: 'rank', symbols: [] },
    ]);
  });

  it.each([
    ['hold best(3) by close', '2:6 expected top, bottom or all, was best'],
    ['hold top(3)', '2:12 expected by, was the end of the line'],
    ['hold top(0) by close', '2:10 expected a whole number of instruments from 1, was 0'],
    ['hold top(close) by close', '2:10 expected a number or a parameter, was close, a series of numbers'],
    [
      'hold top(2) by close > 1',
      '2:16 expected a number or a series of numbers, was close > 1, a condition; choose(condition, 1, 0) is a number',
    ],
    [
      'hold all where close',
      '2:16 expected a condition such as crosses_above(a, b) or a > b, was close, a series of numbers',
    ],
    [
      'hold all\nweights by close > 1',
      '3:12 expected a number or a series of numbers, was close > 1, a condition; choose(condition, 1, 0) is a number',
    ],
    ['hold all\nweights random', '3:9 expected equal, by or inverse_volatility, was random'],
    ['hold all\nmax 10', '3:5 expected weight, was 10'],
    ['hold all\ncash close', '3:6 expected a number or a parameter, was close, a series of numbers'],
    ['hold all\nrest BIL', '3:6 expected a symbol in quotes, was BIL'],
    [
      'hold all\nrebalance hourly',
      '3:11 expected daily, weekly, monthly, quarterly, yearly or every, was hourly',
    ],
    ['hold all\nrebalance every 0 bars', '3:17 expected a whole number of bars from 1, was 0'],
    ['hold all\nhold all', '3:1 expected one line that begins with hold, was another'],
    [
      'hold all\nstop 1',
      '3:1 expected hold, short, weights, max weight, cash, rest or rebalance in a strategy that holds a universe, was stop',
    ],
    [
      'enter long when close > 1\nrebalance daily',
      '3:1 expected a line `hold ...` or `short ...` beside rebalance, was none',
    ],
    [
      'hold all where weekly(rank_across(close) < 3)',
      '2:23 expected bars of prices inside weekly, was rank_across(close) < 3, a comparison across the universe',
    ],
    [
      'hold top(2) by close[-1]',
      '2:22 expected a whole number of bars back, 0 or more, was -1: the future cannot be read',
    ],
  ])('refuses %s', (lines, problem) => {
    expect(problems(lines)).toContain(problem);
  });

  it('tells several problems at once, in the order of the text', () => {
    expect(problems('hold top(2) by clos\nenter long when close > 1\ncash 101 +')).toEqual([
      '2:16 expected a known name, was clos; did you mean close?',
      '3:1 expected hold, short, weights, max weight, cash, rest or rebalance in a strategy that holds a universe, was enter',
      '4:11 expected a name, a number or (, was the end of the line; inside brackets a line may end anywhere',
    ]);
  });
});
