import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { runsOf } from '../../../tools/testing/runs.ts';
import { figuresByThreads, figuresByWasm } from '../../../tools/testing/sweep-backends.ts';
import { randomRequest } from '../../../tools/testing/sweeps.ts';
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
});
