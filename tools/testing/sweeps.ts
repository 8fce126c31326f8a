import fc from 'fast-check';
import { libraryStrategies } from '../../compute/src/strategy/library.ts';
import type { BarColumns, SweepRequest, SweepTile } from '../../compute/src/service/contract.ts';
import { random } from './random.ts';

/** A random walk with gaps between bars; `step` 0 gives a constant price. */
export function walk(length: number, seed: number, step = 0.02): BarColumns {
  const next = random(seed);
  const column = () => new Float64Array(length);
  const bars = {
    timesMs: Float64Array.from({ length }, (_, t) => t * 86_400_000),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  };
  let price = 100;
  for (let t = 0; t < length; t += 1) {
    bars.open[t] = price * (1 + step * (next() - 0.5));
    bars.close[t] = bars.open[t] * (1 + step * 2 * (next() - 0.498));
    bars.high[t] = Math.max(bars.open[t], bars.close[t]) * (1 + step * next());
    bars.low[t] = Math.min(bars.open[t], bars.close[t]) * (1 - step * next());
    bars.volume[t] = next() < 0.1 ? 0 : 1_000 * next();
    price = bars.close[t];
  }
  return bars;
}

/** A sweep of an account with every kind of cost, of whole units, both long and short. */
export const SWEEP_BASE: Omit<SweepRequest, 'strategy' | 'axes' | 'instruments'> = {
  parameters: {},
  initialCash: 10_000,
  costs: {
    commissionPerTrade: 1,
    commissionPerShare: 0.005,
    commissionBps: 5,
    commissionMinimum: 2,
    slippageBps: 3,
  },
  direction: 'LONG_AND_SHORT',
  lotSize: 1,
  endRule: 'CLOSE_AT_LAST_CLOSE',
  periodsPerYear: 252,
  riskFreeRate: 0.01,
  seed: 0,
  keepBest: 1,
  objective: 'sharpe',
};

/** Every figure of every set, by name. */
export function figures(tiles: readonly SweepTile[]) {
  const join = (name: 'totalReturn' | 'sharpe' | 'maxDrawdown' | 'tradeCount') =>
    tiles.flatMap((tile) => [...tile[name]]);
  return {
    totalReturn: join('totalReturn'),
    sharpe: join('sharpe'),
    maxDrawdown: join('maxDrawdown'),
    tradeCount: join('tradeCount'),
  };
}

/** The first three parameters of a library strategy as axes, over their whole ranges, at most `limit` values each. */
export function axesOf(source: string, limit: number): SweepRequest['axes'] {
  const described = libraryStrategies().find((each) => each.source === source)!;
  return described.parameters.slice(0, 3).map(({ name, minimum, maximum, step }) => {
    const count = Math.min(limit, Math.floor((maximum - minimum) / step + 1e-9) + 1);
    return {
      parameter: name,
      values: Float64Array.from({ length: count }, (_, index) => minimum + index * step),
    };
  });
}

const condition: fc.Arbitrary<string> = fc.letrec<{ condition: string; number: string }>((tie) => ({
  number: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(
      'close',
      'open',
      'high[2]',
      'sma(close, a)',
      'sma(close, b)',
      'ema(close, b)',
      'rsi(close, a)',
      '50',
      'b',
    ),
    fc
      .tuple(tie('number'), fc.constantFrom('+', '-', '*', '/'), tie('number'))
      .map(([x, op, y]) => `(${x} ${op} ${y})`),
    fc
      .tuple(fc.constantFrom('min', 'max'), tie('number'), tie('number'))
      .map(([op, x, y]) => `${op}(${x}, ${y})`),
    fc.tuple(fc.constantFrom('abs', 'sqrt', '-'), tie('number')).map(([op, x]) => `${op}(${x})`),
  ),
  condition: fc.oneof(
    { maxDepth: 2 },
    fc
      .tuple(fc.constantFrom('<', '<=', '>', '>=', '==', '!='), tie('number'), tie('number'))
      .map(([op, x, y]) => `(${x} ${op} ${y})`),
    fc
      .tuple(fc.constantFrom('crosses_above', 'crosses_below'), tie('number'), tie('number'))
      .map(([op, x, y]) => `${op}(${x}, ${y})`),
    fc
      .tuple(fc.constantFrom('and', 'or'), tie('condition'), tie('condition'))
      .map(([op, x, y]) => `(${x} ${op} ${y})`),
    tie('condition').map((x) => `(not ${x})`),
  ),
})).condition;

const distance = fc.constantFrom('', 'percent(b)', '2 * atr(a)', '0.5 * b', 'close - lowest(low, a)');

const strategyText = fc
  .record({
    rules: fc.array(
      fc.tuple(fc.constantFrom('enter long', 'exit long', 'enter short', 'exit short'), condition),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    stop: distance,
    target: distance,
    trail: distance,
    breakeven: distance,
    after: fc.constantFrom('', 'exit after 3 bars', 'exit after a bars'),
    size: fc.constantFrom(
      '',
      'size units(3)',
      'size cash(5000)',
      'size percent_of_equity(60)',
      'size percent_of_equity(b)',
    ),
    fill: fc.constantFrom('', 'fill at close'),
  })
  .map(({ rules, after, size, fill, ...distances }) => {
    const [[, first], ...others] = rules;
    return [
      'strategy "random"',
      'param a = 5 in 2..40',
      'param b = 20 in 2..90',
      `enter long when ${first}`,
      ...others.map(([verb, when]) => `${verb} when ${when}`),
      ...Object.entries(distances).flatMap(([kind, value]) => (value ? [`${kind} ${value}`] : [])),
      ...[after, size, fill].filter(Boolean),
      '',
    ].join('\n');
  });

/** Sweeps of random strategies, terms and data, among them no bars at all and constant prices. */
export const randomRequest: fc.Arbitrary<SweepRequest> = fc
  .record({
    strategy: strategyText,
    length: fc.oneof(fc.constantFrom(0, 1, 2, 3, 63, 64, 65, 128, 129), fc.integer({ min: 4, max: 260 })),
    seed: fc.nat(),
    step: fc.constantFrom(0, 0.02, 0.3),
    lotSize: fc.constantFrom(0, 1, 0.1),
    direction: fc.constantFrom('LONG_ONLY', 'SHORT_ONLY', 'LONG_AND_SHORT'),
    endRule: fc.constantFrom('KEEP_OPEN', 'CLOSE_AT_LAST_OPEN', 'CLOSE_AT_LAST_CLOSE'),
    isFree: fc.boolean(),
    counts: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })),
  })
  .map(({ strategy, length, seed, step, lotSize, direction, endRule, isFree, counts }) => {
    const range = (from: number, count: number) =>
      Float64Array.from({ length: count }, (_, index) => from + 3 * index);
    const none = {
      commissionPerTrade: 0,
      commissionPerShare: 0,
      commissionBps: 0,
      commissionMinimum: 0,
      slippageBps: 0,
    };
    return {
      ...SWEEP_BASE,
      strategy,
      lotSize,
      direction,
      endRule,
      ...(isFree ? { costs: none } : {}),
      axes: [
        { parameter: 'a', values: range(2, counts[0]) },
        { parameter: 'b', values: range(4, counts[1]) },
      ],
      instruments: [{ symbol: 'X', bars: walk(length, seed, step) }],
    };
  });
