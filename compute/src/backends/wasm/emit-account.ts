import { lotsOf } from '../../backtest/lots.ts';
import { choose, f64, type F64, type I32, i32, i64, load, type Local } from './builder.ts';
import { emitScalar } from './emit-series.ts';
import { beyond, type Side, signed, SimulationState } from './emit-state.ts';
import type { SeriesExpression } from './slots.ts';

/** What an account does in a bar: carries out decisions, enters, leaves, pays, and is protected; as `backtest/simulation.ts`. */
export class AccountWriter extends SimulationState {
  /** What was decided at the close of `decided`, carried out in this bar at `price`. */
  protected act(decided: I32, price: F64): void {
    const { f } = this;
    const bit = (bitmap: number): I32 => {
      const word = i32.add(this.bitmaps, i32.shiftLeft(i32.shiftRight(decided, 6), 3));
      const shifted = i64.shiftRight(
        load('i64', word, bitmap * this.layout.bitmapBytes),
        i64.extend(i32.and(decided, 63)),
      );
      return i64.low(i64.and(shifted, 1));
    };
    const enter = (side: Side) => this.enter(decided, price, side);
    if (this.terms.plan === 'events' && this.inputs.maximumBarsHeld === null) {
      // Nothing is bought on a bar on which something is sold: no wish to enter is left where an exit is decided.
      f.if(
        f64.notEqual(this.units, 0),
        () => f.if(bit(2), () => this.leave(price)),
        () => f.if(i32.and(f64.greater(this.cash, 0), bit(0)), () => enter(1)),
      );
      return;
    }
    const wantsShort = this.terms.allowsShort ? bit(1) : i32.of(0);
    f.set(this.wantedSide, i32.subtract(bit(0), wantsShort));
    f.if(f64.notEqual(this.units, 0), () =>
      this.onSide((side) => {
        let leaves = i32.or(i32.equal(this.wantedSide, -side), bit(side > 0 ? 2 : 3));
        if (this.inputs.maximumBarsHeld !== null) {
          const held = i32.subtract(this.bar, this.entryBar);
          leaves = i32.or(leaves, i32.greaterEqual(held, this.maximumBarsHeld));
        }
        f.if(leaves, () => this.leave(price));
      }),
    );
    const isFree = i32.and(f64.equal(this.units, 0), f64.greater(this.cash, 0));
    f.if(i32.and(isFree, i32.notEqual(this.wantedSide, 0)), () => {
      if (!this.terms.allowsShort) enter(1);
      else {
        f.if(
          i32.greater(this.wantedSide, 0),
          () => enter(1),
          () => enter(-1),
        );
      }
    });
  }

  protected enter(decided: I32, rawPrice: F64, side: Side): void {
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

  protected wantedQuantity(decided: I32): void {
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
  protected affordable(result: Local<'f64'>, cash: F64): void {
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

  /** `toLots` of backtest/lots.ts. */
  protected toLots(quantity: F64): F64 {
    const lots = lotsOf(this.terms.lotSize);
    if (lots === null) return quantity;
    const count = f64.floor(f64.multiply(quantity, lots.perUnit));
    const parts = lots.numerator === 1 ? count : f64.multiply(count, lots.numerator);
    return lots.denominator === 1 ? parts : f64.divide(parts, lots.denominator);
  }

  /** `feeOf` of backtest/costs.ts at `price`. */
  protected fee(quantity: F64): F64 {
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
  protected pay(change: F64): void {
    const value = f64.multiply(change, this.price);
    this.f.set(this.cash, f64.subtract(this.cash, f64.add(value, this.fee(this.quantity))));
  }

  protected leave(rawPrice: F64, slips = true): void {
    const { f } = this;
    this.onSide((side) => {
      f.set(this.price, slips ? this.slipped(rawPrice, side > 0 ? -1 : 1) : rawPrice);
      f.set(this.quantity, signed(side, this.units));
      this.pay(f64.negate(this.units));
      f.set(this.units, 0);
      f.set(this.hasFilled, 1);
    });
  }

  protected protect(side: Side): void {
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
        const isBehind = f.let(below(open, this.level));
        let isStopped = below(this.priceOf(worst), this.level);
        if (terms.hasTarget) {
          // A target that the open has passed comes before a stop that is reached later.
          const isAhead = i32.and(above(open, this.target), above(this.priceOf(best), this.target));
          isStopped = i32.and(isStopped, i32.or(isBehind, i32.isZero(isAhead)));
        }
        f.if(isStopped, () => {
          this.leave(f.let(choose(isBehind, open, this.level)));
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

  protected slipped(price: F64, side: Side): F64 {
    const { slippageBps } = this.terms.costs;
    return slippageBps === 0 ? price : f64.multiply(price, 1 + (side * slippageBps) / 10_000);
  }
}
