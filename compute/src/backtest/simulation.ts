import type { StrategySignals } from '../ir/signals.ts';
import type { BarColumns, CostModel, EndRule, FillColumns, TradeDirection } from '../service/contract.ts';
import { affordableQuantity, feeOf, interestOf, slippedPrice, toLots } from './costs.ts';

/** What a simulation assumes beside the decisions: see the fields of the same names in BacktestRequest. */
export interface SimulationSettings {
  readonly initialCash: number;
  readonly costs: CostModel;
  readonly direction: TradeDirection;
  readonly lotSize: number;
  readonly endRule: EndRule;
  readonly leverage?: number;
  readonly maintenanceMargin?: number;
}

interface FillRow {
  readonly bar: number;
  readonly side: number;
  readonly quantity: number;
  readonly price: number;
  readonly fee: number;
  readonly reason: string;
}

/**
 * One account trading one instrument on a strategy's decisions, bar after bar.
 *
 * Order inside a bar: what was decided at the close before fills at the open (closing before
 * opening), or, after a margin call at that close, the position is closed; then protective exits, the stop before the target where one bar reaches both, at the
 * level or at the open where the bar opened beyond it; then decisions that fill at the close.
 * Trailing and break-even levels move on finished bars only. Interest is for the time between two closes,
 * on what the first left. An account at or below zero is closed
 * out and trades no more.
 */
export class Simulation {
  readonly equity: Float64Array;
  readonly position: Float64Array;
  readonly fills: FillRow[] = [];
  private readonly bars: BarColumns;
  private readonly signals: StrategySignals;
  private readonly settings: SimulationSettings;
  private cash: number;
  private units = 0;
  private entryPrice = 0;
  private entryBar = 0;
  private stop = NaN;
  private target = NaN;
  private trail = NaN;
  private trailDistance = NaN;
  private breakEvenAt = NaN;
  private next = 0;
  private isBankrupt = false;
  private isCalled = false;

  constructor(bars: BarColumns, signals: StrategySignals, settings: SimulationSettings) {
    this.bars = bars;
    this.signals = signals;
    this.settings = settings;
    this.cash = settings.initialCash;
    this.equity = new Float64Array(signals.length);
    this.position = new Float64Array(signals.length);
  }

  /** How many bars are done. */
  get barsDone(): number {
    return this.next;
  }

  /** Simulates up to, not including, bar `end`. */
  advance(end: number): void {
    const { close } = this.bars;
    const last = this.signals.length - 1;
    for (; this.next < end; this.next += 1) {
      const t = this.next;
      if (t > 0 && !this.isBankrupt) this.accrue(t);
      if (!this.isBankrupt) this.bar(t);
      if (t === last && this.settings.endRule === 'CLOSE_AT_LAST_CLOSE' && this.units !== 0) {
        this.leave(t, close[t], 'end');
      }
      this.equity[t] = this.cash + this.units * close[t];
      this.position[t] = this.units;
      if (this.equity[t] <= 0 && !this.isBankrupt) this.closeOut(t);
      const value = Math.abs(this.units) * close[t];
      this.isCalled = value > 0 && this.equity[t] < (this.settings.maintenanceMargin ?? 0) * value;
    }
  }

  private accrue(t: number): void {
    const { close, timesMs } = this.bars;
    const held = { cash: this.cash, units: this.units, price: close[t - 1] };
    this.cash += interestOf(this.settings.costs, held, timesMs[t] - timesMs[t - 1]);
  }

  private bar(t: number): void {
    const { open, close } = this.bars;
    const atClose = this.signals.fillAt === 'close';
    if (this.isCalled) this.leave(t, open[t], 'margin');
    else if (!atClose && t > 0) this.act(t - 1, t, open[t]);
    const isLastOpen = t === this.signals.length - 1 && this.settings.endRule === 'CLOSE_AT_LAST_OPEN';
    if (isLastOpen && this.units !== 0) this.leave(t, open[t], 'end');
    const fillCount = this.fills.length;
    if (this.units !== 0 && (!atClose || t > this.entryBar)) this.protect(t);
    if (atClose && fillCount === this.fills.length) this.act(t, t, close[t]);
  }

  /** Carries out what was decided at the close of bar `decided`, in bar `t` at `price`. */
  private act(decided: number, t: number, price: number): void {
    const { signals } = this;
    const long = signals.enterLong[decided] === 1 && signals.exitLong[decided] === 0 && this.allows(1);
    const short = signals.enterShort[decided] === 1 && signals.exitShort[decided] === 0 && this.allows(-1);
    const wanted = long === short ? 0 : long ? 1 : -1;
    if (this.units !== 0) {
      const side = Math.sign(this.units);
      const exits = side > 0 ? signals.exitLong[decided] : signals.exitShort[decided];
      const heldBars = decided - this.entryBar + 1;
      if (wanted === -side) this.leave(t, price, 'reverse');
      else if (exits === 1) this.leave(t, price, 'exit');
      else if (signals.maximumBarsHeld > 0 && heldBars >= signals.maximumBarsHeld)
        this.leave(t, price, 'time');
    }
    if (this.units === 0 && wanted !== 0 && this.cash > 0) this.enter(decided, t, price, wanted);
  }

  private allows(side: number): boolean {
    const { direction } = this.settings;
    return direction === 'LONG_AND_SHORT' || (direction === 'LONG_ONLY') === side > 0;
  }

  private enter(decided: number, t: number, rawPrice: number, side: number): void {
    const { costs, lotSize, leverage } = this.settings;
    const price = slippedPrice(costs, rawPrice, side);
    const quantity = Math.min(
      this.wantedQuantity(decided, price),
      affordableQuantity(costs, this.cash, price, lotSize, leverage),
    );
    if (!(quantity > 0)) return;
    this.fill(t, side, quantity, price, 'entry');
    this.entryPrice = price;
    this.entryBar = t;
    const distance = (column: Float64Array | null) => (column === null ? NaN : column[decided]);
    this.stop = price - side * distance(this.signals.stopDistance);
    this.target = price + side * distance(this.signals.targetDistance);
    this.trailDistance = distance(this.signals.trailDistance);
    this.trail = price - side * this.trailDistance;
    this.breakEvenAt = price + side * distance(this.signals.breakEvenDistance);
  }

  private wantedQuantity(decided: number, price: number): number {
    const { kind, value } = this.signals.size;
    const { costs, lotSize } = this.settings;
    const size = value[decided];
    if (kind === 'units') return toLots(size, lotSize);
    if (kind === 'cash') return toLots(size / price, lotSize);
    if (kind === 'riskFraction') {
      return toLots((this.cash * size) / (this.signals.stopDistance?.[decided] ?? NaN), lotSize);
    }
    return affordableQuantity(costs, this.cash * size, price, lotSize);
  }

  /** Leaves by the protective level this bar reaches, if any, else moves the levels that follow the price. */
  private protect(t: number): void {
    const { open, high, low } = this.bars;
    const side = Math.sign(this.units);
    const [worst, best] = side > 0 ? [low[t], high[t]] : [high[t], low[t]];
    const reached = (price: number, level: number) => side * (level - price) >= 0;
    const trailBinds = !(side * (this.stop - this.trail) >= 0) && !Number.isNaN(this.trail);
    const stop = trailBinds ? this.trail : this.stop;
    if (reached(worst, stop)) {
      this.leave(t, reached(open[t], stop) ? open[t] : stop, trailBinds ? 'trail' : 'stop');
    } else if (reached(this.target, best)) {
      // A limit order is not worsened by slippage; a gap through it fills at the better open.
      this.leave(t, reached(this.target, open[t]) ? open[t] : this.target, 'target', false);
    } else {
      const followed = best - side * this.trailDistance;
      if (side * (followed - this.trail) > 0) this.trail = followed;
      const stopIsWorse = !(side * (this.stop - this.entryPrice) >= 0);
      if (reached(this.breakEvenAt, best) && stopIsWorse) this.stop = this.entryPrice;
    }
  }

  private leave(t: number, rawPrice: number, reason: string, slips = true): void {
    const side = -Math.sign(this.units);
    const price = slips ? slippedPrice(this.settings.costs, rawPrice, side) : rawPrice;
    this.fill(t, side, Math.abs(this.units), price, reason);
    this.units = 0;
  }

  private fill(bar: number, side: number, quantity: number, price: number, reason: string): void {
    const fee = feeOf(this.settings.costs, quantity, price);
    this.cash -= side * quantity * price + fee;
    this.units += side * quantity;
    this.fills.push({ bar, side, quantity, price, fee, reason });
  }

  private closeOut(t: number): void {
    if (this.units !== 0) this.leave(t, this.bars.close[t], 'ruin');
    this.equity[t] = this.cash;
    this.position[t] = 0;
    this.isBankrupt = true;
  }
}

/** The fills of a simulation as columns. */
export function fillColumns(fills: readonly FillRow[], timesMs: Float64Array): FillColumns {
  return {
    barIndex: Int32Array.from(fills, (fill) => fill.bar),
    timesMs: Float64Array.from(fills, (fill) => timesMs[fill.bar]),
    side: Int8Array.from(fills, (fill) => fill.side),
    quantity: Float64Array.from(fills, (fill) => fill.quantity),
    price: Float64Array.from(fills, (fill) => fill.price),
    fee: Float64Array.from(fills, (fill) => fill.fee),
    reason: fills.map((fill) => fill.reason),
  };
}
