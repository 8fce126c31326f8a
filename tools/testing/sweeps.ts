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
