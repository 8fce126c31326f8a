import { firstAtOrAfter } from '../market-data/bars.ts';
import type { SimulatedTrade } from './simulated-trade.type.ts';

/** Bars as columns, as far as excursions need them. */
export interface RangeBars {
  readonly timesMs: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
}

/**
 * Trades by lot or closing with their excursions, by the rule of those from flat to flat: every bar from that of the
 * entry to the one before the exit counts with its range, the exit with its price alone. They stay null where the bars
 * of an instrument are not there.
 */
export function withExcursions(
  trades: readonly SimulatedTrade[],
  barsOf: ReadonlyMap<string, RangeBars>,
): SimulatedTrade[] {
  return trades.map((trade) => {
    const bars = barsOf.get(trade.symbol);
    return bars ? { ...trade, ...excursionsOf(trade, bars) } : trade;
  });
}

function excursionsOf(
  { direction, entryAt, exitAt, entryPrice, exitPrice, isOpen }: SimulatedTrade,
  { timesMs, high, low }: RangeBars,
): Pick<SimulatedTrade, 'maximumAdverseExcursion' | 'maximumFavourableExcursion'> {
  const side = direction === 'LONG' ? 1 : -1;
  const exit = isOpen || exitPrice === null ? 0 : side * (exitPrice - entryPrice);
  let [worst, best] = [Math.min(0, exit), Math.max(0, exit)];
  const endMs = exitAt?.getTime() ?? Infinity;
  for (let t = firstAtOrAfter(timesMs, entryAt.getTime()); t < timesMs.length && timesMs[t] < endMs; t += 1) {
    const [against, along] = side > 0 ? [low[t], high[t]] : [high[t], low[t]];
    worst = Math.min(worst, side * (against - entryPrice));
    best = Math.max(best, side * (along - entryPrice));
  }
  // + 0 makes a short's -0 a 0.
  return {
    maximumAdverseExcursion: worst / entryPrice + 0,
    maximumFavourableExcursion: best / entryPrice,
  };
}
