import { affordableQuantity, feeOf, slippedPrice } from '../../compute/src/backtest/costs.ts';
import { lotsOf, toLots } from '../../compute/src/backtest/lots.ts';
import type { SimulationSettings } from '../../compute/src/backtest/simulation.ts';
import type { RuleSignals, StrategySignals } from '../../compute/src/ir/signals.ts';
import type { BarColumns } from '../../compute/src/service/contract.ts';

/** One fill of the second account: at which price, after slippage, it buys (+1) or sells (-1). */
export interface SecondFill {
  readonly bar: number;
  readonly side: number;
  readonly price: number;
  readonly opens: boolean;
}

/** An order that buys in its own world, where prices of an order that sells are negated; NaN where it has no such price. */
interface Order {
  readonly side: number;
  readonly lastBar: number;
  readonly limit: number;
  readonly stop: number;
}

/** What a bar does to an order: `price` is NaN where it does not fill. */
interface Reach {
  readonly price: number;
  readonly kind: 'stop' | 'limit';
  readonly slips: boolean;
  readonly isAtOpen: boolean;
  readonly left: Order;
}

/**
 * An account for rules with orders, stop and target, one entry a position: written from docs/concepts/backtest-conventions.md, not from
 * the simulation. Every way to fill is an order that buys in a world of its own, that of a short or of an exit being upside down.
 */
export class SecondAccount {
  readonly fills: SecondFill[] = [];
  private readonly bars: BarColumns;
  private readonly signals: StrategySignals;
  private readonly settings: SimulationSettings;
  private cash: number;
  private units = 0;
  private protection = { stop: NaN, target: NaN };
  private waiting: { readonly order: Order; readonly decided: number } | null = null;
  private exits = new Map<RuleSignals, Order>();

  constructor(bars: BarColumns, signals: StrategySignals, settings: SimulationSettings) {
    this.bars = bars;
    this.signals = signals;
    this.settings = settings;
    this.cash = settings.initialCash;
    const { open, close } = bars;
    const isNext = signals.fillAt === 'nextOpen';
    for (let t = 0; t < signals.length; t += 1) {
      if (isNext && t > 0) this.decide(t - 1, t, open[t]);
      const isLast = t === signals.length - 1;
      if (isLast && settings.endRule === 'CLOSE_AT_LAST_OPEN') {
        this.waiting = null;
        this.leave(t, open[t], true);
      }
      const isProtected = this.within(t);
      const isOver = isLast && settings.endRule !== 'KEEP_OPEN';
      if (!isNext && !isProtected && !isOver) this.decide(t, t, close[t]);
      if (isLast && settings.endRule === 'CLOSE_AT_LAST_CLOSE') this.leave(t, close[t], true);
      if (this.cash + this.units * close[t] <= 0) {
        this.leave(t, close[t], true);
        return;
      }
    }
  }

  /** Steps 2 and 8: what was decided at the close of `d`. */
  private decide(d: number, t: number, price: number): void {
    const { signals } = this;
    const { direction } = this.settings;
    const leaves = (side: number) => (side > 0 ? signals.exitLong : signals.exitShort)[d] === 1;
    const enters = (side: number) =>
      (side > 0 ? signals.enterLong : signals.enterShort)[d] === 1 &&
      !leaves(side) &&
      direction !== (side > 0 ? 'SHORT_ONLY' : 'LONG_ONLY');
    const wanted = enters(1) === enters(-1) ? 0 : enters(1) ? 1 : -1;
    const rule = signals.entries.find((one) => one.side === wanted && one.decides[d] === 1);
    const waits = rule?.lastBars != null;
    if (this.waiting && leaves(this.waiting.order.side)) this.waiting = null;
    const held = Math.sign(this.units);
    if (held !== 0 && (leaves(held) || (wanted === -held && !waits))) this.leave(t, price, true);
    if (wanted !== 0 && Math.sign(this.units) !== wanted) {
      const order = waits ? placed(rule, d, wanted) : null;
      if (order) this.waiting = { order, decided: d };
      if (!waits) {
        this.waiting = null;
        this.enter(d, t, wanted, price, true);
      }
    }
    for (const exit of signals.exits) {
      if (exit.side !== Math.sign(this.units) || exit.lastBars === null || exit.decides[d] === 0) continue;
      const order = placed(exit, d, -exit.side);
      if (order) this.exits.set(exit, order);
    }
  }

  /** Steps 4 to 7; whether protection or an exit order closed a position. */
  private within(t: number): boolean {
    const entry = this.waiting;
    const found = entry && this.reach(entry.order, t);
    if (entry && found) {
      const isOver = !Number.isNaN(found.price) || t >= entry.order.lastBar;
      this.waiting = isOver ? null : { ...entry, order: found.left };
    }
    const fills = entry !== null && found !== null && !Number.isNaN(found.price);
    const open = () => {
      if (this.units * entry!.order.side < 0) this.leave(t, found!.price, found!.slips);
      this.enter(entry!.decided, t, entry!.order.side, found!.price, found!.slips);
    };
    const early = this.waysOut(t).filter(({ isAtOpen }) => isAtOpen);
    const [first] = [...early.filter(({ kind }) => kind === 'stop'), ...early];
    if (first) this.leave(t, first.price, first.slips);
    const isAgainst = fills && !found.isAtOpen && this.units * entry.order.side < 0;
    const isOpenedFirst = fills && !isAgainst;
    if (isOpenedFirst) open();
    const isStopOnly = isOpenedFirst && !found.isAtOpen;
    const ways = this.waysOut(t, isStopOnly ? found.price : undefined);
    this.passExits(t);
    const stop = ways.find(({ kind }) => kind === 'stop');
    // Between levels of a world in which exits buy, the higher limit is the nearer one.
    const world = -Math.sign(this.units);
    const limit = isStopOnly ? undefined : ways.find(({ kind }) => kind === 'limit');
    const isOrderNearer = isAgainst && limit !== undefined && world * (found.price - limit.left.limit) > 0;
    const way = stop ?? (isOrderNearer ? undefined : limit);
    if (way) this.leave(t, way.price, way.slips);
    if (!isAgainst) return [first, way].some(Boolean);
    open();
    const again = this.waysOut(t, found.price).find(({ kind }) => kind === 'stop');
    if (again) this.leave(t, again.price, again.slips);
    return [first, way, again].some(Boolean);
  }

  /** Takes orders of exits on to the next bar. */
  private passExits(t: number): void {
    for (const [rule, order] of this.exits) {
      if (t >= order.lastBar) this.exits.delete(rule);
      else this.exits.set(rule, this.reach(order, t).left);
    }
  }

  /** What of a bar closes the position, the nearest of each kind first; levels that a fill inside the bar has set begin `from` its price. */
  private waysOut(t: number, from?: number): Reach[] {
    if (this.units === 0) return [];
    const side = -Math.sign(this.units);
    const none = { side, lastBar: t, limit: NaN, stop: NaN };
    const { stop, target } = this.protection;
    const levels = [
      { ...none, stop },
      { ...none, limit: target },
    ].map((order) => this.reach(order, t, from));
    const ways = [...levels, ...[...this.exits.values()].map((order) => this.reach(order, t))];
    const toward = (way: Reach) => side * way.price * (way.kind === 'stop' ? 1 : -1);
    return ways.filter(({ price }) => !Number.isNaN(price)).toSorted((a, b) => toward(a) - toward(b));
  }

  /** The table of orders that wait. */
  private reach(order: Order, t: number, from = this.bars.open[t]): Reach {
    const { side } = order;
    const [open, one, other] = [from, this.bars.low[t], this.bars.high[t]].map((x) => side * x);
    const [low, high, stop, limit] = [
      Math.min(one, other),
      Math.max(one, other),
      side * order.stop,
      side * order.limit,
    ];
    const at = (price: number, kind: Reach['kind'], left = order): Reach => {
      const slips = kind === 'stop' && Number.isNaN(limit);
      return { price: side * price, kind, slips, isAtOpen: price === open, left };
    };
    const asLimit = { ...order, stop: NaN };
    const limited = () => at(open <= limit ? open : low <= limit ? limit : NaN, 'limit', asLimit);
    if (Number.isNaN(stop)) return limited();
    if (!(high >= stop)) return at(NaN, 'stop');
    const price = Math.max(open, stop);
    if (!(price > limit)) return at(price, 'stop');
    return open >= stop ? limited() : at(NaN, 'limit', asLimit);
  }

  private enter(d: number, t: number, side: number, raw: number, slips: boolean): void {
    if (this.units !== 0) return;
    const { costs } = this.settings;
    const lots = lotsOf(this.settings.lotSize);
    const { kind, value } = this.signals.size;
    const price = slips ? slippedPrice(costs, raw, side) : raw;
    const paidFor = (cash: number) => affordableQuantity(costs, cash, price, lots);
    const wanted = { units: value[d], cash: value[d] / price }[kind as 'units' | 'cash'];
    const asked = wanted === undefined ? paidFor(this.cash * value[d]) : toLots(wanted, lots);
    const quantity = Math.min(asked, paidFor(this.cash));
    if (!(quantity > 0)) return;
    this.fill(t, side * quantity, price, true);
    const distance = (column: Float64Array | null) => column?.[d] ?? NaN;
    this.protection = {
      stop: price - side * distance(this.signals.stopDistance),
      target: price + side * distance(this.signals.targetDistance),
    };
  }

  private leave(t: number, raw: number, slips: boolean): void {
    if (this.units === 0) return;
    const price = slips ? slippedPrice(this.settings.costs, raw, -Math.sign(this.units)) : raw;
    this.fill(t, -this.units, price, false);
    this.units = 0;
    this.exits.clear();
  }

  private fill(bar: number, units: number, price: number, opens: boolean): void {
    this.cash -= units * price + feeOf(this.settings.costs, Math.abs(units), price);
    this.units += units;
    this.fills.push({ bar, side: Math.sign(units), price, opens });
  }
}

function placed(rule: RuleSignals, d: number, side: number): Order | null {
  const prices = [rule.limit, rule.stop].flatMap((column) => (column ? [column[d]] : []));
  const lastBar = rule.lastBars![d];
  if (prices.some(Number.isNaN) || lastBar <= d) return null;
  return { side, lastBar, limit: rule.limit?.[d] ?? NaN, stop: rule.stop?.[d] ?? NaN };
}

/** What the fills of an account are decided by where each is an order at the market: a sign of this strategy in the volume. */
export const SIGNED_RULES = `enter long when volume == 1
enter short when volume == 2
exit long when volume == 3
exit short when volume == 4`;

/**
 * Bars whose opens are the prices of fills: before each fill stands a bar on which all is as it was, whose volume decides it. The last
 * part of each bar has its close. `ends` says which bars these are.
 */
export function barsOfFills(
  bars: BarColumns,
  fills: readonly SecondFill[],
): { readonly bars: BarColumns; readonly ends: readonly number[]; readonly fillBars: readonly number[] } {
  const rows: { timeMs: number; open: number; close: number; volume: number }[] = [];
  const [ends, fillBars]: number[][] = [[], []];
  let next = 0;
  bars.close.forEach((close, t) => {
    const timeMs = bars.timesMs[t];
    const last = rows.at(-1)?.close ?? bars.open[0];
    rows.push({ timeMs, open: last, close: last, volume: 0 });
    for (; next < fills.length && fills[next].bar === t; next += 1) {
      const { side, price, opens } = fills[next];
      rows.at(-1)!.volume = opens ? (side > 0 ? 1 : 2) : side < 0 ? 3 : 4;
      fillBars.push(rows.length);
      rows.push({ timeMs, open: price, close: price, volume: 0 });
    }
    rows.at(-1)!.close = close;
    ends.push(rows.length - 1);
  });
  const column = (of: (row: (typeof rows)[number]) => number) => Float64Array.from(rows, of);
  return {
    bars: {
      timesMs: Float64Array.from(rows, (_, index) => index * 3_600_000),
      open: column(({ open }) => open),
      high: column(({ open, close }) => Math.max(open, close)),
      low: column(({ open, close }) => Math.min(open, close)),
      close: column(({ close }) => close),
      volume: column(({ volume }) => volume),
    },
    ends,
    fillBars,
  };
}
