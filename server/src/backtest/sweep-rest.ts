import { gridSize, type SweepAxis, type SweepTile } from '@ai-trading/compute';
import type { SweepMetricName } from './backtest.input.ts';

/** The metrics of every set of a grid; all of a set that was not done yet are NaN. */
export type Surface = Record<SweepMetricName, Float64Array>;

/** A few rows that are done in part are gone into where a row is at least this share of the grid. */
const ROW_SHARE_MINIMUM = 0.02;
const PARTIAL_ROWS_MAXIMUM = 4;

/** A part of a grid that is a grid itself, made of rows of the whole one. */
export interface RestPart {
  readonly axes: readonly SweepAxis[];
  /** Where each row begins in the whole grid. */
  readonly rowStarts: readonly number[];
  readonly rowLength: number;
}

/** A surface of which nothing is known. */
export function unknownSurface(setsTotal: number): Surface {
  const unknown = () => new Float64Array(setsTotal).fill(NaN);
  return {
    totalReturn: unknown(),
    sharpe: unknown(),
    maxDrawdown: unknown(),
    tradeCount: unknown(),
  };
}

/**
 * What is left of a grid, as grids that hold every set that is not done. Sets that are done may be in them too, where
 * their row is done in part: tiles are done in about the order of the grid, so such rows are few.
 */
export function restOf(axes: readonly SweepAxis[], { tradeCount }: Surface, fromIndex = 0): RestPart[] {
  const place = axes.findIndex(({ values }) => values.length > 1);
  if (place < 0) {
    const isDone = !Number.isNaN(tradeCount[fromIndex]);
    return isDone ? [] : [{ axes, rowStarts: [fromIndex], rowLength: 1 }];
  }
  const { parameter, values } = axes[place];
  const rowLength = gridSize(axes.slice(place + 1));
  const startOf = (row: number) => fromIndex + row * rowLength;
  const doneOf = (row: number) => countDone(tradeCount, startOf(row), rowLength);
  const rows = Array.from(values, (_, row) => ({ row, done: doneOf(row) })).filter(
    ({ done }) => done < rowLength,
  );
  const partial = rows.filter(({ done }) => done > 0);
  const isWorthIt =
    partial.length <= PARTIAL_ROWS_MAXIMUM && rowLength >= tradeCount.length * ROW_SHARE_MINIMUM;
  const entered = isWorthIt ? partial : [];
  const whole = rows.filter((one) => !entered.includes(one)).map(({ row }) => row);
  const withValues = (some: readonly number[]) =>
    axes.with(place, { parameter, values: Float64Array.from(some, (row) => values[row]) });
  return [
    ...entered.flatMap(({ row }) => restOf(withValues([row]), { tradeCount } as Surface, startOf(row))),
    ...(whole.length > 0 ? [{ axes: withValues(whole), rowStarts: whole.map(startOf), rowLength }] : []),
  ];
}

/** Puts a tile of a part where it belongs in the whole grid. */
export function addTile(surface: Surface, { rowStarts, rowLength }: RestPart, tile: SweepTile): void {
  const end = tile.fromIndex + tile.tradeCount.length;
  for (let from = tile.fromIndex; from < end;) {
    const row = Math.floor(from / rowLength);
    const to = Math.min(end, (row + 1) * rowLength);
    const target = rowStarts[row] + (from % rowLength);
    for (const name of Object.keys(surface) as SweepMetricName[])
      surface[name].set(tile[name].subarray(from - tile.fromIndex, to - tile.fromIndex), target);
    from = to;
  }
}

/** How many sets of a surface are done. */
export function setsDoneIn({ tradeCount }: Pick<Surface, 'tradeCount'>): number {
  return countDone(tradeCount, 0, tradeCount.length);
}

/** The indices of the best sets of a surface, best first, equals by their place in the grid. */
export function bestOf(surface: Surface, objective: SweepMetricName, limit: number): number[] {
  const values = surface[objective];
  // A small drawdown is a good one.
  const scoreOf = (index: number) => (objective === 'maxDrawdown' ? -values[index] : values[index]);
  const best: number[] = [];
  for (let index = 0; index < values.length; index += 1) {
    const score = scoreOf(index);
    // Sets without a value never count.
    if (Number.isNaN(score) || (best.length === limit && score <= scoreOf(best[limit - 1]))) continue;
    const at = best.findIndex((other) => score > scoreOf(other));
    best.splice(at < 0 ? best.length : at, 0, index);
    best.length = Math.min(best.length, limit);
  }
  return best;
}

function countDone(tradeCount: Float64Array, from: number, length: number): number {
  let done = 0;
  for (let index = from; index < from + length; index += 1) done += Number.isNaN(tradeCount[index]) ? 0 : 1;
  return done;
}
