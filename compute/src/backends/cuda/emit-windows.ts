import { PtxWriter } from './ptx.ts';

/** The name of the kernel in its module. */
export const WINDOWS_KERNEL = 'windows';

/**
 * `windows(sums, widths, rows, items, count)`: the sums of windows of as many widths as there are items, or their means, one thread each,
 * as differences of running sums, of which element i is that of the first i values. Items of one bar lie side by side. As `rollingSum` of
 * the reference, where nothing is missing.
 */
export function emitWindows(isMean: boolean): string {
  const p = new PtxWriter();
  const [sums, widths, rows] = [0, 1, 2].map(() => p.parameter('u64'));
  const [items, count] = [p.parameter('u32'), p.parameter('u32')];
  const thread = p.threadIndex();
  p.block((end) => {
    p.goIf(p.compare('ge', 'u32', thread, count), end);
    const width = p.load('u32', p.add('u64', widths, p.wide(p.whole('rem', thread, items), 4)));
    const barsSeen = p.add('u32', p.whole('div', thread, items), 1);
    const value = p.variable('f64', NaN);
    p.if(p.compare('ge', 'u32', barsSeen, width), () => {
      const sumAt = (bars: typeof barsSeen) => p.load('f64', p.add('u64', sums, p.wide(bars, 8)));
      const sum = p.subtract('f64', sumAt(barsSeen), sumAt(p.subtract('u32', barsSeen, width)));
      p.set(value, isMean ? p.divide(sum, p.toDouble(width)) : sum);
    });
    p.store(p.add('u64', rows, p.wide(thread, 8)), value);
  });
  return p.finish(WINDOWS_KERNEL);
}
