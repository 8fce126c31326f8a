import {
  choose,
  f64,
  type F64,
  FunctionBuilder,
  type I32,
  i32,
  i64,
  load,
  type Local,
  v128,
} from './builder.ts';
import { emitScalar, type Leaves } from './emit-series.ts';
import type { WasmFunction } from './encoder.ts';
import { type Layout, RANGE_BYTES, RESULT_DOUBLES } from './layout.ts';
import type { KernelInputs, SeriesExpression } from './slots.ts';
import type { SimulationTerms } from './terms.ts';

/**
 * `simulate(count, descriptors, bitmaps, results)`: the account of each set, bar after bar in the order and with the
 * arithmetic of `backtest/simulation.ts`. Bars on which nothing can happen are not visited while flat, and while a position is held
 * they are summed two at a time (plan "bars") or by range queries (plan "events").
 */
export function emitSimulation(inputs: KernelInputs, layout: Layout, terms: SimulationTerms): WasmFunction {
  const f = new FunctionBuilder();
  const count = f.parameter('i32');
  const descriptor = f.parameter('i32');
  const bitmaps = f.parameter('i32');
  const results = f.parameter('i32');
  const writer = new SimulationWriter(f, inputs, layout, terms, descriptor, bitmaps);
  f.loop((leave) => {
    f.goIf(i32.isZero(count), leave);
    writer.set(results);
    f.set(count, i32.subtract(count, 1));
    f.set(descriptor, i32.add(descriptor, layout.descriptorBytes));
    f.set(bitmaps, i32.add(bitmaps, 4 * layout.bitmapBytes));
    f.set(results, i32.add(results, 8 * RESULT_DOUBLES));
  });
  return f.finish('simulate');
}

type Side = 1 | -1;

class SimulationWriter {
  private readonly f: FunctionBuilder;
  private readonly inputs: KernelInputs;
  private readonly layout: Layout;
  private readonly terms: SimulationTerms;
  private readonly descriptor: I32;
  private readonly bitmaps: I32;
  private readonly leaves: Leaves;
  // The account.
  private readonly cash: Local<'f64'>;
  private readonly units: Local<'f64'>;
  private readonly entryPrice: Local<'f64'>;
  private readonly entryBar: Local<'i32'>;
  private readonly stop: Local<'f64'>;
  private readonly target: Local<'f64'>;
  private readonly trail: Local<'f64'>;
  private readonly trailDistance: Local<'f64'>;
  private readonly breakEvenAt: Local<'f64'>;
  private readonly isBankrupt: Local<'i32'>;
  private readonly trades: Local<'i32'>;
  // The summary.
  private readonly first: Local<'f64'>;
  private readonly equity: Local<'f64'>;
  private readonly peak: Local<'f64'>;
  private readonly worst: Local<'f64'>;
  private readonly returns: Local<'v128'>;
  private readonly squares: Local<'v128'>;
  // The bar that comes next, and working places.
  private readonly bar: Local<'i32'>;
  private readonly hasFilled: Local<'i32'>;
  private readonly maximumBarsHeld: Local<'i32'>;
  private readonly found: Local<'i32'>;
  private readonly word: Local<'i32'>;
  private readonly bits: Local<'i64'>;
  private readonly price: Local<'f64'>;
  private readonly quantity: Local<'f64'>;
  private readonly wanted: Local<'f64'>;
  private readonly level: Local<'f64'>;
  private readonly before: Local<'f64'>;
  private readonly wantedSide: Local<'i32'>;

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
    [this.returns, this.squares] = [f.local('v128'), f.local('v128')];
  }

  /** One set from its first bar to its last. */
  set(results: I32): void {
    const { f, layout } = this;
    this.start();
    f.loop((leave) => {
      f.goIf(i32.greaterEqual(this.bar, layout.barsTotal), leave);
      f.if(
        f64.equal(this.units, 0),
        () => this.skipFlatBars(),
        () => this.passHeldBars(),
      );
      f.goIf(i32.greaterEqual(this.bar, layout.barsTotal), leave);
      this.step();
      f.set(this.bar, i32.add(this.bar, 1));
    });
    f.store(results, this.first, 0);
    f.store(results, this.equity, 8);
    f.store(results, this.returns, 16);
    f.store(results, this.squares, 32);
    f.store(results, this.worst, 48);
    f.store(results, f64.fromInteger(this.trades), 56);
  }

  private start(): void {
    const { f } = this;
    f.set(this.cash, this.terms.initialCash);
    for (const local of [this.units, this.first, this.equity, this.peak]) f.set(local, 0);
    f.set(this.worst, 1);
    for (const local of [this.bar, this.trades, this.isBankrupt, this.entryBar]) f.set(local, 0);
    f.set(this.returns, 0);
    f.set(this.squares, 0);
    const { maximumBarsHeld } = this.inputs;
    f.set(
      this.maximumBarsHeld,
      maximumBarsHeld === null ? 0 : load('i32', this.descriptor, 8 * maximumBarsHeld),
    );
  }

  /** While flat: on to the bar that carries out the next wish to enter. The first bar is always visited. */
  private skipFlatBars(): void {
    const { f, layout } = this;
    const delay = this.terms.fillsAtClose ? 0 : 1;
    f.if(i32.greater(this.bar, 0), () => {
      f.if(
        this.isBankrupt,
        () => f.set(this.bar, layout.barsTotal),
        () => {
          this.findDecision(i32.subtract(this.bar, delay), this.terms.allowsShort ? [0, 1] : [0]);
          f.set(this.bar, i32.add(this.found, delay));
        },
      );
    });
  }

  /** While a position is held: sums the bars before the next one on which a decision, a level or the end is due. */
  private passHeldBars(): void {
    const { f, layout, terms } = this;
    const delay = terms.fillsAtClose ? 0 : 1;
    const until = f.local('i32');
    const from = i32.subtract(this.bar, delay);
    if (!terms.allowsShort) this.findDecision(from, [2]);
    else {
      f.if(
        f64.greater(this.units, 0),
        () => this.findDecision(from, [2, 1]),
        () => this.findDecision(from, [3, 0]),
      );
    }
    f.set(until, i32.add(this.found, delay));
    if (this.inputs.maximumBarsHeld !== null) {
      const due = f.let(i32.subtract(i32.add(this.entryBar, this.maximumBarsHeld), 1 - delay));
      f.if(i32.less(due, this.bar), () => f.set(due, this.bar));
      f.if(i32.less(due, until), () => f.set(until, due));
    }
    const last = terms.endRule === 'KEEP_OPEN' ? layout.barsTotal : layout.barsTotal - 1;
    f.if(i32.greater(until, last), () => f.set(until, last));
    if (terms.plan === 'events') this.passByTables(until);
    else if (!terms.allowsShort) this.passInPairs(until, 1);
    else {
      f.if(
        f64.greater(this.units, 0),
        () => this.passInPairs(until, 1),
        () => this.passInPairs(until, -1),
      );
    }
  }

  /** Sets `found` to the first bar at or after `from` with a bit in any of the bitmaps, or to the number of bars. */
  private findDecision(from: I32, which: readonly number[]): void {
    const { f, layout } = this;
    const wordAt = () => {
      const address = i32.add(this.bitmaps, i32.shiftLeft(this.word, 3));
      const words = which.map((bitmap) => load('i64', address, bitmap * layout.bitmapBytes));
      return words.reduce((all, each) => i64.or(all, each));
    };
    f.set(this.found, from);
    f.if(i32.less(this.found, layout.barsTotal), () => {
      f.set(this.word, i32.shiftRight(this.found, 6));
      const after = i64.shiftLeft(i64.of(-1), i64.extend(i32.and(this.found, 63)));
      f.set(this.bits, i64.and(wordAt(), after));
      f.loop((leave) => {
        f.if(i32.isZero(i64.isZero(this.bits)), () => {
          const place = i64.low(i64.trailingZeros(this.bits));
          f.set(this.found, i32.add(i32.shiftLeft(this.word, 6), place));
          f.go(leave);
        });
        f.set(this.word, i32.add(this.word, 1));
        f.if(i32.greaterEqual(this.word, layout.words), () => {
          f.set(this.found, layout.barsTotal);
          f.go(leave);
        });
        f.set(this.bits, wordAt());
      });
    });
  }

  /** Plan "bars": two bars at a time up to `until`, as long as no protective level is reached. */
  private passInPairs(until: I32, side: Side): void {
    const { f, layout, terms } = this;
    const offset = f.local('i32');
    const end = f.local('i32');
    const levels = f.local('v128');
    const hasStop = terms.hasStop || terms.hasTrail || terms.hasBreakEven;
    const swap = () => {
      f.if(i32.and(this.bar, 1), () => {
        f.set(this.returns, v128.shuffle(this.returns, this.returns, 1, 0));
        f.set(this.squares, v128.shuffle(this.squares, this.squares, 1, 0));
      });
    };
    const cash = f.let(v128.splat(this.cash));
    const units = f.let(v128.splat(this.units));
    const previous = f.let(v128.splat(this.equity));
    swap();
    f.set(offset, i32.shiftLeft(this.bar, 3));
    f.set(end, i32.subtract(i32.shiftLeft(until, 3), 16));
    f.loop((leave) => {
      f.goIf(i32.greater(offset, end), leave);
      const worstPrices = load('v128', offset, side > 0 ? layout.low : layout.high);
      const bestPrices = load('v128', offset, side > 0 ? layout.high : layout.low);
      const reached = (prices: typeof worstPrices, level: typeof worstPrices, below: boolean) =>
        below ? v128.lessEqual(prices, level) : v128.greaterEqual(prices, level);
      if (hasStop) {
        f.set(levels, v128.splat(this.stop));
        if (terms.hasTrail) this.followInPair(levels, bestPrices, side);
        f.goIf(v128.anyTrue(reached(worstPrices, levels, side > 0)), leave);
      }
      if (terms.hasTarget)
        f.goIf(v128.anyTrue(reached(bestPrices, v128.splat(this.target), side < 0)), leave);
      if (terms.hasBreakEven) {
        f.goIf(v128.anyTrue(reached(bestPrices, v128.splat(this.breakEvenAt), side < 0)), leave);
      }
      const now = f.let(v128.add(cash, v128.multiply(units, load('v128', offset, layout.close))));
      this.measurePair(now, leave);
      const change = f.let(v128.subtract(v128.divide(now, v128.shuffle(previous, now, 1, 2)), 1));
      f.set(this.returns, v128.add(this.returns, change));
      f.set(this.squares, v128.add(this.squares, v128.multiply(change, change)));
      f.set(previous, now);
      if (terms.hasTrail) f.set(this.trail, this.level);
      f.set(offset, i32.add(offset, 16));
    });
    f.set(this.equity, v128.lane(previous, 1));
    // Bars came in twos, so that the parity is that of the start.
    swap();
    f.set(this.bar, i32.shiftRight(offset, 3));
  }

  /** The levels of two bars when the trail follows the price: the second's knows the first bar. `level` is left as the trail after both. */
  private followInPair(levels: Local<'v128'>, bestPrices: ReturnType<typeof v128.of>, side: Side): void {
    const { f } = this;
    const best = f.let(bestPrices);
    const follow = (trail: F64, lane: 0 | 1) => {
      const followed = f.let(f64.subtract(v128.lane(best, lane), signed(side, this.trailDistance)));
      return f.let(choose(beyond(side, followed, trail), followed, trail));
    };
    const second = follow(this.trail, 0);
    f.set(this.level, follow(second, 1));
    const binding = (trail: F64) => choose(this.trailBinds(side, trail), trail, this.stop);
    f.set(levels, v128.shuffle(v128.splat(binding(this.trail)), v128.splat(binding(second)), 0, 2));
  }

  /** Peak and worst ratio after two levels; leaves for the single step when the account is ruined. */
  private measurePair(
    now: Local<'v128'>,
    leave: Parameters<Parameters<FunctionBuilder['block']>[0]>[0],
  ): void {
    const { f } = this;
    const [a, b] = [f.let(v128.lane(now, 0)), f.let(v128.lane(now, 1))];
    const greater = f.let(choose(f64.less(a, b), b, a));
    const lesser = choose(f64.less(a, b), a, b);
    const peak = f.let(choose(f64.less(this.peak, greater), greater, this.peak));
    f.if(
      f64.less(lesser, f64.multiply(this.worst, peak)),
      () => {
        f.goIf(i32.or(f64.lessEqual(a, 0), f64.lessEqual(b, 0)), leave);
        this.measure(a);
        this.measure(b);
      },
      () => f.set(this.peak, peak),
    );
  }

  private measure(level: F64): void {
    const { f } = this;
    f.if(f64.less(this.peak, level), () => f.set(this.peak, level));
    f.if(f64.less(level, f64.multiply(this.worst, this.peak)), () =>
      f.set(this.worst, f64.divide(level, this.peak)),
    );
  }

  /** Plan "events": finds the bar before `until` that reaches a level and answers for all before it by the tables. */
  private passByTables(until: Local<'i32'>): void {
    const { f, layout, terms } = this;
    if (terms.hasStop || terms.hasTarget) this.findLevel(until);
    const last = f.let(i32.subtract(until, 1));
    f.if(i32.greaterEqual(last, this.bar), () => {
      const at = (address: number, bar: I32) => load('f64', i32.shiftLeft(bar, 3), address);
      const [least, greatest, ratio] = [f.local('f64'), f.local('f64'), f.local('f64')];
      f.if(
        i32.equal(last, this.bar),
        () => {
          f.set(least, at(layout.close, last));
          f.set(greatest, least);
          f.set(ratio, 1);
        },
        () => {
          const high = f.let(i32.subtract(31, i32.leadingZeros(i32.xor(this.bar, last))));
          const rowOf = (bar: I32) =>
            f.let(i32.multiply(i32.add(i32.multiply(high, layout.barsTotal), bar), RANGE_BYTES));
          const [left, right] = [rowOf(this.bar), rowOf(last)];
          const entry = (row: I32, field: number) => f.let(load('f64', row, layout.rangeTable + 8 * field));
          const [leastLeft, greatestLeft, ratioLeft] = [entry(left, 0), entry(left, 1), entry(left, 2)];
          const [leastRight, greatestRight, ratioRight] = [entry(right, 0), entry(right, 1), entry(right, 2)];
          f.set(least, choose(f64.less(leastRight, leastLeft), leastRight, leastLeft));
          f.set(greatest, choose(f64.less(greatestLeft, greatestRight), greatestRight, greatestLeft));
          f.set(ratio, choose(f64.less(ratioRight, ratioLeft), ratioRight, ratioLeft));
          f.if(f64.less(leastRight, f64.multiply(ratio, greatestLeft)), () =>
            f.set(ratio, f64.divide(leastRight, greatestLeft)),
          );
        },
      );
      const lowest = f.let(f64.multiply(this.units, least));
      f.if(f64.less(lowest, f64.multiply(this.worst, this.peak)), () =>
        f.set(this.worst, f64.divide(lowest, this.peak)),
      );
      f.if(f64.less(ratio, this.worst), () => f.set(this.worst, ratio));
      const highest = f.let(f64.multiply(this.units, greatest));
      f.if(f64.less(this.peak, highest), () => f.set(this.peak, highest));
      const before = f.let(i32.subtract(this.bar, 1));
      const span = (sums: number) => f64.subtract(at(sums, last), at(sums, before));
      const both = (sums: number) => v128.shuffle(v128.splat(span(sums)), v128.of(0), 0, 2);
      f.set(this.returns, v128.add(this.returns, both(layout.returnSums)));
      f.set(this.squares, v128.add(this.squares, both(layout.squareSums)));
      f.set(this.equity, f64.add(this.cash, f64.multiply(this.units, at(layout.close, last))));
      f.set(this.bar, until);
    });
  }

  /** Brings `until` forward to the first bar that reaches the stop or the target; 16 bars at a time where none of them can. */
  private findLevel(until: Local<'i32'>): void {
    const { f, layout, terms } = this;
    const bar = f.let(this.bar);
    const hits = (low: F64, high: F64): I32 => {
      const stopped = f64.lessEqual(low, this.stop);
      const reached = f64.greaterEqual(high, this.target);
      return terms.hasStop && terms.hasTarget ? i32.or(stopped, reached) : terms.hasStop ? stopped : reached;
    };
    f.loop((leave, again) => {
      f.goIf(i32.greaterEqual(bar, until), leave);
      f.if(i32.isZero(i32.and(bar, 15)), () => {
        const block = i32.shiftRight(bar, 1);
        f.if(
          i32.isZero(hits(load('f64', block, layout.blockLows), load('f64', block, layout.blockHighs))),
          () => {
            f.set(bar, i32.add(bar, 16));
            f.go(again);
          },
        );
      });
      const place = i32.shiftLeft(bar, 3);
      f.if(hits(load('f64', place, layout.low), load('f64', place, layout.high)), () => {
        f.set(until, bar);
        f.go(leave);
      });
      f.set(bar, i32.add(bar, 1));
    });
  }

  /** One bar in full. */
  private step(): void {
    const { f, layout, terms } = this;
    const isLast = i32.equal(this.bar, layout.barsTotal - 1);
    const isHeld = f64.notEqual(this.units, 0);
    f.if(i32.isZero(this.isBankrupt), () => {
      if (!terms.fillsAtClose) {
        f.if(i32.greater(this.bar, 0), () => this.act(i32.subtract(this.bar, 1), this.priceOf('open')));
      }
      if (terms.endRule === 'CLOSE_AT_LAST_OPEN') {
        f.if(i32.and(isLast, isHeld), () => this.leave(this.priceOf('open')));
      }
      f.set(this.hasFilled, 0);
      if (terms.hasStop || terms.hasTarget || terms.hasTrail || terms.hasBreakEven) {
        const canBeReached = terms.fillsAtClose ? i32.greater(this.bar, this.entryBar) : i32.of(1);
        f.if(i32.and(isHeld, canBeReached), () => this.onSide((side) => this.protect(side)));
      }
      if (terms.fillsAtClose) {
        f.if(i32.isZero(this.hasFilled), () => this.act(this.bar, this.priceOf('close')));
      }
    });
    if (terms.endRule === 'CLOSE_AT_LAST_CLOSE') {
      f.if(i32.and(isLast, isHeld), () => this.leave(this.priceOf('close')));
    }
    f.set(this.before, this.equity);
    f.set(this.equity, f64.add(this.cash, f64.multiply(this.units, this.priceOf('close'))));
    f.if(i32.and(f64.lessEqual(this.equity, 0), i32.isZero(this.isBankrupt)), () => {
      f.if(isHeld, () => this.leave(this.priceOf('close')));
      f.set(this.equity, this.cash);
      f.set(this.isBankrupt, 1);
    });
    this.summarise();
  }

  private summarise(): void {
    const { f } = this;
    f.if(
      i32.isZero(this.bar),
      () => {
        f.set(this.first, this.equity);
        f.set(this.peak, this.equity);
      },
      () => {
        this.measure(this.equity);
        f.if(f64.notEqual(this.equity, this.before), () => {
          const change = f.let(f64.subtract(f64.divide(this.equity, this.before), 1));
          const inLane = (given: F64) => {
            const pair = v128.splat(given);
            return choose(
              i32.and(this.bar, 1),
              v128.shuffle(v128.of(0), pair, 0, 2),
              v128.shuffle(pair, v128.of(0), 0, 2),
            );
          };
          f.set(this.returns, v128.add(this.returns, inLane(change)));
          f.set(this.squares, v128.add(this.squares, inLane(f64.multiply(change, change))));
        });
      },
    );
  }

  /** What was decided at the close of `decided`, carried out in this bar at `price`. */
  private act(decided: I32, price: F64): void {
    const { f } = this;
    const bit = (bitmap: number): I32 => {
      const word = i32.add(this.bitmaps, i32.shiftLeft(i32.shiftRight(decided, 6), 3));
      const shifted = i64.shiftRight(
        load('i64', word, bitmap * this.layout.bitmapBytes),
        i64.extend(i32.and(decided, 63)),
      );
      return i64.low(i64.and(shifted, 1));
    };
    const wantsShort = this.terms.allowsShort ? bit(1) : i32.of(0);
    f.set(this.wantedSide, i32.subtract(bit(0), wantsShort));
    f.if(f64.notEqual(this.units, 0), () =>
      this.onSide((side) => {
        let leaves = i32.or(i32.equal(this.wantedSide, -side), bit(side > 0 ? 2 : 3));
        if (this.inputs.maximumBarsHeld !== null) {
          const held = i32.add(i32.subtract(decided, this.entryBar), 1);
          leaves = i32.or(leaves, i32.greaterEqual(held, this.maximumBarsHeld));
        }
        f.if(leaves, () => this.leave(price));
      }),
    );
    const isFree = i32.and(f64.equal(this.units, 0), f64.greater(this.cash, 0));
    f.if(i32.and(isFree, i32.notEqual(this.wantedSide, 0)), () => {
      if (!this.terms.allowsShort) this.enter(decided, price, 1);
      else {
        f.if(
          i32.greater(this.wantedSide, 0),
          () => this.enter(decided, price, 1),
          () => this.enter(decided, price, -1),
        );
      }
    });
  }

  private enter(decided: I32, rawPrice: F64, side: Side): void {
    const { f, terms } = this;
    f.set(this.price, this.slipped(rawPrice, side));
    this.affordable(this.quantity, this.cash);
    this.wantedQuantity(decided);
    f.if(i32.and(f64.greater(this.wanted, 0), f64.greater(this.quantity, 0)), () => {
      f.set(this.quantity, choose(f64.less(this.wanted, this.quantity), this.wanted, this.quantity));
      this.pay(signed(side, this.quantity));
      f.set(this.units, signed(side, this.quantity));
      f.set(this.trades, i32.add(this.trades, 1));
      f.set(this.entryPrice, this.price);
      f.set(this.entryBar, this.bar);
      const at = (expression: SeriesExpression) =>
        emitScalar(expression, this.leaves, i32.shiftLeft(decided, 3));
      const { stop, target, trail, breakeven } = this.inputs.distances;
      const below = (distance: F64) => f64.subtract(this.price, signed(side, distance));
      const above = (distance: F64) => f64.add(this.price, signed(side, distance));
      if (terms.hasStop || terms.hasTrail || terms.hasBreakEven)
        f.set(this.stop, stop ? below(at(stop)) : NaN);
      if (target) f.set(this.target, above(at(target)));
      if (trail) {
        f.set(this.trailDistance, at(trail));
        f.set(this.trail, below(this.trailDistance));
      }
      if (breakeven) f.set(this.breakEvenAt, above(at(breakeven)));
    });
  }

  private wantedQuantity(decided: I32): void {
    const { f, terms } = this;
    const size = emitScalar(this.inputs.size, this.leaves, i32.shiftLeft(decided, 3));
    if (terms.isAllIn) f.set(this.wanted, this.quantity);
    else if (terms.sizeKind === 'units') f.set(this.wanted, this.toLots(size));
    else if (terms.sizeKind === 'cash') f.set(this.wanted, this.toLots(f64.divide(size, this.price)));
    else if (terms.sizeKind === 'riskFraction') {
      const distance = emitScalar(this.inputs.distances.stop!, this.leaves, i32.shiftLeft(decided, 3));
      f.set(this.wanted, this.toLots(f64.divide(f64.multiply(this.cash, size), distance)));
    } else this.affordable(this.wanted, f.let(f64.multiply(this.cash, size)));
  }

  /** `affordableQuantity` of backtest/costs.ts at `price`. */
  private affordable(result: Local<'f64'>, cash: F64): void {
    const { f } = this;
    const { costs } = this.terms;
    const notNegative = (value: F64) => {
      const given = f.let(value);
      return choose(f64.less(0, given), given, f64.of(0));
    };
    const unit = f64.add(
      f64.multiply(this.price, 1 + costs.commissionBps / 10_000),
      costs.commissionPerShare,
    );
    f.set(result, this.toLots(f64.divide(notNegative(f64.subtract(cash, costs.commissionPerTrade)), unit)));
    if (costs.commissionMinimum === 0) return;
    const total = f64.add(f64.multiply(result, this.price), this.fee(result));
    f.if(f64.greater(total, cash), () => {
      const paid = notNegative(f64.subtract(cash, costs.commissionMinimum));
      const smaller = f.let(this.toLots(f64.divide(paid, this.price)));
      f.if(f64.less(smaller, result), () => f.set(result, smaller));
    });
  }

  private toLots(quantity: F64): F64 {
    const { lotSize } = this.terms;
    if (lotSize === 0) return quantity;
    return lotSize === 1
      ? f64.floor(quantity)
      : f64.multiply(f64.floor(f64.divide(quantity, lotSize)), lotSize);
  }

  /** `feeOf` of backtest/costs.ts at `price`. */
  private fee(quantity: F64): F64 {
    const { f } = this;
    const { costs } = this.terms;
    const flat = f64.add(costs.commissionPerTrade, f64.multiply(costs.commissionPerShare, quantity));
    const parts = f64.add(
      flat,
      f64.multiply(f64.multiply(costs.commissionBps / 10_000, quantity), this.price),
    );
    if (costs.commissionMinimum === 0) return parts;
    const all = f.let(parts);
    const least = choose(f64.less(all, costs.commissionMinimum), f64.of(costs.commissionMinimum), all);
    return choose(f64.equal(quantity, 0), f64.of(0), least);
  }

  /** Takes a fill's value and fee out of the cash; `change` is the signed quantity, `quantity` its magnitude. */
  private pay(change: F64): void {
    const value = f64.multiply(change, this.price);
    this.f.set(this.cash, f64.subtract(this.cash, f64.add(value, this.fee(this.quantity))));
  }

  private leave(rawPrice: F64, slips = true): void {
    const { f } = this;
    this.onSide((side) => {
      f.set(this.price, slips ? this.slipped(rawPrice, side > 0 ? -1 : 1) : rawPrice);
      f.set(this.quantity, signed(side, this.units));
      this.pay(f64.negate(this.units));
      f.set(this.units, 0);
      f.set(this.hasFilled, 1);
    });
  }

  private protect(side: Side): void {
    const { f, terms } = this;
    const [worst, best] = side > 0 ? (['low', 'high'] as const) : (['high', 'low'] as const);
    const below = (price: F64, level: F64) =>
      side > 0 ? f64.lessEqual(price, level) : f64.greaterEqual(price, level);
    const above = (price: F64, level: F64) =>
      side > 0 ? f64.greaterEqual(price, level) : f64.lessEqual(price, level);
    const open = this.priceOf('open');
    f.block((done) => {
      if (terms.hasStop || terms.hasTrail || terms.hasBreakEven) {
        f.set(this.level, this.stop);
        if (terms.hasTrail) f.if(this.trailBinds(side, this.trail), () => f.set(this.level, this.trail));
        f.if(below(this.priceOf(worst), this.level), () => {
          this.leave(f.let(choose(below(open, this.level), open, this.level)));
          f.go(done);
        });
      }
      if (terms.hasTarget) {
        f.if(above(this.priceOf(best), this.target), () => {
          this.leave(f.let(choose(above(open, this.target), open, this.target)), false);
          f.go(done);
        });
      }
      if (terms.hasTrail) {
        const followed = f.let(f64.subtract(this.priceOf(best), signed(side, this.trailDistance)));
        f.if(beyond(side, followed, this.trail), () => f.set(this.trail, followed));
      }
      if (terms.hasBreakEven) {
        f.if(above(this.priceOf(best), this.breakEvenAt), () => {
          f.if(i32.isZero(above(this.stop, this.entryPrice)), () => f.set(this.stop, this.entryPrice));
          // Reached once, it has nothing more to do.
          f.set(this.breakEvenAt, NaN);
        });
      }
    });
  }

  /** The trail is nearer than the stop, or there is no stop. */
  private trailBinds(side: Side, trail: F64): I32 {
    const stopIsNearer = side > 0 ? f64.greaterEqual(this.stop, trail) : f64.lessEqual(this.stop, trail);
    return i32.and(i32.isZero(stopIsNearer), f64.equal(trail, trail));
  }

  private onSide(write: (side: Side) => void): void {
    if (!this.terms.allowsShort) write(1);
    else {
      this.f.if(
        f64.greater(this.units, 0),
        () => write(1),
        () => write(-1),
      );
    }
  }

  private slipped(price: F64, side: Side): F64 {
    const { slippageBps } = this.terms.costs;
    return slippageBps === 0 ? price : f64.multiply(price, 1 + (side * slippageBps) / 10_000);
  }

  private priceOf(column: 'open' | 'high' | 'low' | 'close'): F64 {
    return load('f64', i32.shiftLeft(this.bar, 3), this.layout[column]);
  }
}

function signed(side: Side, value: F64): F64 {
  return side > 0 ? value : f64.negate(value);
}

/** `a` is further in the side's favour than `b`. */
function beyond(side: Side, a: F64, b: F64): I32 {
  return side > 0 ? f64.greater(a, b) : f64.less(a, b);
}
