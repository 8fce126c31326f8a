import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kernels } from './kernels/registry.ts';

/** Each operation as its definition reads, window by window. */
const DEFINITIONS: Readonly<Record<string, (window: readonly number[]) => number>> = {
  highest: (window) => window.reduce((best, value) => (value > best ? value : best)),
  lowest: (window) => window.reduce((best, value) => (value < best ? value : best)),
  bars_since_highest: (window) => window.length - 1 - window.lastIndexOf(Math.max(...window)),
  bars_since_lowest: (window) => window.length - 1 - window.lastIndexOf(Math.min(...window)),
  percent_rank: (window) =>
    window.slice(0, -1).filter((value) => value <= window.at(-1)!).length / (window.length - 1),
  quantile: (window) => {
    const sorted = Float64Array.from(window).sort();
    const position = FRACTION * (window.length - 1);
    const below = Math.floor(position);
    return position === below
      ? sorted[below]
      : sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]);
  },
};
const FRACTION = 0.3;

const value = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(-2, -1, -0, 0, 1, 2, 3) },
  { weight: 4, arbitrary: fc.double({ noNaN: true, min: -10, max: 10 }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity) },
);

describe('operations that go over windows in one pass', () => {
  it.each(Object.keys(DEFINITIONS))('%s is what its definition gives of every window', (name) => {
    const widthOf = (length: number) => (name === 'percent_rank' ? length + 1 : length);
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), fc.integer({ min: 1, max: 12 }), (values, length) => {
        const source = Float64Array.from(values);
        const scalar = (index: number) => (index === 1 ? length : FRACTION);
        const found = kernels[name]({ length: source.length, series: () => source, scalar });
        const expected = values.map((_, t) => {
          const window = values.slice(Math.max(0, t + 1 - widthOf(length)), t + 1);
          return window.length < widthOf(length) || window.some(Number.isNaN)
            ? NaN
            : DEFINITIONS[name](window);
        });
        expect([...found]).toEqual(expected);
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it('looks at each bar a few times, however wide the windows are', () => {
    const source = Float64Array.from({ length: 20_000 }, (_, t) => Math.sin(t * t));
    let reads = 0;
    const counted = new Proxy(source, {
      get: (target, key) => {
        reads += 1;
        return Reflect.get(target, key) as unknown;
      },
    });
    kernels.highest({ length: source.length, series: () => counted, scalar: () => 5_000 });
    expect(reads / source.length).toBeLessThan(6);
  });
});
