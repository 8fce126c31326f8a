import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covarianceOnKernel } from '../backends/wasm/monte-carlo-covariance.ts';
import type { SimulationRequest } from '../service/contract.ts';
import { cholesky } from './cholesky.ts';
import { covariance } from './covariance.ts';
import { modelOf } from './history.ts';
import { simulateReference } from './reference.ts';
import { validateSimulation } from './validate.ts';

const request: SimulationRequest = {
  levels: [Float64Array.of(100, 110, 99, 108.9), Float64Array.of(50, 45, 54, 54)],
  weights: Float64Array.of(0.6, -0.2),
  method: 'NORMAL',
  revaluation: 'LINEAR',
  precision: 'DOUBLE',
  degreesOfFreedom: 5,
  blockBars: 2,
  horizonBars: 1,
  scenarios: 1_000,
  confidence: 0.95,
  seed: 1,
};

const column = (length: number) =>
  fc
    .array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), { minLength: length, maxLength: length })
    .map((values) => Float64Array.from(values));
const columns = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 2, max: 30 }))
  .chain(([count, length]) => fc.array(column(length), { minLength: count, maxLength: count }));

describe('the covariance of returns', () => {
  it('is that of a short sample by hand', () => {
    expect([...covariance([Float64Array.of(1, 2, 3), Float64Array.of(2, 4, 9)])]).toEqual([1, 3.5, 3.5, 13]);
  });

  it('has the same bits from the kernel', () => {
    fc.assert(
      fc.property(columns, (given) => {
        expect([...covarianceOnKernel(given)]).toEqual([...covariance(given)]);
      }),
      { numRuns: 40 },
    );
  });

  it('is the product of its factor with its transpose, whatever follows from what', () => {
    fc.assert(
      fc.property(columns, (given) => {
        const count = given.length + 2;
        // The first again, and one that never moves.
        const all = [...given, given[0], new Float64Array(given[0].length)];
        const wanted = covariance(all);
        const factor = cholesky(wanted, count);
        for (let row = 0; row < count; row += 1) {
          for (let other = 0; other < count; other += 1) {
            let product = 0;
            for (let k = 0; k < count; k += 1) product += factor[row * count + k] * factor[other * count + k];
            // A pivot left out as noise takes at most the root of the noise with it (Cauchy and Schwarz).
            const spread = Math.sqrt(wanted[row * count + row] * wanted[other * count + other]);
            const bound = 2 * Math.sqrt(1e-12) * spread + 1e-15;
            expect(Math.abs(product - wanted[row * count + other])).toBeLessThan(bound);
          }
        }
      }),
      { numRuns: 60, seed: 5 },
    );
  });
});

describe('the model of a history', () => {
  it('takes mean and spread of log returns, both over the horizon', () => {
    const model = modelOf({ ...request, horizonBars: 4 }, covariance);
    expect(model).toMatchObject({ kind: 'gaussian', degreesOfFreedom: null, isLinear: true });
    if (model.kind !== 'gaussian') return;
    const returns = [Math.log(1.1), Math.log(0.9), Math.log(1.1)];
    const mean = (returns[0] + returns[1] + returns[2]) / 3;
    const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2;
    expect(model.drift[0]).toBeCloseTo(4 * mean, 14);
    expect(model.factor[0]).toBeCloseTo(Math.sqrt(4 * variance), 14);
  });

  it('draws blocks of what the book as it is would have made', () => {
    const model = modelOf({ ...request, method: 'BOOTSTRAP', horizonBars: 2 }, covariance);
    const made = [0.6 * 0.1 - 0.2 * -0.1, 0.6 * -0.1 - 0.2 * 0.2, 0.6 * 0.1];
    // A block of two may begin at any bar and goes on at the start.
    const possible = [made[0] + made[1], made[1] + made[2], made[2] + made[0]];
    const returns = simulateReference(model, 1, 0, 300);
    for (const wanted of possible) {
      const count = returns.filter((value) => Math.abs(value - wanted) < 1e-12).length;
      expect(count).toBeGreaterThan(60);
    }
    expect(returns.every((value) => possible.some((one) => Math.abs(value - one) < 1e-12))).toBe(true);
  });

  it('revalues a block by what each asset makes in all of it', () => {
    const model = modelOf(
      { ...request, method: 'BOOTSTRAP', revaluation: 'FULL', horizonBars: 3, blockBars: 3 },
      covariance,
    );
    // All three bars in any order: what the assets made over the whole history.
    const wanted = 0.6 * (108.9 / 100 - 1) - 0.2 * (54 / 50 - 1);
    for (const value of simulateReference(model, 9, 0, 50)) expect(value).toBeCloseTo(wanted, 12);
  });
});

describe('a simulation request', () => {
  it.each([
    [{ levels: [] }, 'expected 1 to 500 assets, was 0'],
    [{ weights: Float64Array.of(1) }, 'expected 2 weights, was 1'],
    [{ weights: Float64Array.of(1, NaN) }, 'asset 1: expected a finite weight, was NaN'],
    [
      { levels: [Float64Array.of(1, 2), Float64Array.of(1, 2)] },
      'expected at least 2 returns of each asset, was 1',
    ],
    [{ levels: [Float64Array.of(1, 2, 3), Float64Array.of(1, 2)] }, 'asset 1: expected 3 levels, was 2'],
    [
      { levels: [Float64Array.of(1, 2, 3), Float64Array.of(1, 0, 2)] },
      'asset 1: expected a level above 0 at bar 1, was 0',
    ],
    [{ confidence: 0.5 }, 'expected a confidence above 0.5 and below 1, was 0.5'],
    [{ horizonBars: 0 }, 'expected a horizon of 1 to 250 bars, was 0'],
    [{ scenarios: 99 }, 'expected a number of 100 to 5000000 scenarios, was 99'],
    [{ seed: -1 }, 'expected a whole seed of 0 to 9007199254740991, was -1'],
    [
      { method: 'STUDENT_T', degreesOfFreedom: 2 } as const,
      'expected a number of 3 to 30 degrees of freedom, was 2',
    ],
    [{ method: 'BOOTSTRAP', blockBars: 4 } as const, 'expected a block of 1 to 3 bars, was 4'],
  ])('is refused for %o', (change, message) => {
    expect(() => validateSimulation({ ...request, ...change })).toThrow(message);
  });

  it('passes as it is', () => {
    expect(() => validateSimulation(request)).not.toThrow();
  });
});
