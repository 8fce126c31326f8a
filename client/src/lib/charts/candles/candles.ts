import type { CandlestickData, HistogramData, UTCTimestamp, WhitespaceData } from 'lightweight-charts';
import { linePoints } from '../line/points.ts';

/** OHLCV columns. */
export interface Columns {
  readonly times: ArrayLike<number>;
  readonly open: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly close: ArrayLike<number>;
  readonly volume: ArrayLike<number>;
}

/** Columns as candles, from a bar on. */
export function candles(columns: Columns, from: number): CandlestickData[] {
  return barsFrom(columns, from, (time, t) => ({
    time,
    open: columns.open[t],
    high: columns.high[t],
    low: columns.low[t],
    close: columns.close[t],
  }));
}

/** Columns as volume bars from a bar on, coloured by the way the price went. */
export function volumes(columns: Columns, from: number, up: string, down: string): HistogramData[] {
  return barsFrom(columns, from, (time, t) => ({
    time,
    value: columns.volume[t],
    color: columns.close[t] >= columns.open[t] ? up : down,
  }));
}

/** Values as bars from a place on, coloured by their sign; NaN is a gap. */
export function signedBars(
  timesMs: ArrayLike<number>,
  values: ArrayLike<number>,
  from: number,
  { up, down }: { readonly up: string; readonly down: string },
): (HistogramData | WhitespaceData)[] {
  return linePoints(timesMs, values, from).map((point) =>
    'value' in point ? { ...point, color: point.value < 0 ? `${down}66` : `${up}66` } : point,
  );
}

function barsFrom<Bar>({ times }: Columns, from: number, bar: (time: UTCTimestamp, t: number) => Bar): Bar[] {
  return Array.from({ length: times.length - from }, (_, index) => {
    const t = from + index;
    return bar(Math.floor(times[t] / 1000) as UTCTimestamp, t);
  });
}
