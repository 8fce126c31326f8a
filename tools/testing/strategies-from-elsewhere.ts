/** What is told of a wrong program: where, the text there, and what was expected. */
export type Finding = readonly [line: number, column: number, text: string, expected: string];

/** What a line may begin with, as a message says it. */
export const STATEMENTS =
  'strategy, description, benchmark, universe, calendar, param, let, enter, exit, stop, target, trail, breakeven, pyramid, size, fill, hold, short, weights, max weight, cash, rest or rebalance';

const PIECES = 'a name, a number, a text or an operator';
const NAMES = 'a number, or a name of the letters A to Z, digits and _';
const DOTLESS = 'a name without dots';

/** What somebody writes who comes from another language, behind a first line that names the strategy; each is told once. */
export const FROM_ELSEWHERE: readonly (readonly [source: string, ...findings: Finding[]])[] = [
  ['let a = ta.sma(close, 14)\nenter long when close > a', [2, 9, 'ta.sma', DOTLESS]],
  ['let n = input.int(14)\nenter long when close > n', [2, 9, 'input.int', DOTLESS]],
  ['enter long when SPY.close > 1', [2, 17, 'SPY.close', DOTLESS]],
  ['a = close\nenter long when close > 1', [2, 1, 'a', STATEMENTS]],
  ['let a := close\nenter long when close > a', [2, 7, ':=', PIECES]],
  ['//@version=5\nenter long when close > 1', [2, 1, '//@version=5', '# before a comment']],
  ['enter long when close > 1 /* often */', [2, 27, '/* often */', '# before a comment']],
  ["enter long 'dip' when close > 1", [2, 12, "'dip'", 'a text between two "']],
  ['enter long “dip” when close > 1', [2, 12, '“dip”', 'a text between two "']],
  ['enter long when close = open', [2, 23, '=', 'an operator']],
  ['enter long when sma(close, length=5) > 1', [2, 34, '=', 'an operator']],
  ['enter long when close => open', [2, 23, '=>', PIECES]],
  ['enter long when close ≥ open', [2, 23, '≥', PIECES]],
  ['enter long when close – 2 > open', [2, 23, '–', PIECES]],
  ['enter long when close ** 2 > open', [2, 23, '**', PIECES]],
  ['enter long when größe > 1', [2, 17, 'größe', NAMES]],
  ['enter long when close > 10k', [2, 25, '10k', NAMES]],
  ['enter long when close > 1_000', [2, 25, '1_000', NAMES]],
  ['enter long when close > 1,000', [2, 26, ',', 'the end of the line']],
  ['enter long when close > 5 and NOT open > 2', [2, 31, 'NOT', 'a name, a number or (']],
  ['enter long when close > 5 AND open > 2', [2, 27, 'AND', 'the end of the line']],
  ['let a = if close > open then 1 else 0\nenter long when a > 1', [2, 9, 'if', 'a name, a number or (']],
  ['enter long when close crosses above open', [2, 23, 'crosses', 'the end of the line']],
  ['enter long when sma close 20 > 1', [2, 21, 'close', 'the end of the line']],
  ['enter long when sma(close, 5) of "SPY" > 1', [2, 31, 'of', 'the end of the line']],
  ['enter long when close of "SPY > 3', [2, 26, '"SPY > 3', 'a closing " before the end of the line']],
  ['enter long when close > 1 exit long when close < 1', [2, 27, 'exit', 'the end of the line']],
  [
    'enter long when rsi(14) < 30',
    [2, 21, '14', 'a series of numbers for source of rsi(source, length = 14)'],
  ],
  [
    'param n = 14 in 2..20\nenter long when rsi(n) < 30',
    [3, 21, 'n', 'a series of numbers for source of rsi(source, length = 14)'],
  ],
  ['enter long when sma(close, -5) > 1', [2, 28, '-5', 'a whole number of bars from 1 for length of sma']],
  ['enter long when close > 1 at limit 2 good for -1 bars', [2, 47, '-1', 'a whole number of bars from 1']],
  ['let a = b\nlet b = close\nenter long when a > 1', [2, 9, 'b', 'a known name']],
  ['enter long when\n  close > open', [2, 16, '', 'a name, a number or (']],
  ['enter long when close > open and\n  close > 5\n  or open > 5', [2, 33, '', 'a name, a number or (']],
  ['enter long when close > 1\nexit when close < 1', [3, 6, 'when', 'long, short or after']],
  ['enter long when close > 1\nstop 5%', [3, 7, '%', PIECES]],
  ['enter long when close > 1\nstop = 5', [3, 6, '=', 'a distance right behind stop']],
  ['enter long when close > 1\nstop loss 5', [3, 6, 'loss', 'a distance right behind stop']],
  ['enter long when close > 1\nstop 5\nstop 4', [4, 1, 'stop', 'one line that begins with stop']],
  [
    'enter long when close > 1\nexit after 5 bars\nexit after 4 bars',
    [4, 1, 'exit', 'one line that begins with exit after'],
  ],
  ['strategy "U"\nenter long when close > 1', [2, 1, 'strategy', 'one line that begins with strategy']],
  ['param n = 7 in 9..5\nenter long when close > n', [2, 16, '9..5', 'the least value before the greatest']],
  [
    'param n = 7 in 5..9 by 2\nenter long when close > n',
    [2, 21, 'by', 'in, step, a label in quotes or the end of the line'],
  ],
  [
    'enter long when sma(close, 10 / 4) > 1',
    [2, 28, '10 / 4', 'a whole number of bars from 1 for length of sma'],
  ],
  [
    'param n = 2.5 in 1..5 step 0.5\nenter long when sma(close, n) > 1',
    [3, 28, 'n', 'a whole number of bars from 1 for length of sma'],
  ],
  ['enter long when close[2 - 5] > 1', [2, 23, '2 - 5', 'a whole number of bars back, 0 or more']],
  [
    'param n = 0 in 0..5\nenter long when close[-n] > 1',
    [3, 23, '-n', 'a whole number of bars back, 0 or more'],
  ],
  ['enter long when close > 1\nexit after 0 bars', [3, 12, '0', 'a whole number of bars from 1']],
  ['enter long when close > 1\nstop -5', [3, 6, '-5', 'a distance above 0 for stop']],
  ['enter long when close > 1\ntarget 0', [3, 8, '0', 'a distance above 0 for target']],
  ['enter long when close > 1\nsize units(-3)', [3, 12, '-3', 'a size above 0 in units(...)']],
  ['hold top(150 percent) by close', [2, 10, '150', 'a share of the universe of 0 to 100 percent']],
  ['hold all\nmax weight 140', [3, 12, '140', 'a max weight of 0 to 100 percent']],
  ['hold all\ncash 101', [3, 6, '101', 'a part in cash of 0 to 100 percent']],
  ['hold top(2) by close if close > 1', [2, 22, 'if', 'where']],
  ['short when close < 1', [2, 7, 'when', 'top, bottom or all']],
];
