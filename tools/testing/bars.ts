import type { BarColumns } from '../../compute/src/service/contract.ts';

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
