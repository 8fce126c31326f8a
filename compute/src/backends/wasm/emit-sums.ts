import {
  f64,
  type F64,
  type FunctionBuilder,
  type I32,
  i32,
  load,
  type Local,
  v128,
  type V128,
} from './builder.ts';
import type { Layout } from './layout.ts';

/** Where a kernel leaves its sums among a set's results. */
const [RETURNS, SQUARES] = [16, 32];

/** Sums of returns and of their squares, as a kernel adds them bar by bar. */
export interface ReturnSums {
  start(): void;
  /** Adds one bar's return. */
  add(change: Local<'f64'>, bar: I32): void;
  store(results: I32): void;
}

/** Plan "bars": even and odd bars apart, in the order of the reference. */
export class PairSums implements ReturnSums {
  private readonly f: FunctionBuilder;
  readonly returns: Local<'v128'>;
  readonly squares: Local<'v128'>;

  constructor(f: FunctionBuilder) {
    this.f = f;
    [this.returns, this.squares] = [f.local('v128'), f.local('v128')];
  }

  start(): void {
    this.f.set(this.returns, 0);
    this.f.set(this.squares, 0);
  }

  add(change: Local<'f64'>, bar: I32): void {
    const parity = v128.splat(f64.fromInteger(i32.and(bar, 1)));
    const isLane = this.f.let(v128.equal(parity, v128.ofPair(0, 1)));
    const inLane = (given: F64) => v128.and(v128.splat(given), isLane);
    this.f.set(this.returns, v128.add(this.returns, inLane(change)));
    this.f.set(this.squares, v128.add(this.squares, inLane(f64.multiply(change, change))));
  }

  store(results: I32): void {
    this.f.store(results, this.returns, RETURNS);
    this.f.store(results, this.squares, SQUARES);
  }
}

/** Plan "events": returns and squares side by side, as its table of running sums has them. */
export class RangeSums implements ReturnSums {
  private readonly f: FunctionBuilder;
  private readonly layout: Layout;
  private readonly both: Local<'v128'>;

  constructor(f: FunctionBuilder, layout: Layout) {
    this.f = f;
    this.layout = layout;
    this.both = f.local('v128');
  }

  start(): void {
    this.f.set(this.both, 0);
  }

  add(change: Local<'f64'>): void {
    const factors = v128.shuffle(v128.of(1), v128.splat(change), 0, 2);
    this.f.set(this.both, v128.add(this.both, v128.multiply(v128.splat(change), factors)));
  }

  /** Adds the bars after `before` up to `last`. */
  addRange(before: I32, last: I32): void {
    const at = (bar: I32): V128 => load('v128', i32.shiftLeft(bar, 4), this.layout.returnSums);
    this.f.set(this.both, v128.add(this.both, v128.subtract(at(last), at(before))));
  }

  store(results: I32): void {
    this.f.store(results, v128.shuffle(this.both, v128.of(0), 0, 2), RETURNS);
    this.f.store(results, v128.shuffle(this.both, v128.of(0), 1, 2), SQUARES);
  }
}
