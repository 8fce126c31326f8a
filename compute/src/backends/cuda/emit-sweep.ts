import type { KernelInputs } from '../wasm/slots.ts';
import type { SimulationTerms } from '../wasm/terms.ts';
import { AccountWriter } from './emit-account.ts';
import { ConditionWriter } from './emit-expressions.ts';
import type { SlotPlaces } from './emit-state.ts';
import { type FigureTerms, VARIANCE_NOISE } from '../../backtest/summary.ts';
import { type CudaLayout, PRICE_BYTES } from './layout.ts';
import { PtxWriter, type Register } from './ptx.ts';

/** What the kernel leaves of each set. */
export const FIGURES = ['totalReturn', 'sharpe', 'maxDrawdown', 'tradeCount'] as const;
/** The name of the kernel in its module. */
export const SWEEP_KERNEL = 'sweep';

/**
 * `sweep(data, results, from, count, bars)`: one thread simulates one parameter set over all bars, in the order and with the
 * arithmetic of `backtest/simulation.ts` and `backtest/summary.ts`; `results` are columns of `count` numbers, one for each of FIGURES.
 */
export function emitSweep(
  inputs: KernelInputs,
  terms: SimulationTerms,
  layout: CudaLayout,
  figures: FigureTerms,
): string {
  const p = new PtxWriter();
  const data = p.parameter('u64');
  const results = p.parameter('u64');
  const from = p.parameter('u32');
  const count = p.parameter('u32');
  const barsTotal = p.parameter('u32');
  const thread = p.threadIndex();
  p.block((end) => {
    p.goIf(p.compare('ge', 'u32', thread, count), end);
    const places = emitPlaces(p, inputs, layout, data, p.add('u32', from, thread));
    const result = p.add('u64', results, p.wide(thread, 8));
    const sweep = new SweepWriter(p, inputs, terms, places);
    sweep.run(p.variable('u64', data), barsTotal);
    const columnBytes = p.wide(count, 8);
    for (const column of sweep.figures(layout.barsTotal, figures)) {
      p.store(result, column);
      p.set(result, p.add('u64', result, columnBytes));
    }
  });
  return p.finish(SWEEP_KERNEL);
}

/** Finds the inputs of set `index` of the grid: the place of its values on every axis says where. */
function emitPlaces(
  p: PtxWriter,
  inputs: KernelInputs,
  layout: CudaLayout,
  data: Register<'u64'>,
  index: Register<'u32'>,
): SlotPlaces {
  const rest = p.variable('u32', index);
  const digits: Register<'u32'>[] = [];
  for (const length of layout.axisLengths.toReversed()) {
    digits.unshift(p.whole('rem', rest, length));
    p.set(rest, p.whole('div', rest, length));
  }
  const addresses = inputs.slots.map((_, slot) => {
    const { offset, itemBytes, axisStrides } = layout.slots[slot];
    const item = p.variable('u32', 0);
    axisStrides.forEach((stride, axis) => {
      if (stride > 0) p.set(item, p.add('u32', item, p.whole('mul.lo', digits[axis], stride)));
    });
    return p.add('u64', p.add('u64', data, offset), p.wide(item, itemBytes));
  });
  const kindOf = (slot: number) => inputs.slots[slot].kind;
  return {
    addresses,
    numbers: addresses.map((at, slot) => (kindOf(slot) === 'scalar' ? p.load('f64', at) : null)),
    integers: addresses.map((at, slot) => (kindOf(slot) === 'integer' ? p.load('u32', at) : null)),
    strides: layout.slots.map(({ stepBytes }) => stepBytes),
  };
}

class SweepWriter extends AccountWriter {
  private readonly conditions = new ConditionWriter(this.p, this.inputs, this.places);

  run(price: Register<'u64'>, barsTotal: Register<'u32'>): void {
    const { p, prices, inputs, places } = this;
    const last = p.subtract('u32', barsTotal, 1);
    p.loop((leave) => {
      p.goIf(p.compare('ge', 'u32', this.bar, barsTotal), leave);
      const [open, high] = p.loadPair(price, 0);
      const [low, close] = p.loadPair(price, 16);
      for (const [name, value] of Object.entries({ open, high, low, close }))
        p.set(prices[name as keyof typeof prices], value);
      this.step(p.compare('eq', 'u32', this.bar, last));
      p.set(price, p.add('u64', price, PRICE_BYTES));
      inputs.slots.forEach(({ kind }, slot) => {
        const address = places.addresses[slot]!;
        if (kind === 'row') p.set(address, p.add('u64', address, places.strides[slot]));
      });
      p.set(this.bar, p.add('u32', this.bar, 1));
    });
  }

  /** What the sums come to, as `sumsFinisher` of backtest/summary.ts. */
  figures(barsTotal: number, { free, perYear }: FigureTerms): readonly Register<'f64'>[] {
    const { p, first, equity, returns, squares, worst, trades } = this;
    const count = barsTotal - 1;
    const none = p.variable('f64', NaN);
    const made = p.subtract('f64', p.divide(equity, first), 1);
    const totalReturn = count >= 1 ? p.choose(p.compare('neu', 'f64', first, 0), made, NaN) : none;
    const mean = p.divide(p.add('f64', returns[0], returns[1]), count);
    const meanSquare = p.divide(p.add('f64', squares[0], squares[1]), count);
    const spread = p.multiply(p.subtract('f64', meanSquare, p.multiply(mean, mean)), count);
    const variance = p.divide(spread, count - 1);
    const ratio = p.divide(p.subtract('f64', mean, free), p.apply('sqrt', variance));
    const varies = p.compare('gt', 'f64', variance, p.multiply(VARIANCE_NOISE, meanSquare));
    const sharpe = count >= 2 ? p.choose(varies, p.multiply(ratio, perYear), NaN) : none;
    const maxDrawdown = barsTotal >= 1 ? p.subtract('f64', 1, worst) : none;
    return [totalReturn, sharpe, maxDrawdown, p.toDouble(trades)];
  }

  /** One bar in full. */
  private step(isLast: Register<'pred'>): void {
    const { p, terms } = this;
    const { open, close } = this.prices;
    if (terms.fillsAtClose) this.decide();
    p.if(p.not(this.isBankrupt), () => {
      // The first bar carries out nothing: nothing is decided yet.
      if (!terms.fillsAtClose) this.act(open);
      if (terms.endRule === 'CLOSE_AT_LAST_OPEN') p.if(p.both(isLast, this.isHeld()), () => this.leave(open));
      p.set(this.hasFilled, p.truth(false));
      if (this.hasStopLevel || terms.hasTarget) {
        const canBeReached = terms.fillsAtClose
          ? p.both(this.isHeld(), p.compare('gt', 'u32', this.bar, this.entryBar))
          : this.isHeld();
        p.if(canBeReached, () => this.onSide((side) => this.protect(side)));
      }
      if (terms.fillsAtClose) p.if(p.not(this.hasFilled), () => this.act(close));
    });
    if (terms.endRule === 'CLOSE_AT_LAST_CLOSE') p.if(p.both(isLast, this.isHeld()), () => this.leave(close));
    const equity = p.add('f64', this.cash, p.multiply(this.units, close));
    const isRuined = p.both(p.compare('le', 'f64', equity, 0), p.not(this.isBankrupt));
    p.if(isRuined, () => {
      p.if(this.isHeld(), () => this.leave(close));
      p.set(equity, this.cash);
      p.set(this.isBankrupt, p.truth(true));
    });
    this.summarise(equity);
    if (!terms.fillsAtClose) this.decide();
  }

  /** The decisions at the close of this bar. */
  private decide(): void {
    const { p, terms, conditions, decisions } = this;
    const { enterLong, exitLong, enterShort, exitShort } = this.inputs.rules;
    conditions.start(this.bar);
    const [exitsLong, exitsShort] = [conditions.holds(exitLong), conditions.holds(exitShort)];
    p.set(decisions.exitsLong, exitsLong);
    p.set(decisions.exitsShort, exitsShort);
    const wants = (isAllowed: boolean, enter: typeof enterLong, exits: Register<'pred'>) =>
      isAllowed ? p.both(conditions.holds(enter), p.not(exits)) : p.truth(false);
    const long = wants(terms.allowsLong, enterLong, exitsLong);
    const short = wants(terms.allowsShort, enterShort, exitsShort);
    p.set(decisions.wantsLong, p.both(long, p.not(short)));
    p.set(decisions.wantsShort, p.both(short, p.not(long)));
    conditions.finish();
  }

  /** Adds the bar's equity to the sums, as `sumEquity` of backtest/summary.ts. */
  private summarise(equity: Register<'f64'>): void {
    const { p } = this;
    p.if(
      p.compare('eq', 'u32', this.bar, 0),
      () => {
        p.set(this.first, equity);
        p.set(this.peak, equity);
      },
      () => {
        p.if(p.compare('lt', 'f64', this.peak, equity), () => p.set(this.peak, equity));
        p.if(p.compare('lt', 'f64', equity, p.multiply(this.worst, this.peak)), () =>
          p.set(this.worst, p.divide(equity, this.peak)),
        );
        p.if(p.compare('neu', 'f64', equity, this.equity), () => {
          const change = p.subtract('f64', p.divide(equity, this.equity), 1);
          const square = p.multiply(change, change);
          const addTo = (lane: 0 | 1) => {
            p.set(this.returns[lane], p.add('f64', this.returns[lane], change));
            p.set(this.squares[lane], p.add('f64', this.squares[lane], square));
          };
          const isEven = p.compare('eq', 'u32', p.whole('and', this.bar, 1), 0);
          p.if(
            isEven,
            () => addTo(0),
            () => addTo(1),
          );
        });
      },
    );
    p.set(this.equity, equity);
  }
}
