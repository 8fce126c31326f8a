import { Decimal, type Rounding, ZERO } from '../platform/decimal.ts';
import { level } from './level.ts';

/** Something that can be bought and sold for a plan. */
export interface PlanAsset {
  readonly id: string;
  /** Units held, 0 or more. */
  readonly quantity: Decimal;
  /** Price per unit, above 0. */
  readonly price: Decimal;
  /** The smallest tradable quantity; 0 for any fraction. */
  readonly lotSize: Decimal;
  /** The most units that may be sold; all when left out. */
  readonly sellMaximum?: Decimal;
}

/** A line of the targets: one asset, or several that share a weight. Weights are fractions of the managed value. */
export interface Sleeve {
  readonly key: string;
  readonly assetIds: readonly string[];
  /** The asset that purchases go into; by value over all of them when null. */
  readonly buyAssetId: string | null;
  readonly target: Decimal;
  readonly lower: Decimal;
  readonly upper: Decimal;
}

/** How a plan is made. What the sleeves leave of the whole is the target of cash. */
export interface PlanRules {
  readonly cash: Decimal;
  /** Cash that is never spent, whatever its weight. */
  readonly cashMinimum: Decimal;
  /** How far the weight of cash may be from its target before that counts as drift. */
  readonly cashBand: Decimal;
  readonly allowSelling: boolean;
  /** Where what has drifted goes: to its target, or just into its band. */
  readonly goal: 'TARGET' | 'BAND';
  readonly costFixed: Decimal;
  readonly costBps: Decimal;
  /** The least value of an order. */
  readonly minimumTrade: Decimal;
}

/** One order of a plan, at the price of the plan. */
export interface PlanOrder {
  readonly assetId: string;
  readonly sleeveKey: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: Decimal;
  readonly price: Decimal;
  readonly value: Decimal;
  readonly cost: Decimal;
}

/** Where a sleeve, or cash, stands: values and the weights of them. */
export interface Standing {
  readonly valueBefore: Decimal;
  readonly valueAfter: Decimal;
  readonly targetValue: Decimal;
  readonly lowerValue: Decimal;
  readonly upperValue: Decimal;
  readonly isOutside: boolean;
}

/** What to trade, and what comes of it. */
export interface Plan {
  /** Cash and sleeves before any cost. */
  readonly managedValue: Decimal;
  readonly orders: readonly PlanOrder[];
  readonly costs: Decimal;
  readonly sleeves: ReadonlyMap<string, Standing>;
  readonly cash: Standing;
}

const UNIT_DECIMALS = 8;
const AMOUNT_DECIMALS = 18;
const ROUNDS_MAXIMUM = 5;

/**
 * The orders that bring sleeves and cash into their bands. What is above its band is sold first; what
 * is below is bought from that and from cash above its target, and only where this does not suffice
 * from what is above its target inside its band. Cash above its band goes into what is below its target,
 * the furthest behind first. Cash never falls below its target, or below where it was. Targets are of
 * what is left after costs.
 */
export function rebalance(assets: readonly PlanAsset[], sleeves: readonly Sleeve[], rules: PlanRules): Plan {
  let costs = ZERO;
  for (let round = 1; ; round += 1) {
    const plan = new Planner(assets, sleeves, rules, costs).plan();
    if (plan.costs.equals(costs) || round === ROUNDS_MAXIMUM) return plan;
    ({ costs } = plan);
  }
}

interface Line {
  readonly sleeve: Sleeve;
  readonly assets: readonly PlanAsset[];
  readonly value: Decimal;
  readonly target: Decimal;
  readonly lower: Decimal;
  readonly upper: Decimal;
}

class Planner {
  private readonly rules: PlanRules;
  private readonly managed: Decimal;
  private readonly lines: readonly Line[];
  private readonly cashTarget: Decimal;
  private readonly cashLower: Decimal;
  private readonly cashUpper: Decimal;
  private readonly orders: PlanOrder[] = [];

  constructor(
    assets: readonly PlanAsset[],
    sleeves: readonly Sleeve[],
    rules: PlanRules,
    expectedCosts: Decimal,
  ) {
    this.rules = rules;
    const byId = new Map(assets.map((asset) => [asset.id, asset]));
    const held = sleeves.map((sleeve) => {
      const own = sleeve.assetIds.map((id) => byId.get(id)!);
      return { sleeve, assets: own, value: total(own.map(valueOf)) };
    });
    this.managed = total(held.map(({ value }) => value)).plus(rules.cash);
    const whole = Decimal.max(this.managed.minus(expectedCosts), ZERO);
    const invested = total(sleeves.map(({ target }) => target));
    const cashWeight = new Decimal(1).minus(invested);
    this.cashTarget = Decimal.min(Decimal.max(rules.cashMinimum, cashWeight.times(whole)), whole);
    this.cashLower = Decimal.max(
      Decimal.min(rules.cashMinimum, whole),
      cashWeight.minus(rules.cashBand).times(whole),
    );
    this.cashUpper = Decimal.max(this.cashTarget, cashWeight.plus(rules.cashBand).times(whole));
    const forSleeves = whole.minus(this.cashTarget);
    this.lines = held.map((line) => {
      const { target: weight, lower, upper } = line.sleeve;
      const target = invested.isZero()
        ? ZERO
        : forSleeves.times(weight).div(invested).toDecimalPlaces(AMOUNT_DECIMALS);
      return {
        ...line,
        target,
        lower: Decimal.min(target, lower.times(whole)),
        upper: Decimal.max(target, upper.times(whole)),
      };
    });
  }

  plan(): Plan {
    const { cash, allowSelling } = this.rules;
    const isShort = cash.lessThan(this.cashLower);
    const floor = isShort
      ? this.towards(this.cashTarget, this.cashLower)
      : Decimal.min(cash, this.cashTarget);
    const needs = new Map<Line, Decimal>();
    for (const line of this.lines)
      if (line.value.lessThan(line.lower))
        needs.set(line, this.towards(line.target, line.lower).minus(line.value));
    if (allowSelling)
      this.sell(
        total([...needs.values()])
          .plus(floor)
          .minus(cash),
      );
    this.buy(needs, floor);
    return this.result();
  }

  private towards(target: Decimal, edge: Decimal): Decimal {
    return this.rules.goal === 'TARGET' ? target : edge;
  }

  /** Sells what is above its band, and of the rest above its target what `needed` cash still lacks. */
  private sell(needed: Decimal): void {
    const wanted = new Map<Line, Decimal>();
    for (const line of this.lines)
      if (line.value.greaterThan(line.upper))
        wanted.set(line, line.value.minus(this.towards(line.target, line.upper)));
    const lacking = needed.minus(total([...wanted.values()]));
    if (lacking.greaterThan(0)) {
      const more = level(
        this.lines.map((line) => {
          const value = line.value.minus(wanted.get(line) ?? ZERO);
          return { value, target: line.target, cap: Decimal.max(ZERO, value.minus(line.target)) };
        }),
        lacking,
        'DOWN',
      );
      this.lines.forEach((line, index) => wanted.set(line, (wanted.get(line) ?? ZERO).plus(more[index])));
    }
    for (const [line, amount] of wanted)
      for (const [asset, part] of this.spread(line.assets, amount, 'SELL')) this.sellAsset(line, asset, part);
  }

  private sellAsset(line: Line, asset: PlanAsset, amount: Decimal): void {
    const most = Decimal.min(asset.quantity, asset.sellMaximum ?? asset.quantity);
    const isAll = amount.greaterThanOrEqualTo(valueOf(asset));
    const exact = amount.div(asset.price);
    const rounding = this.rules.goal === 'BAND' ? 'UP' : 'HALF_UP';
    const wanted = isAll ? asset.quantity : Decimal.min(inLots(exact, asset, rounding), asset.quantity);
    const quantity = wanted.greaterThan(most) ? inLots(most, asset, 'DOWN') : wanted;
    const order = this.order(line, asset, 'SELL', quantity);
    if (order.value.greaterThan(order.cost)) this.place(order);
  }

  /** Buys what is below its band, then puts cash above its band into what is below its target. */
  private buy(needs: ReadonlyMap<Line, Decimal>, floor: Decimal): void {
    const budget = this.cashNow().minus(floor);
    const first = this.filled(needs, budget);
    const left = budget.minus(total([...first.values()])).minus(this.costOf(first));
    const afterwards = floor.plus(left);
    const wanted = new Map(first);
    if (afterwards.greaterThan(this.cashUpper)) {
      const gaps = new Map(
        this.lines.map((line): [Line, Decimal] => [
          line,
          Decimal.max(ZERO, line.target.minus(line.value).minus(first.get(line) ?? ZERO)),
        ]),
      );
      const excess = afterwards.minus(this.towards(this.cashTarget, this.cashUpper));
      for (const [line, amount] of this.filled(gaps, excess, first))
        wanted.set(line, (wanted.get(line) ?? ZERO).plus(amount));
    }
    this.buyRounded(wanted, budget);
  }

  /**
   * Shares a budget, costs included, among lines up to what each lacks, the furthest behind its target
   * first. Lines whose share is below the minimum trade give it up.
   */
  private filled(
    gaps: ReadonlyMap<Line, Decimal>,
    budget: Decimal,
    before: ReadonlyMap<Line, Decimal> = new Map(),
  ): Map<Line, Decimal> {
    let lines = [...gaps.keys()].filter(
      (line) => gaps.get(line)!.greaterThan(0) && this.spread(line.assets, ZERO, 'BUY', line).length > 0,
    );
    const { costFixed, costBps, minimumTrade } = this.rules;
    while (lines.length > 0) {
      const fixed = costFixed.times(this.orderCount(lines.filter((line) => !before.has(line))));
      const available = budget.minus(fixed).div(costBps.div(10_000).plus(1));
      if (!available.greaterThan(0)) return new Map();
      const shares = level(
        lines.map((line) => ({
          value: line.value.plus(before.get(line) ?? ZERO),
          target: line.target,
          cap: gaps.get(line)!,
        })),
        available,
        'UP',
      );
      const amountOf = (index: number) => shares[index].plus(before.get(lines[index]) ?? ZERO);
      const smallest = lines.reduce(
        (least, _, index) => (amountOf(index).lessThan(amountOf(least)) ? index : least),
        0,
      );
      const isEnough = amountOf(smallest).greaterThan(0) && !amountOf(smallest).lessThan(minimumTrade);
      if (isEnough) return new Map(lines.map((line, index) => [line, shares[index]]));
      lines = lines.filter((_, index) => index !== smallest);
    }
    return new Map();
  }

  private costOf(amounts: ReadonlyMap<Line, Decimal>): Decimal {
    const { costFixed, costBps } = this.rules;
    return total([...amounts.values()])
      .times(costBps)
      .div(10_000)
      .plus(costFixed.times(this.orderCount([...amounts.keys()])));
  }

  /** The most purchases that lines can take. */
  private orderCount(lines: readonly Line[]): number {
    return lines.reduce(
      (count, { sleeve, assets }) =>
        count +
        (sleeve.buyAssetId === null
          ? assets.filter(({ quantity }) => quantity.greaterThan(0)).length || 1
          : 1),
      0,
    );
  }

  /** Places purchases in whole lots: rounded down first, then up to the nearest where the budget allows. */
  private buyRounded(wanted: ReadonlyMap<Line, Decimal>, budget: Decimal): void {
    const drafts = [...wanted].flatMap(([line, amount]) =>
      this.spread(line.assets, amount, 'BUY', line).map(([asset, part]) => {
        const exact = part.div(asset.price);
        const quantity = inLots(exact, asset, 'DOWN');
        return { line, asset, quantity, missing: exact.minus(quantity) };
      }),
    );
    let left = budget;
    for (const draft of drafts) {
      const { value, cost } = this.order(draft.line, draft.asset, 'BUY', draft.quantity);
      if (draft.quantity.greaterThan(0)) left = left.minus(value).minus(cost);
    }
    const byMissing = drafts.toSorted((a, b) =>
      b.missing.times(b.asset.price).comparedTo(a.missing.times(a.asset.price)),
    );
    for (const draft of byMissing) {
      const { lotSize, price } = draft.asset;
      if (lotSize.isZero() || draft.missing.times(2).lessThan(lotSize)) continue;
      const isNew = draft.quantity.isZero();
      const { costFixed, costBps } = this.rules;
      const extra = lotSize
        .times(price)
        .times(costBps.div(10_000).plus(1))
        .plus(isNew ? costFixed : ZERO);
      if (extra.greaterThan(left)) continue;
      draft.quantity = draft.quantity.plus(lotSize);
      left = left.minus(extra);
    }
    for (const { line, asset, quantity } of drafts) this.place(this.order(line, asset, 'BUY', quantity));
  }

  /**
   * How an amount falls on the assets of a line: into the one that is bought, or by value; where a share
   * would be below the minimum trade, on the largest ones alone.
   */
  private spread(
    assets: readonly PlanAsset[],
    amount: Decimal,
    side: 'BUY' | 'SELL',
    line?: Line,
  ): [PlanAsset, Decimal][] {
    const chosen = side === 'BUY' && assets.find(({ id }) => id === line?.sleeve.buyAssetId);
    if (chosen) return [[chosen, amount]];
    if (assets.length === 1) return [[assets[0], amount]];
    const held = assets
      .filter(({ quantity }) => quantity.greaterThan(0))
      .toSorted((a, b) => valueOf(b).comparedTo(valueOf(a)));
    const whole = total(held.map(valueOf));
    const shares = held.map((asset): [PlanAsset, Decimal] => [
      asset,
      amount.times(valueOf(asset)).div(whole),
    ]);
    const isFine = shares.every(([, share]) => !share.lessThan(this.rules.minimumTrade));
    if (isFine || held.length === 0) return shares;
    if (side === 'BUY') return [[held[0], amount]];
    let left = amount;
    return held.flatMap((asset): [PlanAsset, Decimal][] => {
      const part = Decimal.min(left, valueOf(asset));
      left = left.minus(part);
      return part.greaterThan(0) ? [[asset, part]] : [];
    });
  }

  private order({ sleeve }: Line, asset: PlanAsset, side: 'BUY' | 'SELL', quantity: Decimal): PlanOrder {
    const value = quantity.times(asset.price);
    const cost = value.times(this.rules.costBps).div(10_000).plus(this.rules.costFixed);
    return { assetId: asset.id, sleeveKey: sleeve.key, side, quantity, price: asset.price, value, cost };
  }

  private place(order: PlanOrder): void {
    if (order.quantity.greaterThan(0) && !order.value.lessThan(this.rules.minimumTrade))
      this.orders.push(order);
  }

  private cashNow(): Decimal {
    return this.orders.reduce(
      (cash, { side, value, cost }) => (side === 'SELL' ? cash.plus(value) : cash.minus(value)).minus(cost),
      this.rules.cash,
    );
  }

  private result(): Plan {
    const change = (key: string) =>
      total(
        this.orders
          .filter(({ sleeveKey }) => sleeveKey === key)
          .map(({ side, value }) => (side === 'BUY' ? value : value.negated())),
      );
    const standing = (before: Decimal, after: Decimal, target: Decimal, lower: Decimal, upper: Decimal) => ({
      valueBefore: before,
      valueAfter: after,
      targetValue: target,
      lowerValue: lower,
      upperValue: upper,
      isOutside: before.lessThan(lower) || before.greaterThan(upper),
    });
    return {
      managedValue: this.managed,
      orders: this.orders,
      costs: total(this.orders.map(({ cost }) => cost)),
      sleeves: new Map(
        this.lines.map(({ sleeve: { key }, value, target, lower, upper }) => [
          key,
          standing(value, value.plus(change(key)), target, lower, upper),
        ]),
      ),
      cash: standing(this.rules.cash, this.cashNow(), this.cashTarget, this.cashLower, this.cashUpper),
    };
  }
}

function valueOf({ quantity, price }: PlanAsset): Decimal {
  return quantity.times(price);
}

function total(values: readonly Decimal[]): Decimal {
  return values.reduce((sum, value) => sum.plus(value), ZERO);
}

/** A quantity in whole lots, or to 8 decimals where any fraction can be traded. */
function inLots(quantity: Decimal, { lotSize }: PlanAsset, rounding: Rounding): Decimal {
  if (lotSize.isZero()) return quantity.toDecimalPlaces(UNIT_DECIMALS, rounding);
  return quantity.div(lotSize).toDecimalPlaces(0, rounding).times(lotSize);
}
