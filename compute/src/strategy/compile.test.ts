import { describe, expect, it } from 'vitest';
import { compileStrategy } from './compile.ts';

const problems = (source: string) => {
  const result = compileStrategy(source);
  return result.ok
    ? []
    : result.diagnostics.map(({ line, column, message }) => `${line}:${column} ${message}`);
};
const HEAD = 'strategy "T"\n';

describe('compileStrategy', () => {
  it('accepts the strategy of the documentation', () => {
    const source = `${HEAD}param fast = 20 in 5..60 step 5
param slow = 100 in 60..250 step 10
let f = sma(close, fast)
let s = sma(close, slow)
enter long when crosses_above(f, s)
exit  long when crosses_below(f, s)
stop  2.5 * atr(14)
size  percent_of_equity(95)`;
    const result = compileStrategy(source);
    expect(
      result.ok &&
        result.strategy.parameters.map(({ name, minimum, maximum, step }) => [name, minimum, maximum, step]),
    ).toEqual([
      ['fast', 5, 60, 5],
      ['slow', 60, 250, 10],
    ]);
  });

  it('shares equal expressions', () => {
    const once = compileStrategy(`${HEAD}enter long when sma(close, 5) > 1`);
    const twice = compileStrategy(`${HEAD}enter long when sma(close, 5) > 1 and sma(close, 5) > 1`);
    expect(once.ok && twice.ok && twice.strategy.nodes.length - once.strategy.nodes.length).toBe(1);
  });

  it('lets a name be that of a function, which can still be called', () => {
    const result = compileStrategy(`${HEAD}let rsi = rsi(close, 5)\nenter long when rsi > rsi(close, 9)`);
    expect(result.ok && result.strategy.nodes.filter(({ op }) => op === 'rsi').length).toBe(2);
  });

  it('reports every problem with its place and what was expected', () => {
    expect(
      problems(`${HEAD}let a = smaa(close, 5)\nenter long when clos > 1\nexit long whenn close > 2`),
    ).toEqual([
      '2:9 expected a function, was smaa; did you mean sma?',
      '3:17 expected a known name, was clos; did you mean close?',
      '4:11 expected when, was whenn; did you mean when?',
    ]);
  });

  it.each([
    [
      'enter long when close[-1] > 1',
      '2:23 expected a whole number of bars back, 0 or more, was -1: the future cannot be read',
    ],
    ['enter long when close[1.5] > 1', '2:23 expected a whole number of bars back, 0 or more, was 1.5'],
    [
      'enter long when close',
      '2:17 expected a condition such as crosses_above(a, b) or a > b, was close, a series of numbers',
    ],
    [
      'enter long when sma(close, 0) > 1',
      '2:28 expected a whole number of bars from 1 for length of sma, was 0',
    ],
    ['enter long when sma(close) > 1', '2:17 expected 2 arguments for sma(source, length), was 1 argument'],
    [
      'enter long when sma(close, close) > 1',
      '2:28 expected a number or a parameter for length of sma, was close, a series of numbers',
    ],
    [
      'enter long when close > 1\nsize shares(5)',
      '3:6 expected one of percent_of_equity, units, cash, risk, volatility_target, was shares; did you mean units?',
    ],
    ['enter long when close > 1\nsize risk(1)', '3:6 expected a stop beside size risk(...), was none'],
    ['param close = 1\nenter long when close > 1', '2:7 expected a new name, was close, which is a built-in'],
    ['let not = 1\nenter long when close > 1', '2:5 expected a new name, was not, which is a built-in'],
    ['param n = 9 in 1..5\nenter long when close > n', '2:11 expected the default of n inside 1..5, was 9'],
    [
      'enter long when close > ?',
      '2:25 expected a name, a number, a text or an operator, was ?; did you mean choose(condition, a, b)?',
    ],
    ['enter sideways when close > 1', '2:7 expected long or short, was sideways'],
    [
      'exit long when close > 1',
      '1:1 expected at least one rule `enter long when ...`, or a line `hold ...`, was none',
    ],
  ])('refuses %s', (text, problem) => {
    expect(problems(HEAD + text)).toContain(problem);
  });

  it('asks for a name', () => {
    expect(problems('enter long when close > 1')).toEqual([
      '1:1 expected a line `strategy "name"`, was none',
    ]);
  });
});
