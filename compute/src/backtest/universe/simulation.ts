import { hasBar, periodStarts, type UniverseGrid, type UniverseSignals } from '../../ir/universe.ts';
import { feeOf, interestOf, NEGLIGIBLE, slippedPrice } from '../costs.ts';
import { heldAfter, type Lots, lotsOf, lotsWithin, ROUNDING, toLots, wholeLots } from '../lots.ts';
import type { FillRow, SimulationSettings } from '../simulation.ts';
import { targetWeights } from './targets.ts';

/** What values an account over bars on which its positions stay as they are, faster than bar by bar and with the same bits. */
export interface StretchValuer {
  /** Writes `cash` and the worth of `units` at the closes of bars `from` to `to - 1` into `equity`. */
  value(units: Float64Array, cash: number, from: number, to: number, equity: Float64Array): void;
}

/** One execution of one member of the grid. */
export interface UniverseFill extends FillRow {
  readonly member: number;
}

/** A bar at whose open a universe was chosen anew. */
export interface Rebalance {
  readonly bar: number;
  /** At the prices before it. */
  readonly equity: number;
  /** The first of the fills from it on. */
  readonly fillIndex: number;
}

interface Change {
  readonly member: number;
  readonly side: number;
  readonly quantity: number;
}

/** Halvings until two shares of what is wanted are one number. */
const HALVINGS = 60;

/**
 * One account that holds members of a universe, bar after bar.
 *
 * Order inside a bar: interest since the close before; what is no longer traded is sold at its last close;
 * then, where the universe is chosen anew or was after a margin call, what was decided at the close before
 * fills at the opens: first everything that makes a position smaller, then everything that makes one larger,
 * all by the same share where cash (or the leverage) does not suffice. A member without a bar waits for its
 * next one, and so does a purchase that lacks the cash of a sale that waits.
 */
export class UniverseSimulation {
  readonly equity: Float64Array;
  /** How many instruments are held after each bar. */
  readonly heldCount: Float64Array;
  readonly fills: UniverseFill[] = [];
  readonly rebalances: Rebalance[] = [];
  /** Interest earned so far, negative when paid. */
  interest = 0;
  readonly units: Float64Array;
  private readonly grid: UniverseGrid;
  private readonly signals: UniverseSignals;
  private readonly settings: SimulationSettings;
  private readonly lots: readonly (Lots | null)[];
  /** What each member is worth a unit now. */
  private readonly marks: Float64Array;
  private wanted: Float64Array;
  private readonly isWaiting: Uint8Array;
  private cash: number;
  private next = 0;
  private startBar = -1;
  private reason = '';
  private isCalled = false;
  private isBankrupt = false;
  private readonly onBar: ((simulation: UniverseSimulation, t: number) => void) | null;
  private readonly stretches: StretchValuer | null;
  /** No bar before it has anything to choose. */
  private readonly firstChoice: number;

  /** `onBar` is called after each bar, unless `stretches` values many of them at once. */
  constructor(
    grid: UniverseGrid,
    signals: UniverseSignals,
    settings: SimulationSettings,
    {
      onBar = null,
      stretches = null,
    }: {
      readonly onBar?: ((simulation: UniverseSimulation, t: number) => void) | null;
      /** For accounts without interest and without a margin to maintain. */
      readonly stretches?: StretchValuer | null;
    } = {},
  ) {
    this.grid = grid;
    this.signals = signals;
    this.settings = settings;
    this.lots = grid.members.map(({ lotSize }) => lotsOf(lotSize));
    this.onBar = onBar;
    this.stretches = stretches;
    this.firstChoice = stretches ? firstChoiceOf(grid, signals) : 0;
    this.cash = settings.initialCash;
    const { length } = grid.members;
    this.units = new Float64Array(length);
    this.marks = new Float64Array(length);
    this.wanted = new Float64Array(length);
    this.isWaiting = new Uint8Array(length);
    this.equity = new Float64Array(grid.timesMs.length);
    this.heldCount = new Float64Array(grid.timesMs.length);
  }

  get barsDone(): number {
    return this.next;
  }

  /** What a member is worth at the close of the last bar that is done. */
  valueOf(member: number): number {
    return this.units[member] === 0 ? 0 : this.units[member] * this.marks[member];
  }

  /** Simulates up to, not including, bar `end`. */
  advance(end: number): void {
    while (this.next < end) {
      if (this.stretches) this.pass(this.stretches, Math.min(end, this.quietUntil(this.next)));
      if (this.next >= end) return;
      this.visit(this.next);
      this.next += 1;
    }
  }

  private visit(t: number): void {
    const { endRule, maintenanceMargin = 0 } = this.settings;
    if (!this.isBankrupt) this.bar(t);
    this.markAt(t, 'close');
    if (t === this.grid.timesMs.length - 1 && endRule === 'CLOSE_AT_LAST_CLOSE') this.leaveAll(t, 'end');
    this.equity[t] = this.worth();
    if (this.equity[t] <= 0 && !this.isBankrupt) {
      this.leaveAll(t, 'ruin');
      this.equity[t] = this.cash;
      this.isBankrupt = true;
    }
    const gross = this.gross();
    this.isCalled = gross > 0 && this.equity[t] < maintenanceMargin * gross;
    this.heldCount[t] = this.count();
    this.onBar?.(this, t);
  }

  /** The first bar from `t` on at which anything but prices may change. */
  private quietUntil(t: number): number {
    const { timesMs, members } = this.grid;
    if (this.isBankrupt) return timesMs.length;
    if (this.startBar < 0) return Math.max(t, this.firstChoice);
    if (this.isCalled || this.isWaiting.includes(1)) return t;
    const { rebalance } = this.signals;
    let until = this.settings.endRule === 'KEEP_OPEN' ? timesMs.length : timesMs.length - 1;
    if (rebalance.kind === 'bars')
      until = Math.min(until, t + rebalance.bars - 1 - ((t - this.startBar - 1) % rebalance.bars));
    else until = Math.min(until, periodStarts(rebalance.period, timesMs)[t]);
    this.units.forEach((units, i) => {
      if (units !== 0) until = Math.min(until, members[i].lastIndex + 1);
    });
    return Math.max(t, until);
  }

  /** Goes over quiet bars up to `until` or up to one that ruins the account. */
  private pass(stretches: StretchValuer, until: number): void {
    const from = this.next;
    if (until <= from) return;
    stretches.value(this.units, this.cash, from, until, this.equity);
    let to = from;
    while (to < until && (this.isBankrupt || !(this.equity[to] <= 0))) to += 1;
    if (to === from) return;
    this.heldCount.fill(this.count(), from, to);
    this.grid.members.forEach(({ bars, newest }, i) => {
      if (newest[to - 1] >= 0) this.marks[i] = bars.close[newest[to - 1]];
    });
    this.next = to;
  }

  private bar(t: number): void {
    if (t === 0) return;
    const { timesMs, members } = this.grid;
    const shortValue = this.units.reduce(
      (total, units, i) => (units < 0 ? total - units * this.marks[i] : total),
      0,
    );
    const earned = interestOf(
      this.settings.costs,
      { cash: this.cash, shortValue },
      timesMs[t] - timesMs[t - 1],
    );
    this.cash += earned;
    this.interest += earned;
    members.forEach(({ lastIndex }, i) => {
      if (lastIndex < t && this.units[i] !== 0) this.leave(t, i, 'ended');
    });
    this.markAt(t, 'open');
    if (this.isCalled) this.want(new Float64Array(members.length), 'margin');
    else if (this.isDue(t)) this.choose(t);
    if (t === timesMs.length - 1 && this.settings.endRule === 'CLOSE_AT_LAST_OPEN') {
      this.leaveAll(t, 'end');
      this.isWaiting.fill(0);
    }
    if (this.isWaiting.includes(1)) this.trade(t);
  }

  /** Whether the universe is chosen anew at the open of bar `t`; until something was chosen, on every bar. */
  private isDue(t: number): boolean {
    const { rebalance } = this.signals;
    if (this.startBar < 0) return true;
    if (rebalance.kind === 'bars') return (t - this.startBar) % rebalance.bars === 0;
    return periodStarts(rebalance.period, this.grid.timesMs)[t] === t;
  }

  private choose(t: number): void {
    const targets = targetWeights(this.grid, this.signals, this.settings, t - 1);
    if (this.startBar < 0) {
      if (targets.every((target) => target === 0)) return;
      this.startBar = t;
    }
    this.rebalances.push({ bar: t, equity: this.worth(), fillIndex: this.fills.length });
    this.want(targets, '');
  }

  private want(targets: Float64Array, reason: string): void {
    this.wanted = targets;
    this.reason = reason;
    this.isWaiting.fill(1);
  }

  /** Moves the members that wait and have a bar towards what is wanted of them. */
  private trade(t: number): void {
    const { members } = this.grid;
    const equity = this.worth();
    // A gap has ruined the account: its close will say so.
    if (!(equity > 0)) return;
    const goals = members.map((_, i) => this.goalOf(i, equity));
    const trades = members.map((member, i) => this.isWaiting[i] === 1 && hasBar(member, t));
    const changes = goals.flatMap((goal, i): Change[] => {
      const kept = goal * this.units[i] > 0 ? Math.abs(this.units[i]) : 0;
      const more = wholeLots(Math.abs(goal) - kept, this.lots[i]);
      return trades[i] && more > 0 ? [{ member: i, side: Math.sign(goal), quantity: more }] : [];
    });
    goals.forEach((goal, i) => {
      if (trades[i]) this.reduce(t, i, goal);
    });
    const share = this.affordableShare(changes);
    for (const change of changes) this.increase(t, change, share);
    const isSaleWaiting = members.some(
      (_, i) =>
        this.isWaiting[i] === 1 && !trades[i] && this.units[i] !== 0 && isLess(goals[i], this.units[i]),
    );
    const isCut = share < 1 && isSaleWaiting;
    trades.forEach((isTraded, i) => {
      if (isTraded && !(isCut && changes.some(({ member }) => member === i))) this.isWaiting[i] = 0;
    });
  }

  /** The units wanted of a member; those that it has where the difference is worth no mention. */
  private goalOf(i: number, equity: number): number {
    const wanted = this.wanted[i];
    if (wanted === 0) return 0;
    const difference = wanted * equity - this.units[i] * this.marks[i];
    if (Math.abs(difference) < NEGLIGIBLE * equity) return this.units[i];
    return Math.sign(wanted) * toLots((Math.abs(wanted) * equity) / this.marks[i], this.lots[i]);
  }

  private reduce(t: number, i: number, goal: number): void {
    const units = this.units[i];
    if (units === 0 || !isLess(goal, units)) return;
    const kept = goal * units > 0 ? goal : 0;
    if (kept === 0) return this.leave(t, i, this.reason || 'exit');
    this.fill(t, i, -Math.sign(units), wholeLots(Math.abs(units - kept), this.lots[i]), 'reduce');
  }

  private increase(t: number, change: Change, share: number): void {
    const { member, side } = change;
    const bought = this.partOf(change, share);
    if (bought > 0) this.fill(t, member, side, bought, this.units[member] === 0 ? 'entry' : 'add');
  }

  /** What a share of a change buys; all of one is whole lots. */
  private partOf({ member, quantity }: Change, share: number): number {
    return share === 1 ? quantity : lotsWithin(quantity * share, this.lots[member]);
  }

  /** The largest share of the changes after which the positions are within what the equity allows. */
  private affordableShare(changes: readonly Change[]): number {
    const [worth, gross] = [this.worth(), this.gross()];
    const isAffordable = (share: number) => this.isAffordable(changes, share, worth, gross);
    if (changes.length === 0 || isAffordable(1)) return 1;
    let [low, high] = [0, 1];
    for (let halving = 0; halving < HALVINGS; halving += 1) {
      const middle = (low + high) / 2;
      if (isAffordable(middle)) low = middle;
      else high = middle;
    }
    return low < NEGLIGIBLE ? 0 : low;
  }

  /** Whether the positions are within what the equity allows after a share of the changes; both are given before them. */
  private isAffordable(changes: readonly Change[], share: number, worth: number, held: number): boolean {
    const { costs, leverage = 1 } = this.settings;
    let [equity, gross] = [worth, held];
    for (const change of changes) {
      const { member, side } = change;
      const bought = this.partOf(change, share);
      const price = slippedPrice(costs, this.marks[member], side);
      equity -= side * bought * (price - this.marks[member]) + feeOf(costs, bought, price);
      gross += bought * this.marks[member];
    }
    // Whole lots may cost more than there is by rounding.
    return gross <= leverage * equity * (1 + ROUNDING);
  }

  private leaveAll(t: number, reason: string): void {
    this.units.forEach((units, i) => {
      if (units !== 0) this.leave(t, i, reason);
    });
  }

  private leave(t: number, i: number, reason: string): void {
    this.fill(t, i, -Math.sign(this.units[i]), Math.abs(this.units[i]), reason);
  }

  private fill(bar: number, member: number, side: number, quantity: number, reason: string): void {
    const price = slippedPrice(this.settings.costs, this.marks[member], side);
    const fee = feeOf(this.settings.costs, quantity, price);
    this.cash -= side * quantity * price + fee;
    this.units[member] = heldAfter(this.units[member], side * quantity, this.lots[member]);
    const isEndAtClose = reason === 'end' && this.settings.endRule === 'CLOSE_AT_LAST_CLOSE';
    const isAtClose = reason === 'ruin' || isEndAtClose;
    this.fills.push({ bar, member, side, quantity, price, fee, reason, isAtClose });
  }

  /** Values every member at its open or close of bar `t`, or at its last close where it has no bar. */
  private markAt(t: number, price: 'open' | 'close'): void {
    this.grid.members.forEach((member, i) => {
      if (hasBar(member, t)) this.marks[i] = member.bars[price][member.newest[t]];
    });
  }

  private count(): number {
    return this.units.reduce((count, units) => count + (units === 0 ? 0 : 1), 0);
  }

  private worth(): number {
    return this.units.reduce(
      (total, units, i) => (units === 0 ? total : total + units * this.marks[i]),
      this.cash,
    );
  }

  private gross(): number {
    return this.units.reduce(
      (total, units, i) => (units === 0 ? total : total + Math.abs(units) * this.marks[i]),
      0,
    );
  }
}

/** The first bar at whose open something may be chosen: the one after the first score there is. */
function firstChoiceOf({ timesMs, members }: UniverseGrid, signals: UniverseSignals): number {
  if (signals.rest >= 0) return 1;
  const firsts = signals.members.flatMap((known, place) =>
    (known?.legs ?? []).map(({ score }) => {
      const bar = score ? score.findIndex((value) => !Number.isNaN(value)) : 0;
      const decided = bar < 0 ? -1 : members[place].newest.indexOf(bar);
      return decided < 0 ? timesMs.length : decided + 1;
    }),
  );
  return Math.min(timesMs.length, ...firsts);
}

/** Whether reaching `goal` makes a position smaller or turns it around. */
function isLess(goal: number, units: number): boolean {
  return goal * units <= 0 || Math.abs(goal) < Math.abs(units);
}
