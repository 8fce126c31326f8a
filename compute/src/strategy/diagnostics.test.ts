import { describe, expect, it } from 'vitest';
import { compileStrategy } from './compile.ts';

const STATEMENTS =
  'strategy, description, benchmark, universe, calendar, param, let, enter, exit, stop, target, trail, breakeven, pyramid, size, fill, hold, short, weights, max weight, cash, rest or rebalance';

type Finding = readonly [line: number, column: number, text: string, expected: string];

/** Wrong programs with all that is told of them, and so without follow-ups. */
const WITHOUT_NAME: readonly (readonly [source: string, ...findings: Finding[]])[] = [
  ['enter long when close > 1', [1, 1, '', 'a line `strategy "name"`']],
  [
    `strategy T
enter long when close > 1`,
    [1, 10, 'T', 'the name of the strategy in quotes'],
  ],
  [
    `strategy "T
enter long when close > 1`,
    [1, 10, '"T', 'a closing " before the end of the line'],
  ],
  [
    `strateggy "T"
enter long when close > 1`,
    [1, 1, 'strateggy', STATEMENTS],
  ],
];
/** The same behind a first line that names the strategy. */
const NAMED: readonly (readonly [source: string, ...findings: Finding[]])[] = [
  ['exit long when close > 1', [1, 1, '', 'at least one rule `enter long when ...`, or a line `hold ...`']],
  ['entr long when close > 1', [2, 1, 'entr', STATEMENTS]],
  ['enter sideways when close > 1', [2, 7, 'sideways', 'long or short']],
  ['enter long whenn close > 2', [2, 12, 'whenn', 'when']],
  ['enter long when', [2, 16, '', 'a name, a number or (']],
  ['enter long when close', [2, 17, 'close', 'a condition such as crosses_above(a, b) or a > b']],
  [
    'enter long when close + open',
    [2, 17, 'close + open', 'a condition such as crosses_above(a, b) or a > b'],
  ],
  ['enter long when close > ?', [2, 25, '?', 'a name, a number, a text or an operator']],
  ['enter long when close > 1 && open > 1', [2, 27, '&&', 'a name, a number, a text or an operator']],
  ['enter long when 1 < close < 2', [2, 27, '<', 'one comparison']],
  ['enter long when close > 1 open', [2, 27, 'open', 'the end of the line']],
  ['enter long when clos > 1', [2, 17, 'clos', 'a known name']],
  ['enter long when smaa(close, 5) > 1', [2, 17, 'smaa', 'a function']],
  ['enter long when sma > 1', [2, 17, 'sma', 'a known name']],
  ['enter long when sma(close) > 1', [2, 17, 'sma(close)', '2 arguments for sma(source, length)']],
  ['enter long when sma(close, 0) > 1', [2, 28, '0', 'a whole number of bars from 1 for length of sma']],
  ['enter long when sma(close, close) > 1', [2, 28, 'close', 'a number or a parameter for length of sma']],
  [
    'enter long when sma(close, 2 * close) > 1',
    [2, 28, '2 * close', 'a number or a parameter for length of sma'],
  ],
  ['enter long when close[-1] > 1', [2, 23, '-1', 'a whole number of bars back, 0 or more']],
  ['enter long when close[1.5] > 1', [2, 23, '1.5', 'a whole number of bars back, 0 or more']],
  ['enter long when close[open] > 1', [2, 23, 'open', 'a number or a parameter']],
  ['enter long when (close > 1)[1]', [2, 18, 'close > 1', 'a series of numbers before [']],
  ['enter long when not close', [2, 21, 'close', 'a condition such as crosses_above(a, b) or a > b']],
  ['enter long when crosses_above(close > 1, 2)', [2, 31, 'close > 1', 'a number or a series of numbers']],
  ['enter long when "SPY" > 1', [2, 17, '"SPY"', 'a number or a series of numbers']],
  ['enter long when 09:30 > 1', [2, 17, '09:30', 'a number or a series of numbers']],
  ['enter long when session(9, 16:00)', [2, 25, '9', 'a time of day such as 09:30']],
  ['enter long when session(09:30)', [2, 17, 'session(09:30)', 'session(from, to, zone = "UTC")']],
  ['enter long when session(09:30, 25:00)', [2, 32, '25:00', 'a time of day from 00:00 to 24:00']],
  ['enter long when month("Mars") > 1', [2, 23, '"Mars"', 'a time zone such as "America/New_York"']],
  ['enter long when weekly(weekly(close)) > 1', [2, 24, 'weekly(close)', 'bars of prices inside weekly']],
  ['enter long when days(0, close) > 1', [2, 22, '0', 'a whole number from 1 to 10000']],
  ['enter long when days(close) > 1', [2, 17, 'days(close)', 'days(count, expression)']],
  ['enter long when sma of "SPY" > 1', [2, 17, 'sma', 'one of open, high, low, close, volume before "of"']],
  ['enter long when close of SPY > 1', [2, 26, 'SPY', 'a symbol in quotes or benchmark']],
  [
    'enter long when close of benchmark > 1',
    [2, 26, 'benchmark', 'a line `benchmark "symbol"` before its use'],
  ],
  [
    `benchmark SPY
enter long when close of benchmark > 1`,
    [2, 11, 'SPY', 'a symbol in quotes'],
  ],
  [
    'enter long when rank_across(close) <= 2',
    [2, 17, 'rank_across(close)', 'a line `universe "symbol", ...` for rank_across'],
  ],
  [
    `universe SPY
enter long when rank_across(close) <= 2`,
    [2, 10, 'SPY', 'a symbol in quotes'],
  ],
  [
    `universe "A"
enter long when rank_across(close > 1) <= 2`,
    [3, 29, 'close > 1', 'a series of prices inside rank_across, without models and other universes'],
  ],
  ['enter long when model(name) > 1', [2, 23, 'name', 'the name of a model in quotes']],
  [
    `let a = sma(close, 5
enter long when close > 1 and a > 1`,
    [2, 12, '(', ') that closes this bracket'],
  ],
  [
    `let a = close[5
enter long when close > 1 and a > 1`,
    [2, 14, '[', '] that closes this bracket'],
  ],
  [
    `let a = sma(close,
  5
enter long when a > (1`,
    [2, 12, '(', ') that closes this bracket'],
    [4, 21, '(', ') that closes this bracket'],
  ],
  ['enter long when close > 1)', [2, 26, ')', 'the end of the line']],
  ['enter long when sma(close, 5] > 1', [2, 29, ']', ')']],
  [
    `let a = close
let a = open
enter long when close > 1`,
    [3, 5, 'a', 'a new name'],
  ],
  [
    `let not = 1
enter long when close > 1`,
    [2, 5, 'not', 'a new name'],
  ],
  [
    `param close = 1
enter long when close > 1`,
    [2, 7, 'close', 'a new name'],
  ],
  [
    `param n = 9 in 1..5
enter long when close > n`,
    [2, 11, '9', 'the default of n inside 1..5'],
  ],
  [
    `param n = 3 in 1..5 step 0
enter long when close > n`,
    [2, 26, '0', 'a step above 0'],
  ],
  [
    `param n = fast
enter long when close > n`,
    [2, 11, 'fast', 'a number'],
  ],
  [
    `param n = 3 in 1 to 5
enter long when close > n`,
    [2, 18, 'to', '..'],
  ],
  ['enter long when close > 1 at market', [2, 30, 'market', 'limit or stop']],
  ['enter long when close > 1 at limit 2 good for 0 bars', [2, 47, '0', 'a whole number of bars from 1']],
  [
    `enter long when close > 1
pyramid 1.5`,
    [3, 9, '1.5', 'a whole number of entries from 1'],
  ],
  [
    `enter long when close > 1
size shares(5)`,
    [3, 6, 'shares', 'one of percent_of_equity, units, cash, risk, volatility_target'],
  ],
  [
    `enter long when close > 1
size risk(1)`,
    [3, 6, 'risk(1)', 'a stop beside size risk(...)'],
  ],
  [
    `enter long when close > 1
stop
size risk(1)`,
    [3, 5, '', 'a name, a number or ('],
  ],
  [
    `enter long when close > 1
size units(1, 2)`,
    [3, 6, 'units(1, 2)', 'one value in units(...)'],
  ],
  [
    `enter long when close > 1
size percent_of_equty(5)`,
    [3, 6, 'percent_of_equty', 'one of percent_of_equity, units, cash, risk, volatility_target'],
  ],
  [
    `enter long when close > 1
exit after five bars`,
    [3, 12, 'five', 'a known name'],
  ],
  [
    `enter long when close > 1
fill at once`,
    [3, 9, 'once', 'close or next'],
  ],
  [
    `enter long when close > 1
weights equal`,
    [3, 1, 'weights', 'a line `hold ...` or `short ...` beside weights'],
  ],
  [
    `hold top(2) by close
stop 5`,
    [
      3,
      1,
      'stop',
      'hold, short, weights, max weight, cash, rest or rebalance in a strategy that holds a universe',
    ],
  ],
  ['hold top(0) by close', [2, 10, '0', 'a whole number of instruments from 1']],
  ['hold best(2) by close', [2, 6, 'best', 'top, bottom or all']],
  [
    `hold all
hold all`,
    [3, 1, 'hold', 'one line that begins with hold'],
  ],
  [
    `hold all
rebalance fortnightly`,
    [3, 11, 'fortnightly', 'daily, weekly, monthly, quarterly, yearly or every'],
  ],
  [
    `let a = smaa(close, 5)
let b = a + opn
enter longg when a > b
exit long when b`,
    [2, 9, 'smaa', 'a function'],
    [3, 13, 'opn', 'a known name'],
    [4, 7, 'longg', 'long or short'],
  ],
];
const WRONG = [
  ...WITHOUT_NAME.map(([source, ...findings]) => ({ source, findings })),
  ...NAMED.map(([text, ...findings]) => ({ source: `strategy "T"\n${text}`, findings })),
];

describe('the diagnostics of a strategy', () => {
  it.each(WRONG)('of $source name line, column, text and what was expected', ({ source, findings }) => {
    const result = compileStrategy(source);
    const told = result.ok
      ? []
      : result.diagnostics.map(({ line, column, text, expected }) => [line, column, text, expected]);
    expect(told).toEqual(findings);
  });

  it.each(WRONG)('of $source quote the text that stands there, and underline it', ({ source }) => {
    const result = compileStrategy(source);
    for (const { line, column, length, text, severity } of result.ok ? [] : result.diagnostics) {
      expect(source.split('\n')[line - 1].slice(column - 1, column - 1 + text.length)).toBe(text);
      expect([length, severity]).toEqual([Math.max(1, text.length), 'error']);
    }
  });

  it.each([
    [
      'enter long when close[-1] > 1',
      'expected a whole number of bars back, 0 or more, was -1: the future cannot be read',
    ],
    ['enter long when month("Mars") > 1', 'expected a time zone such as "America/New_York", was "Mars"'],
    [
      'enter long when sma(close, 2 * close) > 1',
      'expected a number or a parameter for length of sma, was 2 * close, a series of numbers',
    ],
    ['enter long when sma(close) > 1', 'expected 2 arguments for sma(source, length), was 1 argument'],
    ['enter long when smaa(close, 5) > 1', 'expected a function, was smaa; did you mean sma?'],
    ['enter long when clos > 1', 'expected a known name, was clos; did you mean close?'],
    ['entr long when close > 1', `expected ${STATEMENTS}, was entr; did you mean enter?`],
    [
      'enter long when close > 1 && open > 1',
      'expected a name, a number, a text or an operator, was &&; did you mean and?',
    ],
    ['let a = (close\nenter long when a > 1', 'expected ) that closes this bracket, was the end of the line'],
    ['let close = 1\nenter long when close > 1', 'expected a new name, was close, which is a built-in'],
    ['enter long when close > 1\nsize risk(1)', 'expected a stop beside size risk(...), was none'],
  ])('of %j read as a sentence', (text, message) => {
    const result = compileStrategy(`strategy "T"\n${text}`);
    expect(result.ok ? [] : result.diagnostics.map((one) => one.message)).toEqual([message]);
  });

  it('let an expression go on over lines, also where a line begins with the word of a statement', () => {
    const source = `strategy "T"
let stop = 2
let size = (1 +
  stop
  and_more)
enter long when close > size`;
    const wrong = compileStrategy(source);
    expect(wrong.ok ? [] : wrong.diagnostics.map(({ line, text }) => [line, text])[0]).toEqual([
      5,
      'and_more',
    ]);
    const right = compileStrategy(`strategy "T"
let stop = 2
let low_stop = max(
  stop,
  1
)
enter long when (
  close > low_stop and
  open > 1
)`);
    expect(right.ok).toBe(true);
  });
});
