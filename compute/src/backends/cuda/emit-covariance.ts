import { PtxWriter, type Register } from './ptx.ts';

/** The name of the kernel in its module. */
export const COVARIANCE_KERNEL = 'covariance';

/**
 * `covariance(columns, results)`: a thread sums the products of two of `count` centred columns of `length` values, those at even and at
 * odd places apart, as simulation/covariance.ts does. Thread row * count + column does so for the lower triangle.
 */
export function emitCovariance(count: number, length: number): string {
  const p = new PtxWriter();
  const columns = p.parameter('u64');
  const results = p.parameter('u64');
  const thread = p.threadIndex();
  p.block((end) => {
    p.goIf(p.compare('ge', 'u32', thread, count * count), end);
    const [row, column] = [p.whole('div', thread, count), p.whole('rem', thread, count)];
    p.goIf(p.compare('gt', 'u32', column, row), end);
    const placeOf = (index: Register<'u32'>) =>
      p.variable('u64', p.add('u64', columns, p.wide(index, 8 * length)));
    const places = [placeOf(row), placeOf(column)];
    const sums = [p.variable('f64', 0), p.variable('f64', 0)];
    const t = p.variable('u32', 0);
    p.loop((leave) => {
      for (const sum of sums) {
        p.goIf(p.compare('ge', 'u32', t, length), leave);
        const [a, b] = places.map((place) => p.load('f64', place));
        p.set(sum, p.add('f64', sum, p.multiply(a, b)));
        for (const place of places) p.set(place, p.add('u64', place, 8));
        p.set(t, p.add('u32', t, 1));
      }
    });
    const value = p.divide(p.add('f64', sums[0], sums[1]), length - 1);
    p.store(p.add('u64', results, p.wide(thread, 8)), value);
  });
  return p.finish(COVARIANCE_KERNEL);
}
