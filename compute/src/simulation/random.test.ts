import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gain, logarithm, sineCosine, uniform } from './functions.ts';
import { PathRandom } from './random.ts';

const word = fc.integer({ min: 0, max: 0xffffffff });

describe('functions of the kernels', () => {
  it('give logarithms within 2e-16 of the size of the runtime own', () => {
    fc.assert(
      fc.property(word, (given) => {
        const expected = Math.log(uniform(given));
        expect(Math.abs(logarithm(uniform(given)) - expected)).toBeLessThanOrEqual(2.3e-16 * -expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it('give sine and cosine of a part of a turn', () => {
    fc.assert(
      fc.property(word, (given) => {
        const [sine, cosine] = sineCosine(given);
        const angle = (given / 2 ** 32) * 2 * Math.PI;
        expect(Math.abs(sine - Math.sin(angle))).toBeLessThan(1e-15);
        expect(Math.abs(cosine - Math.cos(angle))).toBeLessThan(1e-15);
      }),
      { numRuns: 1_000 },
    );
    expect(sineCosine(0)).toEqual([0, 1]);
    expect(sineCosine(2 ** 30)).toEqual([1, -0]);
  });

  it('give the gain of a log return, held to finite numbers', () => {
    fc.assert(
      fc.property(fc.double({ min: -20, max: 20, noNaN: true }), (x) => {
        expect(Math.abs(gain(x) - Math.expm1(x))).toBeLessThanOrEqual(1e-15 * Math.exp(Math.max(0, x)));
      }),
      { numRuns: 1_000 },
    );
    expect(gain(0)).toBe(0);
    expect(gain(-1e9)).toBe(-1);
    expect(gain(1e9)).toBe(gain(700));
  });

  it('give uniforms between 0 and 1 and never an end', () => {
    expect(uniform(0)).toBe(2 ** -32);
    expect(uniform(0xffffffff)).toBe(1 - 2 ** -32);
  });
});

function moments(values: Float64Array): number[] {
  return [1, 2, 3, 4].map((power) => values.reduce((sum, value) => sum + value ** power, 0) / values.length);
}

describe('the draws of paths', () => {
  const random = new PathRandom([42, 7]);
  const paths = 50_000;

  it('are normal: mean 0, variance 1, skewness 0, kurtosis 3', () => {
    const all = new Float64Array(4 * paths);
    for (let path = 0; path < paths; path += 1) random.normals(path, all.subarray(4 * path, 4 * path + 4));
    const [mean, variance, third, fourth] = moments(all);
    // Four standard errors of 200,000 draws each.
    expect(Math.abs(mean)).toBeLessThan(0.009);
    expect(Math.abs(variance - 1)).toBeLessThan(0.013);
    expect(Math.abs(third)).toBeLessThan(0.035);
    expect(Math.abs(fourth - 3)).toBeLessThan(0.09);
  });

  it.each([10, 11])(
    'mix to Student t of %d degrees: variance 1, kurtosis 3 + 6 / (degrees - 4)',
    (degrees) => {
      const draws = new Float64Array(4 * paths);
      for (let path = 0; path < paths; path += 1) {
        const four = draws.subarray(4 * path, 4 * path + 4);
        random.normals(path, four);
        const mixing = random.mixing(path, degrees);
        for (let index = 0; index < 4; index += 1) four[index] *= mixing;
      }
      const [, variance, , fourth] = moments(draws);
      expect(Math.abs(variance - 1)).toBeLessThan(0.02);
      expect(Math.abs(fourth - (3 + 6 / (degrees - 4)))).toBeLessThan(0.3);
    },
  );

  it('depend on path, block and seed alone', () => {
    const first = Float64Array.from({ length: 8 });
    random.normals(99, first);
    random.normals(3, new Float64Array(8));
    const again = Float64Array.from({ length: 4 });
    random.normals(99, again);
    expect([...again]).toEqual([...first.subarray(0, 4)]);
    new PathRandom([43, 7]).normals(99, again);
    expect(again[0]).not.toBe(first[0]);
  });
});
