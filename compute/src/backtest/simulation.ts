import type { RuleSignals, StrategySignals } from '../ir/signals.ts';
import type { BarColumns, CostModel, EndRule, FillColumns, TradeDirection } from '../service/contract.ts';
import { type OrderOutcome, type WaitingOrder, workOrder } from './orders.ts';
import { affordableQuantity, feeOf, interestOf, NEGLIGIBLE, slippedPrice } from './costs.ts';
import { heldAfter, type Lots, lotsOf, toLots } from './lots.ts';

/** What a simulation assumes beside the decisions: see the fields of the same names in BacktestRequest. */
export interface SimulationSettings {
  readonly initialCash: number;
  readonly costs: CostModel;
  readonly direction: TradeDirection;
  readonly lotSize: number;
  readonly endRule: EndRule;
  readonly leverage?: number;
  readonly maintenanceMargin?: number;
  readonly periodsPerYear: number;
}

/** One execution. */
export interface FillRow {
  readonly bar: number;
  readonly side: number;
  readonly quantity: number;
  readonly price: number;
  readonly fee: number;
  readonly reason: string;
  /** Whether it is at the close of the bar, so that all of the bar comes before it. */
  readonly isAtClose: boolean;
  /** The protective stop that an entry set; left out where it set none. */
  readonly stop?: number;
}

/** The columns of a simulation: account and units at the close of each bar. */
export interface SimulationRoom {
  readonly equity: Float64Array;
  readonly position: Float64Array;
}

/** Room for a simulation of so many bars. */
export function simulationRoom(bars: number): SimulationRoom {
  return { equity: new Float64Array(bars), position: new Float64Array(bars) };
}

/** A way out that a bar offers. */
interface WayOut {
  readonly price: number;
  readonly reason: string;
  readonly slips: boolean;
  /** The price that was waited for. */
  readonly level: number;
  /** Whether the first price that met it is beyond it. */
  readonly isAtOpen: boolean;
}

interface WaysOut {
  readonly stopped: WayOut | null;
  readonly limited: WayOut | null;
  readonly left: readonly (WaitingOrder | null)[];
}

/**
 * One account trading one instrument on a strategy's decisions, bar after bar.
 *
 * Order inside a bar: what was decided at the close before fills at the open (closing before opening),
 * or, after a margin call at that close, the position is closed; then, at the open too, exits whose price it has
 * passed, then a waiting order whose price it has passed; then a waiting order that opens or adds inside the bar;
 * then protective exits and exits that wait for a price, stops before targets and limits where one bar reaches
 * both, the nearest of each first; then a waiting order that reverses inside the bar, and the stop of what it
 * opens; then decisions that fill at the close. Trailing and break-even levels move on finished bars only.
 * Interest is for the time between two closes, on what the first left. An account at or below zero is closed
 * out and trades no more.
 */
export class Simulation {
  readonly equity: Float64Array;
  readonly position: Float64Array;
  readonly fills: FillRow[] = [];
  private readonly bars: BarColumns;
  /** Whether an entry sets a level to leave at, or one that follows the price. */
  private readonly hasLevels: boolean;
  private readonly signals: StrategySignals;
  private readonly settings: SimulationSettings;
  private readonly lots: Lots | null;
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
  private entryCount = 0;
  private isAtClose = false;
  /** The bar in which a waiting order filled last after the open, and its price there; -1 for none. */
  private filledInside = -1;
  private filledAt = NaN;
  private order: WaitingOrder | null = null;
  /** What waits to leave, by the exit rule that placed it. */
  private exitOrders: (WaitingOrder | null)[] = [];

  /** Its columns are `room`'s where that is given: a sweep needs those of one set at a time. */
  constructor(
    bars: BarColumns,
    signals: StrategySignals,
    settings: SimulationSettings,
    room = simulationRoom(signals.length),
  ) {
    const { stopDistance, targetDistance, trailDistance, breakEvenDistance } = signals;
    this.hasLevels = (stopDistance ?? targetDistance ?? trailDistance ?? breakEvenDistance) !== null;
    this.bars = bars;
    this.signals = signals;
    this.settings = settings;
    this.lots = lotsOf(settings.lotSize);
    this.cash = settings.initialCash;
    this.equity = room.equity;
    this.position = room.position;
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
      this.isAtClose = false;
      if (!this.isBankrupt) this.bar(t);
      this.isAtClose = true;
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
    const held = { cash: this.cash, shortValue: Math.max(0, -this.units * close[t - 1]) };
    this.cash += interestOf(this.settings.costs, held, timesMs[t] - timesMs[t - 1]);
  }

  private bar(t: number): void {
    const { open, close } = this.bars;
    const atClose = this.signals.fillAt === 'close';
    if (this.isCalled) {
      this.order = null;
      this.leave(t, open[t], 'margin');
    } else if (!atClose && t > 0) {
      this.act(t - 1, t, open[t]);
      this.placeExits(t - 1);
    }
    const isLast = t === this.signals.length - 1;
    if (isLast && this.settings.endRule === 'CLOSE_AT_LAST_OPEN') {
      this.order = null;
      if (this.units !== 0) this.leave(t, open[t], 'end');
    }
    const hasLeft = this.fillInside(t, this.work(t));
    if (atClose && !hasLeft) {
      this.isAtClose = true;
      this.act(t, t, close[t], !isLast || this.settings.endRule === 'KEEP_OPEN');
      this.placeExits(t);
    }
  }

  /** What bar `t` does to the position, and to the waiting order where it fills that; says whether an exit has filled. */
  private fillInside(t: number, outcome: OrderOutcome | null): boolean {
    let hasLeft = outcome !== null && this.units !== 0 && this.leaveAtOpen(t);
    if (outcome && (outcome.isAtOpen || this.units * outcome.order.side >= 0)) this.take(t, outcome);
    if (this.units !== 0 && this.protect(t, outcome)) hasLeft = true;
    if (outcome && this.order) {
      this.take(t, outcome);
      [this.filledInside, this.filledAt] = [t, outcome.price];
      if (this.units !== 0 && this.protect(t, null)) hasLeft = true;
    }
    return hasLeft;
  }

  /** Carries out what was decided at the close of bar `decided`, in bar `t` at `price`; nothing is opened where the end closes it at once. */
  private act(decided: number, t: number, price: number, mayEnter = true): void {
    const { signals } = this;
    const long = signals.enterLong[decided] === 1 && signals.exitLong[decided] === 0 && this.allows(1);
    const short = signals.enterShort[decided] === 1 && signals.exitShort[decided] === 0 && this.allows(-1);
    const wanted = long === short || !mayEnter ? 0 : long ? 1 : -1;
    const rule = wanted === 0 ? undefined : this.entryRule(decided, wanted);
    const waits = rule !== undefined && rule.lastBars !== null;
    if (this.order && exitsOf(signals, this.order.side)[decided] === 1) this.order = null;
    if (this.units !== 0) {
      const side = Math.sign(this.units);
      if (wanted === -side && !waits) this.leave(t, price, 'reverse');
      else if (exitsOf(signals, side)[decided] === 1) this.leave(t, price, this.exitReason(decided, side));
      else if (signals.maximumBarsHeld > 0 && t - this.entryBar >= signals.maximumBarsHeld)
        this.leave(t, price, 'time');
    }
    if (wanted === 0) return;
    if (!this.hasRoom(wanted)) return;
    if (waits) this.order = orderOf(rule, decided, rule.side) ?? this.order;
    else {
      this.order = null;
      this.enter(decided, t, wanted, { price, slips: true, rule: rule?.name ?? '' });
    }
  }

  /** The named or waiting rule that wants to enter on this side, if it is one. */
  private entryRule(decided: number, side: number): RuleSignals | undefined {
    return this.signals.entries.find((entry) => entry.side === side && entry.decides[decided] === 1);
  }

  private exitReason(decided: number, side: number): string {
    const rule = this.signals.exits.find(
      (exit) => exit.side === side && exit.lastBars === null && exit.decides[decided] === 1,
    );
    return named('exit', rule?.name ?? '');
  }

  /** Places what was decided at the close of bar `decided` to leave the position at a price; a rule's newer order replaces its older. */
  private placeExits(decided: number): void {
    const { exits } = this.signals;
    if (this.units === 0 || exits.length === 0) return;
    const side = Math.sign(this.units);
    exits.forEach((rule, index) => {
      if (rule.lastBars === null || rule.side !== side || rule.decides[decided] === 0) return;
      const order = orderOf(rule, decided, -side);
      if (order) this.exitOrders[index] = order;
    });
  }

  /** What bar `t` does to the waiting order; null where it fills nothing. */
  private work(t: number): OrderOutcome | null {
    if (!this.order) return null;
    const { open, high, low } = this.bars;
    const outcome = workOrder(this.order, open[t], high[t], low[t]);
    if (!Number.isNaN(outcome.price)) return outcome;
    this.order = t < this.order.lastBar ? outcome.order : null;
    return null;
  }

  /** Fills the waiting order: it opens, adds, or closes what is held the other way and opens. */
  private take(t: number, { order, price, isAtOpen, slips }: OrderOutcome): void {
    this.order = null;
    if (this.units * order.side < 0) this.leave(t, price, 'reverse', slips);
    const fillCount = this.fills.length;
    this.enter(order.decided, t, order.side, { price, slips, rule: order.rule });
    if (!isAtOpen && this.fills.length > fillCount) [this.filledInside, this.filledAt] = [t, price];
  }

  /** Whether an entry on `side` would open or add: an order for the other side opens once the position is closed. */
  private hasRoom(side: number): boolean {
    return this.units * side <= 0 || this.entryCount < this.signals.entriesMaximum;
  }

  private allows(side: number): boolean {
    const { direction } = this.settings;
    return direction === 'LONG_AND_SHORT' || (direction === 'LONG_ONLY') === side > 0;
  }

  private enter(
    decided: number,
    t: number,
    side: number,
    at: { readonly price: number; readonly slips: boolean; readonly rule: string },
  ): void {
    if (!this.hasRoom(side)) return;
    const held = Math.abs(this.units);
    const { costs, leverage = 1 } = this.settings;
    const price = at.slips ? slippedPrice(costs, at.price, side) : at.price;
    const equity = this.cash + this.units * price;
    const quantity = Math.min(
      this.wantedQuantity(decided, price, equity),
      affordableQuantity(costs, equity - (held * price) / leverage, price, this.lots, leverage),
    );
    if (!(quantity > 0) || (held > 0 && quantity * price < NEGLIGIBLE * equity)) return;
    if (held === 0) {
      this.entryPrice = price;
      this.entryBar = t;
      this.entryCount = 0;
      [this.trail, this.trailDistance] = [NaN, NaN];
    } else this.entryPrice += (price - this.entryPrice) * (quantity / (held + quantity));
    this.entryCount += 1;
    this.setLevels(decided, side, price);
    this.fill(t, side, quantity, price, named(held > 0 ? 'add' : 'entry', at.rule), this.firstStop(side));
  }

  /** Levels count from the average entry price; that of a trailing stop from the fill, and only tightens. */
  private setLevels(decided: number, side: number, price: number): void {
    const distance = (column: Float64Array | null) => (column === null ? NaN : column[decided]);
    this.stop = this.entryPrice - side * distance(this.signals.stopDistance);
    this.target = this.entryPrice + side * distance(this.signals.targetDistance);
    const trailDistance = distance(this.signals.trailDistance);
    if (!Number.isNaN(trailDistance)) {
      this.trailDistance = trailDistance;
      const trail = price - side * trailDistance;
      if (!(side * (this.trail - trail) >= 0)) this.trail = trail;
    }
    this.breakEvenAt = this.entryPrice + side * distance(this.signals.breakEvenDistance);
  }

  /** The stop that binds right after an entry: the fixed or the trailing one, whichever is nearer. */
  private firstStop(side: number): number {
    if (Number.isNaN(this.stop)) return this.trail;
    return side * (this.trail - this.stop) > 0 ? this.trail : this.stop;
  }

  private wantedQuantity(decided: number, price: number, equity: number): number {
    const { kind, value } = this.signals.size;
    const { costs, periodsPerYear } = this.settings;
    const size = value[decided];
    if (kind === 'units') return toLots(size, this.lots);
    if (kind === 'cash') return toLots(size / price, this.lots);
    if (kind === 'riskFraction') {
      return toLots((equity * size) / (this.signals.stopDistance?.[decided] ?? NaN), this.lots);
    }
    const fraction = kind === 'volatilityTarget' ? size / Math.sqrt(periodsPerYear) : size;
    return affordableQuantity(costs, equity * fraction, price, this.lots);
  }

  /** Leaves by an exit whose price the open of a bar has passed, if any, and says whether it did: an order that fills in the bar comes after it. */
  private leaveAtOpen(t: number): boolean {
    if (!this.canBeLeftInside()) return false;
    const open = this.bars.open[t];
    const { stopped, limited } = this.waysOut(open, open, open);
    const way = stopped ?? limited;
    if (way) this.leave(t, way.price, way.reason, way.slips);
    return way !== null;
  }

  /**
   * Leaves by the nearest stop this bar reaches, or else by the nearest target or limit, if any, and says whether
   * it did; otherwise moves the levels that follow the price. What the open has passed comes before what is reached
   * later. In a bar in which an order filled after the open only stops count, as the rest may have come before; a
   * target counts where no order on the other side is nearer.
   */
  private protect(t: number, outcome: OrderOutcome | null): boolean {
    if (!this.canBeLeftInside()) return false;
    const { open, high, low } = this.bars;
    const side = Math.sign(this.units);
    const canLimit = this.filledInside !== t;
    const { stopped, limited, left } = this.waysOut(
      open[t],
      high[t],
      low[t],
      canLimit ? open[t] : this.filledAt,
    );
    this.exitOrders = left.map((order) => (order && t < order.lastBar ? order : null));
    const isOrderNearer = outcome && limited && side * (outcome.price - limited.level) < 0;
    if (!stopped && this.order && isOrderNearer) return false;
    const isLimitFirst = !stopped || (limited?.isAtOpen && !stopped.isAtOpen);
    const way = canLimit && isLimitFirst ? limited : stopped;
    if (way) this.leave(t, way.price, way.reason, way.slips);
    else if (canLimit) this.follow(side > 0 ? high[t] : low[t], side);
    return way !== null;
  }

  /** Whether there is a level or an order by which the position may be left, or which follows the price. */
  private canBeLeftInside(): boolean {
    return this.hasLevels || this.exitOrders.length > 0;
  }

  /**
   * The nearest stop and the nearest target or limit that these prices reach, and what they leave of the exits that wait. `from` is the
   * first price that the levels meet: that of the fill which set them inside the bar, else the open.
   */
  private waysOut(open: number, high: number, low: number, from = open): WaysOut {
    const side = Math.sign(this.units);
    const [worst, best] = side > 0 ? [low, high] : [high, low];
    const reached = (price: number, level: number) => side * (level - price) >= 0;
    const trailBinds = !(side * (this.stop - this.trail) >= 0) && !Number.isNaN(this.trail);
    const stop = trailBinds ? this.trail : this.stop;
    const wayOut = (level: number, reason: string, slips: boolean): WayOut => {
      const isBeyond = slips ? reached(from, level) : reached(level, from);
      return { price: isBeyond ? from : level, reason, slips, level, isAtOpen: isBeyond };
    };
    let stopped = reached(worst, stop) ? wayOut(stop, trailBinds ? 'trail' : 'stop', true) : null;
    // A limit order is not worsened by slippage; a gap through it fills at the better open.
    let limited = reached(this.target, best) ? wayOut(this.target, 'target', false) : null;
    const left: (WaitingOrder | null)[] = [];
    for (const [index, order] of this.exitOrders.entries()) {
      if (!order) continue;
      const { price, slips, isAtOpen, order: rest } = workOrder(order, open, high, low);
      left[index] = rest;
      if (Number.isNaN(price)) continue;
      const level = slips ? price : order.limit;
      const way = { price, reason: named('exit', order.rule), slips, level, isAtOpen };
      if (Number.isNaN(rest.stop)) {
        if (!limited || side * (limited.price - price) > 0) limited = way;
      } else if (!stopped || side * (price - stopped.price) > 0) stopped = way;
    }
    return { stopped, limited, left };
  }

  /** Moves the levels that follow the best price of a bar that is over. */
  private follow(best: number, side: number): void {
    const followed = best - side * this.trailDistance;
    if (side * (followed - this.trail) > 0) this.trail = followed;
    const stopIsWorse = !(side * (this.stop - this.entryPrice) >= 0);
    if (side * (best - this.breakEvenAt) >= 0 && stopIsWorse) this.stop = this.entryPrice;
  }

  private leave(t: number, rawPrice: number, reason: string, slips = true): void {
    const side = -Math.sign(this.units);
    const price = slips ? slippedPrice(this.settings.costs, rawPrice, side) : rawPrice;
    this.fill(t, side, Math.abs(this.units), price, reason);
    this.units = 0;
    this.entryCount = 0;
    this.exitOrders = [];
  }

  private fill(bar: number, side: number, quantity: number, price: number, reason: string, stop = NaN): void {
    const fee = feeOf(this.settings.costs, quantity, price);
    this.cash -= side * quantity * price + fee;
    this.units = heldAfter(this.units, side * quantity, this.lots);
    this.fills.push({ bar, side, quantity, price, fee, reason, isAtClose: this.isAtClose, stop });
  }

  private closeOut(t: number): void {
    if (this.units !== 0) this.leave(t, this.bars.close[t], 'ruin');
    this.equity[t] = this.cash;
    this.position[t] = 0;
    this.isBankrupt = true;
  }
}

function exitsOf(signals: StrategySignals, side: number): Uint8Array {
  return side > 0 ? signals.exitLong : signals.exitShort;
}

function named(reason: string, rule: string): string {
  return rule === '' ? reason : `${reason}: ${rule}`;
}

/** The order that a rule places on the bar it decides on; none where a price of it is missing or its time is over. */
function orderOf(rule: RuleSignals, decided: number, side: number): WaitingOrder | null {
  const [limit, stop] = [rule.limit, rule.stop].map((prices) => prices?.[decided] ?? NaN);
  if ((rule.limit && Number.isNaN(limit)) || (rule.stop && Number.isNaN(stop))) return null;
  const lastBar = rule.lastBars![decided];
  return lastBar > decided ? { side, decided, lastBar, limit, stop, rule: rule.name } : null;
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
    isAtClose: Uint8Array.from(fills, (fill) => Number(fill.isAtClose)),
    stop: Float64Array.from(fills, (fill) => fill.stop ?? NaN),
    reason: fills.map((fill) => fill.reason),
  };
}
