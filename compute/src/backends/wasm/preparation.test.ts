import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rollingSum, runningSums } from '../reference/windows.ts';
import { BARS_PER_WORD } from './layout.ts';
import { encodePreparation, type PreparationKernels } from './preparation.ts';

const PAGES = 4;
const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
const module = new WebAssembly.Module(encodePreparation(PAGES));
const kernels = new WebAssembly.Instance(module, { env: { memory } })
  .exports as unknown as PreparationKernels;
const [A, B, OUT] = [65_536, 131_072, 196_608];

/** Writes a row as long as whole words need, and one value more; what is not given is missing. */
function put(address: number, values: readonly number[] | Float64Array): number {
  const words = Math.ceil(values.length / BARS_PER_WORD);
  new Float64Array(memory.buffer, address, words * BARS_PER_WORD + 1).fill(NaN).set(values);
  return words;
}

const value = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -3, max: 3 }) },
  fc.constantFrom(NaN, Infinity, -Infinity, -0, 0.1),
);

describe('the kernels that prepare a sweep', () => {
  it('sum windows as the reference does, bit for bit, and leave the rest of a row missing', () => {
    const prices = fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), {
      minLength: 1,
      maxLength: 300,
    });
    const property = fc.property(
      prices,
      fc.integer({ min: 1, max: 320 }),
      fc.boolean(),
      (given, width, isMean) => {
        const source = Float64Array.from(given);
        const divisor = isMean ? width : 1;
        const length = Math.ceil(given.length / BARS_PER_WORD) * BARS_PER_WORD;
        put(A, runningSums(source).sums);
        // The running sums are one longer than the series, which may begin another word.
        new Float64Array(memory.buffer, A, length + 1).fill(NaN, given.length + 1);
        const beyond = new Float64Array(memory.buffer, OUT, length + 1).fill(7);
        kernels.windows(A, width, divisor, OUT, length);
        const wanted = new Float64Array(length).fill(NaN);
        wanted.set(rollingSum(source, width, divisor));
        expect(beyond.slice(0, length)).toEqual(wanted);
        expect(beyond[length]).toBe(7);
      },
    );
    fc.assert(property, { numRuns: 300, seed: 5 });
  });

  it.each([
    ['below', (x: number, y: number) => x < y, [-1, 0, 0]],
    ['above', (x: number, y: number) => x > y, [0, -1, 0]],
    ['the same', (x: number, y: number) => x === y, [0, 0, -1]],
    ['below or above', (x: number, y: number) => x < y || x > y, [-1, -1, 0]],
    ['at least', (x: number, y: number) => x >= y, [0, -1, -1]],
  ] as const)('find the bars that are %s, of rows and of one number', (_, holds, [below, above, same]) => {
    const pairs = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 200 });
    const property = fc.property(pairs, value, (given, constant) => {
      const words = put(
        A,
        given.map(([x]) => x),
      );
      put(
        B,
        given.map(([, y]) => y),
      );
      const bitmap = new BigUint64Array(memory.buffer, OUT, words);
      const found = () =>
        given.map((_each, t) => ((bitmap[Math.floor(t / 64)] >> BigInt(t % 64)) & 1n) === 1n);
      kernels.compare(A, B, 128, below, above, same, OUT, words);
      expect(found()).toEqual(given.map(([x, y]) => holds(x, y)));
      new Float64Array(memory.buffer, B, 16).fill(constant);
      kernels.compare(A, B, 0, below, above, same, OUT, words);
      expect(found()).toEqual(given.map(([x]) => holds(x, constant)));
    });
    fc.assert(property, { numRuns: 100, seed: 6 });
  });
});
