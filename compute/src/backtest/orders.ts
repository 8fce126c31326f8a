/** An order that waits inside bars for its price, on the side it buys (+1) or sells (-1); `limit` or `stop` is NaN where it has none. */
export interface WaitingOrder {
  readonly side: number;
  /** The bar whose close decided it. */
  readonly decided: number;
  /** The last bar it is good for. */
  readonly lastBar: number;
  readonly limit: number;
  readonly stop: number;
  readonly rule: string;
}

/** What one bar does to a waiting order: a stop that is reached leaves a limit order, or an order at the market. */
export interface OrderOutcome {
  readonly order: WaitingOrder;
  /** NaN where it does not fill. */
  readonly price: number;
  /** Whether it fills at the open, so that all of the bar comes after it. */
  readonly isAtOpen: boolean;
  /** Whether the price is still worsened by slippage and spread: that of a limit order is not. */
  readonly slips: boolean;
}

/**
 * Looks for a waiting order's fill in one bar: at its price, or at the open where the bar opened beyond it.
 * A stop order with a limit that is reached inside the bar at a price beyond its limit fills in a later bar
 * at the earliest, as nobody knows whether the price came back in this one.
 */
export function workOrder(order: WaitingOrder, open: number, high: number, low: number): OrderOutcome {
  const { side, limit, stop } = order;
  const [cheapest, dearest] = side > 0 ? [low, high] : [high, low];
  const outcome = (price: number, isAtOpen: boolean, slips: boolean, left = order): OrderOutcome => ({
    order: left,
    price,
    isAtOpen,
    slips,
  });
  let limitOrder = order;
  if (!Number.isNaN(stop)) {
    if (!(side * (dearest - stop) >= 0)) return outcome(NaN, false, false);
    const isAtOpen = side * (open - stop) >= 0;
    const price = isAtOpen ? open : stop;
    if (Number.isNaN(limit)) return outcome(price, isAtOpen, true);
    if (side * (limit - price) >= 0) return outcome(price, isAtOpen, false);
    limitOrder = { ...order, stop: NaN };
    if (!isAtOpen) return outcome(NaN, false, false, limitOrder);
  }
  if (side * (limit - open) >= 0) return outcome(open, true, false, limitOrder);
  return outcome(side * (limit - cheapest) >= 0 ? limit : NaN, false, false, limitOrder);
}
