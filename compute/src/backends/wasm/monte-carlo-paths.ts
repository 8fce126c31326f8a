import {
  blockLengths,
  type BootstrapShape,
  type GaussianShape,
  type PathShape,
} from '../../simulation/model.ts';
import { STREAMS } from '../../simulation/random.ts';
import { FunctionBuilder, i32, type I32, i64, load, type V128 } from './builder.ts';
import type { WasmFunction } from './encoder.ts';
import { type PathLayout, VECTORS_PER_STEP } from './monte-carlo-layout.ts';
import { PATHS_PER_DRAW, RandomEmitter } from './monte-carlo-random.ts';
import { type Precision, type Reals, realsOf } from './monte-carlo-reals.ts';
import { ConstantPool, multiplyLong, words } from './monte-carlo-vectors.ts';

/**
 * `simulate(from, to, scratch)`: returns of the book on paths `from` to `to - 1`, both multiples of what a step
 * takes; and the constants it needs in memory.
 */
export function emitPaths(
  shape: PathShape,
  precision: Precision,
  layout: PathLayout,
): { readonly simulate: WasmFunction; readonly constants: Uint8Array } {
  const pool = new ConstantPool(layout.constants);
  const reals = realsOf(precision, pool);
  const simulate =
    shape.kind === 'gaussian'
      ? new GaussianEmitter(shape, reals, layout).emit()
      : emitBootstrap(shape, reals, layout);
  return { simulate, constants: pool.content };
}

class GaussianEmitter {
  private readonly f = new FunctionBuilder();
  private readonly from = this.f.parameter('i32');
  private readonly to = this.f.parameter('i32');
  private readonly scratch = this.f.parameter('i32');
  private readonly shape: GaussianShape;
  private readonly reals: Reals;
  private readonly layout: PathLayout;
  private readonly random: RandomEmitter;

  constructor(shape: GaussianShape, reals: Reals, layout: PathLayout) {
    this.shape = shape;
    this.reals = reals;
    this.layout = layout;
    this.random = new RandomEmitter(this.f, reals, layout.roundKeys);
  }

  emit(): WasmFunction {
    const { f, reals, from, to, layout } = this;
    const paths = VECTORS_PER_STEP * reals.lanes;
    const out = f.let(i32.add(i32.of(layout.returns), i32.multiply(from, reals.bytes)));
    f.loop((leave) => {
      f.goIf(i32.greaterEqual(from, to), leave);
      if (this.shape.isLinear) this.linearReturns(out);
      else {
        this.fillShocks();
        this.revaluedReturns(out);
      }
      f.set(out, i32.add(out, paths * reals.bytes));
      f.set(from, i32.add(from, paths));
    });
    return f.finish('simulate');
  }

  /** The paths of a step, in the fours that one call of the generator serves. */
  private groups(): V128[] {
    const { f, reals, from } = this;
    return Array.from({ length: (VECTORS_PER_STEP * reals.lanes) / PATHS_PER_DRAW }, (_, index) => {
      const first = index * PATHS_PER_DRAW;
      const numbers = reals.pool.words(first, first + 1, first + 2, first + 3);
      return f.let(words.add(words.splat(from), numbers));
    });
  }

  /** What the vectors of the groups are multiplied by; null for normals. */
  private mixing(groups: readonly V128[]): V128[] | null {
    const { degreesOfFreedom } = this.shape;
    if (degreesOfFreedom === null) return null;
    return groups.flatMap((paths) => this.random.mixing(paths, degreesOfFreedom));
  }

  /** Repeats the body for each block of four shocks, each given as the vectors of the groups. */
  private eachBlock(groups: readonly V128[], body: (block: I32, shocks: V128[][]) => void): void {
    const { f, random } = this;
    const block = f.let(i32.of(0));
    f.loop((leave) => {
      f.goIf(i32.greaterEqual(block, this.layout.draws), leave);
      const normals = random.normals(random.draw(groups, block, STREAMS.shocks));
      body(
        block,
        [0, 1, 2, 3].map((index) => normals.flatMap((group) => group[index])),
      );
      f.set(block, i32.add(block, 1));
    });
  }

  private linearReturns(out: I32): void {
    const { f, reals, layout } = this;
    const groups = this.groups();
    const mixing = this.mixing(groups);
    const totals = Array.from({ length: VECTORS_PER_STEP }, () => f.let(reals.of(0)));
    this.eachBlock(groups, (block, shocks) => {
      const loadings = i32.multiply(block, 4 * reals.bytes);
      shocks.forEach((vectors, index) => {
        const loading = f.let(reals.loadSplat(loadings, layout.factor + index * reals.bytes));
        vectors.forEach((shock, vector) =>
          f.set(totals[vector], reals.add(totals[vector], reals.multiply(loading, shock))),
        );
      });
    });
    const mean = reals.loadSplat(i32.of(layout.mean));
    totals.forEach((total, vector) => {
      const mixed = mixing ? reals.multiply(total, mixing[vector]) : total;
      f.store(out, reals.add(mixed, mean), 16 * vector);
    });
  }

  /** Shock j of vector v lies at place VECTORS_PER_STEP * j + v of the scratch. */
  private fillShocks(): void {
    const { f, reals, scratch } = this;
    const groups = this.groups();
    const mixing = this.mixing(groups);
    this.eachBlock(groups, (block, shocks) => {
      const address = f.let(i32.add(scratch, i32.multiply(block, 4 * 16 * VECTORS_PER_STEP)));
      shocks.forEach((vectors, index) =>
        vectors.forEach((shock, vector) =>
          f.store(
            address,
            mixing ? reals.multiply(shock, mixing[vector]) : shock,
            16 * (index * VECTORS_PER_STEP + vector),
          ),
        ),
      );
    });
  }

  /** Two rows of the factor at a time, each times the shocks of four vectors of paths. */
  private revaluedReturns(out: I32): void {
    const { f, reals, random, scratch, layout, shape } = this;
    const { bytes } = reals;
    const vectors = Array.from({ length: VECTORS_PER_STEP }, (_, vector) => vector);
    const totals = vectors.map(() => f.let(reals.of(0)));
    const factor = f.let(i32.of(layout.factor));
    const row = f.let(i32.of(0));
    const end = f.let(scratch);
    f.loop((leave) => {
      f.goIf(i32.greaterEqual(row, shape.assetCount * bytes), leave);
      f.set(end, i32.add(end, 2 * 16 * VECTORS_PER_STEP));
      const logReturns = [0, 1].map((which) => {
        const drift = f.let(reals.loadSplat(row, layout.drift + which * bytes));
        return vectors.map(() => f.let(drift));
      });
      const shocks = f.let(scratch);
      f.loop((done) => {
        f.goIf(i32.greaterEqual(shocks, end), done);
        for (const column of [0, 1]) {
          const loadings = [0, 1].map((which) =>
            f.let(reals.loadSplat(factor, (2 * column + which) * bytes)),
          );
          for (const vector of vectors) {
            const shock = f.let(load('v128', shocks, 16 * (column * VECTORS_PER_STEP + vector)));
            for (const which of [0, 1]) {
              const sum = logReturns[which][vector];
              f.set(sum, reals.add(sum, reals.multiply(loadings[which], shock)));
            }
          }
        }
        f.set(shocks, i32.add(shocks, 2 * 16 * VECTORS_PER_STEP));
        f.set(factor, i32.add(factor, 4 * bytes));
      });
      for (const which of [0, 1]) {
        const weight = f.let(reals.loadSplat(row, layout.weights + which * bytes));
        random.gains(logReturns[which]).forEach((gain, vector) => {
          f.set(totals[vector], reals.add(totals[vector], reals.multiply(weight, gain)));
        });
      }
      f.set(row, i32.add(row, 2 * bytes));
    });
    for (const vector of vectors) f.store(out, totals[vector], 16 * vector);
  }
}

/** Every path adds up the differences of running sums over its blocks, a vector of assets at a time. */
function emitBootstrap(shape: BootstrapShape, reals: Reals, layout: PathLayout): WasmFunction {
  const f = new FunctionBuilder();
  const from = f.parameter('i32');
  const to = f.parameter('i32');
  const scratch = f.parameter('i32');
  const random = new RandomEmitter(f, reals, layout.roundKeys);
  const out = f.let(i32.add(i32.of(layout.returns), i32.multiply(from, reals.bytes)));
  const toRow = (word: I32): I32 => {
    const product = multiplyLong(i64.extend(word), i64.of(shape.observations));
    return i32.multiply(i64.low(i64.shiftRight(product, 32)), layout.sumRowBytes);
  };
  f.loop((leave) => {
    f.goIf(i32.greaterEqual(from, to), leave);
    const paths = f.let(words.add(words.splat(from), reals.pool.words(0, 1, 2, 3)));
    const block = f.let(i32.of(0));
    f.loop((done) => {
      f.goIf(i32.greaterEqual(block, layout.draws), done);
      const address = f.let(i32.add(scratch, i32.shiftLeft(block, 6)));
      const [drawn] = random.draw([paths], block, STREAMS.blocks);
      drawn.forEach((vector, index) => f.store(address, vector, 16 * index));
      f.set(block, i32.add(block, 1));
    });
    const lane = f.let(i32.of(0));
    f.loop((done) => {
      f.goIf(i32.greaterEqual(lane, PATHS_PER_DRAW), done);
      storeReturn(f, reals, random, { shape, layout, scratch, lane, out, toRow });
      f.set(out, i32.add(out, reals.bytes));
      f.set(lane, i32.add(lane, 1));
    });
    f.set(from, i32.add(from, PATHS_PER_DRAW));
  });
  return f.finish('simulate');
}

function storeReturn(
  f: FunctionBuilder,
  reals: Reals,
  random: RandomEmitter,
  at: {
    readonly shape: BootstrapShape;
    readonly layout: PathLayout;
    readonly scratch: I32;
    readonly lane: I32;
    readonly out: I32;
    readonly toRow: (word: I32) => I32;
  },
): void {
  const { shape, layout, scratch, lane, out, toRow } = at;
  const lengths = blockLengths(shape);
  const words = f.let(i32.add(scratch, i32.shiftLeft(lane, 2)));
  const wordsEnd = f.let(i32.add(words, 16 * (lengths.length - 1)));
  const total = f.let(reals.of(0));
  const column = f.let(i32.of(0));
  f.loop((leave) => {
    f.goIf(i32.greaterEqual(column, layout.sumRowBytes), leave);
    const sum = f.let(reals.of(0));
    const addBlock = (word: I32, length: number) => {
      const row = f.let(i32.add(toRow(load('i32', word)), column));
      const ended = load('v128', row, layout.sums + length * layout.sumRowBytes);
      f.set(sum, reals.add(sum, reals.subtract(ended, load('v128', row, layout.sums))));
    };
    const word = f.let(words);
    f.loop((done) => {
      f.goIf(i32.greaterEqual(word, wordsEnd), done);
      addBlock(word, lengths[0]);
      f.set(word, i32.add(word, 16));
    });
    addBlock(wordsEnd, lengths[lengths.length - 1]);
    const gained = shape.isLinear
      ? sum
      : reals.multiply(load('v128', column, layout.weights), random.gains([sum])[0]);
    f.set(total, reals.add(total, gained));
    f.set(column, i32.add(column, 16));
  });
  f.store<'i32' | 'f64'>(out, reals.sumOfLanes(total));
}
