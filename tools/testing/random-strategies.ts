import fc from 'fast-check';
import type { OpDefinition, OpInput } from '../../compute/src/ops/define.ts';
import { ops } from '../../compute/src/ops/registry.ts';

/** The texts of a type of expression. */
interface Texts {
  readonly number: fc.Arbitrary<string>;
  readonly condition: fc.Arbitrary<string>;
}

/** The other instrument that random strategies read. */
export const OTHER_SYMBOL = 'Y';

/** Operations that a kernel computes itself, so often drawn. */
const OPERATORS = new Set(['negate', 'abs', 'sqrt', 'min', 'max']);
const leaf = fc.constantFrom(
  'close',
  'open',
  'high[2]',
  'low',
  'volume',
  `close of "${OTHER_SYMBOL}"`,
  `volume of "${OTHER_SYMBOL}"`,
  'sma(close, a)',
  'ema(close, b)',
  '50',
  'b',
);

/** An argument that is valid by its type alone. */
function argument({ name, type, defaultValue }: OpInput, { number, condition }: Texts): fc.Arbitrary<string> {
  // A number alone is no source.
  if (name === 'source') return number.map((text) => (/^(?:\d+|[a-z])$/.test(text) ? 'close' : text));
  if (type === 'series') return number;
  if (type === 'bool') return condition;
  const usual = defaultValue === undefined ? [] : [String(defaultValue)];
  return type === 'length'
    ? fc.constantFrom('1', '2', '3', '9', 'a', 'b', ...usual)
    : fc.constantFrom('0.5', '2', 'b', ...usual);
}

/** A call of an operation of the registry; arguments with a default are left out at times. */
function call(op: OpDefinition, texts: Texts): fc.Arbitrary<string> {
  const required = op.inputs.filter(({ defaultValue }) => defaultValue === undefined).length;
  const given = fc.tuple(...op.inputs.map((input) => argument(input, texts)));
  return fc
    .tuple(given, fc.integer({ min: required, max: op.inputs.length }))
    .map(([args, count]) => (count === 0 ? op.name : `${op.name}(${args.slice(0, count).join(', ')})`));
}

function anyCall(output: OpDefinition['output'], texts: Texts, isOperator?: boolean): fc.Arbitrary<string> {
  const named = [...ops.values()].filter((op) => op.output === output);
  const chosen = named.filter(({ name }) => isOperator === undefined || OPERATORS.has(name) === isOperator);
  return fc.oneof(...chosen.map((op) => call(op, texts)));
}

/** Expressions over bars of the instruments, `rest` beside them. */
function texts(rest: Partial<Texts>): Texts {
  const grammar = fc.letrec<{ number: string; condition: string }>((tie) => {
    const own = { number: tie('number'), condition: tie('condition') };
    const compare = (side: fc.Arbitrary<string>) =>
      fc.tuple(side, fc.constantFrom('<', '>', '<=', '!='), side).map(([x, op, y]) => `(${x} ${op} ${y})`);
    return {
      number: fc.oneof(
        { maxDepth: 2 },
        leaf,
        anyCall('series', own, true),
        anyCall('series', own, false),
        fc
          .tuple(own.number, fc.constantFrom('+', '-', '*', '/'), own.number)
          .map(([x, op, y]) => `(${x} ${op} ${y})`),
        ...(rest.number ? [rest.number] : []),
      ),
      condition: fc.oneof(
        { maxDepth: 2 },
        compare(leaf),
        compare(own.number),
        anyCall('bool', own),
        ...(rest.condition ? [rest.condition] : []),
      ),
    };
  });
  return grammar;
}

/** Expressions on bars of a higher timeframe, over the instruments compared, and of the time of a bar. */
function special({ number, condition }: Texts): Texts {
  const period = fc.constantFrom('weekly(', 'monthly(', 'days(3, ', 'hours(5, ');
  const within = (expression: fc.Arbitrary<string>) =>
    fc.tuple(period, expression).map(([opened, inside]) => `${opened}${inside})`);
  const across = fc
    .tuple(fc.constantFrom('mean', 'rank', 'zscore'), number)
    .map(([kind, inside]) => `${kind}_across(close - ${inside})`);
  const clock = fc.constantFrom('day_of_week', 'day_of_month', 'month', 'bar_of_session("Asia/Tokyo")');
  return {
    number: fc.oneof(within(fc.oneof(fc.constant('close'), number)), across, clock),
    condition: fc.oneof(
      within(condition),
      fc.constantFrom('session(09:30, 16:00)', 'session(22:00, 03:00, "America/New_York")'),
    ),
  };
}

const plain = texts({});
const whole = texts(special(plain));
/** Of numbers alone, which are no distance where they are below 0. */
const ARITHMETIC = new Set(['negate', 'abs', 'sqrt', 'log', 'exp', 'power', 'min', 'max', 'whole']);
const isFixed = (text: string) => (text.match(/[a-z_]+/g) ?? []).every((word) => ARITHMETIC.has(word));
const distance = fc.oneof(
  fc.constantFrom('', '', 'percent(b)', '2 * atr(a)', '0.5 * b', 'close - lowest(low, a)'),
  plain.number.map((text) => (isFixed(text) ? 'percent(b)' : text)),
);

const size = fc.constantFrom(
  'size units(3)',
  'size cash(5000)',
  'size percent_of_equity(60)',
  'size percent_of_equity(b)',
  'size units(volume / 500)',
  'size risk(b / 10)',
);
/** What keeps a sweep from the events plan is left out mostly. */
const rarely = (text: fc.Arbitrary<string>) => fc.oneof({ weight: 2, arbitrary: fc.constant('') }, text);

/** The text of a strategy of rules, with parameters a and b; `first` is among the conditions. */
function strategyText(first: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const verb = fc.constantFrom('enter long', 'exit long', 'enter short', 'exit short');
  return fc
    .record({
      entered: first,
      rules: fc.array(fc.tuple(verb, whole.condition), { maxLength: 3 }),
      stop: distance,
      target: distance,
      trail: rarely(distance),
      breakeven: rarely(distance),
      after: fc.constantFrom('', 'exit after 3 bars', 'exit after a bars'),
      size: rarely(size),
      fill: fc.constantFrom('', 'fill at close'),
    })
    .map(({ entered, rules, after, size: sized, fill, ...distances }) =>
      [
        'strategy "random"',
        `universe "X", "${OTHER_SYMBOL}"`,
        'param a = 5 in 2..40',
        'param b = 20 in 2..90',
        `enter long when ${entered}`,
        ...rules.map(([each, when]) => `${each} when ${when}`),
        ...Object.entries(distances).flatMap(([kind, value]) => (value ? [`${kind} ${value}`] : [])),
        after,
        sized.startsWith('size risk') && !distances.stop ? '' : sized,
        fill,
        '',
      ]
        .filter(Boolean)
        .join('\n'),
    );
}

/** Strategies of every operation there is. */
export const randomStrategy: fc.Arbitrary<string> = strategyText(whole.condition);

/** Strategies that decide by one operation, whatever else they do. */
export function randomStrategyOf(op: OpDefinition): fc.Arbitrary<string> {
  const own = call(op, plain);
  if (op.output === 'bool') return strategyText(own);
  const compared = fc.tuple(own, fc.constantFrom('<', '>', '!='), leaf);
  return strategyText(compared.map(([x, comparison, y]) => `${x} ${comparison} ${y}`));
}

/** Conditions of which no two hold on the same bar. */
const opposites = fc.constantFrom(
  ['close > sma(close, a)', 'close < sma(close, a)'],
  ['close > open', 'close < open'],
  ['rsi(close, a) > 60', 'rsi(close, a) < 40'],
  ['volume > 10 * b', 'volume < 5 * b'],
);
const timeInForce = fc.constantFrom(
  '',
  'good for 3 bars',
  'good for the day',
  'good till cancelled',
  'good until "2040-01-01"',
);

/** Strategies whose every rule waits for a price that the next open is beyond, of every kind of order and time in force. */
export const randomReachedOrders: fc.Arbitrary<string> = fc
  .record({
    opposite: opposites,
    orders: fc.array(fc.tuple(fc.constantFrom('limit', 'stop'), timeInForce), { minLength: 4, maxLength: 4 }),
    isBoth: fc.boolean(),
    calendar: fc.constantFrom('', 'calendar "NYSE"', 'calendar "XETRA"'),
    size: rarely(fc.constantFrom('size units(3)', 'size cash(5000)', 'size percent_of_equity(60)')),
  })
  .map(({ opposite: [rises, falls], orders, isBoth, calendar, size: sized }) => {
    const rules = [
      `enter long when ${rises}`,
      `exit long when ${falls}`,
      `enter short when ${falls}`,
      `exit short when ${rises}`,
    ];
    const lines = rules.slice(0, isBoth ? 4 : 2).map((rule, i) => {
      const [kind, force] = orders[i];
      const isBought = i === 0 || i === 3;
      return `${rule} at ${kind} ${(kind === 'limit') === isBought ? 'close * 1000' : 'close / 1000'} ${force}`;
    });
    const parameters = ['param a = 5 in 2..40', 'param b = 20 in 2..90'];
    return ['strategy "random"', `universe "X", "${OTHER_SYMBOL}"`, calendar, ...parameters, ...lines, sized]
      .filter(Boolean)
      .join('\n');
  });

/** Prices of orders near the close: most lie inside the next bar, some are missing at first and some are gapped through. */
const nearPrice = fc.constantFrom(
  'close * 1.002',
  'close * 0.998',
  'close * 1.01',
  'close * 0.99',
  'close * 1.04',
  'close * 0.96',
  'close',
  'high',
  'low',
  '(high + low) / 2',
  'highest(high, a)',
  'lowest(low, a)',
  'sma(close, a)',
);
const nearOrder = fc.oneof(
  { weight: 2, arbitrary: nearPrice.map((price) => `at limit ${price}`) },
  { weight: 2, arbitrary: nearPrice.map((price) => `at stop ${price}`) },
  {
    weight: 3,
    arbitrary: fc.tuple(nearPrice, nearPrice).map(([stop, limit]) => `at stop ${stop} limit ${limit}`),
  },
);
const orderCondition = fc.constantFrom(
  'close > 0',
  'close > open',
  'close < open',
  'close > sma(close, a)',
  'rsi(close, a) < 45',
  'volume > 500',
);

/** Strategies of rules whose orders fill inside bars: of every kind, side by side, beside protective exits and orders at the market. */
export const randomNearOrders: fc.Arbitrary<string> = fc
  .record({
    first: fc.constantFrom('enter long', 'enter short'),
    verbs: fc.array(fc.constantFrom('enter long', 'enter short', 'exit long', 'exit short'), {
      minLength: 2,
      maxLength: 5,
    }),
    rules: fc.array(
      fc.tuple(
        orderCondition,
        fc.oneof({ weight: 5, arbitrary: nearOrder }, fc.constant('')),
        fc.oneof(timeInForce, fc.constantFrom('good for 9 bars', 'good till cancelled')),
      ),
      { minLength: 6, maxLength: 6 },
    ),
    stop: fc.constantFrom('', 'stop close * 0.01', 'stop close * 0.03', 'stop atr(a)'),
    target: fc.constantFrom('', 'target close * 0.01', 'target close * 0.03', 'target atr(a)'),
    size: fc.constantFrom('', '', 'size units(3)', 'size cash(5000)', 'size percent_of_equity(60)'),
    fill: fc.constantFrom('', '', 'fill at close'),
  })
  .map(({ first, verbs, rules, ...lines }) =>
    [
      'strategy "random"',
      `universe "X", "${OTHER_SYMBOL}"`,
      'param a = 5 in 2..40',
      'param b = 20 in 2..90',
      ...[first, ...verbs].map((verb, index) => {
        const [condition, order, force] = rules[index];
        return `${verb} when ${condition} ${order} ${order && force}`.trimEnd();
      }),
      ...Object.values(lines).filter(Boolean),
    ].join('\n'),
  );

/** The same strategy by orders at the market. */
export function atTheMarket(strategy: string): string {
  return strategy.replaceAll(/ at (limit|stop) close.*$/gm, '');
}
