import type { Closes } from '../market-data/bars.ts';
import type { PortfolioRates } from '../portfolio/portfolio-rates.ts';
import type { PortfolioState } from '../portfolio/portfolio-state.ts';
import { marketValueOf } from '../portfolio/statement.ts';

/** What is held at present, with the history scenarios are drawn from. */
export interface Book {
  readonly equity: number;
  /** Value of each position as a fraction of equity, negative when short. */
  readonly weights: Float64Array;
  /** Closes of each position in the base currency at the bars that all of them have, adjusted where that is known. */
  readonly levels: Float64Array[];
  /** Positions without prices, which are taken not to move. */
  readonly leftOut: number;
}

/** The book of a portfolio: `closes` are those of its holdings, in their order, adjusted; only the last `window` returns count, 0 for all. */
export function bookOf(
  { cash, holdings, rates }: PortfolioState,
  closes: readonly (Closes | null)[],
  window: number,
): Book {
  const held = holdings.map((holding, index) => ({
    value: marketValueOf(holding).toNumber(),
    closes: closes[index],
    currency: holding.currency ?? rates.base,
  }));
  const open = held.filter(({ value }) => value !== 0);
  const equity = open.reduce((sum, { value }) => sum + value, cash.toNumber());
  const moving = open.filter((one) => one.closes !== null && one.closes.timesMs.length > 0);
  return {
    equity,
    weights: Float64Array.from(moving, ({ value }) => value / equity),
    levels: commonCloses(
      moving.map((one) => inBase(one.closes!, one.currency, rates)),
      window,
    ),
    leftOut: open.length - moving.length,
  };
}

/** Closes in the base currency; the bars before the first rate are left out. */
function inBase({ timesMs, close }: Closes, currency: string, rates: PortfolioRates): Closes {
  if (currency === rates.base) return { timesMs, close };
  const rate = rates.column(currency, timesMs);
  return {
    timesMs: timesMs.filter((_, t) => !Number.isNaN(rate[t])),
    close: close.map((value, t) => value * rate[t]).filter((value) => !Number.isNaN(value)),
  };
}

function commonCloses(series: readonly Closes[], window: number): Float64Array[] {
  const counts = new Map<number, number>();
  for (const { timesMs } of series) for (const time of timesMs) counts.set(time, (counts.get(time) ?? 0) + 1);
  return series.map(({ timesMs, close }) => {
    const common = close.filter((_, t) => counts.get(timesMs[t]) === series.length);
    return window > 0 ? common.slice(-(window + 1)) : common;
  });
}
