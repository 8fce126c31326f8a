import { FunctionBuilder, i32, load, v128 } from './builder.ts';
import type { WasmFunction } from './encoder.ts';

/** Bars that the kernel values at once: as many additions run side by side as hide their latency. */
export const BARS_AT_ONCE = 8;
const PAIRS = BARS_AT_ONCE / 2;

/**
 * `value(columns, units, count, cash, start, equity, length)`: what an account of `cash` and `count` positions is worth at each of
 * `length` closes. `columns` lists the addresses of the positions' closes, `units` how much is held of each, `start` is how many bytes
 * into the columns the first bar is. Positions are added in their order, as the reference adds them. Writes whole groups of bars.
 */
export function emitStretch(): WasmFunction {
  const f = new FunctionBuilder();
  const columns = f.parameter('i32');
  const units = f.parameter('i32');
  const count = f.parameter('i32');
  const cash = f.parameter('f64');
  const start = f.parameter('i32');
  const equity = f.parameter('i32');
  const length = f.parameter('i32');
  const worths = Array.from({ length: PAIRS }, () => f.local('v128'));
  const position = f.local('i32');
  f.loop((leave) => {
    f.goIf(i32.lessEqual(length, 0), leave);
    for (const worth of worths) f.set(worth, v128.splat(cash));
    f.set(position, 0);
    f.loop((done) => {
      f.goIf(i32.greaterEqual(position, count), done);
      const closes = f.let(i32.add(start, load('i32', i32.add(columns, i32.shiftLeft(position, 2)))));
      const held = f.let(v128.splat(load('f64', i32.add(units, i32.shiftLeft(position, 3)))));
      worths.forEach((worth, pair) =>
        f.set(worth, v128.add(worth, v128.multiply(held, load('v128', closes, 16 * pair)))),
      );
      f.set(position, i32.add(position, 1));
    });
    worths.forEach((worth, pair) => f.store(equity, worth, 16 * pair));
    f.set(start, i32.add(start, 8 * BARS_AT_ONCE));
    f.set(equity, i32.add(equity, 8 * BARS_AT_ONCE));
    f.set(length, i32.subtract(length, BARS_AT_ONCE));
  });
  return f.finish('value');
}
