import type { SeriesExpression } from '../wasm/slots.ts';
import { emitSeries } from './emit-expressions.ts';
import { type Side, SimulationState } from './emit-state.ts';
import type { Comparison, Operand, Register } from './ptx.ts';

/** What an account does in a bar: carries out decisions, enters, leaves, pays, and is protected; as `backtest/simulation.ts`. */
export class AccountWriter extends SimulationState {
  /** Bars between a decision and its fill. */
  protected get delay(): 0 | 1 {
    return this.terms.fillsAtClose ? 0 : 1;
  }

  /** What was decided last, carried out in this bar at `price`. */
  protected act(price: Register<'f64'>): void {
    const { p, decisions, terms } = this;
    p.if(this.isHeld(), () =>
      this.onSide((side) => {
        let leaves = side > 0 ? decisions.exitsLong : decisions.exitsShort;
        // Without shorts nobody can want the other side.
        if (terms.allowsShort)
          leaves = p.either(leaves, side > 0 ? decisions.wantsShort : decisions.wantsLong);
        if (this.inputs.maximumBarsHeld !== null) {
          const maximum = this.places.integers[this.inputs.maximumBarsHeld]!;
          const held = p.subtract('u32', p.add('u32', this.bar, 1 - this.delay), this.entryBar);
          leaves = p.either(leaves, p.compare('ge', 'u32', held, maximum));
        }
        p.if(leaves, () => this.leave(price));
      }),
    );
    const isFree = p.both(p.not(this.isHeld()), p.compare('gt', 'f64', this.cash, 0));
    p.if(p.both(isFree, decisions.wantsLong), () => this.enter(price, 1));
    // Nobody wants both sides: an account that just went long does not go short.
    if (terms.allowsShort) p.if(p.both(isFree, decisions.wantsShort), () => this.enter(price, -1));
  }

  protected leave(rawPrice: Register<'f64'>, slips = true): void {
    const { p } = this;
    this.onSide((side) => {
      p.set(this.price, slips ? this.slipped(rawPrice, side > 0 ? -1 : 1) : rawPrice);
      p.set(this.quantity, this.signed(side, this.units));
      this.pay(p.apply('negate', this.units));
    });
    p.set(this.units, 0);
    p.set(this.hasFilled, p.truth(true));
  }

  /** The protective exits of a bar, the stop before the target; else the levels that follow the price. */
  protected protect(side: Side): void {
    const { p, terms } = this;
    const { open } = this.prices;
    const [worst, best] =
      side > 0 ? [this.prices.low, this.prices.high] : [this.prices.high, this.prices.low];
    const [atOrBelow, atOrAbove]: [Comparison, Comparison] = side > 0 ? ['le', 'ge'] : ['ge', 'le'];
    p.block((done) => {
      if (this.hasStopLevel) {
        p.set(this.level, this.stop);
        if (terms.hasTrail) {
          const stopIsNearer = p.compare(atOrAbove, 'f64', this.stop, this.trail);
          const hasTrail = p.compare('eq', 'f64', this.trail, this.trail);
          p.if(p.both(p.not(stopIsNearer), hasTrail), () => p.set(this.level, this.trail));
        }
        p.if(p.compare(atOrBelow, 'f64', worst, this.level), () => {
          const isGap = p.compare(atOrBelow, 'f64', open, this.level);
          this.leave(p.choose(isGap, open, this.level));
          p.go(done);
        });
      }
      if (terms.hasTarget) {
        p.if(p.compare(atOrAbove, 'f64', best, this.target), () => {
          const isGap = p.compare(atOrAbove, 'f64', open, this.target);
          this.leave(p.choose(isGap, open, this.target), false);
          p.go(done);
        });
      }
      if (terms.hasTrail) {
        const followed = p.subtract('f64', best, this.signed(side, this.trailDistance));
        const isNearer = p.compare(side > 0 ? 'gt' : 'lt', 'f64', followed, this.trail);
        p.if(isNearer, () => p.set(this.trail, followed));
      }
      if (terms.hasBreakEven) {
        p.if(p.compare(atOrAbove, 'f64', best, this.breakEvenAt), () => {
          const isBetter = p.compare(atOrAbove, 'f64', this.stop, this.entryPrice);
          p.if(p.not(isBetter), () => p.set(this.stop, this.entryPrice));
        });
      }
    });
  }

  private enter(rawPrice: Register<'f64'>, side: Side): void {
    const { p } = this;
    p.set(this.price, this.slipped(rawPrice, side));
    this.affordable(this.quantity, this.cash);
    this.wantedQuantity();
    const isPositive = (value: Register<'f64'>) => p.compare('gt', 'f64', value, 0);
    p.if(p.both(isPositive(this.wanted), isPositive(this.quantity)), () => {
      const isSmaller = p.compare('lt', 'f64', this.wanted, this.quantity);
      p.set(this.quantity, p.choose(isSmaller, this.wanted, this.quantity));
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
    const unitCost = p.add(
      'f64',
      p.multiply(this.price, 1 + costs.commissionBps / 10_000),
      costs.commissionPerShare,
    );
    const free = notNegative(p.subtract('f64', cash, costs.commissionPerTrade));
    p.set(result, this.toLots(p.divide(free, unitCost)));
    if (costs.commissionMinimum === 0) return;
    const total = p.add('f64', p.multiply(result, this.price), this.fee(result));
    p.if(p.compare('gt', 'f64', total, cash), () => {
      const paid = notNegative(p.subtract('f64', cash, costs.commissionMinimum));
      const smaller = this.toLots(p.divide(paid, this.price));
      p.if(p.compare('lt', 'f64', smaller, result), () => p.set(result, smaller));
    });
  }

  private toLots(quantity: Operand<'f64'>): Operand<'f64'> {
    const { p } = this;
    const { lotSize } = this.terms;
    if (lotSize === 0) return quantity;
    return p.multiply(p.apply('floor', p.divide(quantity, lotSize)), lotSize);
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
    return this.p.multiply(price, 1 + (side * this.terms.costs.slippageBps) / 10_000);
  }
}
