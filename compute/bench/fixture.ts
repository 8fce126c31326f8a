import { random } from '../../tools/testing/random.ts';
import type { BarColumns, SweepRequest } from '../src/service/contract.ts';

/** A geometric random walk with 1 % volatility a bar over 5,000 bars, thinner where there are more. Another seed gives another walk. */
export function randomWalk(length: number, seed = 42): BarColumns {
  const next = random(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const step = 0.01 * Math.sqrt(5_000 / length);
  const column = () => new Float64Array(length);
  const bars = {
    timesMs: Float64Array.from({ length }, (_, t) => t * 86_400_000),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column().fill(1_000),
  };
  let price = 100;
  for (let t = 0; t < length; t += 1) {
    const open = price * Math.exp(0.2 * step * normal());
    price = open * Math.exp(0.02 * step + step * normal());
    bars.open[t] = open;
    bars.close[t] = price;
    bars.high[t] = Math.max(open, price) * Math.exp(Math.abs(0.4 * step * normal()));
    bars.low[t] = Math.min(open, price) * Math.exp(-Math.abs(0.4 * step * normal()));
  }
  return bars;
}

const SMA_CROSS = `strategy "SMA cross"
param fast = 5 in 2..104
param slow = 110 in 2..308
enter long when crosses_above(sma(close, fast), sma(close, slow))
exit long when crosses_below(sma(close, fast), sma(close, slow))
`;

const RSI_STOP = `strategy "RSI mean reversion with a stop"
param length = 5 in 2..30
param oversold = 20 in 5..50
param overbought = 60 in 50..95
param stop_percent = 1 in 0.5..10 step 0.5
enter long when rsi(close, length) < oversold
exit long when rsi(close, length) > overbought
stop percent(stop_percent)
`;

const range = (from: number, count: number, step: number): Float64Array =>
  Float64Array.from({ length: count }, (_, index) => from + index * step);

const terms = {
  parameters: {},
  initialCash: 1_000_000,
  costs: {
    commissionPerTrade: 0,
    commissionPerShare: 0,
    commissionBps: 10,
    commissionMinimum: 0,
    slippageBps: 0,
  },
  direction: 'LONG_ONLY',
  endRule: 'KEEP_OPEN',
  periodsPerYear: 252,
  riskFreeRate: 0,
  seed: 0,
  keepBest: 5,
  objective: 'sharpe',
} as const;

/** `side` x `side` pairs of moving averages. All in when lots may be fractions. */
export function smaCross(bars: BarColumns, side: number, lotSize: number): SweepRequest {
  const axes = [
    { parameter: 'fast', values: range(5, side, 1) },
    { parameter: 'slow', values: range(110, side, 2) },
  ];
  return { ...terms, strategy: SMA_CROSS, axes, lotSize, instruments: [{ symbol: 'WALK', bars }] };
}

/** 10 x 10 x 10 x 10 sets of an RSI strategy with a stop, and more statements when given. */
export function rsiStop(bars: BarColumns, lotSize: number, more = ''): SweepRequest {
  const axes = [
    { parameter: 'length', values: range(5, 10, 2) },
    { parameter: 'oversold', values: range(20, 10, 2) },
    { parameter: 'overbought', values: range(55, 10, 3) },
    { parameter: 'stop_percent', values: range(1, 10, 0.5) },
  ];
  return { ...terms, strategy: RSI_STOP + more, axes, lotSize, instruments: [{ symbol: 'WALK', bars }] };
}
