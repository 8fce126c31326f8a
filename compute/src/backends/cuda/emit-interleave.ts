import { PtxWriter } from './ptx.ts';

/** The name of the kernel in its module. */
export const INTERLEAVE_KERNEL = 'interleave';

/**
 * `interleave(rows, out, rowCount, columns, count)`: puts `rowCount` rows that lie one after the other beside each other, in a table of so
 * many columns: all values of one step, then those of the next. `count` is that of all values, one thread each.
 */
export function emitInterleave(): string {
  const p = new PtxWriter();
  const [rows, out] = [p.parameter('u64'), p.parameter('u64')];
  const [rowCount, columns, count] = [p.parameter('u32'), p.parameter('u32'), p.parameter('u32')];
  const thread = p.threadIndex();
  p.block((end) => {
    p.goIf(p.compare('ge', 'u32', thread, count), end);
    const [row, step] = [p.whole('rem', thread, rowCount), p.whole('div', thread, rowCount)];
    const from = p.add('u32', p.whole('mul.lo', row, p.whole('div', count, rowCount)), step);
    const to = p.add('u32', p.whole('mul.lo', step, columns), row);
    p.store(p.add('u64', out, p.wide(to, 8)), p.load('f64', p.add('u64', rows, p.wide(from, 8))));
  });
  return p.finish(INTERLEAVE_KERNEL);
}
