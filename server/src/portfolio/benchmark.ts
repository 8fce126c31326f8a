import type { EquityColumns, PriceSeries } from './valuation.ts';

/** A benchmark held with the same money: each flow buys it at its price then. NaN before its first price. */
export function benchmarkColumn(
  { timesMs, inflow, outflow }: EquityColumns,
  { timesMs: priceMs, close }: PriceSeries,
): Float64Array {
  const out = new Float64Array(timesMs.length).fill(NaN);
  let [next, units, waiting] = [0, 0, 0];
  for (let t = 0; t < timesMs.length; t += 1) {
    while (next < priceMs.length && priceMs[next] <= timesMs[t]) next += 1;
    waiting += inflow[t] - outflow[t];
    if (next === 0) continue;
    units += waiting / close[next - 1];
    waiting = 0;
    out[t] = units * close[next - 1];
  }
  return out;
}
