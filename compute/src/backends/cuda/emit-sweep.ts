import type { FigureTerms } from '../../backtest/summary.ts';
import type { KernelInputs } from '../wasm/slots.ts';
import type { SimulationTerms } from '../wasm/terms.ts';
import { AccountWriter, slotsOfAccount } from './emit-account.ts';
import {
  BARS_HANDED,
  EQUITY_BYTES,
  HandOver,
  followCourse,
  SETS_PER_BLOCK,
  sumReturns,
} from './emit-hand-over.ts';
import { NearParts } from './emit-near-parts.ts';
import { emitDigits, emitPlaces } from './emit-places.ts';
import { type Sides, sidesOf } from './emit-signals.ts';
import type { Side, SlotPlaces } from './emit-state.ts';
import { emitFigures } from './emit-summary.ts';
import { type DecidedWord, WordReader } from './emit-words.ts';
import {
  BARS_PER_GROUP,
  BARS_PER_WORD,
  type CudaLayout,
  EXTREMES_BYTES,
  PRICE_BYTES,
  wordsOf,
} from './layout.ts';
import { PtxWriter, type Register } from './ptx.ts';

/** What the kernel leaves of each set. */
export const FIGURES = ['totalReturn', 'sharpe', 'maxDrawdown', 'tradeCount'] as const;
/** The name of the kernel in its module. */
export const SWEEP_KERNEL = 'sweep';
/** Threads of a block: a warp that simulates its sets, one that sums their returns, and one that follows their equity. */
export const SWEEP_BLOCK = 3 * SETS_PER_BLOCK;
const GROUP_BITS = 2 ** BARS_PER_GROUP - 1;

/**
 * `sweep(data, signals, results, from, count)`: three threads take one parameter set over all bars. One simulates it, in the order and
 * with the arithmetic of `backtest/simulation.ts`; two sum up its equity a few bars later, as `backtest/summary.ts`: none waits for the long
 * instructions of the others. `results` are columns of `count` numbers, one for each of FIGURES.
 */
export function emitSweep(
  inputs: KernelInputs,
  terms: SimulationTerms,
  layout: CudaLayout,
  figures: FigureTerms,
): string {
  const p = new PtxWriter();
  const [data, signals, results] = [0, 1, 2].map(() => p.parameter('u64'));
  const [from, count] = [p.parameter('u32'), p.parameter('u32')];
  const { thread } = p.placeInBlock();
  const place = p.whole('and', thread, SETS_PER_BLOCK - 1);
  const set = p.add('u32', p.whole('mul.lo', p.blockIndex(), SETS_PER_BLOCK), place);
  const isOfLaunch = p.compare('lt', 'u32', set, count);
  const result = p.add('u64', results, p.wide(set, 8));
  const words = wordsOf(layout.barsTotal);
  const handOver = new HandOver(p, place, (words * BARS_PER_WORD) / BARS_HANDED);
  const store = (column: number, value: Register<'f64'>) => {
    const columnBytes = p.wide(p.whole('mul.lo', count, column), 8);
    p.if(isOfLaunch, () => p.store(p.add('u64', result, columnBytes), value));
  };
  const simulate = () => {
    // Threads beyond the last set repeat it, since all have to come to a barrier.
    const own = p.chooseWord(isOfLaunch, set, p.subtract('u32', count, 1));
    const used = new Set(slotsOfAccount(inputs));
    const places = emitPlaces(p, inputs.slots, layout.slots, {
      digits: emitDigits(p, layout.axisLengths, p.add('u32', from, own)),
      baseOf: (slot) => (used.has(slot) ? data : null),
    });
    const account = new SweepWriter(p, inputs, terms, places, { handOver, layout });
    account.run(data, { first: p.add('u64', signals, p.wide(own, 8)), count }, place);
    handOver.finish();
    store(FIGURES.indexOf('tradeCount'), account.tradeCount());
  };
  const sumUp = () => {
    const course = followCourse(p, handOver);
    handOver.finish();
    const all = { ...course, ...handOver.sums() };
    emitFigures(p, all, layout.barsTotal, figures).forEach((value, column) => store(column, value));
  };
  const isBelow = (warps: number) => p.compare('lt', 'u32', thread, warps * SETS_PER_BLOCK);
  const watch = () => p.if(isBelow(2), () => handOver.finish(sumReturns(p, handOver)), sumUp);
  p.if(isBelow(1), simulate, watch);
  return p.finish(SWEEP_KERNEL);
}

/** Where a set's words lie, beside those of all sets of a launch. */
interface SignalPlace {
  readonly first: Register<'u64'>;
  readonly count: Register<'u32'>;
}

class SweepWriter extends AccountWriter {
  private readonly handOver: HandOver;
  private readonly layout: CudaLayout;
  private readonly sides: Sides;
  /** What is carried out on the bars from that of the group's first on, by side. */
  private readonly words: readonly DecidedWord[];
  /** The first bar of the group, and where its prices and its equity lie. */
  private readonly base: Register<'u32'>;
  private readonly pricesAt: Register<'u32'>;
  private readonly equityAt: Register<'u32'>;
  /** The level that protects a position behind each bar of a group; null where it does not move while the position is held. */
  private readonly behind: readonly Register<'f64'>[] | null;
  /** The level behind the whole group. */
  private readonly levelBehind: Register<'f64'>;
  /** Where the least low and the greatest high of the group lie. */
  private readonly extremesAt: Register<'u32'>;

  constructor(
    p: PtxWriter,
    inputs: KernelInputs,
    terms: SimulationTerms,
    places: SlotPlaces,
    { handOver, layout }: { readonly handOver: HandOver; readonly layout: CudaLayout },
  ) {
    super(p, inputs, terms, places, layout.barsTotal);
    [this.handOver, this.layout] = [handOver, layout];
    this.sides = sidesOf(terms);
    this.words = this.sides.map(() => ({ wants: p.variable('u32', 0), leaves: p.variable('u32', 0) }));
    [this.base, this.pricesAt, this.equityAt] = [0, 0, 0].map((value) => p.variable('u32', value));
    const moves = terms.hasTrail || terms.hasBreakEven;
    this.behind = moves ? Array.from({ length: BARS_PER_GROUP }, () => p.number()) : null;
    this.levelBehind = p.number();
    this.extremesAt = p.variable('u32', 0);
  }

  /** Takes the account over all bars; their prices are brought near a part before they are needed, each by another thread. */
  run(data: Register<'u64'>, signals: SignalPlace, place: Register<'u32'>): void {
    const { p, layout, barsTotal, handOver } = this;
    const words = wordsOf(barsTotal);
    if (words === 0) {
      handOver.handParts(() => undefined);
      return;
    }
    const readers = this.sides.map((_, side) => {
      const first = p.add('u64', signals.first, p.wide(signals.count, 8 * words * side));
      return new WordReader(p, first, signals.count, { words, delay: this.delay });
    });
    const prices = new NearParts(p, data, place, BARS_HANDED * PRICE_BYTES);
    const near = [prices];
    if (layout.extremes !== null) {
      const from = p.add('u64', data, layout.extremes);
      near.push(new NearParts(p, from, place, (BARS_HANDED / BARS_PER_GROUP) * EXTREMES_BYTES));
    }
    for (const parts of near) {
      parts.ask();
      parts.put(p.variable('u32', 0));
    }
    handOver.handParts((part) => {
      p.if(p.compare('eq', 'u32', p.whole('and', part, 1), 0), () =>
        readers.forEach((reader, side) => {
          const { wants, leaves } = reader.next(this.base);
          p.set(this.words[side].wants, wants);
          p.set(this.words[side].leaves, leaves);
        }),
      );
      const following = p.add('u32', part, 1);
      const isMore = p.compare('lt', 'u32', following, (words * BARS_PER_WORD) / BARS_HANDED);
      p.if(isMore, () => near.forEach((parts) => parts.ask()));
      [this.pricesAt, this.extremesAt].forEach((at, index) => {
        if (index < near.length) p.set(at, near[index].at(part));
      });
      p.set(this.equityAt, handOver.partAt(part));
      this.groups();
      p.if(isMore, () => near.forEach((parts) => parts.put(following)));
    });
  }

  tradeCount(): Register<'f64'> {
    return this.p.toDouble(this.trades);
  }

  /** The bars of a part. */
  private groups(): void {
    const { p, base } = this;
    const end = p.add('u32', base, BARS_HANDED);
    p.loop((leave) => {
      p.goIf(p.compare('ge', 'u32', base, end), leave);
      this.group();
      p.set(base, p.add('u32', base, BARS_PER_GROUP));
      p.set(this.pricesAt, p.add('u32', this.pricesAt, BARS_PER_GROUP * PRICE_BYTES));
      p.set(this.equityAt, p.add('u32', this.equityAt, BARS_PER_GROUP * EQUITY_BYTES));
      if (this.hasLevels) p.set(this.extremesAt, p.add('u32', this.extremesAt, EXTREMES_BYTES));
      for (const word of this.words)
        for (const name of ['wants', 'leaves'] as const)
          p.set(word[name], p.whole('shr', word[name], BARS_PER_GROUP));
    });
  }

  /** Passes the bars of a group as if nothing happened on them, up to the first one on which something may; then on from there. */
  private group(): void {
    const { p, base } = this;
    const inside = p.chooseWord(
      p.compare('lt', 'u32', base, this.barsTotal),
      p.subtract('u32', this.barsTotal, base),
      0,
    );
    const valid = p.whole('and', p.subtract('u32', p.whole('shl', 1, inside), 1), GROUP_BITS);
    const position = p.variable('u32', 0);
    p.loop((done) => {
      p.goIf(p.compare('ge', 'u32', position, BARS_PER_GROUP), done);
      const ahead = p.whole('and', valid, p.whole('shl', GROUP_BITS, position));
      const bits = this.mayHappen(position, ahead);
      p.if(
        p.compare('eq', 'u32', bits, 0),
        () => {
          this.followUpTo(null);
          p.go(done);
        },
        () => {
          const found = p.lowestBit(bits);
          this.followUpTo(found);
          this.visitAt(found);
          p.set(position, p.add('u32', found, 1));
        },
      );
    });
  }

  /**
   * Gives the equity of the bars from `position` on as if nothing happened on them, and finds where something may among those `ahead`;
   * also the levels behind each bar, as far as they move.
   */
  private mayHappen(position: Register<'u32'>, ahead: Register<'u32'>): Register<'u32'> {
    const { p, terms } = this;
    const isHeld = this.isHeld();
    const bits = p.variable('u32', this.decidedBits(isHeld));
    const add = (condition: Register<'pred'>, more: Register<'u32'>) =>
      p.set(bits, p.whole('or', bits, p.chooseWord(condition, more, 0)));
    const isAhead = Array.from({ length: BARS_PER_GROUP }, (_, bar) => p.compare('le', 'u32', position, bar));
    // All are read before any is written: no assembler could know that they lie elsewhere.
    const closes = isAhead.map((_, bar) => this.priceOf(bar, 24));
    const extremes = this.hasLevels
      ? [0, 8].map((offset) => p.loadSharedDouble(this.extremesAt, offset))
      : [];
    const signs = closes.map((close, bar) => {
      const equity = p.add('f64', this.cash, p.multiply(this.units, close));
      p.storeSharedDoubleWhere(isAhead[bar], this.equityAt, equity, bar * EQUITY_BYTES);
      // The highest bit where nothing is left, and of numbers too small to matter.
      const [, high] = p.halves(equity);
      return p.whole('or', high, p.subtract('u32', high, 1));
    });
    const isEmpty = p.compare('ge', 'u32', this.eitherOf(signs), 2 ** 31);
    add(isEmpty, p.variable('u32', GROUP_BITS));
    const bitAt = (bar: Register<'u32'>) => p.whole('shl', 1, p.subtract('u32', bar, this.base));
    if (terms.endRule !== 'KEEP_OPEN') add(isHeld, bitAt(p.variable('u32', this.barsTotal - 1)));
    if (this.maximumBars) {
      const due = p.add('u32', this.entryBar, this.maximumBars);
      const next = p.add('u32', this.base, position);
      add(isHeld, bitAt(p.chooseWord(p.compare('lt', 'u32', due, next), next, due)));
    }
    p.set(bits, p.whole('and', bits, ahead));
    if (!this.hasLevels) return bits;
    const isLooked = p.both(isHeld, this.canReach(extremes));
    // A level that moves is needed behind each bar that is visited, and not behind those that were before.
    const isFollowed = () => p.compare('ne', 'u32', p.whole('or', bits, position), 0);
    p.if(this.behind ? p.either(isLooked, isFollowed()) : isLooked, () => {
      const reached = p.variable('u32', 0);
      this.onSide((side) => p.set(reached, this.reached(side, isAhead)));
      add(isHeld, p.whole('and', reached, ahead));
      if (this.behind) p.set(this.levelBehind, this.behind[BARS_PER_GROUP - 1]);
    });
    return bits;
  }

  /** Whether a bar of the group reaches a level by its extremes, which also tell where a level that moves is behind the group. */
  private canReach([low, high]: readonly Register<'f64'>[]): Register<'pred'> {
    const { p } = this;
    const canReach = p.truth(false);
    this.onSide((side) => {
      const [worst, best] = side > 0 ? [low, high] : [high, low];
      const level = this.movedLevel(side, best, this.nearerStop(side));
      if (this.behind) p.set(this.levelBehind, level);
      p.set(canReach, this.isReached(side, { worst, best, level }));
    });
    return canReach;
  }

  /** The level behind a bar, or behind several by their best price; the same where `isBar` does not hold. */
  private movedLevel(
    side: Side,
    best: Register<'f64'>,
    level: Register<'f64'>,
    isBar?: Register<'pred'>,
  ): Register<'f64'> {
    const { hasTrail, hasBreakEven } = this.terms;
    const trailed = hasTrail ? this.trailBehind(side, best, level, isBar) : level;
    return hasBreakEven ? this.stopBehind(side, best, trailed, isBar) : trailed;
  }

  private isReached(
    side: Side,
    { worst, best, level }: Readonly<Record<'worst' | 'best' | 'level', Register<'f64'>>>,
  ): Register<'pred'> {
    const { p } = this;
    const [atOrBelow, atOrAbove] = side > 0 ? (['le', 'ge'] as const) : (['ge', 'le'] as const);
    const isStopped = this.hasStopLevel ? p.compare(atOrBelow, 'f64', worst, level) : null;
    const isAtTarget = this.terms.hasTarget ? p.compare(atOrAbove, 'f64', best, this.target) : null;
    return isStopped && isAtTarget ? p.either(isStopped, isAtTarget) : (isStopped ?? isAtTarget)!;
  }

  private get hasLevels(): boolean {
    return this.hasStopLevel || this.terms.hasTarget;
  }

  private eitherOf(words: readonly Register<'u32'>[]): Register<'u32'> {
    return words.reduce((all, each) => this.p.whole('or', all, each));
  }

  /** A price of a bar of the group. */
  private priceOf(bar: number, offset: number): Register<'f64'> {
    return this.p.loadSharedDouble(this.pricesAt, bar * PRICE_BYTES + offset);
  }

  /** The bars on which a decision would be carried out by an account that holds what this one does. */
  private decidedBits(isHeld: Register<'pred'>): Register<'u32'> {
    const { p, words } = this;
    const [own, other] = words;
    if (!other) return p.chooseWord(isHeld, own.leaves, own.wants);
    const isLong = p.compare('gt', 'f64', this.units, 0);
    const leavesLong = p.whole('or', own.leaves, other.wants);
    const leavesShort = p.whole('or', other.leaves, own.wants);
    const enters = p.whole('or', own.wants, other.wants);
    return p.chooseWord(isHeld, p.chooseWord(isLong, leavesLong, leavesShort), enters);
  }

  /** The bars on which a side's levels would be reached, which follow the bars before. */
  private reached(side: Side, isAhead: readonly Register<'pred'>[]): Register<'u32'> {
    const { p } = this;
    let level = this.nearerStop(side);
    const marks = isAhead.map((isBar, bar) => {
      const [high, low] = [this.priceOf(bar, 8), this.priceOf(bar, 16)];
      const [worst, best] = side > 0 ? [low, high] : [high, low];
      const isReached = this.isReached(side, { worst, best, level });
      if (this.behind) {
        level = this.movedLevel(side, best, level, isBar);
        p.set(this.behind[bar], level);
      }
      return p.chooseWord(isReached, 2 ** bar, 0);
    });
    return this.eitherOf(marks);
  }

  /** Lets the level follow the bars of the group before the one that was found, or all of them. */
  private followUpTo(found: Register<'u32'> | null): void {
    const { p, terms } = this;
    if (!this.behind) return;
    // The nearer of both levels is all that a stop and one that trails behind it are needed for.
    const kept = terms.hasTrail ? this.trail : this.stop;
    if (found === null) p.set(kept, this.levelBehind);
    else
      for (const [bar, level] of this.behind.entries())
        p.set(kept, p.choose(p.compare('gt', 'u32', found, bar), level, kept));
  }

  /** One bar of the group in full. */
  private visitAt(found: Register<'u32'>): void {
    const { p, decisions } = this;
    const at = p.add('u32', this.base, found);
    const price = p.add('u32', this.pricesAt, p.whole('mul.lo', found, PRICE_BYTES));
    (['open', 'high', 'low', 'close'] as const).forEach((name, index) =>
      p.set(this.prices[name], p.loadSharedDouble(price, 8 * index)),
    );
    const isSet = (bits: Register<'u32'>) =>
      p.compare('ne', 'u32', p.whole('and', p.whole('shr', bits, found), 1), 0);
    this.sides.forEach((side, index) => {
      const { wants, leaves } = this.words[index];
      p.set(side === 'long' ? decisions.wantsLong : decisions.wantsShort, isSet(wants));
      p.set(side === 'long' ? decisions.exitsLong : decisions.exitsShort, isSet(leaves));
    });
    this.goTo(at);
    this.visit(p.compare('eq', 'u32', at, this.barsTotal - 1));
    p.storeSharedDouble(p.add('u32', this.equityAt, p.whole('mul.lo', found, EQUITY_BYTES)), this.equity);
  }
}
