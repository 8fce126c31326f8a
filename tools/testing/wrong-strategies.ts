import { type Finding, FROM_ELSEWHERE, STATEMENTS } from './strategies-from-elsewhere.ts';

export { STATEMENTS };

/** Models that wrong programs name. */
export const MODELS = new Map([
  ['good', { warmUpBars: 1, problem: null }],
  ['bad', { warmUpBars: 0, problem: 'its file cannot be read' }],
]);

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
  ['let a = "x\nenter long when close > a', [2, 9, '"x', 'a closing " before the end of the line']],
  ['let a = (close\n"x\nenter long when a > 1', [3, 1, '"x', 'a closing " before the end of the line']],
  [
    `enter long when ${'-'.repeat(501)}close > 1`,
    [2, 517, '-', 'at most 500 operations inside each other, more of them behind let'],
  ],
  [
    `enter long when ${'close + '.repeat(501)}close > 1`,
    [2, 17, 'close', 'at most 500 operations inside each other, more of them behind let'],
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
  [
    `enter long when close > 1
description 5`,
    [3, 13, '5', 'a text in quotes'],
  ],
  [
    `enter long when close > 1
calendar NYSE`,
    [3, 10, 'NYSE', 'the name of a calendar in quotes'],
  ],
  [
    `enter long when close > 1
calendar "MOON"`,
    [3, 10, '"MOON"', '"NYSE", "LSE", "XETRA" or "CRYPTO"'],
  ],
  [
    `enter long when close > 1
let 5 = close`,
    [3, 5, '5', 'a name'],
  ],
  [
    `enter long when close > 1
let a close`,
    [3, 7, 'close', '='],
  ],
  [
    `enter long when close > 1
param 5 = 1`,
    [3, 7, '5', 'the name of a parameter'],
  ],
  [
    `enter long when close > 1
param n 5`,
    [3, 9, '5', '='],
  ],
  [
    `enter long when close > 1
param n = 3 in a..5`,
    [3, 16, 'a', 'a number'],
  ],
  [
    `enter long when close > 1
param n = 3 in 1..b`,
    [3, 19, 'b', 'a number'],
  ],
  [
    `universe "A", B
enter long when close > 1`,
    [2, 15, 'B', 'a symbol in quotes'],
  ],
  ['enter long when mean_across() > 1', [2, 17, 'mean_across()', 'mean_across(expression)']],
  ['enter long when month("UTC", 2) > 1', [2, 17, 'month("UTC", 2)', 'month(zone = "UTC")']],
  [
    'enter long when trading_hours("NYSE", 2)',
    [2, 17, 'trading_hours("NYSE", 2)', 'trading_hours(calendar)'],
  ],
  [
    'enter long when trading_hours()',
    [2, 17, 'trading_hours()', 'a line `calendar "name"` for trading_hours without a name'],
  ],
  ['enter long when trading_hours("MOON")', [2, 31, '"MOON"', '"NYSE", "LSE", "XETRA" or "CRYPTO"']],
  ['hold top 2 by close', [2, 10, '2', '(']],
  ['hold top(2 by close', [2, 12, 'by', ')']],
  ['hold top(2] by close', [2, 11, ']', ')']],
  ['hold top(2) of close', [2, 13, 'of', 'by']],
  ['hold top(close percent) by close', [2, 10, 'close', 'a number or a parameter']],
  ['hold top(2) by close > 1', [2, 16, 'close > 1', 'a number or a series of numbers']],
  ['hold top(2) by close where open', [2, 28, 'open', 'a condition such as crosses_above(a, b) or a > b']],
  [
    `hold all
weights even`,
    [3, 9, 'even', 'equal, by or inverse_volatility'],
  ],
  [
    `hold all
weights by close > 1`,
    [3, 12, 'close > 1', 'a number or a series of numbers'],
  ],
  [
    `hold all
weights inverse_volatility(0)`,
    [3, 28, '0', 'a whole number of bars from 1'],
  ],
  [
    `hold all
weights inverse_volatility(20]`,
    [3, 30, ']', ')'],
  ],
  [
    `hold all
max 20`,
    [3, 5, '20', 'weight'],
  ],
  [
    `hold all
max weight close`,
    [3, 12, 'close', 'a number or a parameter'],
  ],
  [
    `hold all
cash open`,
    [3, 6, 'open', 'a number or a parameter'],
  ],
  [
    `hold all
rest SPY`,
    [3, 6, 'SPY', 'a symbol in quotes'],
  ],
  [
    `hold all
rebalance every 0 bars`,
    [3, 17, '0', 'a whole number of bars from 1'],
  ],
  [
    `hold all
rebalance every 5 days`,
    [3, 19, 'days', 'bars or bar'],
  ],
  [
    `enter long when close > 1
exit after 5 days`,
    [3, 14, 'days', 'bars or bar'],
  ],
  [
    `enter long when close > 1
exit after close bars`,
    [3, 12, 'close', 'a number or a parameter'],
  ],
  [
    `enter long when close > 1
stop close > 1`,
    [3, 6, 'close > 1', 'a number or a series of numbers'],
  ],
  ['enter long when close > 1 at limit close > 1', [2, 36, 'close > 1', 'a number or a series of numbers']],
  ['enter long when close > 1 at limit 2 good always', [2, 43, 'always', 'for, till or until']],
  ['enter long when close > 1 at limit 2 good till noon', [2, 48, 'noon', 'cancelled']],
  ['enter long when close > 1 at limit 2 good for the week', [2, 51, 'week', 'day']],
  ['enter long when close > 1 at limit 2 good for 3 days', [2, 49, 'days', 'bars or bar']],
  [
    'enter long when close > 1 at limit 2 good until tomorrow',
    [2, 49, 'tomorrow', 'a date such as "2030-06-28"'],
  ],
  [
    'enter long when close > 1 at limit 2 good until "2024-02-30"',
    [2, 49, '"2024-02-30"', 'a date such as "2030-06-28"'],
  ],
  [
    `enter long when close > 1
size 5`,
    [3, 6, '5', 'percent_of_equity, units, cash, risk or volatility_target'],
  ],
  [
    `enter long when close > 1
size units 5`,
    [3, 12, '5', '('],
  ],
  [
    `enter long when close > 1
size units(close > 1)`,
    [3, 12, 'close > 1', 'a number or a series of numbers'],
  ],
  [
    `enter long when close > 1
size units(5]`,
    [3, 13, ']', ')'],
  ],
  [
    `enter long when close > 1
size volatility_target(10, 0)`,
    [3, 28, '0', 'a whole number of bars from 1'],
  ],
  [
    `enter long when close > 1
size volatility_target(10, 20, 30)`,
    [3, 6, 'volatility_target(10, 20, 30)', 'volatility_target(percent, length = 20)'],
  ],
  [
    `enter long when close > 1
pyramid close`,
    [3, 9, 'close', 'a number or a parameter'],
  ],
  [
    `enter long when close > 1
fill close`,
    [3, 6, 'close', 'at'],
  ],
  [
    `enter long when close > 1
fill at next close`,
    [3, 14, 'close', 'open'],
  ],
  ['enter long when model("good" > 1', [2, 30, '>', ')']],
  ['enter long when model("goood") > 1', [2, 23, '"goood"', 'the name of a model']],
  ['enter long when model("bad") > 1', [2, 23, '"bad"', 'a model that can be used']],
  ...FROM_ELSEWHERE,
];
/** Wrong programs, with every diagnostic of each in the order of the text. */
export const WRONG_STRATEGIES = [
  ...WITHOUT_NAME.map(([source, ...findings]) => ({ source, findings })),
  ...NAMED.map(([text, ...findings]) => ({ source: `strategy "T"\n${text}`, findings })),
];

/** Wrong expressions that stand for themselves, in the same way. */
export const WRONG_EXPRESSIONS: readonly {
  readonly source: string;
  readonly findings: readonly Finding[];
}[] = [
  { source: 'close open', findings: [[1, 7, 'open', 'the end of the expression']] },
  { source: 'close\nopen', findings: [[2, 1, 'open', 'one expression']] },
  { source: 'close > 1', findings: [[1, 1, 'close > 1', 'a number or a series of numbers']] },
  { source: 'clos', findings: [[1, 1, 'clos', 'a known name']] },
  { source: '', findings: [[1, 1, '', 'a name, a number or (']] },
];
