import { describe, expect, it } from 'vitest';
import { sharedBars } from '../../../tools/testing/shared-bars.ts';
import { instrumentStrategies } from '../../../tools/testing/strategies.ts';
import { itWithShared } from '../../../tools/testing/services.ts';
import type { BacktestRequest, BarColumns } from '../service/contract.ts';
import { runBacktest } from './run.ts';

const BARS = 1_500;

/** A market that trends, ranges and moves faster at times; whole-number arithmetic, so the same everywhere. */
function market(): BarColumns {
  let state = 20_261_125;
  const uniform = () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const rows: number[][] = [];
  let close = 100;
  for (let t = 0; t < BARS; t += 1) {
    const drift = [0.0015, 0, -0.0012, 0.0005][Math.floor(t / 150) % 4];
    const speed = Math.floor(t / 100) % 3 === 2 ? 0.02 : 0.009;
    const open = close * (1 + 0.2 * speed * (uniform() - 0.5));
    close = open * (1 + drift + speed * (uniform() + uniform() - 1));
    const high = Math.max(open, close) * (1 + 0.5 * speed * uniform());
    const low = Math.min(open, close) * (1 - 0.5 * speed * uniform());
    rows.push([t * 86_400_000, open, high, low, close, Math.round(1_000 + 9_000 * uniform())]);
  }
  const [timesMs, open, high, low, closes, volume] = [0, 1, 2, 3, 4, 5].map((column) =>
    Float64Array.from(rows, (row) => row[column]),
  );
  return { timesMs, open, high, low, close: closes, volume };
}

function resultOf(source: string, bars: BarColumns) {
  const request: BacktestRequest = {
    strategy: source,
    parameters: {},
    instruments: [{ symbol: 'A', bars }],
    initialCash: 100_000,
    costs: {
      commissionPerTrade: 0,
      commissionPerShare: 0,
      commissionBps: 5,
      commissionMinimum: 0,
      slippageBps: 0,
    },
    direction: 'LONG_AND_SHORT',
    lotSize: 1,
    endRule: 'CLOSE_AT_LAST_CLOSE',
    periodsPerYear: 252,
    riskFreeRate: 0,
    seed: 1,
  };
  const { trades, equity } = runBacktest(request, { check: () => undefined, report: () => undefined });
  return { trades: trades.direction.length, equity: Number(equity.at(-1)!.toFixed(2)) };
}

/** Round trips and final equity: on the market above, and on GOOG from 2004 to 2013. */
const RESULTS: Readonly<Record<string, readonly [trades: number, equity: number, googTrades: number]>> = {
  'adx-trend': [49, 241735.41, 98],
  'aroon-cross': [30, 255529.27, 73],
  'bollinger-reversion': [34, 29940.76, 77],
  'bollinger-squeeze': [21, 177424.7, 54],
  'buy-and-hold': [1, 223235.65, 1],
  'cci-reversal': [83, 41403.24, 137],
  'chaikin-money-flow': [43, 210625.78, 91],
  'connors-rsi-2': [43, 98475.67, 89],
  'connors-rsi-pullback': [23, 103541.61, 49],
  'donchian-breakout': [26, 254201.09, 79],
  'donchian-trail': [18, 260092.25, 53],
  'dual-momentum': [3, 141221.46, 28],
  'elder-ray': [128, 188471.05, 207],
  'golden-cross': [2, 192891.87, 5],
  'heikin-ashi-trend': [113, 192921.9, 238],
  'ibs-reversion': [70, 113994.92, 155],
  ichimoku: [46, 245647.73, 75],
  'kama-trend': [71, 200991.02, 124],
  'keltner-breakout': [19, 215043.72, 63],
  'macd-cross': [123, 65281.82, 155],
  'mfi-reversion': [40, 55707.58, 40],
  momentum: [17, 245581.32, 55],
  'narrow-range-breakout': [125, 121763.09, 193],
  'obv-trend': [43, 246484.96, 82],
  'parabolic-sar': [135, 210971.9, 170],
  'roc-momentum': [12, 155966.57, 42],
  'rsi-mean-reversion': [64, 32640.15, 69],
  'sma-cross': [46, 230908.14, 94],
  'stochastic-reversal': [70, 33138.22, 114],
  supertrend: [17, 295291.67, 61],
  'trend-strength': [5, 259693.45, 17],
  'triple-ema': [67, 259046.12, 134],
  turtle: [12, 170161.44, 33],
  'volatility-breakout': [72, 97406.04, 238],
  'vortex-cross': [76, 208557.01, 176],
  'williams-r-reversal': [24, 97367.24, 59],
  'zscore-reversion': [62, 53807.47, 106],
};

describe('the library', () => {
  const bars = market();

  it('has its results written down', () => {
    expect(
      instrumentStrategies()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(Object.keys(RESULTS).toSorted());
  });

  it.each(instrumentStrategies())('$id trades as it did', ({ id, source }) => {
    const [trades, equity] = RESULTS[id];
    expect(resultOf(source, bars)).toEqual({ trades, equity });
  });

  itWithShared.each(instrumentStrategies())('$id trades on real bars', ({ id, source }) => {
    expect(resultOf(source, sharedBars('data/backtesting_py/GOOG.csv')).trades).toBe(RESULTS[id][2]);
  });
});
