import { adjusted, type StoredBars } from '../market-data/bars.ts';
import type { PortfolioState } from '../portfolio/portfolio.service.ts';

/** What is held at present, with the history scenarios are drawn from. */
export interface Book {
  readonly equity: number;
  /** Value of each position as a fraction of equity, negative when short. */
  readonly weights: Float64Array;
  /** Closes of each position at the bars that all of them have, adjusted where that is known. */
  readonly levels: Float64Array[];
  /** Positions without prices, which are taken not to move. */
  readonly leftOut: number;
}

/** The book of a portfolio: `bars` are those of its holdings, in their order; only the last `window` returns count, 0 for all. */
export function bookOf(
  { cash, holdings }: PortfolioState,
  bars: readonly (StoredBars | null)[],
  window: number,
): Book {
  const held = holdings.map(({ quantity, price }, index) => ({
    value: quantity.times(price).toNumber(),
    bars: bars[index],
  }));
  const open = held.filter(({ value }) => value !== 0);
  const equity = open.reduce((sum, { value }) => sum + value, cash.toNumber());
  const moving = open.filter(({ bars }) => bars !== null && bars.timesMs.length > 0);
  return {
    equity,
    weights: Float64Array.from(moving, ({ value }) => value / equity),
    levels: commonCloses(
      moving.map(({ bars }) => adjusted(bars!)),
      window,
    ),
    leftOut: open.length - moving.length,
  };
}

interface Closes {
  readonly timesMs: Float64Array;
  readonly close: Float64Array;
}

function commonCloses(series: readonly Closes[], window: number): Float64Array[] {
  const counts = new Map<number, number>();
  for (const { timesMs } of series) for (const time of timesMs) counts.set(time, (counts.get(time) ?? 0) + 1);
  return series.map(({ timesMs, close }) => {
    const common = close.filter((_, t) => counts.get(timesMs[t]) === series.length);
    return window > 0 ? common.slice(-(window + 1)) : common;
  });
}
