import { firstAtOrAfter } from '../market-data/bars.ts';
import { closeAfter } from '../trade/price-splits.ts';
import type { UnitChange } from '../trade/units.ts';
import type { PriceSeries, UnitMove } from './valuation.ts';

/** A change of units as doubles. */
export function moveOf({ timeMs, instrumentId, change, price, split, from }: UnitChange): UnitMove {
  const move = { timeMs, instrumentId, change: change.toNumber(), price: price?.toNumber() ?? null };
  return {
    ...move,
    ...(split && { split }),
    ...(from && { from: { ...from, factor: from.part.div(from.units).toNumber() } }),
  };
}

/**
 * The moves of each instrument, in which units that arrived for others tell a price by the last close of those: what their
 * transactions tell may be of years ago. Units that others leave for as a whole have it at once. A spin-off has its part of
 * it from the next close of the others on, which is without it; until then they are worth the whole.
 */
export function withArrivals(
  byInstrument: ReadonlyMap<string, readonly UnitMove[]>,
  prices: ReadonlyMap<string, PriceSeries>,
): ReadonlyMap<string, readonly UnitMove[]> {
  const arrivals = [...byInstrument.values()].flatMap((moves) => moves.filter(({ from }) => from));
  if (arrivals.length === 0) return byInstrument;
  const all = new Map(byInstrument);
  for (const arrival of arrivals.toSorted((a, b) => a.timeMs - b.timeMs)) {
    const told = toldBy(arrival, all, byInstrument, prices);
    if (told.length === 0) continue;
    const moves = all.get(arrival.instrumentId)!;
    const others = moves.filter((one) => one !== arrival);
    all.set(
      arrival.instrumentId,
      [...others, ...told].toSorted((a, b) => a.timeMs - b.timeMs),
    );
  }
  return all;
}

/** The moves in the place of an arrival; none where it stays as it is. */
function toldBy(
  arrival: UnitMove,
  all: ReadonlyMap<string, readonly UnitMove[]>,
  byInstrument: ReadonlyMap<string, readonly UnitMove[]>,
  prices: ReadonlyMap<string, PriceSeries>,
): UnitMove[] {
  const { timeMs, from } = arrival;
  const { instrumentId, factor, isWhole } = from!;
  const moves = all.get(instrumentId) ?? [];
  const series = prices.get(instrumentId);
  const index = series ? firstAtOrAfter(series.timesMs, timeMs + 1) - 1 : -1;
  if (index < 0) {
    // Without a close of their own, the others may have arrived for what has one.
    if (moves === byInstrument.get(instrumentId)) return [];
    const before = moves.findLast((one) => one.timeMs < timeMs && one.price !== null);
    return [{ ...arrival, price: before ? before.price! * factor : null }];
  }
  // What is left by a spin-off has closes of its own.
  if (instrumentId === arrival.instrumentId) return [];
  const price = closeAfter(series!, index, moves, timeMs) * factor;
  if (isWhole) return [{ ...arrival, price }];
  const nextMs = series!.timesMs[index + 1];
  const arrived = { ...arrival, price: null };
  return nextMs === undefined ? [arrived] : [arrived, { ...arrived, timeMs: nextMs, change: 0, price }];
}
