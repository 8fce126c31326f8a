import { lotsOf } from '../../backtest/lots.ts';
import type { KernelInputs, SeriesExpression } from '../wasm/slots.ts';
import type { SimulationTerms } from '../wasm/terms.ts';
import { emitSeries, rowsOf, slotsOf } from './emit-expressions.ts';
import { type Side, SimulationState, type SlotPlaces } from './emit-state.ts';
import type { Comparison, Operand, PtxWriter, Register } from './ptx.ts';

/** The slots that an account reads: its decisions are made before. */
export function slotsOfAccount(inputs: KernelInputs): readonly number[] {
  const held = inputs.maximumBarsHeld === null ? [] : [inputs.maximumBarsHeld];
  return [...held, ...readByEntries(inputs).flatMap(slotsOf)];
}

function readByEntries({ distances, size }: KernelInputs): readonly SeriesExpression[] {
  return [...Object.values(distances), size].filter((each) => each !== null);
}

/** What an account does in a bar: carries out decisions, enters, leaves, pays, and is protected; as `backtest/simulation.ts`. */
export class AccountWriter extends SimulationState {
  protected readonly barsTotal: number;
  /** Bars that a position may be held for; null where it may be held for all. */
  protected readonly maximumBars: Register<'u32'> | null;
  /** Rows that entries read, and where their first bars are. */
  private readonly rows: readonly { readonly slot: number; readonly first: Register<'u64'> }[];

  constructor(
    p: PtxWriter,
    inputs: KernelInputs,
    terms: SimulationTerms,
    places: SlotPlaces,
    barsTotal: number,
  ) {
    const rows = [...new Set(readByEntries(inputs).flatMap(rowsOf))];
    const moving = places.addresses.map((each, slot) =>
      rows.includes(slot) ? p.variable('u64', each!) : each,
    );
    super(p, inputs, terms, { ...places, addresses: moving });
    this.barsTotal = barsTotal;
    this.rows = rows.map((slot) => ({ slot, first: places.addresses[slot]! }));
    this.maximumBars = this.heldAtMost();
  }

  /** Bars between a decision and its fill. */
  protected get delay(): 0 | 1 {
    return this.terms.fillsAtClose ? 0 : 1;
  }

  /**
   * One bar in full, from what was decided to the equity at its close. An account without anything left holds nothing and has no cash, so
   * it does nothing more.
   */
  protected visit(isLast: Register<'pred'>): void {
    const { p, terms } = this;
    const { open, close } = this.prices;
    if (!terms.fillsAtClose) this.act(open);
    if (terms.endRule === 'CLOSE_AT_LAST_OPEN') p.if(p.both(isLast, this.isHeld()), () => this.leave(open));
    p.set(this.hasFilled, p.truth(false));
    if (this.hasStopLevel || terms.hasTarget) {
      const canBeReached = terms.fillsAtClose
        ? p.both(this.isHeld(), p.compare('gt', 'u32', this.bar, this.entryBar))
        : this.isHeld();
      this.onSide((side) => this.protect(side, canBeReached));
    }
    if (terms.fillsAtClose) {
      // Nothing is opened that the end would close at once; what is held it closes at the same price.
      const isOver = terms.endRule === 'KEEP_OPEN' ? this.hasFilled : p.either(this.hasFilled, isLast);
      p.if(p.not(isOver), () => this.act(close));
    }
    if (terms.endRule === 'CLOSE_AT_LAST_CLOSE') p.if(p.both(isLast, this.isHeld()), () => this.leave(close));
    p.set(this.equity, p.add('f64', this.cash, p.multiply(this.units, close)));
    p.if(p.compare('le', 'f64', this.equity, 0), () => {
      p.if(this.isHeld(), () => this.leave(close));
      p.set(this.equity, this.cash);
    });
  }

  /** Goes to a bar, of which entries read what they need. */
  protected goTo(bar: Register<'u32'>): void {
    const { p, places } = this;
    p.set(this.bar, bar);
    for (const { slot, first } of this.rows)
      p.set(places.addresses[slot]!, p.add('u64', first, p.wide(bar, places.strides[slot])));
  }

  /** Whether most bars that are visited have something to carry out, so that no jump leads past it. */
  protected get isMostlyDue(): boolean {
    return false;
  }

  /** What was decided last, carried out in this bar at `price`. */
  private act(price: Register<'f64'>): void {
    const { p, decisions, terms } = this;
    const isHeld = this.isHeld();
    const leaves = p.both(isHeld, p.either(this.leavesSide(), this.isTooOld()));
    const wantsAny = terms.allowsShort
      ? p.either(decisions.wantsLong, decisions.wantsShort)
      : decisions.wantsLong;
    const isDue = p.either(leaves, p.both(p.not(isHeld), wantsAny));
    const hasCash = () => p.compare('gt', 'f64', this.cash, 0);
    if (this.isMostlyDue && !terms.allowsShort) {
      p.if(leaves, () => this.leave(price));
      p.if(p.both(p.both(isDue, decisions.wantsLong), hasCash()), () => this.enter(price, 1));
      return;
    }
    p.if(isDue, () => {
      p.if(leaves, () => this.leave(price));
      p.if(hasCash(), () => {
        p.if(decisions.wantsLong, () => this.enter(price, 1));
        // Nobody wants both sides: an account that just went long does not go short.
        if (terms.allowsShort) p.if(decisions.wantsShort, () => this.enter(price, -1));
      });
    });
  }

  /** Whether an account that holds something was decided to leave its side. */
  private leavesSide(): Register<'pred'> {
    const { p, decisions, terms } = this;
    // Without shorts what is held is long, and nobody can want the other side.
    if (!terms.allowsShort) return decisions.exitsLong;
    const isLong = p.compare('gt', 'f64', this.units, 0);
    const leavesLong = p.either(decisions.exitsLong, decisions.wantsShort);
    const leavesShort = p.either(decisions.exitsShort, decisions.wantsLong);
    return p.either(p.both(isLong, leavesLong), p.both(p.not(isLong), leavesShort));
  }

  /** More bars than there are would be no different from as many. */
  private heldAtMost(): Register<'u32'> | null {
    const { p, inputs, places } = this;
    if (inputs.maximumBarsHeld === null) return null;
    const given = places.integers[inputs.maximumBarsHeld]!;
    return p.chooseWord(p.compare('lt', 'u32', given, this.barsTotal), given, this.barsTotal);
  }

  /** Whether the position was entered as many bars before this one as it may be held for. */
  private isTooOld(): Register<'pred'> {
    const { p, inputs } = this;
    if (inputs.maximumBarsHeld === null) return p.truth(false);
    const held = p.subtract('u32', this.bar, this.entryBar);
    return p.compare('ge', 'u32', held, this.places.integers[inputs.maximumBarsHeld]!);
  }

  private leave(rawPrice: Register<'f64'>, slips = true): void {
    const { p } = this;
    this.onSide((side) => {
      p.set(this.price, slips ? this.slipped(rawPrice, side > 0 ? -1 : 1) : rawPrice);
      p.set(this.quantity, this.signed(side, this.units));
      this.pay(p.apply('negate', this.units));
    });
    p.set(this.units, 0);
    p.set(this.hasFilled, p.truth(true));
  }

  /**
   * The protective exits of a bar, where `isReached`: the stop before the target, unless the open has passed the target alone; then the
   * levels follow the price, which means nothing to an account that holds nothing: an entry sets them anew.
   */
  private protect(side: Side, isReached: Register<'pred'>): void {
    const { p, terms } = this;
    const { low, high } = this.prices;
    const [worst, best] = side > 0 ? [low, high] : [high, low];
    const [atOrBelow, atOrAbove]: [Comparison, Comparison] = side > 0 ? ['le', 'ge'] : ['ge', 'le'];
    const [leavesAtStop, leavesAtTarget] = [
      () => this.leaveAt(this.level, atOrBelow),
      () => this.leaveAt(this.target, atOrAbove, false),
    ];
    if (this.hasStopLevel) {
      p.set(this.level, this.nearerStop(side));
      const isStopped = p.compare(atOrBelow, 'f64', worst, this.level);
      if (terms.hasTarget) {
        const isAtTarget = p.compare(atOrAbove, 'f64', best, this.target);
        p.if(p.both(isReached, p.either(isStopped, isAtTarget)), () => {
          const { open } = this.prices;
          const isAhead = p.both(isAtTarget, p.compare(atOrAbove, 'f64', open, this.target));
          const isBehind = p.compare(atOrBelow, 'f64', open, this.level);
          const isStopFirst = p.both(isStopped, p.either(isBehind, p.not(isAhead)));
          p.if(isStopFirst, leavesAtStop, leavesAtTarget);
        });
      } else p.if(p.both(isReached, isStopped), leavesAtStop);
    } else p.if(p.both(isReached, p.compare(atOrAbove, 'f64', best, this.target)), leavesAtTarget);
    if (terms.hasTrail) p.set(this.trail, this.trailBehind(side, best, this.trail));
    if (terms.hasBreakEven) p.set(this.stop, this.stopBehind(side, best, this.stop));
  }

  /** The level that protects a position: the trailing one where there is one and the fixed one is not nearer. */
  protected nearerStop(side: Side): Register<'f64'> {
    const { p, stop, trail } = this;
    if (!this.terms.hasTrail) return stop;
    const isTrail = p.both(
      p.not(p.compare(side > 0 ? 'ge' : 'le', 'f64', stop, trail)),
      p.compare('eq', 'f64', trail, trail),
    );
    return p.choose(isTrail, trail, stop);
  }

  /** The trailing level behind a bar, which only comes nearer; the same where `isBar` does not hold. */
  protected trailBehind(
    side: Side,
    best: Register<'f64'>,
    trail: Register<'f64'>,
    isBar?: Register<'pred'>,
  ): Register<'f64'> {
    const { p } = this;
    const followed = p.subtract('f64', best, this.signed(side, this.trailDistance));
    const isNearer = p.compare(side > 0 ? 'gt' : 'lt', 'f64', followed, trail);
    return p.choose(isBar ? p.both(isNearer, isBar) : isNearer, followed, trail);
  }

  /** The fixed level behind a bar that may have moved it to the entry; the same where `isBar` does not hold. */
  protected stopBehind(
    side: Side,
    best: Register<'f64'>,
    stop: Register<'f64'>,
    isBar?: Register<'pred'>,
  ): Register<'f64'> {
    const { p } = this;
    const atOrAbove = side > 0 ? 'ge' : 'le';
    const isBetter = p.compare(atOrAbove, 'f64', stop, this.entryPrice);
    const isDue = p.both(p.compare(atOrAbove, 'f64', best, this.breakEvenAt), p.not(isBetter));
    return p.choose(isBar ? p.both(isDue, isBar) : isDue, this.entryPrice, stop);
  }

  /** Leaves at a level, or at the open where that is beyond it already. */
  private leaveAt(level: Register<'f64'>, beyond: Comparison, slips = true): void {
    const { p } = this;
    const { open } = this.prices;
    this.leave(p.choose(p.compare(beyond, 'f64', open, level), open, level), slips);
  }

  private enter(rawPrice: Register<'f64'>, side: Side): void {
    const { p } = this;
    p.set(this.price, this.slipped(rawPrice, side));
    this.affordable(this.quantity, this.cash);
    this.wantedQuantity();
    const isPositive = (value: Register<'f64'>) => p.compare('gt', 'f64', value, 0);
    const { isAllIn } = this.terms;
    // All in, no less is wanted than there is cash for.
    const isPossible = isAllIn
      ? isPositive(this.quantity)
      : p.both(isPositive(this.wanted), isPositive(this.quantity));
    p.if(isPossible, () => {
      if (!isAllIn) {
        const isSmaller = p.compare('lt', 'f64', this.wanted, this.quantity);
        p.set(this.quantity, p.choose(isSmaller, this.wanted, this.quantity));
      }
      const change = this.signed(side, this.quantity);
      this.pay(change);
      p.set(this.units, change);
      p.set(this.trades, p.add('u32', this.trades, 1));
      p.set(this.entryPrice, this.price);
      p.set(this.entryBar, this.bar);
      this.setLevels(side);
    });
  }

  private setLevels(side: Side): void {
    const { p } = this;
    const { stop, target, trail, breakeven } = this.inputs.distances;
    const [towards, away] = side > 0 ? (['subtract', 'add'] as const) : (['add', 'subtract'] as const);
    if (this.hasStopLevel) p.set(this.stop, stop ? p[towards]('f64', this.price, this.decided(stop)) : NaN);
    if (target) p.set(this.target, p[away]('f64', this.price, this.decided(target)));
    if (trail) {
      p.set(this.trailDistance, this.decided(trail));
      p.set(this.trail, p[towards]('f64', this.price, this.trailDistance));
    }
    if (breakeven) p.set(this.breakEvenAt, p[away]('f64', this.price, this.decided(breakeven)));
  }

  private wantedQuantity(): void {
    const { p, terms } = this;
    if (terms.isAllIn) {
      p.set(this.wanted, this.quantity);
      return;
    }
    const size = this.decided(this.inputs.size);
    if (terms.sizeKind === 'units') p.set(this.wanted, this.toLots(size));
    else if (terms.sizeKind === 'cash') p.set(this.wanted, this.toLots(p.divide(size, this.price)));
    else if (terms.sizeKind === 'riskFraction') {
      const distance = this.decided(this.inputs.distances.stop!);
      p.set(this.wanted, this.toLots(p.divide(p.multiply(this.cash, size), distance)));
    } else this.affordable(this.wanted, p.multiply(this.cash, size));
  }

  /** A series at the bar that decided. */
  private decided(expression: SeriesExpression): Operand<'f64'> {
    return emitSeries(this.p, expression, this.places, this.delay);
  }

  /** `affordableQuantity` of backtest/costs.ts at `price`. */
  private affordable(result: Register<'f64'>, cash: Register<'f64'>): void {
    const { p } = this;
    const { costs } = this.terms;
    const notNegative = (value: Register<'f64'>) => p.choose(p.compare('lt', 'f64', 0, value), value, 0);
    const unitCost = this.plus(
      this.times(this.price, 1 + costs.commissionBps / 10_000),
      costs.commissionPerShare,
    );
    const free = notNegative(this.plus(cash, -costs.commissionPerTrade));
    p.set(result, this.toLots(p.divide(free, unitCost)));
    if (costs.commissionMinimum === 0) return;
    const total = p.add('f64', p.multiply(result, this.price), this.fee(result));
    p.if(p.compare('gt', 'f64', total, cash), () => {
      const paid = notNegative(p.subtract('f64', cash, costs.commissionMinimum));
      const smaller = this.toLots(p.divide(paid, this.price));
      p.if(p.compare('lt', 'f64', smaller, result), () => p.set(result, smaller));
    });
  }

  /** `toLots` of backtest/lots.ts. */
  private toLots(quantity: Operand<'f64'>): Operand<'f64'> {
    const { p } = this;
    const lots = lotsOf(this.terms.lotSize);
    if (lots === null) return quantity;
    const count = p.apply('floor', p.multiply(quantity, lots.perUnit));
    const parts = lots.numerator === 1 ? count : p.multiply(count, lots.numerator);
    return lots.denominator === 1 ? parts : p.divide(parts, lots.denominator);
  }

  /** `feeOf` of backtest/costs.ts at `price`. */
  private fee(quantity: Register<'f64'>): Register<'f64'> {
    const { p } = this;
    const { costs } = this.terms;
    const flat = p.add('f64', costs.commissionPerTrade, p.multiply(costs.commissionPerShare, quantity));
    const value = p.multiply(p.multiply(costs.commissionBps / 10_000, quantity), this.price);
    const parts = p.add('f64', flat, value);
    if (costs.commissionMinimum === 0) return parts;
    const isLess = p.compare('lt', 'f64', parts, costs.commissionMinimum);
    const atLeast = p.choose(isLess, costs.commissionMinimum, parts);
    return p.choose(p.compare('eq', 'f64', quantity, 0), 0, atLeast);
  }

  /** Takes a fill's value and fee out of the cash; `change` is the signed quantity, `quantity` its magnitude. */
  private pay(change: Register<'f64'>): void {
    const { p } = this;
    const paid = p.add('f64', p.multiply(change, this.price), this.fee(this.quantity));
    p.set(this.cash, p.subtract('f64', this.cash, paid));
  }

  private slipped(price: Register<'f64'>, side: Side): Register<'f64'> {
    return this.times(price, 1 + (side * this.terms.costs.slippageBps) / 10_000);
  }

  /** A product, which takes time; times 1 it has the bits of the value. */
  private times(value: Register<'f64'>, factor: number): Register<'f64'> {
    return factor === 1 ? value : this.p.multiply(value, factor);
  }

  /** A sum, which takes time; plus 0 it has the bits of the value, unless that is -0. */
  private plus(value: Register<'f64'>, more: number): Register<'f64'> {
    return more === 0 ? value : this.p.add('f64', value, more);
  }
}
