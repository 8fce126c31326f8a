import { f64, FunctionBuilder, i32, i64, load, v128, type V128 } from './builder.ts';
import { byteMaskOf } from './emit-signals.ts';
import type { WasmFunction } from './encoder.ts';
import { BARS_PER_WORD } from './layout.ts';

/**
 * `rank(rows, ranks, count, from, to, knownAt)`: ranks `count` rows on a common scale for words `from` to `to - 1`; `rows` and `ranks`
 * are lists of addresses, `knownAt` is how far behind a row's ranks the bitmap of its known bars is. A rank is a 16-bit number such that a greater rank means a greater value, so that eight bars compare at once
 * and only equal ranks need the values. Each 64 bars have a scale of their own, so that equal ranks are rare.
 */
export function emitRanks(): WasmFunction {
  const f = new FunctionBuilder();
  const rows = f.parameter('i32');
  const ranks = f.parameter('i32');
  const count = f.parameter('i32');
  const from = f.parameter('i32');
  const to = f.parameter('i32');
  const knownAt = f.parameter('i32');
  const each = (
    body: (row: ReturnType<typeof f.let<'i32'>>, list: ReturnType<typeof f.let<'i32'>>) => void,
  ) => {
    const list = f.let(i32.of(0));
    f.loop((leave) => {
      f.goIf(i32.greaterEqual(list, i32.shiftLeft(count, 2)), leave);
      body(f.let(i32.add(load('i32', i32.add(rows, list)), i32.multiply(from, 8 * BARS_PER_WORD))), list);
      f.set(list, i32.add(list, 4));
    });
  };
  f.loop((leave) => {
    f.goIf(i32.greaterEqual(from, to), leave);
    const least = f.let(v128.of(Infinity));
    const greatest = f.let(v128.of(-Infinity));
    each((row) => {
      const end = f.let(i32.add(row, 8 * BARS_PER_WORD));
      f.loop((done) => {
        f.goIf(i32.greaterEqual(row, end), done);
        for (let pair = 0; pair < 4; pair += 1) {
          const values = f.let(load('v128', row, 16 * pair));
          f.set(least, v128.lesser(least, values));
          f.set(greatest, v128.larger(greatest, values));
        }
        f.set(row, i32.add(row, 64));
      });
    });
    const low = f.let(v128.lesser(least, v128.shuffle(least, least, 1, 0)));
    const high = v128.lane(v128.larger(greatest, v128.shuffle(greatest, greatest, 1, 0)), 0);
    const range = f.let(f64.subtract(high, v128.lane(low, 0)));
    const scale = f.let(v128.of(0));
    // Without a usable range all ranks are equal, and the values decide.
    f.if(i32.and(f64.greater(range, 0), f64.less(range, Infinity)), () =>
      f.set(scale, v128.splat(f64.divide(65_535, range))),
    );
    each((row, list) => {
      const rank = f.let(i32.add(load('i32', i32.add(ranks, list)), i32.multiply(from, 2 * BARS_PER_WORD)));
      const known = f.let(i64.of(0));
      for (let group = 0; group < 4; group += 1) {
        const pairs = Array.from({ length: 8 }, (_, pair) =>
          f.let(load('v128', row, 128 * group + 16 * pair)),
        );
        const words = [0, 2, 4, 6].map((pair) => rankWords(pairs[pair], pairs[pair + 1], low, scale));
        f.store(rank, v128.narrowWords(words[0], words[1]), 32 * group);
        f.store(rank, v128.narrowWords(words[2], words[3]), 32 * group + 16);
        const mask = i64.extend(byteMaskOf(pairs.map((pair) => v128.equal(pair, pair))));
        f.set(known, i64.or(known, i64.shiftLeft(mask, 16 * group)));
      }
      const place = i32.add(load('i32', i32.add(ranks, list)), i32.multiply(from, 8));
      f.store(i32.add(place, knownAt), known);
    });
    f.set(from, i32.add(from, 1));
  });
  return f.finish('rank');
}

/** Four ranks: the whole part of (value - least) * scale, which is 0 or more, moved to the range of signed shorts. */
function rankWords(first: V128, second: V128, least: V128, scale: V128): V128 {
  const words = (values: V128) => v128.toWords(v128.multiply(v128.subtract(values, least), scale));
  return v128.subtractWords(v128.shuffle(words(first), words(second), 0, 2), v128.ofWords(32_768));
}
