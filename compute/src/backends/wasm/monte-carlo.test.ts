import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BootstrapModel, GaussianModel, PathModel } from '../../simulation/model.ts';
import { simulateReference } from '../../simulation/reference.ts';
import { encodePaths, pathReturns, planPaths, type Precision, WasmPaths, writeModel } from './monte-carlo.ts';

const wave = (length: number, at: (index: number) => number) =>
  Float64Array.from({ length }, (_, i) => at(i));

function gaussian(assetCount: number, change: Partial<GaussianModel> = {}): GaussianModel {
  const factor = new Float64Array(assetCount * assetCount);
  for (let row = 0; row < assetCount; row += 1)
    for (let column = 0; column <= row; column += 1)
      factor[row * assetCount + column] = row === column ? 0.02 : 0.01 * Math.sin(3 * row + column);
  return {
    kind: 'gaussian',
    assetCount,
    isLinear: false,
    degreesOfFreedom: null,
    weights: wave(assetCount, (i) => 0.4 * Math.cos(i)),
    drift: wave(assetCount, (i) => 0.001 * Math.sin(i)),
    factor,
    ...change,
  };
}

function bootstrap(assetCount: number, change: Partial<BootstrapModel> = {}): BootstrapModel {
  const shape = { observations: 90, blockBars: 4, horizonBars: 10, isLinear: false, ...change };
  const columns = shape.isLinear ? 1 : assetCount;
  const sums = new Float64Array((shape.observations + shape.blockBars + 1) * columns);
  for (let place = columns; place < sums.length; place += 1) {
    const bar = (Math.floor(place / columns) - 1) % shape.observations;
    sums[place] = sums[place - columns] + 0.02 * Math.sin(7 * bar + 3 * (place % columns));
  }
  return {
    kind: 'bootstrap',
    assetCount,
    weights: wave(columns, (i) => (shape.isLinear ? 1 : 0.3 * Math.cos(i))),
    sums,
    ...shape,
  };
}

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

const models: { name: string; model: PathModel }[] = [
  { name: 'normal, revalued', model: gaussian(5) },
  { name: 'normal, revalued, one asset', model: gaussian(1) },
  { name: 'normal, revalued, an even number of assets', model: gaussian(50) },
  { name: 'normal, linear', model: gaussian(7, { isLinear: true }) },
  { name: 'Student t of 4 degrees, revalued', model: gaussian(6, { degreesOfFreedom: 4 }) },
  { name: 'Student t of 3 degrees, linear', model: gaussian(6, { degreesOfFreedom: 3, isLinear: true }) },
  { name: 'Student t of 29 degrees, revalued', model: gaussian(3, { degreesOfFreedom: 29 }) },
  { name: 'bootstrap, revalued', model: bootstrap(5) },
  { name: 'bootstrap, linear', model: bootstrap(5, { isLinear: true }) },
  { name: 'bootstrap of one short block', model: bootstrap(3, { horizonBars: 2, blockBars: 20 }) },
  { name: 'bootstrap of many blocks', model: bootstrap(2, { horizonBars: 37, blockBars: 1 }) },
];

describe('the path kernels', () => {
  it.each(models)('give the bits of the reference in double precision: $name', ({ model }) => {
    expect([...simulated(model, 12_345_678_901, 333, 'DOUBLE')]).toEqual([
      ...simulateReference(model, 12_345_678_901, 0, 333),
    ]);
  });

  it.each(models)(
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
      for (const { model } of models)
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
