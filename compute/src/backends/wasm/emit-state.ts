import { f64, type F64, type FunctionBuilder, type I32, i32, larger, load, type Local } from './builder.ts';
import type { Leaves } from './emit-series.ts';
import { PairSums, RangeSums } from './emit-sums.ts';
import type { Layout } from './layout.ts';
import type { KernelInputs } from './slots.ts';
import type { SimulationTerms } from './terms.ts';

export type Side = 1 | -1;

/** The variables of a simulation kernel: one account and the sums kept of its equity. */
export class SimulationState {
  protected readonly f: FunctionBuilder;
  protected readonly inputs: KernelInputs;
  protected readonly layout: Layout;
  protected readonly terms: SimulationTerms;
  protected readonly descriptor: I32;
  protected readonly bitmaps: I32;
  protected readonly leaves: Leaves;
  // The account.
  protected readonly cash: Local<'f64'>;
  protected readonly units: Local<'f64'>;
  protected readonly entryPrice: Local<'f64'>;
  protected readonly entryBar: Local<'i32'>;
  protected readonly stop: Local<'f64'>;
  protected readonly target: Local<'f64'>;
  protected readonly trail: Local<'f64'>;
  protected readonly trailDistance: Local<'f64'>;
  protected readonly breakEvenAt: Local<'f64'>;
  protected readonly isBankrupt: Local<'i32'>;
  protected readonly trades: Local<'i32'>;
  // The summary.
  protected readonly first: Local<'f64'>;
  protected readonly equity: Local<'f64'>;
  protected readonly peak: Local<'f64'>;
  protected readonly worst: Local<'f64'>;
  protected readonly sums: PairSums | RangeSums;
  // The bar that comes next, and working places.
  protected readonly bar: Local<'i32'>;
  protected readonly hasFilled: Local<'i32'>;
  protected readonly maximumBarsHeld: Local<'i32'>;
  protected readonly found: Local<'i32'>;
  protected readonly word: Local<'i32'>;
  protected readonly bits: Local<'i64'>;
  protected readonly price: Local<'f64'>;
  protected readonly quantity: Local<'f64'>;
  protected readonly wanted: Local<'f64'>;
  protected readonly level: Local<'f64'>;
  protected readonly before: Local<'f64'>;
  protected readonly wantedSide: Local<'i32'>;

  constructor(
    f: FunctionBuilder,
    inputs: KernelInputs,
    layout: Layout,
    terms: SimulationTerms,
    descriptor: I32,
    bitmaps: I32,
  ) {
    this.f = f;
    this.inputs = inputs;
    this.layout = layout;
    this.terms = terms;
    this.descriptor = descriptor;
    this.bitmaps = bitmaps;
    this.leaves = {
      row: (slot) => load('i32', descriptor, 8 * slot),
      scalar: (slot) => load('f64', descriptor, 8 * slot),
    };
    const number = () => f.local('f64');
    const integer = () => f.local('i32');
    [this.cash, this.units, this.entryPrice, this.stop, this.target] = [
      number(),
      number(),
      number(),
      number(),
      number(),
    ];
    [this.trail, this.trailDistance, this.breakEvenAt] = [number(), number(), number()];
    [this.first, this.equity, this.peak, this.worst] = [number(), number(), number(), number()];
    [this.price, this.quantity, this.wanted, this.level, this.before] = [
      number(),
      number(),
      number(),
      number(),
      number(),
    ];
    [this.entryBar, this.isBankrupt, this.trades, this.bar] = [integer(), integer(), integer(), integer()];
    [this.hasFilled, this.maximumBarsHeld, this.found, this.word] = [
      integer(),
      integer(),
      integer(),
      integer(),
    ];
    this.wantedSide = integer();
    this.bits = f.local('i64');
    this.sums = terms.plan === 'events' ? new RangeSums(f, layout) : new PairSums(f);
  }

  protected measure(level: F64): void {
    const { f } = this;
    f.set(this.peak, larger(this.peak, level));
    f.if(f64.less(level, f64.multiply(this.worst, this.peak)), () =>
      f.set(this.worst, f64.divide(level, this.peak)),
    );
  }

  /** The trail is nearer than the stop, or there is no stop. */
  protected trailBinds(side: Side, trail: F64): I32 {
    const stopIsNearer = side > 0 ? f64.greaterEqual(this.stop, trail) : f64.lessEqual(this.stop, trail);
    return i32.and(i32.isZero(stopIsNearer), f64.equal(trail, trail));
  }

  protected onSide(write: (side: Side) => void): void {
    if (!this.terms.allowsShort) write(1);
    else {
      this.f.if(
        f64.greater(this.units, 0),
        () => write(1),
        () => write(-1),
      );
    }
  }

  protected priceOf(column: 'open' | 'high' | 'low' | 'close'): F64 {
    return load('f64', i32.shiftLeft(this.bar, 3), this.layout[column]);
  }
}

/** The value for a long side, its negative for a short one. */
export function signed(side: Side, value: F64): F64 {
  return side > 0 ? value : f64.negate(value);
}

/** `a` is further in the side's favour than `b`. */
export function beyond(side: Side, a: F64, b: F64): I32 {
  return side > 0 ? f64.greater(a, b) : f64.less(a, b);
}
