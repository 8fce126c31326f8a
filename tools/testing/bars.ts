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

/** Bars whose open, high, low and close are one price each. */
export function flatBars(closes: readonly number[]): BarColumns {
  const close = Float64Array.from(closes);
  return {
    timesMs: Float64Array.from(closes, (_, day) => day * 86_400_000),
    open: close,
    high: close,
    low: close,
    close,
    volume: new Float64Array(close.length).fill(1000),
  };
}
