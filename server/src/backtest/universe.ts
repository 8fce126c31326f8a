import type { RebalanceColumns, UniverseResult } from '@ai-trading/compute';
import { pick } from '../market-data/bars.ts';
import { encodeColumns } from '../run/columns.ts';

/** What a run over a universe keeps beside its columns; lists are in the order of `symbols`. */
export interface UniverseSummary {
  readonly symbols: readonly string[];
  readonly profit: readonly number[];
  readonly fees: readonly number[];
  readonly interest: number;
}

/** The part of a universe's result that is kept with the run itself. */
export function summaryOfUniverse({ symbols, profit, fees, interest }: UniverseResult): UniverseSummary {
  return { symbols, profit: [...profit], fees: [...fees], interest };
}

/** The columns of a universe: weights by symbol, of what was ever held, and the rebalances. */
export function artifactsOfUniverse({
  symbols,
  weights,
  rebalances,
}: UniverseResult): Record<'weights' | 'rebalances', Uint8Array> {
  const held = symbols.flatMap((symbol, i): [string, Float64Array][] =>
    weights[i].some((weight) => weight !== 0) ? [[symbol, weights[i]]] : [],
  );
  return {
    weights: encodeColumns(Object.fromEntries(held)),
    rebalances: encodeColumns({ ...rebalances } satisfies Record<keyof RebalanceColumns, ArrayLike<number>>),
  };
}

/** Weights of the instruments held most, and those of all others together. */
export interface WeightColumns {
  readonly symbols: readonly string[];
  readonly columns: readonly Float64Array[];
  /** Null where all are among the first. */
  readonly others: Float64Array | null;
}

/** The `count` instruments with the largest mean weight, the largest first, at the given bars. */
export function largestWeights(
  weights: Readonly<Record<string, Float64Array>>,
  count: number,
  indices: Int32Array,
): WeightColumns {
  const ranked = Object.entries(weights)
    .map(([symbol, column]) => ({ symbol, column, mean: meanOf(column, Math.abs) }))
    .toSorted((a, b) => b.mean - a.mean);
  const rest = ranked.slice(count).map(({ column }) => column);
  return {
    symbols: ranked.slice(0, count).map(({ symbol }) => symbol),
    columns: ranked.slice(0, count).map(({ column }) => pick(column, indices)),
    others:
      rest.length === 0
        ? null
        : Float64Array.from(indices, (t) => rest.reduce((sum, column) => sum + column[t], 0)),
  };
}

/** The mean of a column, each value through `of` first. */
export function meanOf(column: Float64Array, of: (value: number) => number = (value) => value): number {
  let total = 0;
  for (const value of column) total += of(value);
  return column.length === 0 ? 0 : total / column.length;
}

/** At most `count` places of a column of so many bars, at even distances, both ends among them. */
export function evenIndices(length: number, count: number): Int32Array {
  const points = Math.min(length, count);
  return Int32Array.from({ length: points }, (_, i) =>
    points === 1 ? length - 1 : Math.round((i * (length - 1)) / (points - 1)),
  );
}
