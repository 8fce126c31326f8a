import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axesOf, figures, randomRequest, SWEEP_BASE, walk } from '../../../../tools/testing/sweeps.ts';
import { runSweepTile } from '../../backtest/sweep.ts';
import { gridSize } from '../../backtest/sweep-grid.ts';
import { compiledForSweep } from '../../backtest/validate.ts';
import type { SweepRequest, SweepTile } from '../../service/contract.ts';
import { libraryStrategies } from '../../strategy/library.ts';
import { openCuda } from './device.ts';
import { planCudaSweep, runCudaSweep } from './sweep.ts';
import { StubDriver, type StubSettings } from './testing/stub-driver.ts';

function byCuda(request: SweepRequest, settings: StubSettings = {}) {
  const stub = new StubDriver(settings);
  const strategy = compiledForSweep(request);
  const plan = planCudaSweep(strategy, request);
  if (typeof plan === 'string') throw new Error(plan);
  const tiles: SweepTile[] = [];
  const { devices } = openCuda(stub);
  const hooks = { check: () => undefined, onTile: (tile: SweepTile) => void tiles.push(tile) };
  try {
    runCudaSweep(devices, strategy, request, plan, hooks);
  } catch (problem) {
    throw new Error([(problem as Error).message, ...stub.faults].join(': '), { cause: problem });
  }
  return { stub, tiles, figures: figures(tiles) };
}

function byReference(request: SweepRequest) {
  const strategy = compiledForSweep(request);
  return figures([runSweepTile(request, strategy, 0, gridSize(request.axes), new Map(), () => undefined)]);
}

function requestFor(source: string, count: number, bars: number): SweepRequest {
  const instruments = [{ symbol: 'X', bars: walk(bars, 7) }];
  return { ...SWEEP_BASE, strategy: source, axes: axesOf(source, count), instruments };
}

describe('the cuda backend, its kernels interpreted', () => {
  it.each(libraryStrategies().map(({ id, source }) => [id, source]))(
    'gives the bits of the reference for %s',
    (_, source) => {
      const request = requestFor(source, 3, 300);
      expect(byCuda(request).figures).toEqual(byReference(request));
      const terms = { direction: 'LONG_ONLY', lotSize: 0, endRule: 'KEEP_OPEN' } as const;
      expect(byCuda({ ...request, ...terms }).figures).toEqual(byReference({ ...request, ...terms }));
    },
  );

  it('gives the bits of the reference for random strategies, terms and data', () => {
    const property = fc.property(randomRequest, (request) => {
      const { stub, figures: found } = byCuda(request);
      expect(found).toEqual(byReference(request));
      expect(stub.held).toBe(0);
    });
    fc.assert(property, { numRuns: 200, seed: 12 });
  });
});
