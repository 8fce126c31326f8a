import { decodeColumns, encodeColumns, placeOfColumn } from '../run/columns.ts';
import type { RunStore } from '../run/run.store.ts';
import type { SweepMetricName } from './backtest.input.ts';
import { setsDoneIn, type Surface, unknownSurface } from './sweep-rest.ts';

/**
 * Sets that are stored together, in 512 KiB: a change writes and reads only the blocks it is in. Those of earlier versions
 * may be longer, all as long as their first.
 */
export const BLOCK_SETS = 16_384;

/** What stands before the doubles of a block, and more. */
const HEAD = { offset: 0, length: 256 };

/** A metric of the sets from `fromIndex` on. */
export interface SurfaceStretch {
  readonly fromIndex: number;
  readonly values: Float64Array;
}

/** How many sets are done in each block of a surface. */
export function blockCounts(surface: Surface): number[] {
  const { tradeCount } = surface;
  return Array.from({ length: blocksOf(tradeCount.length) }, (_, block) =>
    setsDoneIn({ tradeCount: tradeCount.subarray(block * BLOCK_SETS, (block + 1) * BLOCK_SETS) }),
  );
}

/** What to store of a surface: the blocks in which more or fewer sets are done than are stored, each as it is when it is asked for. */
export function* changedBlocks(
  surface: Surface,
  counts: readonly number[],
  stored: readonly number[],
): Generator<[name: string, content: Uint8Array]> {
  for (const block of changedBetween(counts, stored))
    yield [nameOf(block), encodeColumns(blockOf(surface, block))];
}

/** How many sets are stored in each block, by what a run says of itself; runs of before there were blocks say nothing. */
export function storedCounts(
  result: Readonly<Record<string, unknown>> | null | undefined,
  setsTotal: number,
): readonly number[] {
  if (Array.isArray(result?.blockCounts)) return result.blockCounts as number[];
  if (!result?.setsDone) return [];
  return Array.from({ length: blocksOf(setsTotal) }, (_, block) =>
    Math.min(BLOCK_SETS, setsTotal - block * BLOCK_SETS),
  );
}

/** The stored surfaces of sweeps, read a block at a time. */
export class SweepSurfaces {
  private readonly runs: Pick<RunStore, 'artifact'>;

  constructor(runs: Pick<RunStore, 'artifact'>) {
    this.runs = runs;
  }

  /** A metric of every set; NaN where it is not done. */
  async column(runId: string, metric: SweepMetricName, setsTotal: number): Promise<Float64Array> {
    return this.read(runId, metric, 0, setsTotal);
  }

  /** A metric of every block whose count is another than it was, those side by side together; one stretch of nothing where none is. */
  async changes(
    runId: string,
    metric: SweepMetricName,
    setsTotal: number,
    counts: readonly number[],
    known: readonly number[],
  ): Promise<SurfaceStretch[]> {
    const changed = changedBetween(counts, known);
    const firsts = changed.filter((block, place) => changed[place - 1] !== block - 1);
    const lasts = changed.filter((block, place) => changed[place + 1] !== block + 1);
    const stretches: SurfaceStretch[] = [];
    for (const [place, first] of firsts.entries()) {
      const fromIndex = first * BLOCK_SETS;
      const toIndex = Math.min(setsTotal, (lasts[place] + 1) * BLOCK_SETS);
      stretches.push({ fromIndex, values: await this.read(runId, metric, fromIndex, toIndex) });
    }
    return stretches.length > 0 ? stretches : [{ fromIndex: 0, values: new Float64Array(0) }];
  }

  /** All metrics of some sets, by their place in the grid. */
  async sets(
    runId: string,
    indices: readonly number[],
  ): Promise<ReadonlyMap<number, Record<SweepMetricName, number>>> {
    const found = new Map<number, Record<SweepMetricName, number>>();
    const size = await this.blockSets(runId);
    for (const [block, some] of Map.groupBy(indices, (index) => Math.floor(index / size))) {
      const columns = await this.block(runId, block);
      const metrics = Object.entries(columns ?? {}) as [SweepMetricName, Float64Array][];
      for (const index of some) {
        const figures = metrics.map(([name, column]) => [name, column[index % size]]);
        found.set(index, Object.fromEntries(figures) as Record<SweepMetricName, number>);
      }
    }
    return found;
  }

  private async read(
    runId: string,
    metric: SweepMetricName,
    fromIndex: number,
    toIndex: number,
  ): Promise<Float64Array> {
    const values = new Float64Array(toIndex - fromIndex).fill(NaN);
    const size = await this.blockSets(runId);
    for (let block = Math.floor(fromIndex / size); block * size < toIndex; block += 1) {
      const column = await this.columnOf(runId, block, metric);
      if (!column) continue;
      const skipped = Math.max(0, fromIndex - block * size);
      const at = block * size + skipped - fromIndex;
      values.set(column.subarray(skipped, skipped + values.length - at), at);
    }
    return values;
  }

  /** How many sets the blocks of a run have. */
  private async blockSets(runId: string): Promise<number> {
    const head = await this.runs.artifact(runId, nameOf(0), HEAD);
    return Math.max(BLOCK_SETS, head ? placeOfColumn(head, 'tradeCount')!.length / 8 : 0);
  }

  /** A metric of one block, of which nothing else is read. */
  private async columnOf(
    runId: string,
    block: number,
    metric: SweepMetricName,
  ): Promise<Float64Array | null> {
    const head = await this.runs.artifact(runId, nameOf(block), HEAD);
    const place = head && placeOfColumn(head, metric);
    const bytes = place && (await this.runs.artifact(runId, nameOf(block), place));
    return bytes && new Float64Array(Uint8Array.from(bytes).buffer);
  }

  private async block(runId: string, block: number): Promise<Surface | null> {
    const bytes = await this.runs.artifact(runId, nameOf(block));
    return bytes && (decodeColumns(bytes) as Surface);
  }
}

/** The whole surface out of its blocks; null where the first is missing. */
export async function loadSurface(
  setsTotal: number,
  load: (name: string) => Promise<Buffer | null>,
): Promise<Surface | null> {
  const surface = unknownSurface(setsTotal);
  let size = BLOCK_SETS;
  for (let block = 0; block * size < setsTotal; block += 1) {
    const bytes = await load(nameOf(block));
    if (!bytes && block === 0) return null;
    const columns = bytes ? decodeColumns(bytes) : {};
    if (block === 0) size = Math.max(BLOCK_SETS, columns.tradeCount.length);
    const at = block * size;
    for (const name of Object.keys(columns) as SweepMetricName[])
      surface[name].set(columns[name].subarray(0, setsTotal - at), at);
  }
  return surface;
}

/** How many blocks so many sets are in. */
export function blocksOf(setsTotal: number): number {
  return Math.ceil(setsTotal / BLOCK_SETS);
}

/** The first has the name of what runs stored before there were blocks: a longer block that holds everything. */
function nameOf(block: number): string {
  return block === 0 ? 'surface' : `surface/${block}`;
}

function blockOf(surface: Surface, block: number): Surface {
  const part = (name: SweepMetricName) =>
    surface[name].subarray(block * BLOCK_SETS, (block + 1) * BLOCK_SETS);
  return {
    totalReturn: part('totalReturn'),
    sharpe: part('sharpe'),
    maxDrawdown: part('maxDrawdown'),
    tradeCount: part('tradeCount'),
  };
}

function changedBetween(counts: readonly number[], known: readonly number[]): number[] {
  return [...counts.keys()].filter((block) => counts[block] !== (known[block] ?? 0));
}
