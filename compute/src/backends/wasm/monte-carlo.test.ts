import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussian, PATH_MODELS } from '../../../../tools/testing/path-models.ts';
import type { PathModel } from '../../simulation/model.ts';
import { simulateReference } from '../../simulation/reference.ts';
import { encodePaths, pathReturns, planPaths, type Precision, WasmPaths, writeModel } from './monte-carlo.ts';

function simulated(model: PathModel, seed: number, scenarios: number, precision: Precision, chunks = 1) {
  const plan = planPaths(model, precision, scenarios, 2);
  const memory = new WebAssembly.Memory({ initial: plan.layout.pages, maximum: 65_536, shared: true });
  new Uint8Array(memory.buffer).fill(255);
  const { module, constants } = encodePaths(plan);
  writeModel(plan, constants, model, seed, memory);
  const paths = new WasmPaths(plan, memory, new WebAssembly.Module(module));
  const size = 16 * Math.ceil(scenarios / 16 / chunks);
  for (let chunk = chunks - 1; chunk >= 0; chunk -= 1) {
    const end = Math.min(16 * Math.ceil(scenarios / 16), (chunk + 1) * size);
    paths.run(chunk * size, end, chunk % 2, () => undefined);
  }
  return pathReturns(plan, memory);
}

describe('the path kernels', () => {
  it.each(PATH_MODELS)('give the bits of the reference in double precision: $name', ({ model }) => {
    expect([...simulated(model, 12_345_678_901, 333, 'DOUBLE')]).toEqual([
      ...simulateReference(model, 12_345_678_901, 0, 333),
    ]);
  });

  it.each(PATH_MODELS)(
    'stay within 1e-4 of the spread of the reference in single precision: $name',
    ({ model }) => {
      const exact = simulateReference(model, 7, 0, 2_000);
      const scale = Math.sqrt(exact.reduce((sum, value) => sum + value * value, 0) / exact.length);
      const single = simulated(model, 7, 2_000, 'SINGLE');
      const worst = exact.reduce((most, value, path) => Math.max(most, Math.abs(value - single[path])), 0);
      expect(worst / scale).toBeLessThan(1e-4);
      expect(worst).toBeGreaterThan(0);
    },
  );

  it.each(['SINGLE', 'DOUBLE'] as const)(
    'give the same bits in any chunks and any order: %s',
    (precision) => {
      for (const { model } of PATH_MODELS)
        expect(simulated(model, 3, 500, precision, 5)).toEqual(simulated(model, 3, 500, precision));
    },
  );

  it('give the bits of the reference for any book and seed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        fc.option(fc.integer({ min: 3, max: 30 })),
        fc.double({ min: -2, max: 2, noNaN: true }),
        (seed, assetCount, isLinear, degreesOfFreedom, drift) => {
          const model = gaussian(assetCount, {
            isLinear,
            degreesOfFreedom,
            drift: new Float64Array(assetCount).fill(drift),
          });
          expect([...simulated(model, seed, 20, 'DOUBLE')]).toEqual([
            ...simulateReference(model, seed, 0, 20),
          ]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
