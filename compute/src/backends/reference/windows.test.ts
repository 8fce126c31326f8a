import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kernels } from './kernels/registry.ts';
import { runningSums } from './windows.ts';

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

const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
const crossed = (a: readonly number[], b: readonly number[]) => {
  const [meanA, meanB] = [mean(a), mean(b)];
  return a.reduce((sum, one, index) => sum + (one - meanA) * (b[index] - meanB), 0);
};
/** The same of operations whose windows are summed in another order than the definition has. */
const MOMENTS: Readonly<Record<string, (a: readonly number[], b: readonly number[]) => number>> = {
  covariance: (a, b) => crossed(a, b) / a.length,
  slope: (a) => {
    const positions = a.map((_, index) => index);
    return crossed(positions, a) / crossed(positions, positions);
  },
  wma: (a) => a.reduce((sum, one, index) => sum + one * (index + 1), 0) / ((a.length * (a.length + 1)) / 2),
};

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

  it.each(Object.keys(MOMENTS))('%s is near to what its definition gives of every window', (name) => {
    const number = fc.oneof(
      { weight: 9, arbitrary: fc.double({ noNaN: true, min: -10, max: 10 }) },
      { weight: 3, arbitrary: fc.constantFrom(0.1, 3, 1e6) },
      fc.constant(NaN),
    );
    fc.assert(
      fc.property(fc.array(number, { maxLength: 60 }), fc.integer({ min: 2, max: 12 }), (values, width) => {
        const source = Float64Array.from(values);
        const other = source.map((one, t) => one * ((t * 7) % 5) - t);
        const found = kernels[name]({
          length: source.length,
          series: (index) => (index === 0 ? source : other),
          scalar: () => width,
        });
        values.forEach((_, t) => {
          const [a, b] = [source, other].map((column) =>
            Array.from(column.subarray(Math.max(0, t + 1 - width), t + 1)),
          );
          const isWhole = a.length === width && !a.some(Number.isNaN);
          const wanted = isWhole ? MOMENTS[name](a, b) : NaN;
          const scale = Math.max(1, ...(isWhole ? [...a, ...b].map(Math.abs) : []));
          const unit = name === 'covariance' ? scale * scale : scale;
          const isAsMissing = Number.isNaN(wanted) && Number.isNaN(found[t]);
          expect(isAsMissing ? 0 : Math.abs(found[t] - wanted) / unit).toBeLessThan(1e-12);
        });
      }),
      { numRuns: 200, seed: 5 },
    );
  });

  const DIRECT: Readonly<Record<string, (window: readonly number[]) => number>> = {
    mean_deviation: (window) => mean(window.map((one) => Math.abs(one - mean(window)))),
    ulcer_index: (window) => {
      const falls = window.map((one, t) => {
        const highest = Math.max(...window.slice(0, t + 1));
        return (100 * (one - highest)) / highest;
      });
      return Math.sqrt(mean(falls.map((fall) => fall * fall)));
    },
  };

  it.each([
    ['mean_deviation', fc.double({ noNaN: true, min: -10, max: 10 }), 1e-12],
    ['ulcer_index', fc.double({ noNaN: true, min: 0.001, max: 10 }), 1e-12],
    // Prices that hardly move, after and before ones that do.
    ['ulcer_index', fc.double({ noNaN: true, min: 99.9999, max: 100.0001 }), 1e-12],
    ['ulcer_index', fc.constantFrom(-2, -1, 0, 1, 2, 3), 1e-12],
  ] as const)('%s is as exact as window by window, whatever came before', (name, number, tolerance) => {
    const value = fc.oneof(
      { weight: 12, arbitrary: number },
      { weight: 2, arbitrary: fc.constantFrom(0.1, 3, 1e6) },
      fc.constant(NaN),
    );
    const widths = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 13, max: 70 }));
    const property = fc.property(fc.array(value, { maxLength: 90 }), widths, (values, width) => {
      const source = Float64Array.from(values);
      const found = kernels[name]({ length: source.length, series: () => source, scalar: () => width });
      values.forEach((_, t) => {
        const window = values.slice(Math.max(0, t + 1 - width), t + 1);
        const wanted = window.length < width || window.some(Number.isNaN) ? NaN : DIRECT[name](window);
        // The percents of falls are as exact as prices are, whatever their size.
        const scale = name === 'ulcer_index' ? Math.max(0.1, wanted) : Math.max(1, ...window.map(Math.abs));
        const isAsMissing = Number.isNaN(wanted) && Number.isNaN(found[t]);
        expect(isAsMissing ? 0 : Math.abs(found[t] - wanted) / scale).toBeLessThanOrEqual(tolerance);
      });
    });
    fc.assert(property, { numRuns: 300, seed: 7 });
  });

  it('measure each part of a window once for hurst, with the bits of window by window', () => {
    const source = Float64Array.from(
      { length: 400 },
      (_, t) => 100 + 3 * Math.sin(t * t) + 5 * Math.cos(t / 17),
    );
    source[150] = NaN;
    for (const width of [7, 16, 31, 32, 100, 133]) {
      const inputs = { length: 400, series: () => source, scalar: () => width };
      const all = kernels.hurst(inputs);
      expect(all.filter((value) => !Number.isNaN(value)).length).toBe(width < 16 ? 0 : countOfWindows(width));
      for (let t = width; t < 400; t += 13) {
        const part = source.slice(t - width, t + 1);
        const alone = kernels.hurst({ length: part.length, series: () => part, scalar: () => width });
        expect(all[t]).toBe(alone[width]);
      }
    }
    /** Windows of returns with none before the first bar and none that reads bar 150. */
    function countOfWindows(width: number): number {
      return 150 - width + (400 - 152 - width + 1);
    }
  });

  it('give no spread at all to a window of one value, whatever came before', () => {
    const source = Float64Array.from({ length: 200 }, (_, t) => (t < 90 ? 1e9 * Math.sin(t) : 0.1));
    const inputs = { length: 200, series: () => source, scalar: () => 30 };
    expect(kernels.stdev(inputs).slice(119)).toEqual(new Float64Array(81).fill(0));
    expect(kernels.slope(inputs).slice(119)).toEqual(new Float64Array(81).fill(0));
    expect(kernels.correlation(inputs).slice(119)).toEqual(new Float64Array(81).fill(NaN));
    expect(kernels.mean_deviation(inputs).slice(119)).toEqual(new Float64Array(81).fill(0));
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

  it('are differences of running sums, which count what is missing', () => {
    expect(runningSums(Float64Array.of(1, NaN, NaN, 2, 4, NaN))).toEqual({
      sums: Float64Array.of(0, 1, 1, 1, 3, 7, 7),
      missing: Int32Array.of(0, 0, 1, 2, 2, 2, 3),
    });
    expect(runningSums(Float64Array.of(NaN))).toEqual({
      sums: new Float64Array(2),
      missing: Int32Array.of(0, 1),
    });
    expect(runningSums(Float64Array.of(0.5, 2))).toEqual({
      sums: Float64Array.of(0, 0.5, 2.5),
      missing: null,
    });
    expect(runningSums(new Float64Array(0))).toEqual({ sums: new Float64Array(1), missing: null });
  });
});
