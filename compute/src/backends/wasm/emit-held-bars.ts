import {
  f64,
  type F64,
  type I32,
  i32,
  i64,
  load,
  type Local,
  type Label,
  larger,
  lesser,
  v128,
  type V128,
} from './builder.ts';
import { AccountWriter } from './emit-account.ts';
import { type Side, signed } from './emit-state.ts';
import { RANGE_BYTES } from './layout.ts';

/** How bars on which nothing is decided are passed: skipped while flat, summed while a position is held. */
export class HeldBarsWriter extends AccountWriter {
  /** While flat: on to the bar that carries out the next wish to enter. The first bar is always visited. */
  protected skipFlatBars(): void {
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
  protected passHeldBars(): void {
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
  protected findDecision(from: I32, which: readonly number[]): void {
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
  protected passInPairs(until: I32, side: Side): void {
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
    const peak = f.let(v128.splat(this.peak));
    const worst = f.let(v128.splat(this.worst));
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
      this.measurePair(now, peak, worst, leave);
      const change = f.let(v128.subtract(v128.divide(now, v128.shuffle(previous, now, 1, 2)), 1));
      f.set(this.returns, v128.add(this.returns, change));
      f.set(this.squares, v128.add(this.squares, v128.multiply(change, change)));
      f.set(previous, now);
      if (terms.hasTrail) f.set(this.trail, this.level);
      f.set(offset, i32.add(offset, 16));
    });
    f.set(this.equity, v128.lane(previous, 1));
    f.set(this.peak, v128.lane(peak, 0));
    // Bars came in twos, so that the parity is that of the start.
    swap();
    f.set(this.bar, i32.shiftRight(offset, 3));
  }

  /** The levels of two bars when the trail follows the price: the second's knows the first bar. `level` is left as the trail after both. */
  protected followInPair(levels: Local<'v128'>, bestPrices: V128, side: Side): void {
    const { f } = this;
    const best = f.let(bestPrices);
    const further = side > 0 ? larger : lesser;
    const follow = (trail: F64, lane: 0 | 1) =>
      f.let(further(trail, f64.subtract(v128.lane(best, lane), signed(side, this.trailDistance))));
    const second = follow(this.trail, 0);
    f.set(this.level, follow(second, 1));
    const trails = f.let(v128.shuffle(v128.splat(this.trail), v128.splat(second), 0, 2));
    const nearer = side > 0 ? v128.larger(trails, levels) : v128.lesser(trails, levels);
    f.set(levels, v128.select(v128.equal(trails, trails), nearer, levels));
  }

  /** Peak and worst ratio, one in both lanes, after two levels; leaves for the single step when the account is ruined. */
  protected measurePair(now: Local<'v128'>, peak: Local<'v128'>, worst: Local<'v128'>, leave: Label): void {
    const { f } = this;
    const swapped = f.let(v128.shuffle(now, now, 1, 0));
    const before = f.let(peak);
    f.set(peak, v128.larger(peak, v128.larger(now, swapped)));
    f.if(v128.anyTrue(v128.less(v128.lesser(now, swapped), v128.multiply(worst, peak))), () => {
      f.set(this.peak, v128.lane(before, 0));
      f.if(v128.anyTrue(v128.lessEqual(now, 0)), () => {
        f.set(peak, before);
        f.go(leave);
      });
      this.measure(f.let(v128.lane(now, 0)));
      this.measure(f.let(v128.lane(now, 1)));
      f.set(worst, v128.splat(this.worst));
    });
  }

  /** Plan "events": finds the bar before `until` that reaches a level and answers for all before it by the tables. */
  protected passByTables(until: Local<'i32'>): void {
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
          f.set(least, lesser(leastLeft, leastRight));
          f.set(greatest, larger(greatestLeft, greatestRight));
          f.set(ratio, lesser(ratioLeft, ratioRight));
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
  protected findLevel(until: Local<'i32'>): void {
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
}
