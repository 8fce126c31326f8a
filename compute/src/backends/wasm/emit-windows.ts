import { f64, FunctionBuilder, i32, load, v128 } from './builder.ts';
import type { WasmFunction } from './encoder.ts';

/**
 * `windows(sums, width, divisor, row, length)`: the sums of all windows of `width` bars, each over `divisor`, as differences of
 * running sums, of which element i is that of the first i values. As `rollingSum` of the reference, where nothing is missing.
 */
export function emitWindows(): WasmFunction {
  const f = new FunctionBuilder();
  const sums = f.parameter('i32');
  const width = f.parameter('i32');
  const divisor = f.parameter('f64');
  const row = f.parameter('i32');
  const length = f.parameter('i32');
  const end = f.let(i32.add(row, i32.shiftLeft(length, 3)));
  const divisors = f.let(v128.splat(divisor));
  // Two bars at a time from an even one; the bar before the first window, if that is the even one, is written again below.
  const first = f.let(i32.shiftLeft(i32.and(i32.subtract(width, 1), -2), 3));
  const at = f.let(i32.add(row, first));
  const newest = f.let(i32.add(sums, first));
  const oldest = f.let(i32.subtract(newest, i32.shiftLeft(width, 3)));
  f.loop((leave) => {
    f.goIf(i32.greaterEqual(at, end), leave);
    const difference = v128.subtract(load('v128', newest, 8), load('v128', i32.add(oldest, 8)));
    f.store(at, v128.divide(difference, divisors));
    for (const place of [at, newest, oldest]) f.set(place, i32.add(place, 16));
  });
  f.set(at, row);
  const whole = f.let(i32.add(row, i32.shiftLeft(i32.subtract(width, 1), 3)));
  f.loop((leave) => {
    f.goIf(i32.or(i32.greaterEqual(at, whole), i32.greaterEqual(at, end)), leave);
    f.store(at, f64.of(NaN));
    f.set(at, i32.add(at, 8));
  });
  return f.finish('windows');
}
