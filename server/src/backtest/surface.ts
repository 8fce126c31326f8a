import { decodeColumns, encodeColumns } from '../run/columns.ts';
import type { RunStore } from '../run/run.store.ts';
import type { SweepMetricName } from './backtest.input.ts';
import { setsDoneIn, type Surface, unknownSurface } from './sweep-rest.ts';

/** Sets that are stored together, in 2 MiB: a change writes and reads only the blocks it is in. */
export const BLOCK_SETS = 65_536;

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

/** What to store of a surface: the blocks in which more or fewer sets are done than are stored. */
export function changedBlocks(
  surface: Surface,
  counts: readonly number[],
  stored: readonly number[],
): Record<string, Uint8Array> {
  return Object.fromEntries(
    changedBetween(counts, stored).map((block) => [nameOf(block), encodeColumns(blockOf(surface, block))]),
  );
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
    return this.read(runId, metric, setsTotal, 0, blocksOf(setsTotal));
  }

  /** A metric of the stretch that holds every block whose count is another than it was. */
  async changes(
    runId: string,
    metric: SweepMetricName,
    setsTotal: number,
    counts: readonly number[],
    known: readonly number[],
  ): Promise<SurfaceStretch> {
    const changed = changedBetween(counts, known);
    if (changed.length === 0) return { fromIndex: 0, values: new Float64Array(0) };
    const [from, to] = [changed[0], changed[changed.length - 1] + 1];
    const values = await this.read(runId, metric, setsTotal, from, to);
    return { fromIndex: from * BLOCK_SETS, values };
  }

  /** All metrics of some sets, by their place in the grid. */
  async sets(
    runId: string,
    indices: readonly number[],
  ): Promise<ReadonlyMap<number, Record<SweepMetricName, number>>> {
    const found = new Map<number, Record<SweepMetricName, number>>();
    const whole = await this.block(runId, 0);
    const size = Math.max(BLOCK_SETS, whole?.tradeCount.length ?? 0);
    for (const [block, some] of Map.groupBy(indices, (index) => Math.floor(index / size))) {
      const columns = block === 0 ? whole : await this.block(runId, block);
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
    setsTotal: number,
    fromBlock: number,
    toBlock: number,
  ): Promise<Float64Array> {
    const start = fromBlock * BLOCK_SETS;
    const values = new Float64Array(Math.min(setsTotal, toBlock * BLOCK_SETS) - start).fill(NaN);
    for (let block = fromBlock; block < toBlock; block += 1) {
      const at = block * BLOCK_SETS - start;
      const column = (await this.block(runId, block))?.[metric];
      if (column) values.set(column.subarray(0, values.length - at), at);
    }
    return values;
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
  for (let block = 0; block < blocksOf(setsTotal); block += 1) {
    const bytes = await load(nameOf(block));
    if (!bytes && block === 0) return null;
    const columns = bytes ? decodeColumns(bytes) : {};
    const at = block * BLOCK_SETS;
    for (const name of Object.keys(columns) as SweepMetricName[])
      surface[name].set(columns[name].subarray(0, setsTotal - at), at);
  }
  return surface;
}

function blocksOf(setsTotal: number): number {
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
