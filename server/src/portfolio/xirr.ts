/** Money that an investor puts in (negative) or takes out (positive). */
export interface InvestorFlow {
  readonly timeMs: number;
  readonly amount: number;
}

/** The money-weighted rate with all roots that were found, or why there is none. */
export type XirrResult =
  | { readonly rate: number; readonly roots: readonly number[]; readonly reason: null }
  | { readonly rate: null; readonly roots: readonly number[]; readonly reason: string };

const DAY_MS = 86_400_000;
const DAYS_PER_YEAR = 365;
/** Where several rates solve the equation, the one nearest to this is given. */
const EXPECTED_RATE = 0.1;
const STEPS = 4_000;
/** The search goes from -99.9999 % to 100,000,000 %. */
const LOG_RATE_MAXIMUM = Math.log(1e6);
const EXPONENT_MAXIMUM = 600;
const BISECTIONS_MAXIMUM = 200;

/** Net present value of flows at a rate, actual/365 from the first one. */
export function presentValue(flows: readonly InvestorFlow[], rate: number): number {
  const firstMs = Math.min(...flows.map(({ timeMs }) => timeMs));
  return valueAt(flows, firstMs, Math.log1p(rate));
}

/**
 * The yearly rate r at which the flows are worth nothing: sum of amount / (1 + r)^(days / 365) = 0.
 * Every sign change over a grid of log(1 + r) is bracketed and bisected, so no start value decides
 * which root is found; of several, the one nearest to 10 % is the rate.
 */
export function xirr(flows: readonly InvestorFlow[]): XirrResult {
  const none = (reason: string): XirrResult => ({ rate: null, roots: [], reason });
  const moved = flows.filter(({ amount }) => amount !== 0);
  if (!moved.some(({ amount }) => amount < 0) || !moved.some(({ amount }) => amount > 0))
    return none('expected money in and money out, was money one way only');
  const firstMs = Math.min(...moved.map(({ timeMs }) => timeMs));
  const years = (Math.max(...moved.map(({ timeMs }) => timeMs)) - firstMs) / DAY_MS / DAYS_PER_YEAR;
  if (years === 0) return none('expected flows on several days, was one day only');
  const roots = rootsOf(
    (logRate) => valueAt(moved, firstMs, logRate),
    Math.min(LOG_RATE_MAXIMUM, EXPONENT_MAXIMUM / years),
  );
  if (roots.length === 0) return none('expected a rate at which the flows are worth nothing, was none');
  const rates = roots.map((root) => Math.expm1(root));
  const distance = (rate: number) => Math.abs(rate - EXPECTED_RATE);
  const rate = rates.reduce((best, one) => (distance(one) < distance(best) ? one : best));
  return { rate, roots: rates, reason: null };
}

function valueAt(flows: readonly InvestorFlow[], firstMs: number, logRate: number): number {
  let total = 0;
  for (const { timeMs, amount } of flows)
    total += amount * Math.exp((-logRate * (timeMs - firstMs)) / DAY_MS / DAYS_PER_YEAR);
  return total;
}

/** Roots of a function between -bound and bound, finer around 0 where most rates are. */
function rootsOf(value: (x: number) => number, bound: number): number[] {
  const place = (step: number) => {
    const z = (2 * step) / STEPS - 1;
    return bound * z * z * z;
  };
  const roots: number[] = [];
  let [left, leftValue] = [place(0), value(place(0))];
  for (let step = 1; step <= STEPS; step += 1) {
    const right = place(step);
    const rightValue = value(right);
    if (leftValue === 0) roots.push(left);
    else if (leftValue < 0 !== rightValue < 0 && rightValue !== 0) roots.push(bisect(value, left, right));
    [left, leftValue] = [right, rightValue];
  }
  return roots;
}

function bisect(value: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  const isLowNegative = value(low) < 0;
  for (let count = 0; count < BISECTIONS_MAXIMUM; count += 1) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (value(middle) < 0 === isLowNegative) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
