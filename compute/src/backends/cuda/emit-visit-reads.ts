import type { SimulationPrices } from './emit-state.ts';
import type { HeldRange, RangeSummaryWriter } from './emit-range-summary.ts';
import { PRICE_BYTES } from './layout.ts';
import type { PtxWriter, Register } from './ptx.ts';

/** No bar at all. */
const NONE = 2 ** 32 - 1;

/** A visit of the bar `at`, before which a position was held from the bar `from` on where `passes`. */
interface Visit {
  readonly from: Register<'u32'>;
  readonly at: Register<'u32'>;
  readonly passes: Register<'pred'>;
}

/**
 * Reads what visits need: the prices of a bar, and what answers for the bars before it. A thread goes from visit to visit, so that nobody
 * works while it waits for memory: what the next one is expected to need is asked for while the one before is worked on. Where another bar
 * comes, it is read when it comes.
 */
export class VisitReader {
  readonly prices: SimulationPrices;
  readonly range: HeldRange;
  private readonly p: PtxWriter;
  private readonly firstPrice: Register<'u64'>;
  private readonly summary: RangeSummaryWriter;
  /** The bar that was read last, and whether with what answers for the bars before it. */
  private readonly bar: Register<'u32'>;
  private readonly hasRange: Register<'pred'>;

  constructor(p: PtxWriter, firstPrice: Register<'u64'>, summary: RangeSummaryWriter) {
    [this.p, this.firstPrice, this.summary] = [p, firstPrice, summary];
    const number = () => p.variable('f64', 0);
    this.prices = { open: number(), high: number(), low: number(), close: number() };
    this.range = summary.emptyRange();
    this.bar = p.variable('u32', NONE);
    this.hasRange = p.truth(false);
  }

  /** Asks for what comes next, as far as that is foreseen. A visit of the same bar comes with the same `from`, since there is none between. */
  ask({ from, at, passes }: Visit): void {
    const { p, prices } = this;
    const price = p.add('u64', this.firstPrice, p.wide(at, PRICE_BYTES));
    const [open, high] = p.loadPair(price, 0);
    const [low, close] = p.loadPair(price, 16);
    const given = { open, high, low, close };
    for (const name of ['open', 'high', 'low', 'close'] as const) p.set(prices[name], given[name]);
    p.if(passes, () => this.summary.readRange(from, p.subtract('u32', at, 1), this.range));
    p.set(this.bar, at);
    p.set(this.hasRange, passes);
  }

  /** Asks for what a visit needs that has come, unless that was foreseen. */
  need(visit: Visit): void {
    const { p, bar, hasRange } = this;
    const isOther = p.compare('ne', 'u32', bar, visit.at);
    p.if(p.either(isOther, p.both(visit.passes, p.not(hasRange))), () => this.ask(visit));
  }
}
