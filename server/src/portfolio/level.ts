import { Decimal, ZERO } from '../platform/decimal.ts';

/** Something with a value and a target for it. */
export interface Vessel {
  readonly value: Decimal;
  readonly target: Decimal;
  /** The most that may go in or out. */
  readonly cap: Decimal;
}

/**
 * Shares an amount so that values over targets become level: upwards into the lowest first, downwards
 * out of the highest first, each up to its cap.
 */
export function level(vessels: readonly Vessel[], amount: Decimal, way: 'UP' | 'DOWN'): Decimal[] {
  const caps = vessels.map(({ cap }) => cap);
  if (total(caps).lessThanOrEqualTo(amount)) return caps;
  const sign = way === 'UP' ? 1 : -1;
  // Without a target nothing may stay: such a vessel is emptied before all others.
  const shareAt = ({ value, target, cap }: Vessel, height: Decimal) =>
    target.isZero()
      ? cap
      : Decimal.min(cap, Decimal.max(ZERO, target.times(height).minus(value).times(sign)));
  const heights = vessels
    .filter(({ target }) => !target.isZero())
    .flatMap(({ value, target, cap }) => [value.div(target), value.plus(cap.times(sign)).div(target)])
    .toSorted((a, b) => a.comparedTo(b) * sign);
  const takenAt = (height: Decimal) => total(vessels.map((vessel) => shareAt(vessel, height)));
  const after = heights.findIndex((height) => takenAt(height).greaterThanOrEqualTo(amount));
  // Those without a target hold more than the amount.
  if (after === 0) return drain(vessels, amount);
  const [low, high] = [heights[after - 1], heights[after]];
  const [fromLow, toHigh] = [takenAt(low), takenAt(high)];
  const height = toHigh.equals(fromLow)
    ? high
    : low.plus(high.minus(low).times(amount.minus(fromLow)).div(toHigh.minus(fromLow)));
  return vessels.map((vessel) => shareAt(vessel, height));
}

/** Takes from those without a target alone. */
function drain(vessels: readonly Vessel[], amount: Decimal): Decimal[] {
  let left = amount;
  return vessels.map(({ target, cap }) => {
    const part = target.isZero() ? Decimal.min(left, cap) : ZERO;
    left = left.minus(part);
    return part;
  });
}

function total(values: readonly Decimal[]): Decimal {
  return values.reduce((sum, value) => sum.plus(value), ZERO);
}
