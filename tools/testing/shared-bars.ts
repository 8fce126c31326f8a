import type { BarColumns } from '../../compute/src/service/contract.ts';
import { sharedRows } from './services.ts';

/** Bars from a CSV of the reference data: date, open, high, low, close, volume. */
export function sharedBars(path: string): BarColumns {
  const rows = sharedRows(path);
  const column = (index: number) => Float64Array.from(rows, (row) => Number(row[index]));
  return {
    timesMs: Float64Array.from(rows, (row) => Date.parse(row[0].slice(0, 10))),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  };
}
