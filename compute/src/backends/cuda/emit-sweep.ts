import type { KernelInputs } from '../wasm/slots.ts';
import type { SimulationTerms } from '../wasm/terms.ts';
import { AccountWriter } from './emit-account.ts';
import { ConditionWriter, rowsOf } from './emit-expressions.ts';
import { emitDigits, emitPlaces } from './emit-places.ts';
import type { SimulationPrices, SlotPlaces } from './emit-state.ts';
import { HandOver, SETS_PER_BLOCK, SummaryWriter } from './emit-summary.ts';
import type { FigureTerms } from '../../backtest/summary.ts';
import { type CudaLayout, PRICE_BYTES } from './layout.ts';
import { PtxWriter, type Register } from './ptx.ts';

/** What the kernel leaves of each set. */
export const FIGURES = ['totalReturn', 'sharpe', 'maxDrawdown', 'tradeCount'] as const;
/** The name of the kernel in its module. */
export const SWEEP_KERNEL = 'sweep';
/** How far ahead rows are brought near: longer than memory takes to answer. */
const PREFETCHED_BARS = 16;

/**
 * `sweep(data, results, from, count, bars)`: two threads take one parameter set over all bars. One simulates it, in the order and with the
 * arithmetic of `backtest/simulation.ts`; the other sums up its equity a few bars later, as `backtest/summary.ts`: neither waits for the
 * long instructions of the other. `results` are columns of `count` numbers, one for each of FIGURES.
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
  const { thread } = p.placeInBlock();
  const place = p.whole('and', thread, SETS_PER_BLOCK - 1);
  const set = p.add('u32', p.whole('mul.lo', p.blockIndex(), SETS_PER_BLOCK), place);
  const isOfLaunch = p.compare('lt', 'u32', set, count);
  const result = p.add('u64', results, p.wide(set, 8));
  const handOver = new HandOver(p, place);
  const store = (column: number, value: Register<'f64'>) => {
    const columnBytes = p.wide(p.whole('mul.lo', count, column), 8);
    p.if(isOfLaunch, () => p.store(p.add('u64', result, columnBytes), value));
  };
  p.if(
    p.compare('lt', 'u32', thread, SETS_PER_BLOCK),
    () => {
      // Threads beyond the last set repeat it, since all have to come to a barrier.
      const own = p.chooseWord(isOfLaunch, set, p.subtract('u32', count, 1));
      const found = emitPlaces(p, inputs.slots, layout.slots, {
        digits: emitDigits(p, layout.axisLengths, p.add('u32', from, own)),
        baseOf: () => data,
      });
      const readOften = new Set(inputs.relations.flatMap(({ a, b }) => [...rowsOf(a), ...rowsOf(b)]));
      const current = inputs.slots.map((_, slot) => (readOften.has(slot) ? p.number() : null));
      const places = { ...found, current };
      const account = new SweepWriter(p, inputs, terms, places, handOver);
      account.run(p.variable('u64', data), layout.barsTotal);
      store(FIGURES.indexOf('tradeCount'), account.tradeCount());
    },
    () => {
      const summary = new SummaryWriter(p);
      handOver.take(
        layout.barsTotal,
        (equity) => summary.start(equity),
        (equity, lane) => summary.add(equity, lane),
      );
      summary.figures(layout.barsTotal, figures).forEach((value, column) => store(column, value));
    },
  );
  return p.finish(SWEEP_KERNEL);
}

class SweepWriter extends AccountWriter {
  private readonly conditions = new ConditionWriter(this.p, this.inputs, this.places);
  private readonly handOver: HandOver;

  constructor(
    p: PtxWriter,
    inputs: KernelInputs,
    terms: SimulationTerms,
    places: SlotPlaces,
    handOver: HandOver,
  ) {
    super(p, inputs, terms, places);
    this.handOver = handOver;
  }

  /** Takes the account over all bars; what a bar reads is loaded while the bar before is computed. */
  run(price: Register<'u64'>, barsTotal: number): void {
    if (barsTotal === 0) return;
    const { p, places, inputs } = this;
    const rows = places.current.flatMap((value, slot) => (value ? [{ value, slot, next: p.number() }] : []));
    const next = { open: p.number(), high: p.number(), low: p.number(), close: p.number() };
    const load = (barsOn: 0 | 1) => {
      const [open, high] = p.loadPair(price, barsOn * PRICE_BYTES);
      const [low, close] = p.loadPair(price, barsOn * PRICE_BYTES + 16);
      this.setPrices(next, { open, high, low, close });
      for (const row of rows)
        p.set(row.next, p.load('f64', places.addresses[row.slot]!, barsOn * places.strides[row.slot]));
    };
    load(0);
    p.loop((leave) => {
      p.goIf(p.compare('ge', 'u32', this.bar, barsTotal), leave);
      const isLast = p.compare('eq', 'u32', this.bar, barsTotal - 1);
      this.setPrices(this.prices, next);
      for (const row of rows) p.set(row.value, row.next);
      p.if(p.not(isLast), () => load(1));
      for (const { slot } of rows)
        p.prefetch(places.addresses[slot]!, PREFETCHED_BARS * places.strides[slot]);
      this.step(isLast);
      this.handOver.give(this.bar, this.equity);
      p.set(price, p.add('u64', price, PRICE_BYTES));
      inputs.slots.forEach(({ kind }, slot) => {
        const address = places.addresses[slot]!;
        if (kind === 'row') p.set(address, p.add('u64', address, places.strides[slot]));
      });
      p.set(this.bar, p.add('u32', this.bar, 1));
    });
    this.handOver.finish(barsTotal, this.equity);
  }

  tradeCount(): Register<'f64'> {
    return this.p.toDouble(this.trades);
  }

  private setPrices(target: SimulationPrices, value: SimulationPrices): void {
    for (const name of ['open', 'high', 'low', 'close'] as const) this.p.set(target[name], value[name]);
  }

  private step(isLast: Register<'pred'>): void {
    const { fillsAtClose } = this.terms;
    if (fillsAtClose) this.decide();
    // The first bar carries out nothing: nothing is decided yet.
    this.visit(isLast);
    if (!fillsAtClose) this.decide();
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
}
