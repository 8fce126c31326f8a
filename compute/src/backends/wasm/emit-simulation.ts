import { f64, FunctionBuilder, type I32, i32, load } from './builder.ts';
import { HeldBarsWriter } from './emit-held-bars.ts';
import type { WasmFunction } from './encoder.ts';
import { type Layout, RESULT_DOUBLES } from './layout.ts';
import type { KernelInputs } from './slots.ts';
import type { SimulationTerms } from './terms.ts';

/**
 * `simulate(count, descriptors, bitmaps, results)`: the account of each set, bar after bar in the order and with the
 * arithmetic of `backtest/simulation.ts`. Bars on which nothing can happen are not visited while flat, and while a position is held
 * they are summed in pairs (plan "bars") or by range queries (plan "events").
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

class SimulationWriter extends HeldBarsWriter {
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
    this.sums.store(results);
    f.store(results, this.worst, 48);
    f.store(results, f64.fromInteger(this.trades), 56);
  }

  protected start(): void {
    const { f } = this;
    f.set(this.cash, this.terms.initialCash);
    for (const local of [this.units, this.first, this.equity, this.peak]) f.set(local, 0);
    f.set(this.worst, 1);
    for (const local of [this.bar, this.trades, this.isBankrupt, this.entryBar]) f.set(local, 0);
    this.sums.start();
    const { maximumBarsHeld } = this.inputs;
    f.set(
      this.maximumBarsHeld,
      maximumBarsHeld === null ? 0 : load('i32', this.descriptor, 8 * maximumBarsHeld),
    );
  }

  /** One bar in full. */
  protected step(): void {
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
        // Nothing is opened that the end would close at once; what is held it closes at the same price.
        const isOver = terms.endRule === 'KEEP_OPEN' ? i32.of(0) : isLast;
        f.if(i32.isZero(i32.or(this.hasFilled, isOver)), () => this.act(this.bar, this.priceOf('close')));
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

  protected summarise(): void {
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
          this.sums.add(change, this.bar);
        });
      },
    );
  }
}
