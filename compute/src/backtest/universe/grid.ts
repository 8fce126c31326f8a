import type { GridMember, UniverseGrid } from '../../ir/universe.ts';
import type { InstrumentBars } from '../../service/contract.ts';

/** Puts instruments on one grid of times; `candidates` are the symbols to choose from. */
export function buildGrid(
  instruments: readonly InstrumentBars[],
  candidates: ReadonlySet<string>,
  lotSize: number,
): UniverseGrid {
  const ordered = instruments.toSorted((a, b) => (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0));
  const timesMs = unionOf(ordered.map(({ bars }) => bars.timesMs));
  const members = ordered.map(({ symbol, bars, lotSize: own }): GridMember => {
    const newest = newestOf(timesMs, bars.timesMs);
    return {
      symbol,
      bars,
      lotSize: own ?? lotSize,
      isCandidate: candidates.has(symbol),
      newest,
      lastIndex: newest.indexOf(bars.timesMs.length - 1),
    };
  });
  return { timesMs, members };
}

function unionOf(columns: readonly Float64Array[]): Float64Array {
  const [first, ...others] = columns;
  const isSame = (column: Float64Array) =>
    column.length === first.length && column.every((timeMs, t) => timeMs === first[t]);
  if (others.every(isSame)) return first;
  const times = new Set<number>();
  for (const column of columns) for (const timeMs of column) times.add(timeMs);
  return Float64Array.from(times).sort();
}

function newestOf(timesMs: Float64Array, ownMs: Float64Array): Int32Array {
  const out = new Int32Array(timesMs.length);
  let newest = -1;
  for (let t = 0; t < timesMs.length; t += 1) {
    if (newest + 1 < ownMs.length && ownMs[newest + 1] === timesMs[t]) newest += 1;
    out[t] = newest;
  }
  return out;
}
