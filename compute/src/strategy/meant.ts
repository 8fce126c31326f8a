import { ops } from '../ops/registry.ts';
import { nearest } from './diagnostics.ts';
import { signature } from './signature.ts';

/** What other languages and platforms call what has another name here. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  average: 'sma',
  avg: 'sma',
  mean: 'sma',
  moving_average: 'sma',
  ma: 'sma',
  smma: 'rma',
  bb: 'bollinger_upper or bollinger_lower',
  bbands: 'bollinger_upper or bollinger_lower',
  bb_lower: 'bollinger_lower',
  bb_middle: 'bollinger_middle',
  bb_upper: 'bollinger_upper',
  bollinger: 'bollinger_upper or bollinger_lower',
  donchian: 'donchian_upper or donchian_lower',
  keltner: 'keltner_upper or keltner_lower',
  ichimoku: 'ichimoku_conversion or ichimoku_base',
  sar: 'parabolic_sar',
  psar: 'parabolic_sar',
  stoch: 'stochastic',
  stochrsi: 'stochastic_rsi',
  wpr: 'williams_r',
  ao: 'awesome',
  linreg: 'linear_regression',
  corr: 'correlation',
  std: 'stdev',
  stddev: 'stdev',
  percentile: 'quantile',
  percentrank: 'percent_rank',
  cross: 'crosses_above or crosses_below',
  crosses: 'crosses_above or crosses_below',
  crossabove: 'crosses_above',
  crossover: 'crosses_above',
  crosses_over: 'crosses_above',
  crossbelow: 'crosses_below',
  crossunder: 'crosses_below',
  crosses_under: 'crosses_below',
  hh: 'highest',
  ll: 'lowest',
  rolling_max: 'highest',
  rolling_min: 'lowest',
  if: 'choose(condition, a, b)',
  iff: 'choose(condition, a, b)',
  pct_change: 'roc',
  percent_change: 'roc',
  returns: 'roc',
  rising: 'streak(close) >= 3',
  falling: 'streak(close) <= -3',
  pow: 'power',
  ln: 'log',
  int: 'whole',
  floor: 'whole',
  cum: 'running_sum',
  cumsum: 'running_sum',
  dev: 'mean_deviation',
  tr: 'true_range',
  hl2: 'median_price',
  hlc3: 'typical_price',
  ohlc4: 'average_price',
  hlcc4: 'weighted_close',
  prev: 'close[1]',
  previous: 'close[1]',
  shift: 'close[1]',
  daily: 'days(1, close)',
  hourly: 'hours(1, close)',
  dayofweek: 'day_of_week',
  weekday: 'day_of_week',
  dayofmonth: 'day_of_month',
  time: 'session(09:30, 16:00)',
  hour: 'session(09:30, 16:00)',
  true: 'close > 0',
  false: 'close < 0',
  price: 'close',
  c: 'close',
  h: 'high',
  l: 'low',
  o: 'open',
  v: 'volume',
  vol: 'volume or volatility',
};

const STATEMENTS: Readonly<Record<string, string>> = {
  name: 'strategy "name"',
  indicator: 'strategy "name"',
  title: 'strategy "name"',
  input: 'param',
  parameter: 'param',
  var: 'let',
  const: 'let',
  set: 'let',
  def: 'let',
  float: 'let',
  int: 'let',
  buy: 'enter long when',
  long: 'enter long when',
  go: 'enter long when',
  if: 'enter long when',
  when: 'enter long when',
  entry: 'enter long when',
  sell: 'exit long when',
  close: 'exit long when',
  cover: 'exit short when',
  stoploss: 'stop',
  stop_loss: 'stop',
  sl: 'stop',
  takeprofit: 'target',
  take_profit: 'target',
  tp: 'target',
  limit: 'target',
  trailing: 'trail',
  trail_stop: 'trail',
  trailing_stop: 'trail',
  break: 'breakeven',
  break_even: 'breakeven',
  pyramiding: 'pyramid',
  quantity: 'size',
  qty: 'size',
  symbol: 'universe "symbol"',
  symbols: 'universe "symbol"',
  weight: 'weights',
  maximum: 'max weight',
  select: 'hold',
  rank: 'hold',
};

const SIZES: Readonly<Record<string, string>> = {
  percent: 'percent_of_equity',
  equity: 'percent_of_equity',
  percentage: 'percent_of_equity',
  fraction: 'percent_of_equity',
  fixed: 'units',
  quantity: 'units',
  qty: 'units',
  shares: 'units',
  contracts: 'units',
  value: 'cash',
  money: 'cash',
  volatility: 'volatility_target',
};

/** Words inside a statement, and what follows an expression without belonging to it. */
const INNER: Readonly<Record<string, string>> = {
  if: 'when',
  canceled: 'cancelled',
  gtc: 'good till cancelled',
  above: '>',
  over: '>',
  below: '<',
  under: '<',
  is: '==, > or <',
  equals: '==',
  crosses: 'crosses_above(a, b)',
  crosses_above: 'crosses_above(a, b)',
  crosses_below: 'crosses_below(a, b)',
  crossed: 'crosses_above(a, b)',
  percent: 'percent(5)',
  xor: '!=',
};

const SIGNS: Readonly<Record<string, string>> = {
  '&&': 'and',
  '||': 'or',
  '!': 'not',
  '&': 'and',
  '|': 'or',
  '=>': '>=',
  '=<': '<=',
  '<>': '!=',
  ':=': '=',
  '...': '..',
  '**': 'power(a, b)',
  '^': 'power(a, b)',
  '?': 'choose(condition, a, b)',
  '≥': '>=',
  '≤': '<=',
  '≠': '!=',
  '×': '*',
  '·': '*',
  '÷': '/',
  '–': '-',
  '—': '-',
  '−': '-',
  "'": '"',
  '’': '"',
  '“': '"',
  '”': '"',
};

const NOTES_OF_SIGNS: Readonly<Record<string, string>> = {
  '%': '; percent(5) is 5 % of the close, and sizes and weights are in percent already',
  ';': '; a statement ends with its line',
};

/** What is before the dot where a function of another language is called. */
const LIBRARIES = new Set(['ta', 'math', 'talib', 'indicators', 'np', 'numpy', 'strategy', 'self']);
const PRICES = new Set(['open', 'high', 'low', 'close', 'volume']);
const DOTTED: Readonly<Record<string, string>> = {
  'strategy.entry': 'enter long when',
  'strategy.exit': 'exit long when',
  'strategy.close': 'exit long when',
  'request.security': 'close of "symbol"',
};

const ofKind = {
  functions: FUNCTIONS,
  statements: STATEMENTS,
  sizes: SIZES,
  inner: INNER,
  signs: SIGNS,
} as const;

/** A note that names what was probably meant: the word for what others call so, or the nearest of the known; empty where none is near. */
export function suggestion(name: string, known: readonly string[], kind?: keyof typeof ofKind): string {
  const meant = kind && own(ofKind[kind], name.toLowerCase());
  return didYouMean(meant ?? nearest(name, known));
}

/** A note on a sign that the language does not have. */
export function noteOnSign(sign: string): string {
  return own(NOTES_OF_SIGNS, sign) ?? didYouMean(own(SIGNS, sign));
}

/** A note on what follows a word: functions have brackets. */
export function noteBehind(word: string): string {
  const op = ops.get(word);
  return op ? `; write ${signature(op)}` : '';
}

/** A note on names that are joined by dots, as the libraries of other languages have them. */
export function noteOnDots(text: string): string {
  const parts = text.split('.');
  const last = parts.at(-1)!;
  if (text.startsWith('input.')) return didYouMean('param');
  if (own(DOTTED, text)) return didYouMean(DOTTED[text]);
  if (LIBRARIES.has(parts[0].toLowerCase())) return didYouMean(own(FUNCTIONS, last) ?? last);
  return PRICES.has(last) ? didYouMean(`${last} of "${parts.slice(0, -1).join('.')}"`) : '';
}

function own(words: Readonly<Record<string, string>>, word: string): string | undefined {
  return Object.hasOwn(words, word) ? words[word] : undefined;
}

function didYouMean(meant: string | undefined): string {
  return meant ? `; did you mean ${meant}?` : '';
}
