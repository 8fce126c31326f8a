import type { SimulatedTradeOrder } from './backtest.input.ts';
import { barsHeld } from './views.ts';

/** The places of a run's trades in the order asked for; equals stay in the order of entry. */
export function orderedTrades(
  columns: Record<string, Float64Array>,
  barCount: number,
  order?: SimulatedTradeOrder,
): Int32Array {
  const places = Int32Array.from({ length: columns.profit?.length ?? 0 }, (_, index) => index);
  if (!order) return places;
  const keyOf = {
    ENTRY_AT: (index: number) => columns.entryTimesMs[index],
    PROFIT: (index: number) => columns.profit[index],
    RETURN: (index: number) => columns.returns[index],
    BARS_HELD: (index: number) => barsHeld(columns, barCount, index),
  }[order.field];
  const sign = order.direction === 'DESCENDING' ? -1 : 1;
  return places.toSorted((a, b) => sign * (keyOf(a) - keyOf(b)) || a - b);
}
