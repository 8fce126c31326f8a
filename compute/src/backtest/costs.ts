import type { CostModel } from '../service/contract.ts';

/** What a fill of `quantity` units at `price` costs in commission: the parts added, at least the minimum. */
export function feeOf(costs: CostModel, quantity: number, price: number): number {
  if (quantity === 0) return 0;
  const parts =
    costs.commissionPerTrade +
    costs.commissionPerShare * quantity +
    (costs.commissionBps / 10_000) * quantity * price;
  return Math.max(costs.commissionMinimum, parts);
}

/** The price a market order gets: `price` worsened by the slippage; `side` is +1 to buy, -1 to sell. */
export function slippedPrice(costs: CostModel, price: number, side: number): number {
  return price * (1 + (side * costs.slippageBps) / 10_000);
}

/** `quantity` rounded down to whole lots; a lot of 0 allows any fraction. */
export function toLots(quantity: number, lotSize: number): number {
  return lotSize > 0 ? Math.floor(quantity / lotSize) * lotSize : quantity;
}

/** The most units at `price` that `cash` pays for, commission included; 0 when not even one lot. */
export function affordableQuantity(costs: CostModel, cash: number, price: number, lotSize: number): number {
  const unitCost = price * (1 + costs.commissionBps / 10_000) + costs.commissionPerShare;
  let quantity = toLots(Math.max(0, cash - costs.commissionPerTrade) / unitCost, lotSize);
  if (quantity * price + feeOf(costs, quantity, price) > cash && costs.commissionMinimum > 0) {
    quantity = Math.min(quantity, toLots(Math.max(0, cash - costs.commissionMinimum) / price, lotSize));
  }
  return quantity;
}
