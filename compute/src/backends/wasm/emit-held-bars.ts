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
import { byteMaskOf } from './emit-signals.ts';
import { type Side, signed } from './emit-state.ts';
import { type PairSums, RangeSums } from './emit-sums.ts';
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
      const due = f.let(i32.add(this.entryBar, this.maximumBarsHeld));
      f.if(i32.less(due, this.bar), () => f.set(due, this.bar));
      f.if(i32.less(due, until), () => f.set(until, due));
    }
    const last = terms.endRule === 'KEEP_OPEN' ? layout.barsTotal : layout.barsTotal - 1;
    f.if(i32.greater(until, last), () => f.set(until, last));
    const { sums } = this;
    if (sums instanceof RangeSums) this.passByTables(until, sums);
    else this.onSide((side) => this.passInPairs(until, sums, side));
  }

  /**
   * Sets `found` to the first bar at or after `from` with a bit in any of the bitmaps, or to a number that is at least that of the
   * bars. The 64 bars from `from` on are looked at at once, wherever words begin: how soon a branch is taken is then foreseen.
   */
  protected findDecision(from: I32, which: readonly number[]): void {
    const { f, layout } = this;
    const address = i32.add(this.bitmaps, i32.shiftLeft(i32.shiftRight(this.found, 6), 3));
    const wordAt = (displacement: number) =>
      which
        .map((bitmap) => load('i64', address, bitmap * layout.bitmapBytes + displacement))
        .reduce((all, each) => i64.or(all, each));
    f.set(this.found, from);
    f.loop((leave) => {
      f.goIf(i32.greaterEqual(this.found, layout.barsTotal), leave);
      const place = i32.and(this.found, 63);
      const here = i64.shiftRight(wordAt(0), i64.extend(place));
      const next = i64.shiftLeft(i64.shiftLeft(wordAt(8), 1), i64.extend(i32.xor(place, 63)));
      f.set(this.bits, i64.or(here, next));
      f.if(i32.isZero(i64.isZero(this.bits)), () => {
        f.set(this.found, i32.add(this.found, i64.low(i64.trailingZeros(this.bits))));
        f.go(leave);
      });
      f.set(this.found, i32.add(this.found, 64));
    });
  }

  /** Plan "bars": pairs of bars up to `until`, as long as no protective level is reached. */
  protected passInPairs(until: I32, sums: PairSums, side: Side): void {
    const { f } = this;
    const swap = () => {
      f.if(i32.and(this.bar, 1), () => {
        for (const each of [sums.returns, sums.squares]) f.set(each, v128.shuffle(each, each, 1, 0));
      });
    };
    const { cash, units, equity, peak, worst } = this;
    const inBoth = (value: F64) => f.let(v128.splat(value));
    const pass = { cash: inBoth(cash), units: inBoth(units), previous: inBoth(equity) };
    const course = { peak: inBoth(peak), worst: inBoth(worst) };
    swap();
    const offset = f.let(i32.shiftLeft(this.bar, 3));
    for (const pairs of this.pairsAtOnce) {
      const end = f.let(i32.subtract(i32.shiftLeft(until, 3), 16 * pairs));
      f.loop((leave) => {
        f.goIf(i32.greater(offset, end), leave);
        this.leaveAtLevels(offset, side, leave);
        const levels = Array.from({ length: pairs }, (_, pair) => {
          const close = load('v128', offset, this.layout.close + 16 * pair);
          return f.let(v128.add(pass.cash, v128.multiply(pass.units, close)));
        });
        this.measurePairs(levels, course, leave);
        for (const now of levels) {
          const before = v128.shuffle(pass.previous, now, 1, 2);
          const change = f.let(v128.subtract(v128.divide(now, before), 1));
          f.set(sums.returns, v128.add(sums.returns, change));
          f.set(sums.squares, v128.add(sums.squares, v128.multiply(change, change)));
          f.set(pass.previous, now);
        }
        if (this.terms.hasTrail) f.set(this.trail, this.level);
        f.set(offset, i32.add(offset, 16 * pairs));
      });
    }
    f.set(equity, v128.lane(pass.previous, 1));
    f.set(peak, v128.lane(course.peak, 0));
    // Bars came in twos, so that the parity is that of the start.
    swap();
    f.set(this.bar, i32.shiftRight(offset, 3));
  }

  /** Pairs that are passed at once, as long as there are as many: without levels nothing is gained by stopping early. */
  private get pairsAtOnce(): readonly number[] {
    const { hasStop, hasTrail, hasTarget, hasBreakEven } = this.terms;
    return hasStop || hasTrail || hasTarget || hasBreakEven ? [1] : [2, 1];
  }

  /** Leaves before a pair of bars of which one reaches a protective level. */
  private leaveAtLevels(offset: I32, side: Side, leave: Label): void {
    const { f, layout, terms } = this;
    const worstPrices = load('v128', offset, side > 0 ? layout.low : layout.high);
    const bestPrices = load('v128', offset, side > 0 ? layout.high : layout.low);
    const leaveIf = (prices: V128, level: V128, below: boolean) =>
      f.goIf(v128.anyTrue(below ? v128.lessEqual(prices, level) : v128.greaterEqual(prices, level)), leave);
    if (terms.hasStop || terms.hasTrail || terms.hasBreakEven) {
      const levels = f.let(v128.splat(this.stop));
      if (terms.hasTrail) this.followInPair(levels, bestPrices, side);
      leaveIf(worstPrices, levels, side > 0);
    }
    if (terms.hasTarget) leaveIf(bestPrices, v128.splat(this.target), side < 0);
    if (terms.hasBreakEven) leaveIf(bestPrices, v128.splat(this.breakEvenAt), side < 0);
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

  /** Peak and worst ratio, one in both lanes, after pairs of levels; leaves for the single step when the account is ruined. */
  private measurePairs(
    levels: readonly Local<'v128'>[],
    { peak, worst }: { readonly peak: Local<'v128'>; readonly worst: Local<'v128'> },
    leave: Label,
  ): void {
    const { f } = this;
    const all = (join: (a: V128, b: V128) => V128, of = (level: V128) => level) =>
      levels.map(of).reduce(join);
    const most = f.let(all(v128.larger));
    const before = f.let(peak);
    f.set(peak, v128.larger(peak, v128.larger(most, v128.shuffle(most, most, 1, 0))));
    f.if(v128.anyTrue(v128.less(all(v128.lesser), v128.multiply(worst, peak))), () => {
      f.set(this.peak, v128.lane(before, 0));
      f.if(v128.anyTrue(all(v128.or, (level) => v128.lessEqual(level, 0))), () => {
        f.set(peak, before);
        f.go(leave);
      });
      for (const level of levels)
        for (const lane of [0, 1] as const) this.measure(f.let(v128.lane(level, lane)));
      f.set(worst, v128.splat(this.worst));
    });
  }

  /** Plan "events": finds the bar before `until` that reaches a level and answers for all before it by the tables. */
  protected passByTables(until: Local<'i32'>, sums: RangeSums): void {
    const { f, layout, terms } = this;
    if (terms.hasStop || terms.hasTarget) this.findLevel(until);
    const last = f.let(i32.subtract(until, 1));
    f.if(i32.greaterEqual(last, this.bar), () => {
      // One bar is both ends of its range on the lowest level.
      const differing = i32.or(i32.xor(this.bar, last), 1);
      const level = f.let(i32.subtract(31, i32.leadingZeros(differing)));
      const rowOf = (bar: I32) =>
        f.let(i32.multiply(i32.add(i32.multiply(level, layout.barsTotal), bar), RANGE_BYTES));
      const [left, right] = [rowOf(this.bar), rowOf(last)];
      const entry = (row: I32, field: number) => f.let(load('f64', row, layout.rangeTable + 8 * field));
      const [leastLeft, greatestLeft, ratioLeft] = [entry(left, 0), entry(left, 1), entry(left, 2)];
      const [leastRight, greatestRight, ratioRight] = [entry(right, 0), entry(right, 1), entry(right, 2)];
      f.set(this.worst, lesser(this.worst, lesser(ratioLeft, ratioRight)));
      const measure = (level: F64, top: F64) =>
        f.if(f64.lessEqual(level, f64.multiply(this.worst, top)), () =>
          f.set(this.worst, lesser(this.worst, f.let(f64.divide(level, top)))),
        );
      measure(leastRight, greatestLeft);
      measure(f.let(f64.multiply(this.units, lesser(leastLeft, leastRight))), this.peak);
      f.set(this.peak, larger(this.peak, f64.multiply(this.units, larger(greatestLeft, greatestRight))));
      sums.addRange(f.let(i32.subtract(this.bar, 1)), last);
      f.set(
        this.equity,
        f64.add(this.cash, f64.multiply(this.units, load('f64', i32.shiftLeft(last, 3), layout.close))),
      );
      f.set(this.bar, until);
    });
  }

  /** Brings `until` forward to the first bar that reaches the stop or the target: 16 bars at once, unless none of them can. */
  protected findLevel(until: Local<'i32'>): void {
    const { f, layout, terms } = this;
    const bar = f.let(this.bar);
    const [stop, target] = [f.let(v128.splat(this.stop)), f.let(v128.splat(this.target))];
    const hits = <Mask>(low: () => Mask, high: () => Mask, either: (a: Mask, b: Mask) => Mask): Mask =>
      terms.hasStop && terms.hasTarget ? either(low(), high()) : terms.hasStop ? low() : high();
    f.loop((leave, again) => {
      f.goIf(i32.greaterEqual(bar, until), leave);
      f.if(i32.isZero(i32.and(bar, 15)), () => {
        const block = (extremes: number) => load('f64', i32.shiftRight(bar, 1), extremes);
        const isReached = hits(
          () => f64.lessEqual(block(layout.blockLows), this.stop),
          () => f64.greaterEqual(block(layout.blockHighs), this.target),
          i32.or,
        );
        f.if(i32.isZero(isReached), () => {
          f.set(bar, i32.add(bar, 16));
          f.go(again);
        });
      });
      const place = f.let(i32.shiftLeft(bar, 3));
      const pairs = Array.from({ length: 8 }, (_, pair) =>
        hits(
          () => v128.lessEqual(load('v128', place, layout.low + 16 * pair), stop),
          () => v128.greaterEqual(load('v128', place, layout.high + 16 * pair), target),
          v128.or,
        ),
      );
      const reached = f.let(byteMaskOf(pairs));
      f.if(reached, () => {
        f.set(bar, i32.add(bar, i32.trailingZeros(reached)));
        f.if(i32.less(bar, until), () => f.set(until, bar));
        f.go(leave);
      });
      f.set(bar, i32.add(i32.or(bar, 15), 1));
    });
  }
}
