import type { InstrumentRow } from '../market-data/instrument.entity.ts';
import { toInstrument } from '../market-data/market-data.resolver.ts';
import { amountText as amount, type Decimal, ZERO } from '../platform/decimal.ts';
import type { PlanOrder, Standing } from './rebalance.ts';
import { RebalanceLine, RebalanceLot, RebalanceOrder, RebalancePlan } from './rebalance.type.ts';
import { gainOf } from './sale-lots.ts';
import { lineKey, type PlanHolding } from './targets.ts';
import type { ExplainedPlan, TaxedOrder } from './targets.service.ts';
import { UnmanagedHolding } from './targets.type.ts';

const total = (values: readonly Decimal[]) => values.reduce((sum, value) => sum.plus(value), ZERO);

/** A plan as the API tells it. */
export function toPlan(
  plan: ExplainedPlan,
  currency: string,
  instruments: readonly (InstrumentRow | Error | null)[],
): RebalancePlan {
  const { managedValue, orders, targets, cash, costs } = plan;
  const left = managedValue.minus(costs);
  const lines = targets.lines.map((line) => {
    const standing = plan.sleeves.get(lineKey(line))!;
    const own = orders.filter(({ sleeveKey }) => sleeveKey === lineKey(line));
    return toLine(standing, managedValue, left, own, { ...line, isCash: false });
  });
  const cashLine = toLine(cash, managedValue, left, [], {
    instrumentId: null,
    assetClass: null,
    isCash: true,
  });
  const closings = orders.flatMap((order) => order.closings);
  return Object.assign(new RebalancePlan(), {
    currency,
    at: plan.at,
    managedValue: amount(managedValue),
    isBalanced: !cash.isOutside && [...plan.sleeves.values()].every(({ isOutside }) => !isOutside),
    lines: [...lines, cashLine],
    orders: orders.map((order) => toOrder(order, plan.holdings.get(order.assetId)!)),
    costs: amount(costs),
    tradedValue: amount(total(orders.map(({ value }) => value))),
    gainShortTerm: amount(gainOf(closings.filter(({ isLongTerm }) => !isLongTerm))),
    gainLongTerm: amount(gainOf(closings.filter(({ isLongTerm }) => isLongTerm))),
    unmanaged: plan.unmanaged.map(({ holding: { quantity, price }, reason }, index) =>
      Object.assign(new UnmanagedHolding(), {
        instrument: toInstrument(instruments[index] as InstrumentRow),
        value: price && amount(quantity.times(price)),
        reason,
      }),
    ),
    notes: [...plan.notes],
  });
}

function toLine(
  standing: Standing,
  managed: Decimal,
  left: Decimal,
  orders: readonly PlanOrder[],
  {
    instrumentId,
    assetClass,
    isCash,
  }: { instrumentId: string | null; assetClass: string | null; isCash: boolean },
): RebalanceLine {
  const { valueBefore, valueAfter, targetValue, lowerValue, upperValue, isOutside } = standing;
  const part = (value: Decimal) => value.div(managed).toNumber();
  return Object.assign(new RebalanceLine(), {
    instrumentId,
    assetClass,
    isCash,
    value: amount(valueBefore),
    valueAfter: amount(valueAfter),
    weight: part(valueBefore),
    weightAfter: left.greaterThan(0) ? valueAfter.div(left).toNumber() : 0,
    target: part(targetValue),
    lower: part(lowerValue),
    upper: part(upperValue),
    isOutside,
    explanation: explained(standing, managed, orders, isCash),
  });
}

function explained(
  standing: Standing,
  managed: Decimal,
  orders: readonly PlanOrder[],
  isCash: boolean,
): string {
  const { valueBefore, valueAfter, targetValue, lowerValue, upperValue } = standing;
  const percent = (value: Decimal) => `${value.div(managed).times(100).toDecimalPlaces(1).toFixed()}%`;
  const band = `${percent(lowerValue)} to ${percent(upperValue)}`;
  const place = valueBefore.lessThan(lowerValue)
    ? `${percent(valueBefore)} is below the band of ${band}`
    : valueBefore.greaterThan(upperValue)
      ? `${percent(valueBefore)} is above the band of ${band}`
      : `${percent(valueBefore)} is inside the band of ${band}`;
  const target = `the target is ${percent(targetValue)}`;
  if (isCash) return `${place}; ${target}, and ${percent(valueAfter)} are left after the orders.`;
  if (orders.length === 0)
    return `${place}; ${target}. ${standing.isOutside ? 'No order fits the rules' : 'Nothing has to be done'}.`;
  const isInside = !standing.isOutside;
  const what = orders[0].side === 'BUY' ? 'Bought' : 'Sold';
  const why = !isInside
    ? ''
    : orders[0].side === 'BUY'
      ? ' with cash that is over'
      : ' for the cash that others need';
  return `${place}; ${target}. ${what}${why} to ${percent(valueAfter)}.`;
}

function toOrder(
  { assetId, side, quantity, price, value, cost, closings }: TaxedOrder,
  { quotePrice, baseRate }: PlanHolding,
): RebalanceOrder {
  const accounts = new Set(closings.map(({ accountId }) => accountId));
  return Object.assign(new RebalanceOrder(), {
    instrumentId: assetId,
    side,
    quantity: amount(quantity),
    price: amount(price),
    quotePrice: amount(quotePrice!),
    exchangeRate: amount(baseRate),
    value: amount(value),
    cost: amount(cost),
    accountId: accounts.size === 1 ? [...accounts][0] : null,
    gain: side === 'SELL' ? amount(gainOf(closings)) : null,
    lots: closings.map((lot) =>
      Object.assign(new RebalanceLot(), {
        ...lot,
        transactionId: lot.lotId,
        openedAt: new Date(lot.openedMs),
        quantity: amount(lot.quantity),
        costBasis: amount(lot.costBasis),
        proceeds: amount(lot.proceeds),
        gain: amount(lot.gain),
      }),
    ),
  });
}
