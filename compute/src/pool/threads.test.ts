import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { runsOf } from '../../../tools/testing/runs.ts';
import {
  figuresByCuda,
  figuresByReference,
  figuresByThreads,
  figuresByWasm,
  withinPromise,
} from '../../../tools/testing/sweep-backends.ts';
import { randomRequest } from '../../../tools/testing/random-sweeps.ts';
import { SWEEP_BASE, walk } from '../../../tools/testing/sweeps.ts';
import { shareSeries } from '../backends/cuda/shared-series.ts';
import { type CudaPlan, planCudaSweep } from '../backends/cuda/sweep.ts';
import { compiledForSweep } from '../backtest/validate.ts';
import type { SweepRequest } from '../service/contract.ts';
import { takeMemory } from '../service/memory.ts';
import { WorkerPool } from './pool.ts';

const THREADS_MAXIMUM = 3;

describe('the threads of a pool', () => {
  const pool = new WorkerPool(THREADS_MAXIMUM);
  afterAll(() => pool.close());

  it.each([1, 2, THREADS_MAXIMUM])(
    'give the bits of one thread in this process where %i share random sweeps, whatever the size of tiles',
    async (threads) => {
      const tileSets = fc.integer({ min: 1, max: 9 });
      const property = fc.asyncProperty(randomRequest, tileSets, async (request, each) => {
        const found = await figuresByThreads(pool, request, { threads, tileSets: each });
        expect(found).toEqual(figuresByWasm(request).figures);
      });
      await fc.assert(property, { ...runsOf(8, 30 + threads), unbiased: true });
    },
    120_000,
  );

  /** The series of a sweep on a GPU, and what two threads do with them. */
  const helped = (request: SweepRequest) => {
    const strategy = compiledForSweep(request);
    const { inputs, layout } = planCudaSweep(strategy, request) as CudaPlan;
    const series = shareSeries(strategy, inputs.slots, layout.barsTotal, takeMemory);
    const help = (part: number) =>
      pool.run<null>({ kind: 'cudaSeries', request, strategy, series: series!, part });
    return { strategy, series, help: () => Promise.all(series ? [help(1), help(2)] : []) };
  };

  it('prepare series for a GPU while its own thread does, with the bits of the reference', async () => {
    const property = fc.asyncProperty(randomRequest, fc.boolean(), async (request, isAhead) => {
      const { strategy, series, help } = helped(request);
      const helping = help();
      if (isAhead) await helping;
      const expected = figuresByReference(request);
      const { figures, plan } = figuresByCuda(request, strategy, series);
      expect(withinPromise(figures, expected, plan)).toEqual(expected);
      await helping;
    });
    await fc.assert(property, { ...runsOf(12, 40), unbiased: true });
  }, 120_000);

  it('prepare the series that the GPU reads', async () => {
    const strategy = `strategy "T"
param n = 3 in 2..9
enter long when rsi(close, n) < 45
exit long when rsi(close, n) > 55`;
    const axes = [{ parameter: 'n', values: Float64Array.of(3, 4, 5, 6, 7) }];
    const request = { ...SWEEP_BASE, strategy, axes, instruments: [{ symbol: 'X', bars: walk(200, 7) }] };
    const { strategy: compiled, series, help } = helped(request);
    await help();
    const expected = figuresByReference(request);
    expect(expected.tradeCount.every((count) => count > 1)).toBe(true);
    expect(figuresByCuda(request, compiled, series).figures).toEqual(expected);
    // Below 45 on every bar: it buys once and never sells.
    new Float64Array(series!.memory.buffer).fill(0);
    expect(figuresByCuda(request, compiled, series).figures.tradeCount).toEqual([1, 1, 1, 1, 1]);
  });
});
