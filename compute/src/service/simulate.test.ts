import { afterAll, describe, expect, it } from 'vitest';
import type { CudaState } from '../backends/cuda/device.ts';
import { EVERY_DEVICE } from '../backends/cuda/settings.ts';
import { WorkerPool } from '../pool/pool.ts';
import type { SimulationRequest } from './contract.ts';
import { runSimulation } from './simulate.ts';

const ASSETS = 500;
/** 125,250 products a scenario: a little more than 1e9. */
const SCENARIOS = 8_000;

const level = (asset: number) =>
  Float64Array.from({ length: 40 }, (_, t) => 100 + 5 * Math.sin(t * (1 + asset / 9)));
const request: SimulationRequest = {
  levels: Array.from({ length: ASSETS }, (_, asset) => level(asset)),
  weights: new Float64Array(ASSETS).fill(1 / ASSETS),
  method: 'NORMAL',
  revaluation: 'FULL',
  precision: 'DOUBLE',
  degreesOfFreedom: 0,
  blockBars: 1,
  horizonBars: 10,
  scenarios: SCENARIOS,
  confidence: 0.99,
  seed: 5,
};

describe('where a simulation is done', () => {
  const pool = new WorkerPool(1);
  afterAll(() => pool.close());
  const none: CudaState = { version: null, devices: [], reason: 'there is no driver' };
  const device = { name: 'a GPU' } as CudaState['devices'][number];
  const failing: CudaState = { version: '12.2', devices: [device], reason: null };

  it.each<[string, Partial<SimulationRequest>, CudaState, RegExp]>([
    ['little work', { scenarios: 100 }, failing, /book$/],
    ['single precision', { precision: 'SINGLE' }, failing, /; no GPU took it: there it is done in double/],
    ['no GPU', {}, none, /; no GPU took it: there is no driver$/],
    ['a GPU that fails', {}, failing, /; the GPU failed: /],
  ])(
    'is the processor for %s, with the reason',
    async (_, change, cuda, reason) => {
      const own = { ...request, ...change };
      const { backend, standardDeviation } = await runSimulation(
        pool,
        own,
        { cuda, settings: { ...EVERY_DEVICE, visibleDevices: 'none' } },
        undefined,
      );
      expect(backend).toEqual({ backend: 'wasm-paths', reason: expect.stringMatching(reason) });
      expect(standardDeviation).toBeGreaterThan(0);
    },
    150_000,
  );
});
