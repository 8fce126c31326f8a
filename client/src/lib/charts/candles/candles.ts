import type { CandlestickData, HistogramData, UTCTimestamp } from 'lightweight-charts';

/** OHLCV columns. */
export interface Columns {
  readonly times: ArrayLike<number>;
  readonly open: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly close: ArrayLike<number>;
  readonly volume: ArrayLike<number>;
}

/** Columns as candles. */
export function candles(columns: Columns): CandlestickData[] {
  return Array.from(columns.times, (time, t) => ({
    time: Math.floor(time / 1000) as UTCTimestamp,
    open: columns.open[t],
    high: columns.high[t],
    low: columns.low[t],
    close: columns.close[t],
  }));
}

/** Columns as volume bars, coloured by the way the price went. */
export function volumes(columns: Columns, up: string, down: string): HistogramData[] {
  return Array.from(columns.times, (time, t) => ({
    time: Math.floor(time / 1000) as UTCTimestamp,
    value: columns.volume[t],
    color: columns.close[t] >= columns.open[t] ? up : down,
  }));
}
