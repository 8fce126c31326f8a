import type { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { flatBars } from '../../../tools/testing/bars.ts';
import { NO_COSTS } from '../../../tools/testing/simulations.ts';
import { EVERY_DEVICE } from '../backends/cuda/settings.ts';
import { compiledForSweep } from '../backtest/validate.ts';
import { WorkerPool } from '../pool/pool.ts';
import type { SweepRequest, SweepTile } from './contract.ts';
import { runSweep } from './sweep.ts';

const SETS = 400;
const devices = {
  cuda: { version: null, devices: [], reason: 'there is no driver' },
  settings: { ...EVERY_DEVICE, visibleDevices: 'none' },
};
const range = (from: number, length: number) => Float64Array.from({ length }, (_, index) => from + index);
const kernels: SweepRequest = {
  strategy: `strategy "T"
param n = 5 in 2..99
param k = 2 in 0..99
enter long when close > sma(close, n) + k / 10
exit long when close < sma(close, n)`,
  parameters: {},
  instruments: [
    { symbol: 'WAVE', bars: flatBars(Array.from({ length: 1_000 }, (_, t) => 100 + 20 * Math.sin(t / 9))) },
  ],
  initialCash: 10_000,
  costs: NO_COSTS,
  direction: 'LONG_AND_SHORT',
  lotSize: 1,
  endRule: 'KEEP_OPEN',
  periodsPerYear: 252,
  riskFreeRate: 0,
  seed: 0,
  axes: [
    { parameter: 'n', values: range(2, 20) },
    { parameter: 'k', values: range(0, 20) },
  ],
  keepBest: 3,
  objective: 'totalReturn',
};
const reference = { ...kernels, costs: { ...NO_COSTS, cashRate: 0.02 } };

describe.each([
  ['on kernels', kernels, 'wasm-bars'],
  ['on the reference', reference, 'reference'],
] as const)('a sweep %s', (_name, request, backend) => {
  const pool = new WorkerPool(2);
  afterAll(() => pool.close());

  /** Ends a thread that works, as running out of memory would, once so many sets are done; none at null. */
  const sweep = async (killedAt: number | null) => {
    const { busy } = pool as unknown as { busy: Map<Worker, unknown> };
    const sharpe = new Float64Array(SETS).fill(NaN);
    const told = new Uint8Array(SETS);
    const ends: Promise<number>[] = [];
    const onProgress = ({ tile, setsDone }: { tile: SweepTile; setsDone: number }) => {
      sharpe.set(tile.sharpe, tile.fromIndex);
      for (let set = 0; set < tile.sharpe.length; set += 1) told[tile.fromIndex + set] += 1;
      const [worker] = busy.keys();
      if (killedAt !== null && worker && ends.length === 0 && setsDone >= killedAt)
        ends.push(worker.terminate());
    };
    const checked = { request, strategy: compiledForSweep(request), requestHash: () => 'killed' };
    const result = await runSweep(pool, checked, devices, { onProgress });
    await Promise.all(ends);
    return { sharpe, told, best: result.best, backend: result.backend.backend, killed: ends.length };
  };
  let whole: Promise<Awaited<ReturnType<typeof sweep>>> | null = null;

  it.each([1, SETS / 4, SETS / 2])(
    'gives every set once where a thread is killed after %i sets',
    async (killedAt) => {
      whole ??= sweep(null);
      const expected = await whole;
      expect(expected.backend).toBe(backend);
      expect(expected.told).toEqual(new Uint8Array(SETS).fill(1));
      expect(await sweep(killedAt)).toEqual({ ...expected, killed: 1 });
    },
    60_000,
  );
});
