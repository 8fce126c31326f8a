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
import { BARS_PER_WORD, type CudaLayout, PRICE_BYTES, wordsOf } from './layout.ts';
import { PtxWriter, type Register } from './ptx.ts';

/** What the kernel leaves of each set. */
export const FIGURES = ['totalReturn', 'sharpe', 'maxDrawdown', 'tradeCount'] as const;
/** The name of the kernel in its module. */
export const SWEEP_KERNEL = 'sweep';
/** Threads of a block: a warp that simulates its sets, one that sums their returns, and one that follows their equity. */
export const SWEEP_BLOCK = 3 * SETS_PER_BLOCK;
/** Bars that are passed at once where nothing happens on them; fewer where a level has to follow each of them. */
const [BARS_PER_GROUP, FOLLOWED_BARS_PER_GROUP] = [8, 4];

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
    const account = new SweepWriter(p, inputs, terms, places, layout.barsTotal, handOver);
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

/** A bar of a group: its prices as far as they are needed. */
interface GroupBar {
  readonly low: Register<'f64'> | null;
  readonly high: Register<'f64'> | null;
  readonly close: Register<'f64'>;
}

/** Where a set's words lie, beside those of all sets of a launch. */
interface SignalPlace {
  readonly first: Register<'u64'>;
  readonly count: Register<'u32'>;
}

class SweepWriter extends AccountWriter {
  private readonly handOver: HandOver;
  private readonly sides: Sides;
  /** What is carried out on the bars from that of the group's first on, by side. */
  private readonly words: readonly DecidedWord[];
  /** The first bar of the group, and where its prices and its equity lie. */
  private readonly base: Register<'u32'>;
  private readonly pricesAt: Register<'u32'>;
  private readonly equityAt: Register<'u32'>;
  /** The level that protects a position behind each bar of a group; null where it does not move while the position is held. */
  private readonly behind: readonly Register<'f64'>[] | null;
  private readonly groupBars: number;

  constructor(
    p: PtxWriter,
    inputs: KernelInputs,
    terms: SimulationTerms,
    places: SlotPlaces,
    barsTotal: number,
    handOver: HandOver,
  ) {
    super(p, inputs, terms, places, barsTotal);
    this.handOver = handOver;
    this.sides = sidesOf(terms);
    this.words = this.sides.map(() => ({ wants: p.variable('u32', 0), leaves: p.variable('u32', 0) }));
    [this.base, this.pricesAt, this.equityAt] = [0, 0, 0].map((value) => p.variable('u32', value));
    const moves = terms.hasTrail || terms.hasBreakEven;
    this.groupBars = moves ? FOLLOWED_BARS_PER_GROUP : BARS_PER_GROUP;
    this.behind = moves ? Array.from({ length: this.groupBars }, () => p.number()) : null;
  }

  /** Takes the account over all bars; their prices are brought near a part before they are needed, each by another thread. */
  run(data: Register<'u64'>, signals: SignalPlace, place: Register<'u32'>): void {
    const { p, barsTotal, handOver } = this;
    const words = wordsOf(barsTotal);
    if (words === 0) {
      handOver.handParts(() => undefined);
      return;
    }
    const readers = this.sides.map((_, side) => {
      const first = p.add('u64', signals.first, p.wide(signals.count, 8 * words * side));
      return new WordReader(p, first, signals.count, { words, delay: this.delay });
    });
    const prices = new NearParts(p, data, place);
    prices.ask();
    prices.put(p.variable('u32', 0));
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
      p.if(isMore, () => prices.ask());
      p.set(this.pricesAt, prices.at(part));
      p.set(this.equityAt, handOver.partAt(part));
      this.groups();
      p.if(isMore, () => prices.put(following));
    });
  }

  tradeCount(): Register<'f64'> {
    return this.p.toDouble(this.trades);
  }

  /** The bars of a part. */
  private groups(): void {
    const { p, base, groupBars } = this;
    const end = p.add('u32', base, BARS_HANDED);
    p.loop((leave) => {
      p.goIf(p.compare('ge', 'u32', base, end), leave);
      this.group();
      p.set(base, p.add('u32', base, groupBars));
      p.set(this.pricesAt, p.add('u32', this.pricesAt, groupBars * PRICE_BYTES));
      p.set(this.equityAt, p.add('u32', this.equityAt, groupBars * EQUITY_BYTES));
      for (const word of this.words)
        for (const name of ['wants', 'leaves'] as const)
          p.set(word[name], p.whole('shr', word[name], groupBars));
    });
  }

  /** Passes the bars of a group as if nothing happened on them, up to the first one on which something may; then on from there. */
  private group(): void {
    const { p, base, groupBars } = this;
    const inside = p.chooseWord(
      p.compare('lt', 'u32', base, this.barsTotal),
      p.subtract('u32', this.barsTotal, base),
      0,
    );
    const all = 2 ** groupBars - 1;
    const valid = p.whole('and', p.subtract('u32', p.whole('shl', 1, inside), 1), all);
    const position = p.variable('u32', 0);
    p.loop((done) => {
      p.goIf(p.compare('ge', 'u32', position, groupBars), done);
      const bits = this.mayHappen(position);
      p.set(bits, p.whole('and', bits, p.whole('and', valid, p.whole('shl', all, position))));
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
   * Gives the equity of the bars from `position` on as if nothing happened on them, and finds where something may; also the levels
   * behind each bar, as far as they move.
   */
  private mayHappen(position: Register<'u32'>): Register<'u32'> {
    const { p, terms, groupBars } = this;
    const isHeld = this.isHeld();
    const bits = p.variable('u32', this.decidedBits(isHeld));
    const add = (condition: Register<'pred'>, more: Register<'u32'>) =>
      p.set(bits, p.whole('or', bits, p.chooseWord(condition, more, 0)));
    // All prices are read before any equity is written: no assembler could know that they lie elsewhere.
    const bars = Array.from({ length: groupBars }, (_, bar) => this.barOfGroup(bar));
    const isAhead = bars.map((_, bar) => p.compare('le', 'u32', position, bar));
    const signs = bars.map(({ close }, bar) => {
      const equity = p.add('f64', this.cash, p.multiply(this.units, close));
      p.storeSharedDoubleWhere(isAhead[bar], this.equityAt, equity, bar * EQUITY_BYTES);
      // The highest bit where nothing is left, and of numbers too small to matter.
      const [, high] = p.halves(equity);
      return p.whole('or', high, p.subtract('u32', high, 1));
    });
    const isEmpty = p.compare('ge', 'u32', this.eitherOf(signs), 2 ** 31);
    add(isEmpty, p.variable('u32', 2 ** groupBars - 1));
    const bitAt = (bar: Register<'u32'>) => p.whole('shl', 1, p.subtract('u32', bar, this.base));
    if (terms.endRule !== 'KEEP_OPEN') add(isHeld, bitAt(p.variable('u32', this.barsTotal - 1)));
    if (this.maximumBars) {
      const due = p.add('u32', this.entryBar, this.maximumBars);
      const next = p.add('u32', this.base, position);
      add(isHeld, bitAt(p.chooseWord(p.compare('lt', 'u32', due, next), next, due)));
    }
    if (this.hasStopLevel || terms.hasTarget) {
      const reached = p.variable('u32', 0);
      this.onSide((side) => p.set(reached, this.reached(side, bars, isAhead)));
      add(isHeld, reached);
    }
    return bits;
  }

  private barOfGroup(bar: number): GroupBar {
    const { p, terms } = this;
    const price = (offset: number) => p.loadSharedDouble(this.pricesAt, bar * PRICE_BYTES + offset);
    const isFollowed = terms.hasTarget || terms.hasTrail || terms.hasBreakEven;
    // Who may be short has the levels of both sides.
    const hasBoth = terms.allowsShort && (this.hasStopLevel || isFollowed);
    return {
      high: isFollowed || hasBoth ? price(8) : null,
      low: this.hasStopLevel || hasBoth ? price(16) : null,
      close: price(24),
    };
  }

  private eitherOf(words: readonly Register<'u32'>[]): Register<'u32'> {
    return words.reduce((all, each) => this.p.whole('or', all, each));
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
  private reached(
    side: Side,
    bars: readonly GroupBar[],
    isAhead: readonly Register<'pred'>[],
  ): Register<'u32'> {
    const { p, terms } = this;
    const [atOrBelow, atOrAbove] = side > 0 ? (['le', 'ge'] as const) : (['ge', 'le'] as const);
    let level = this.nearerStop(side);
    const marks = bars.map(({ low, high }, bar) => {
      const [worst, best] = side > 0 ? [low, high] : [high, low];
      const isStopped = this.hasStopLevel ? p.compare(atOrBelow, 'f64', worst!, level) : null;
      const isAtTarget = terms.hasTarget ? p.compare(atOrAbove, 'f64', best!, this.target) : null;
      if (this.behind) {
        if (terms.hasTrail) level = this.trailBehind(side, best!, level, isAhead[bar]);
        if (terms.hasBreakEven) level = this.stopBehind(side, best!, level, isAhead[bar]);
        p.set(this.behind[bar], level);
      }
      const isReached =
        isStopped && isAtTarget ? p.either(isStopped, isAtTarget) : (isStopped ?? isAtTarget)!;
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
    if (found === null) p.set(kept, this.behind[this.groupBars - 1]);
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
