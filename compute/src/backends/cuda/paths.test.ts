import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootstrap, gaussian, PATH_MODELS } from '../../../../tools/testing/path-models.ts';
import { covariance } from '../../simulation/covariance.ts';
import type { PathModel } from '../../simulation/model.ts';
import { simulateReference } from '../../simulation/reference.ts';
import { smallest } from '../../risk/select.ts';
import { measurePaths } from '../../simulation/result.ts';
import { openCuda } from './device.ts';
import type { CudaSettings } from './settings.ts';
import { covarianceOnDevice, measureCudaPaths } from './paths.ts';
import { StubDriver, type StubSettings } from './testing/stub-driver.ts';

const SEED = 12_345_678_901;
type Opposites = readonly (readonly [string, string])[];

const DOUBLES: Opposites = [
  ['add.rn.f64', 'sub.rn.f64'],
  ['sub.rn.f64', 'add.rn.f64'],
  ['mul.rn.f64', 'add.rn.f64'],
  ['div.rn.f64', 'mul.rn.f64'],
];
const WORDS: Opposites = [
  ['xor.b32', 'and.b32'],
  ['mul.hi.u32', 'add.u32'],
  ['mul.lo.u32', 'add.u32'],
];
const CHECKED = 24;
const never = () => undefined;
const asTheyAre = (returns: Float64Array) => returns;

function opened(settings: StubSettings = {}) {
  const stub = new StubDriver(settings);
  return { stub, devices: openCuda(stub).devices };
}

function byCuda(model: PathModel, scenarios: number, settings: StubSettings = {}) {
  const { stub, devices } = opened(settings);
  try {
    return { stub, returns: measureCudaPaths(devices, model, SEED, scenarios, never, asTheyAre) };
  } catch (problem) {
    throw new Error([(problem as Error).message, ...stub.faults].join(': '), { cause: problem });
  }
}

describe('the path kernels of the cuda backend, interpreted', () => {
  it.each(PATH_MODELS)('give the bits of the reference: $name', ({ model }) => {
    const { stub, returns } = byCuda(model, 133);
    expect([...returns]).toEqual([...simulateReference(model, SEED, 0, 133)]);
    expect(stub.held).toBe(0);
  });

  it('share paths out over all devices, and are loaded once on each', () => {
    const model = gaussian(3);
    const { stub, returns } = byCuda(model, 301, { capabilities: ['9.0', '8.0'] });
    expect([...returns]).toEqual([...simulateReference(model, SEED, 0, 301)]);
    expect(new Set(stub.launches.map(({ device }) => device)).size).toBe(2);
    expect(stub.modulesLoaded).toBe(2);
  });

  it('take fewer paths at once where the memory is short', () => {
    const model = gaussian(5);
    const { stub, returns } = byCuda(model, 600, { memoryBytes: 24_000 });
    expect([...returns]).toEqual([...simulateReference(model, SEED, 0, 600)]);
    expect(stub.launches.length).toBeGreaterThan(1);
    expect(stub.held).toBe(0);
  });

  it('take fewer paths at once within the memory that is allowed', () => {
    const model = gaussian(5);
    const stub = new StubDriver();
    const { devices } = openCuda(stub, { memoryMaximumBytes: 24_000 });
    const returns = measureCudaPaths(devices, model, SEED, 600, never, asTheyAre);
    expect([...returns]).toEqual([...simulateReference(model, SEED, 0, 600)]);
    expect(stub.launches.length).toBeGreaterThan(1);
    expect([stub.held, stub.mostBytes <= 24_000]).toEqual([0, true]);
  });

  it('say what is wrong where there is no memory at all, and hold none', () => {
    const { stub, devices } = opened({ memoryBytes: 100 });
    expect(() => measureCudaPaths(devices, gaussian(5), SEED, 600, never, asTheyAre)).toThrow(
      'CUDA_ERROR_OUT_OF_MEMORY',
    );
    expect(stub.held).toBe(0);
  });

  it('carry a missing drift into every path, as the reference does', () => {
    const model = gaussian(2, { drift: Float64Array.of(NaN, 0) });
    expect([...byCuda(model, 4).returns]).toEqual([NaN, NaN, NaN, NaN]);
    expect([...simulateReference(model, SEED, 0, 4)]).toEqual([NaN, NaN, NaN, NaN]);
  });

  // Returns so large that every term of a function counts.
  const wild = gaussian(5, { factor: gaussian(5).factor.map((value) => 25 * value) });
  // The last block, shorter than the others, is the first of its draw.
  const blocks = bootstrap(2, { horizonBars: 33, blockBars: 2 });
  const wildBlocks = { ...blocks, sums: blocks.sums.map((value) => 20 * value) };
  it.each([
    ['normals, revalued', wild, [...DOUBLES, ...WORDS]],
    // Some words of a mixing are 0, whatever is done with them.
    ['Student t', { ...wild, degreesOfFreedom: 9, isLinear: true }, DOUBLES],
    ['a bootstrap', wildBlocks, [...DOUBLES, ...WORDS]],
  ])(
    'are found out by every instruction that computes something else: %s',
    (_, model, opposites) => {
      const { lines, returns, executed } = textOf(model);
      const read = readLines(lines);
      let triedCount = 0;
      const unnoticed = lines.flatMap((line, index) => {
        const changed = otherwise(line, opposites);
        if (changed === null || !read.has(line) || !executed.has(line.trim())) return [];
        triedCount += 1;
        const corrupt = () => lines.with(index, changed).join('\n');
        try {
          return isDeepStrictEqual(byCuda(model, CHECKED, { corrupt }).returns, returns)
            ? [`${index}: ${line}`]
            : [];
        } catch {
          return [];
        }
      });
      expect(unnoticed).toEqual([]);
      expect(triedCount).toBeGreaterThan(50);
    },
    120_000,
  );
});

describe('what is measured of paths on devices', () => {
  const model = gaussian(4, { isLinear: true });
  const measured = (settings: StubSettings, use: Partial<CudaSettings> = {}) => {
    const stub = new StubDriver(settings);
    const { devices } = openCuda(stub, use);
    const measure = (returns: Float64Array, select: typeof smallest) => measurePaths(returns, 0.9, select);
    const risk = measureCudaPaths(devices, model, SEED, 1_001, never, measure);
    expect(stub.held).toBe(0);
    return { stub, risk };
  };
  const expected = measurePaths(simulateReference(model, SEED, 0, 1_001), 0.9);

  it('has the bits of the reference, with the tail selected on them', () => {
    const { stub, risk } = measured({ capabilities: ['9.0', '8.0', '8.0'] });
    expect(risk).toEqual(expected);
    expect(linesOf(stub).some((line) => line.startsWith('atom.global'))).toBe(true);
  });

  it('has them where there is no room for the returns, or for their selection', () => {
    for (const memoryMaximumBytes of [7_000, 12_000]) {
      const { stub, risk } = measured({}, { memoryMaximumBytes });
      expect(risk).toEqual(expected);
      expect(linesOf(stub).some((line) => line.startsWith('atom.global'))).toBe(false);
    }
  });
});

describe('the covariance kernel of the cuda backend, interpreted', () => {
  it('gives the bits of the reference for columns of any number and length', () => {
    const number = fc.oneof(
      { weight: 20, arbitrary: fc.double({ min: -0.2, max: 0.2, noNaN: true }) },
      fc.constant(NaN),
    );
    const table = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 2, max: 30 }))
      .chain(([count, length]) =>
        fc.array(fc.array(number, { minLength: length, maxLength: length }), {
          minLength: count,
          maxLength: count,
        }),
      );
    const property = fc.property(table, (given) => {
      const columns = given.map((column) => Float64Array.from(column));
      const { stub, devices } = opened();
      expect(covarianceOnDevice(devices[0], columns)).toEqual(covariance(columns));
      expect(stub.held).toBe(0);
    });
    fc.assert(property, { numRuns: 60, seed: 9 });
  });
});

/** Every instruction that threads came to, of all kernels. */
function linesOf({ executed }: StubDriver): readonly string[] {
  return [...executed.values()].flatMap((lines) => [...lines.keys()]);
}

/** The kernel's text, what it computes, and the instructions that threads come to. */
function textOf(model: PathModel) {
  let lines: string[] = [];
  const corrupt = (text: string) => {
    lines = text.split('\n');
    return text;
  };
  const { stub, returns } = byCuda(model, CHECKED, { corrupt });
  return { lines, returns, executed: new Set(linesOf(stub)) };
}

/** The lines whose result another one reads, which is read in its turn; a draw gives more words than some need. */
function readLines(lines: readonly string[]): ReadonlySet<string> {
  const targetOf = (line: string) => /^ +[\w.]+ (%\w+), /.exec(line)?.[1];
  let kept = [...lines];
  for (;;) {
    const sources = new Set(
      kept.flatMap((line) => line.replace(/^ +[\w.]+ %\w+, /, '').match(/%\w+/g) ?? []),
    );
    const next = kept.filter((line) => {
      const target = targetOf(line);
      return target === undefined || sources.has(target);
    });
    if (next.length === kept.length) return new Set(next);
    kept = next;
  }
}

/** The instruction with another operation; null for those that have none. */
function otherwise(line: string, opposites: Opposites): string | null {
  for (const [operation, opposite] of opposites)
    if (line.includes(operation)) return line.replace(operation, opposite);
  return null;
}
