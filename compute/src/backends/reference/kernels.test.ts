import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp, log, power } from '../elementary.ts';
import { kernels } from './kernels/registry.ts';
import { positionsIn, windowMoments } from './moments.ts';
import { smooth } from './smooth.ts';

const truth = (is: boolean) => (is ? 1 : 0);
/** What operations give of the values of one bar. */
const OF_ONE_BAR: Readonly<Record<string, (a: number, b: number) => number>> = {
  abs: (a) => (a < 0 ? -a : a),
  add: (a, b) => a + b,
  and: (a, b) => truth(a !== 0 && b !== 0),
  divide: (a, b) => (b === 0 ? NaN : a / b),
  equal: (a, b) => truth(a === b),
  exp: (a) => exp(a),
  greater: (a, b) => truth(a > b),
  greater_equal: (a, b) => truth(a >= b),
  less: (a, b) => truth(a < b),
  less_equal: (a, b) => truth(a <= b),
  log: (a) => log(a),
  max: (a, b) => (a < b ? b : a),
  min: (a, b) => (b < a ? b : a),
  multiply: (a, b) => a * b,
  negate: (a) => -a,
  not: (a) => truth(a === 0),
  not_equal: (a, b) => truth(a < b || a > b),
  or: (a, b) => truth(a !== 0 || b !== 0),
  power: (a, b) => power(a, b),
  sqrt: (a) => Math.sqrt(a),
  subtract: (a, b) => a - b,
  whole: (a) => Math.trunc(a),
};

const squaresOf = (a: Float64Array, width: number) => windowMoments(a, a, width).together;
/** What operations give of the moments of windows, from the first series and a second, by the bar. */
const OF_MOMENTS: Readonly<
  Record<string, (a: Float64Array, b: Float64Array, width: number) => (t: number) => number>
> = {
  stdev: (a, _b, width) => (t) => Math.sqrt(squaresOf(a, width)[t] / width),
  covariance: (a, b, width) => (t) => windowMoments(a, b, width).together[t] / width,
  correlation: (a, b, width) => (t) => {
    const [ofA, ofB] = [squaresOf(a, width)[t], squaresOf(b, width)[t]];
    return ofA === 0 || ofB === 0 ? NaN : windowMoments(a, b, width).together[t] / Math.sqrt(ofA * ofB);
  },
  slope: (a, _b, width) => (t) =>
    width === 1
      ? NaN
      : windowMoments(positionsIn(a), a, width).together[t] / ((width * (width * width - 1)) / 12),
  wma: (a, _b, width) => (t) => {
    const { meansB, together } = windowMoments(positionsIn(a), a, width);
    return meansB[t] + together[t] / ((width * (width + 1)) / 2);
  },
};

const SPECIAL = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 1e308, -1e308, 5e-324];
const value = fc.oneof(
  { weight: 3, arbitrary: fc.double({ noNaN: true, min: -10, max: 10 }) },
  { weight: 2, arbitrary: fc.constantFrom(1, 2, 3) },
  { weight: 1, arbitrary: fc.constantFrom(...SPECIAL) },
);
const bars = fc.array(fc.tuple(value, value), { maxLength: 60 });
const columnsOf = (pairs: readonly (readonly [number, number])[]) =>
  [0, 1].map((column) => Float64Array.from(pairs, (pair) => pair[column]));

/** The relative strength index of two averages that are made one after the other. */
function strengthOf(source: Float64Array, length: number): number[] {
  const changes = source.map((price, t) => (t === 0 ? NaN : price - source[t - 1]));
  const gains = changes.map((change) => (change < 0 ? 0 : change));
  const losses = changes.map((change) => (change < 0 ? -change : change - change));
  const [up, down] = [gains, losses].map((moves) => smooth(moves, length, 1 / length));
  return [...up].map((gained, t) => (gained + down[t] === 0 ? 50 : (100 * gained) / (gained + down[t])));
}

describe('operations of the reference', () => {
  it.each(Object.keys(OF_ONE_BAR))('%s is what its definition gives of every pair of values', (name) => {
    const pairs = SPECIAL.flatMap((a) => SPECIAL.map((b): [number, number] => [a, b]));
    const columns = columnsOf(pairs);
    const found = kernels[name]({ length: pairs.length, series: (index) => columns[index], scalar: () => 0 });
    expect([...found]).toEqual(pairs.map(([a, b]) => OF_ONE_BAR[name](a, b)));
  });

  it.each(Object.keys(OF_MOMENTS))('%s has the bits that the moments of its windows give', (name) => {
    fc.assert(
      fc.property(bars, fc.integer({ min: 1, max: 12 }), (pairs, width) => {
        const [a, b] = columnsOf(pairs);
        const series = (index: number) => [a, b][index];
        const found = kernels[name]({ length: pairs.length, series, scalar: () => width });
        const definition = OF_MOMENTS[name](a, b, width);
        expect([...found]).toEqual(pairs.map((_, t) => definition(t)));
      }),
      { numRuns: 200, seed: 5 },
    );
  });

  it('rsi has the bits of two averages that are made one after the other, whatever is missing', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), fc.integer({ min: 1, max: 12 }), (values, length) => {
        const source = Float64Array.from(values);
        const found = kernels.rsi({ length: values.length, series: () => source, scalar: () => length });
        expect([...found]).toEqual(strengthOf(source, length));
      }),
      { numRuns: 2_000, seed: 5 },
    );
  });

  it('rsi does not count bars that are missing', () => {
    const source = Float64Array.of(1, 2, NaN, 3, 5, 4, 4);
    const found = kernels.rsi({ length: source.length, series: () => source, scalar: () => 2 });
    // The changes that are known: 1, 2, -1 and 0.
    expect([...found]).toEqual([NaN, NaN, NaN, NaN, 100, 75 / 1.25, 37.5 / 0.625]);
  });
});
