import { FunctionBuilder, i32, type I32, i64, load, v128, type V128 } from './builder.ts';
import { byteMaskOf } from './emit-signals.ts';
import type { WasmFunction } from './encoder.ts';

/** Bars that are compared at once. */
export const COMPARED_AT_ONCE = 16;

/**
 * `compare(a, b, step, below, above, same, bitmap, words)`: the bitmap of where row a is below, above or the same as row b, as far
 * as each is asked for by -1 and not by 0. `step` is 128, the bytes of 16 bars, or 0 where b is the same 16 numbers again and again.
 */
export function emitComparison(): WasmFunction {
  const f = new FunctionBuilder();
  const a = f.parameter('i32');
  const b = f.parameter('i32');
  const step = f.parameter('i32');
  const [below, above, same] = [f.parameter('i32'), f.parameter('i32'), f.parameter('i32')];
  const bitmap = f.parameter('i32');
  const words = f.parameter('i32');
  f.loop((leave) => {
    f.goIf(i32.isZero(words), leave);
    const word = f.let(i64.of(0));
    for (let shift = 0; shift < 64; shift += COMPARED_AT_ONCE) {
      const pairs = Array.from({ length: COMPARED_AT_ONCE / 2 }, (_, pair) => ({
        x: f.let(load('v128', a, 16 * pair)),
        y: f.let(load('v128', b, 16 * pair)),
      }));
      const asked = (compare: (x: V128, y: V128) => V128, mask: I32) =>
        i32.and(byteMaskOf(pairs.map(({ x, y }) => compare(x, y))), mask);
      const either = i32.or(asked(v128.less, below), asked(v128.greater, above));
      const bits = i64.extend(i32.or(either, asked(v128.equal, same)));
      f.set(word, i64.or(word, i64.shiftLeft(bits, shift)));
      f.set(a, i32.add(a, 8 * COMPARED_AT_ONCE));
      f.set(b, i32.add(b, step));
    }
    f.store(bitmap, word);
    f.set(bitmap, i32.add(bitmap, 8));
    f.set(words, i32.subtract(words, 1));
  });
  return f.finish('compare');
}
