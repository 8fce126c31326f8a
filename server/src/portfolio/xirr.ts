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
/** The search of log(1 + r): beyond, a rate in doubles is -100 % or no number. */
const LOG_RATE_MINIMUM = -36;
const LOG_RATE_MAXIMUM = 700;
/** The rates that are searched, in words. */
export const RATES_SEARCHED = '-99.99999999999998 % and 1e306 %';
const STEPS = 4_000;
/** Where steps begin to grow with the rate. */
const FINE_WITHIN = 0.05;
const BISECTIONS_MAXIMUM = 200;
/** What sums of doubles leave of nothing, as a part of what was summed. */
const DUST = 1e-12;

const sideOf = (bound: number) =>
  Array.from(
    { length: STEPS / 2 },
    (_, step) => FINE_WITHIN * Math.expm1((Math.log1p(bound / FINE_WITHIN) * 2 * (step + 1)) / STEPS),
  );
/** Places from the lowest to the highest rate, finer around 0 where most rates are. */
const PLACES: readonly number[] = [
  ...sideOf(-LOG_RATE_MINIMUM)
    .map((place) => -place)
    .toReversed(),
  0,
  ...sideOf(LOG_RATE_MAXIMUM),
];

/** Net present value of flows at a rate, actual/365 from the first one. */
export function presentValue(flows: readonly InvestorFlow[], rate: number): number {
  const firstMs = Math.min(...flows.map(({ timeMs }) => timeMs));
  return valueAt(flows, firstMs, Math.log1p(rate));
}

/**
 * The yearly rate r at which the flows are worth nothing: sum of amount / (1 + r)^(days / 365) = 0.
 * Every root is bracketed and bisected, so no start value decides which is found; of several, the one
 * nearest to 10 % is the rate.
 */
export function xirr(flows: readonly InvestorFlow[]): XirrResult {
  const none = (reason: string): XirrResult => ({ rate: null, roots: [], reason });
  const moved = flows.filter(({ amount }) => amount !== 0);
  if (!moved.some(({ amount }) => amount < 0) || !moved.some(({ amount }) => amount > 0))
    return none('expected money in and money out, was money one way only');
  const [firstMs] = moved.map(({ timeMs }) => timeMs).toSorted((a, b) => a - b);
  if (moved.every(({ timeMs }) => timeMs === firstMs))
    return none('expected flows on several days, was one day only');
  const roots = rootsOf(new Discounted(moved));
  if (roots.length === 0)
    return none(
      `expected a rate between ${RATES_SEARCHED} a year at which the flows are worth nothing, was none`,
    );
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

/** Flows of one time as one, in order, and what they are worth at a rate. */
class Discounted {
  readonly amounts: readonly number[];
  private readonly years: readonly number[];

  constructor(flows: readonly InvestorFlow[]) {
    const merged = [...Map.groupBy(flows, ({ timeMs }) => timeMs)]
      .map(([timeMs, group]) => ({ timeMs, amount: sumOf(group.map(({ amount }) => amount)) }))
      .filter(({ amount }) => amount !== 0)
      .toSorted((a, b) => a.timeMs - b.timeMs);
    this.amounts = merged.map(({ amount }) => amount);
    this.years = merged.map(({ timeMs }) => (timeMs - merged[0].timeMs) / DAY_MS / DAYS_PER_YEAR);
  }

  /**
   * The value, its slope and the sum of what it is made of, as seen from the first flow, or from the
   * last where rates are negative: there no power overflows, and the sign of the value is the same.
   */
  at(logRate: number, isNegative = logRate < 0): { value: number; slope: number; size: number } {
    const { amounts, years } = this;
    const seenFrom = isNegative ? years[years.length - 1] : 0;
    let [value, slope, size] = [0, 0, 0];
    for (let index = 0; index < amounts.length; index += 1) {
      const left = years[index] - seenFrom;
      const worth = amounts[index] * Math.exp(-logRate * left);
      value += worth;
      slope -= left * worth;
      size += Math.abs(worth);
    }
    return { value, slope, size };
  }
}

/** A sum of which rounding is not taken for an amount. */
function sumOf(amounts: readonly number[]): number {
  let [sum, size] = [0, 0];
  for (const amount of amounts) {
    sum += amount;
    size += Math.abs(amount);
  }
  return Math.abs(sum) <= DUST * size ? 0 : sum;
}

/**
 * All roots, ascending. By Laguerre there are no more above 0 than the running sums of the flows change
 * their sign, and none more below 0 than those from the end do: with one change at most, as most
 * portfolios have, two values tell whether there is a root. Otherwise a grid is searched.
 */
function rootsOf(flows: Discounted): number[] {
  const { amounts } = flows;
  const isFlat = sumOf(amounts) === 0;
  const changes = [signChanges(amounts), signChanges(amounts.toReversed())];
  if (isFlat || changes.some((count) => count > 1)) return gridRoots(flows, isFlat);
  const value = (logRate: number) => flows.at(logRate).value;
  return [
    [LOG_RATE_MINIMUM, 0],
    [0, LOG_RATE_MAXIMUM],
  ].flatMap(([from, to]) => (value(from) < 0 === value(to) < 0 ? [] : [bisect(value, from, to)]));
}

/** How often the running sums of amounts change their sign. */
function signChanges(amounts: readonly number[]): number {
  let [sum, last, count] = [0, 0, 0];
  for (const amount of amounts) {
    sum += amount;
    if (sum === 0) continue;
    if (last !== 0 && sum < 0 !== last < 0) count += 1;
    last = sum;
  }
  return count;
}

/** Roots between the places of a grid: where the sign changes, and where the value turns before it does. */
function gridRoots(flows: Discounted, isFlat: boolean): number[] {
  const value = (logRate: number) => flows.at(logRate).value;
  const values = PLACES.map((place) => (place === 0 && isFlat ? 0 : value(place)));
  const roots: number[] = [];
  for (let t = 1; t < PLACES.length; t += 1) {
    if (values[t] === 0) roots.push(PLACES[t]);
    else if (values[t - 1] !== 0 && values[t - 1] < 0 !== values[t] < 0)
      roots.push(bisect(value, PLACES[t - 1], PLACES[t]));
    else if (t + 1 < PLACES.length && isTurn(values[t - 1], values[t], values[t + 1]))
      roots.push(...turnRoots(flows, PLACES[t - 1], PLACES[t], PLACES[t + 1]));
  }
  return roots;
}

/** Whether the middle one of three values of one sign is the nearest to 0. */
function isTurn(before: number, middle: number, after: number): boolean {
  const sign = Math.sign(middle);
  return before * sign >= middle * sign && after * sign > middle * sign;
}

/** The two roots that a value has between places of one sign, the one where it touches 0, or none. */
function turnRoots(flows: Discounted, from: number, middle: number, to: number): number[] {
  const seen = (logRate: number) => flows.at(logRate, middle < 0);
  const turn = bisect((logRate) => seen(logRate).slope, from, to);
  const { value, size } = seen(turn);
  if (Math.abs(value) <= DUST * size) return [turn];
  if (value < 0 === seen(middle).value < 0) return [];
  const at = (logRate: number) => seen(logRate).value;
  return [bisect(at, from, turn), bisect(at, turn, to)];
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
