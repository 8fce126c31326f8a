import type { StretchValuer } from '../../backtest/universe/simulation.ts';
import type { UniverseGrid } from '../../ir/universe.ts';
import { BARS_AT_ONCE, emitStretch } from './emit-stretch.ts';
import { encodeModule } from './encoder.ts';

const PAGE_BYTES = 65_536;
/** What one thread may have of closes, in pages of 64 KiB: 256 MiB. */
export const STRETCH_PAGES_MAXIMUM = 4_096;

interface Kernel {
  readonly value: (
    columns: number,
    units: number,
    count: number,
    cash: number,
    start: number,
    equity: number,
    length: number,
  ) => void;
}

let module: WebAssembly.Module | undefined;

/** The closes of a universe's members on its grid, and the kernel that values accounts at them: one for each thread. */
export class WasmStretches implements StretchValuer {
  private readonly kernel: Kernel;
  private readonly columnBytes: number;
  /** Addresses of the closes of what is held, how much of each, and what all is worth at each bar. */
  private readonly held: Int32Array;
  private readonly units: Float64Array;
  private readonly equity: Float64Array;

  constructor({ members, timesMs }: UniverseGrid) {
    const count = members.length;
    this.columnBytes = columnBytesOf(timesMs.length);
    const memory = new WebAssembly.Memory({
      initial: stretchPages(count, timesMs.length),
      maximum: STRETCH_PAGES_MAXIMUM,
      shared: true,
    });
    const closes = count * this.columnBytes;
    this.equity = new Float64Array(memory.buffer, closes, this.columnBytes / 8);
    this.units = new Float64Array(memory.buffer, closes + this.columnBytes, count);
    this.held = new Int32Array(memory.buffer, closes + this.columnBytes + 8 * count, count);
    members.forEach(({ bars, newest }, member) => {
      const column = new Float64Array(memory.buffer, member * this.columnBytes, timesMs.length);
      // Without a close there is nothing that could be held of it.
      for (let t = 0; t < column.length; t += 1) column[t] = newest[t] < 0 ? 0 : bars.close[newest[t]];
    });
    module ??= new WebAssembly.Module(encodeModule([emitStretch()], STRETCH_PAGES_MAXIMUM));
    this.kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernel;
  }

  value(units: Float64Array, cash: number, from: number, to: number, equity: Float64Array): void {
    let count = 0;
    for (let member = 0; member < units.length; member += 1) {
      if (units[member] === 0) continue;
      this.held[count] = member * this.columnBytes;
      this.units[count] = units[member];
      count += 1;
    }
    const { held, units: own, equity: found } = this;
    this.kernel.value(held.byteOffset, own.byteOffset, count, cash, 8 * from, found.byteOffset, to - from);
    for (let t = from; t < to; t += 1) equity[t] = found[t - from];
  }
}

/** Pages that the closes of so many members over so many bars take. */
export function stretchPages(memberCount: number, barsTotal: number): number {
  return Math.ceil(((memberCount + 1) * columnBytesOf(barsTotal) + 12 * memberCount) / PAGE_BYTES) || 1;
}

/** A column and as much behind it as a kernel reads and writes beyond its end. */
function columnBytesOf(barsTotal: number): number {
  return 8 * (barsTotal + BARS_AT_ONCE);
}
