import { evaluateNode, type SeriesCache, warmUpOf } from '../backends/reference/evaluate.ts';
import type { InstrumentBars } from '../service/contract.ts';
import type { CheckedContract } from './contract.ts';

/** What a model is asked: a row of numbers for each bar on which all of them are known. */
export interface FeatureRows {
  /** Row after row, in shared memory; within a row the oldest bar first, within a bar feature after feature. */
  readonly rows: Float64Array;
  /** The bar that each row answers for. */
  readonly bars: Int32Array;
}

/** The rows for an instrument. A row has nothing in it that was not known at the close of its bar. */
export function featureRows(
  { contract, features }: CheckedContract,
  { symbol, bars }: InstrumentBars,
): FeatureRows {
  const cache: SeriesCache = new Map();
  const columns = features.roots.map((root, index) => {
    const series = evaluateNode(features, {}, [{ symbol, bars }], root, cache);
    if (!contract.normalisation) return series;
    const { mean, deviation } = contract.normalisation;
    return series.map((value) => (value - mean[index]) / deviation[index]);
  });
  const barsTotal = bars.timesMs.length;
  const { window } = contract;
  const complete = completeBars(columns, barsTotal, window);
  const rows = new Float64Array(new SharedArrayBuffer(8 * complete.length * window * columns.length));
  let at = 0;
  for (const bar of complete) {
    for (let t = bar - window + 1; t <= bar; t += 1) {
      for (const column of columns) {
        rows[at] = column[t];
        at += 1;
      }
    }
  }
  return { rows, bars: complete };
}

/** Bars that end a window in which no feature is missing. */
function completeBars(columns: readonly Float64Array[], barsTotal: number, window: number): Int32Array {
  const complete = new Int32Array(barsTotal);
  let count = 0;
  let known = 0;
  for (let t = 0; t < barsTotal; t += 1) {
    known = columns.every((column) => Number.isFinite(column[t])) ? known + 1 : 0;
    if (known >= window) {
      complete[count] = t;
      count += 1;
    }
  }
  return complete.slice(0, count);
}

/** Bars before the first on which the model can answer. */
export function modelWarmUpBars({ contract, features }: CheckedContract): number {
  return warmUpOf(features, {}, features.roots, () => 0) + contract.window - 1;
}
