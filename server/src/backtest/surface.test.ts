import { describe, expect, it } from 'vitest';
import { encodeColumns } from '../run/columns.ts';
import type { Artifacts } from '../run/run.store.ts';
import type { SweepMetricName } from './backtest.input.ts';
import {
  BLOCK_SETS,
  blockCounts,
  changedBlocks,
  loadSurface,
  storedCounts,
  SweepSurfaces,
} from './surface.ts';
import { type Surface, unknownSurface } from './sweep-rest.ts';

const SETS = 2 * BLOCK_SETS + 10;
const METRICS: readonly SweepMetricName[] = ['totalReturn', 'sharpe', 'maxDrawdown', 'tradeCount'];

/** Stored artifacts, and the names that were read. */
function storage() {
  const artifacts = new Map<string, Uint8Array>();
  const reads: string[] = [];
  const artifact = async (_runId: string, name: string, part = { offset: 0, length: Infinity }) => {
    // What stands before the columns is read apart.
    if (part.offset > 0 || part.length === Infinity) reads.push(name);
    const bytes = artifacts.get(name);
    return bytes ? Buffer.from(bytes.subarray(part.offset, part.offset + part.length)) : null;
  };
  const put = (blocks: Artifacts) => {
    const names: string[] = [];
    for (const [name, bytes] of blocks) {
      artifacts.set(name, bytes);
      names.push(name);
    }
    return names;
  };
  return { reads, put, artifact, surfaces: new SweepSurfaces({ artifact }) };
}

/** Gives sets figures that tell metric and place. */
function fill(surface: Surface, from: number, to: number): void {
  METRICS.forEach((name, metric) => {
    for (let set = from; set < to; set += 1) surface[name][set] = 10 * set + metric;
  });
}

/** Told fast, bit for bit. */
const isSame = (a: Float64Array, b: Float64Array) =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));

describe('the surface of a sweep in blocks', () => {
  it('is written and read again only where it has changed', async () => {
    const { reads, put, artifact, surfaces } = storage();
    const surface = unknownSurface(SETS);
    fill(surface, 0, BLOCK_SETS + 5);
    const first = blockCounts(surface);
    expect(first).toEqual([BLOCK_SETS, 5, 0]);
    expect(put(changedBlocks(surface, first, []))).toEqual(['surface', 'surface/1']);
    const [whole] = await surfaces.changes('r', 'sharpe', SETS, first, []);
    expect(whole.fromIndex).toBe(0);
    expect(isSame(whole.values, surface.sharpe.subarray(0, 2 * BLOCK_SETS))).toBe(true);
    reads.length = 0;
    expect((await surfaces.changes('r', 'sharpe', SETS, first, first))[0].values).toHaveLength(0);
    fill(surface, BLOCK_SETS + 5, SETS);
    const second = blockCounts(surface);
    expect(put(changedBlocks(surface, second, first))).toEqual(['surface/1', 'surface/2']);
    const [rest] = await surfaces.changes('r', 'sharpe', SETS, second, first);
    expect(rest.fromIndex).toBe(BLOCK_SETS);
    expect(isSame(rest.values, surface.sharpe.subarray(BLOCK_SETS))).toBe(true);
    expect(reads).toEqual(['surface/1', 'surface/2']);
    expect(isSame(await surfaces.column('r', 'tradeCount', SETS), surface.tradeCount)).toBe(true);
    const loaded = await loadSurface(SETS, (name) => artifact('r', name));
    expect(METRICS.map((name) => isSame(loaded![name], surface[name]))).toEqual(Array(4).fill(true));
  });

  it('gives all metrics of single sets', async () => {
    const { reads, put, surfaces } = storage();
    const surface = unknownSurface(SETS);
    fill(surface, 0, SETS);
    put(changedBlocks(surface, blockCounts(surface), []));
    const far = 2 * BLOCK_SETS + 7;
    const sets = await surfaces.sets('r', [far, 3]);
    expect(sets.get(3)).toEqual({ totalReturn: 30, sharpe: 31, maxDrawdown: 32, tradeCount: 33 });
    expect(sets.get(far)!.tradeCount).toBe(10 * far + 3);
    expect(reads).toEqual(['surface/2', 'surface']);
  });

  it('of a run of before there were blocks is read as a whole', async () => {
    const { put, surfaces, artifact } = storage();
    const surface = unknownSurface(SETS);
    fill(surface, 0, SETS);
    put([['surface', encodeColumns(surface)]]);
    const counts = storedCounts({ setsDone: SETS }, SETS);
    expect(counts).toEqual([BLOCK_SETS, BLOCK_SETS, 10]);
    const [{ fromIndex, values }] = await surfaces.changes('r', 'sharpe', SETS, counts, []);
    expect([fromIndex, isSame(values, surface.sharpe)]).toEqual([0, true]);
    const far = 2 * BLOCK_SETS + 7;
    expect((await surfaces.sets('r', [far])).get(far)!.sharpe).toBe(10 * far + 1);
    const loaded = await loadSurface(SETS, (name) => artifact('r', name));
    expect(isSame(loaded!.sharpe, surface.sharpe)).toBe(true);
  });

  it('in the longer blocks of an earlier version is read as it was stored', async () => {
    const { put, surfaces, artifact } = storage();
    const [longer, total] = [3 * BLOCK_SETS, 3 * BLOCK_SETS + 7];
    const surface = unknownSurface(total);
    fill(surface, 0, total);
    const part = (from: number, to: number) =>
      encodeColumns(Object.fromEntries(METRICS.map((name) => [name, surface[name].subarray(from, to)])));
    put([
      ['surface', part(0, longer)],
      ['surface/1', part(longer, total)],
    ]);
    expect(isSame(await surfaces.column('r', 'sharpe', total), surface.sharpe)).toBe(true);
    const counts = storedCounts({ setsDone: total }, total);
    const known = counts.map((count, block) => (block === 0 || block === 3 ? count : 0));
    const [middle] = await surfaces.changes('r', 'sharpe', total, counts, known);
    expect(middle.fromIndex).toBe(BLOCK_SETS);
    const apart = counts.map((count, block) => (block % 2 === 1 ? count : 0));
    const ends = await surfaces.changes('r', 'sharpe', total, counts, apart);
    expect(ends.map((one) => [one.fromIndex, one.values.length])).toEqual([
      [0, BLOCK_SETS],
      [2 * BLOCK_SETS, BLOCK_SETS],
    ]);
    expect(isSame(middle.values, surface.sharpe.subarray(BLOCK_SETS, 3 * BLOCK_SETS))).toBe(true);
    const far = longer + 3;
    expect((await surfaces.sets('r', [far])).get(far)!.sharpe).toBe(10 * far + 1);
    const loaded = await loadSurface(total, (name) => artifact('r', name));
    expect(isSame(loaded!.sharpe, surface.sharpe)).toBe(true);
  });

  it('is unknown where nothing is stored', async () => {
    const { surfaces, artifact } = storage();
    expect(storedCounts(null, SETS)).toEqual([]);
    expect(await surfaces.column('r', 'sharpe', 3)).toEqual(Float64Array.of(NaN, NaN, NaN));
    expect(await surfaces.changes('r', 'sharpe', SETS, [], [])).toEqual([
      { fromIndex: 0, values: new Float64Array(0) },
    ]);
    expect(await loadSurface(SETS, (name) => artifact('r', name))).toBeNull();
  });
});
