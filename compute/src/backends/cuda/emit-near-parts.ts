import { SETS_PER_BLOCK } from './emit-hand-over.ts';
import type { PtxWriter, Register } from './ptx.ts';

/** What a thread brings near at once. */
const THREAD_BYTES = 16;

/** Bytes of a part, of which each thread of a warp brings as many. */
const PART_BYTES = THREAD_BYTES * SETS_PER_BLOCK;

/**
 * Copies of the parts of a table in shared memory, each brought there by the threads of one warp while the part before is used: asked for at
 * its beginning, put there at its end. A barrier has to come before another part is used.
 */
export class NearParts {
  private readonly p: PtxWriter;
  private readonly first: Register<'u32'>;
  private readonly source: Register<'u64'>;
  private readonly place: Register<'u32'>;
  private readonly coming: readonly Register<'f64'>[];

  /** The table begins at `from`; `place` is this thread's in its warp. */
  constructor(p: PtxWriter, from: Register<'u64'>, place: Register<'u32'>) {
    [this.p, this.place] = [p, place];
    this.first = p.sharedDoubles((2 * PART_BYTES) / 8);
    this.source = p.variable('u64', p.add('u64', from, p.wide(place, THREAD_BYTES)));
    this.coming = [p.number(), p.number()];
  }

  /** Asks for the next part. */
  ask(): void {
    const { p, source } = this;
    const pair = p.loadPair(source, 0);
    this.coming.forEach((each, index) => p.set(each, pair[index]));
    p.set(source, p.add('u64', source, PART_BYTES));
  }

  /** Puts what was asked for where `part` lies. */
  put(part: Register<'u32'>): void {
    const { p } = this;
    const at = p.add('u32', this.at(part), p.whole('mul.lo', this.place, THREAD_BYTES));
    this.coming.forEach((each, index) => p.storeSharedDouble(at, each, 8 * index));
  }

  /** Where a part lies. */
  at(part: Register<'u32'>): Register<'u32'> {
    const { p } = this;
    return p.add('u32', this.first, p.whole('mul.lo', p.whole('and', part, 1), PART_BYTES));
  }
}
