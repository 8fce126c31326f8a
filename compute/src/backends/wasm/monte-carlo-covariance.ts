import { centred } from '../../simulation/covariance.ts';
import { FunctionBuilder, i32, load, v128 } from './builder.ts';
import { encodeModule, type WasmFunction } from './encoder.ts';
import { roundUp } from './monte-carlo-layout.ts';

/** Columns of a block that is summed at once: more need more registers than there are. */
const ROWS_AT_ONCE = 4;
const COLUMNS_AT_ONCE = 2;
const PAGE_BYTES = 65_536;
const PAGES_MAXIMUM = 65_536;

/** The sample covariances of columns of one length, row after row: bit for bit those of the reference. */
export function covarianceOnKernel(columns: readonly Float64Array[]): Float64Array {
  const [count, length] = [columns.length, columns[0].length];
  const padded = roundUp(count, ROWS_AT_ONCE);
  const columnBytes = 8 * roundUp(length, 2);
  const outAt = padded * columnBytes;
  const pages = Math.ceil((outAt + 8 * padded * padded) / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: PAGES_MAXIMUM, shared: true });
  centred(columns).forEach((column, index) =>
    new Float64Array(memory.buffer, index * columnBytes, length).set(column),
  );
  kernelModule ??= new WebAssembly.Module(encodeModule([emitCovariance()], PAGES_MAXIMUM));
  const { covariance } = new WebAssembly.Instance(kernelModule, { env: { memory } }).exports as {
    covariance: (columnBytes: number, count: number, out: number) => void;
  };
  covariance(columnBytes, padded, outAt);
  const sums = new Float64Array(memory.buffer, outAt, padded * padded);
  const at = (row: number, column: number) => sums[Math.max(row, column) * padded + Math.min(row, column)];
  return Float64Array.from(
    { length: count * count },
    (_, place) => at(Math.floor(place / count), place % count) / (length - 1),
  );
}

let kernelModule: WebAssembly.Module | undefined;

/**
 * `covariance(columnBytes, count, out)`: sums of products of every two of `count` columns, a multiple of four,
 * that begin at 0; the lower triangle of a square at `out`.
 */
function emitCovariance(): WasmFunction {
  const f = new FunctionBuilder();
  const [columnBytes, count, out] = [f.parameter('i32'), f.parameter('i32'), f.parameter('i32')];
  const row = f.let(i32.of(0));
  f.loop((leave) => {
    f.goIf(i32.greaterEqual(row, count), leave);
    const column = f.let(i32.of(0));
    f.loop((done) => {
      f.goIf(i32.greaterEqual(column, i32.add(row, ROWS_AT_ONCE)), done);
      const places = (first: typeof row, length: number) =>
        Array.from({ length }, (_, index) => f.let(i32.multiply(i32.add(first, index), columnBytes)));
      const rows = places(row, ROWS_AT_ONCE);
      const columns = places(column, COLUMNS_AT_ONCE);
      const sums = rows.map(() => columns.map(() => f.let(v128.of(0))));
      const place = f.let(i32.of(0));
      f.loop((ended) => {
        f.goIf(i32.greaterEqual(place, columnBytes), ended);
        const values = columns.map((start) => f.let(load('v128', i32.add(start, place))));
        rows.forEach((start, r) => {
          const own = f.let(load('v128', i32.add(start, place)));
          values.forEach((other, c) => f.set(sums[r][c], v128.add(sums[r][c], v128.multiply(own, other))));
        });
        f.set(place, i32.add(place, 16));
      });
      const first = i32.add(i32.multiply(row, count), column);
      const address = f.let(i32.add(out, i32.shiftLeft(first, 3)));
      for (const line of sums) {
        // Two sums at once: the even lanes of both, plus the odd lanes of both.
        f.store(
          address,
          v128.add(v128.shuffle(line[0], line[1], 0, 2), v128.shuffle(line[0], line[1], 1, 3)),
        );
        f.set(address, i32.add(address, i32.shiftLeft(count, 3)));
      }
      f.set(column, i32.add(column, COLUMNS_AT_ONCE));
    });
    f.set(row, i32.add(row, ROWS_AT_ONCE));
  });
  return f.finish('covariance');
}
