import type { Figure } from './performance.ts';

/** Returns of a portfolio and a benchmark over the same steps. */
export interface PairedReturns {
  readonly own: Float64Array;
  readonly benchmark: Float64Array;
  readonly periodsPerYear: number;
}

/** What a portfolio did beside a benchmark. */
export interface RelativeFigures {
  readonly trackingError: Figure;
  readonly informationRatio: Figure;
  readonly beta: Figure;
  readonly alpha: Figure;
  readonly correlation: Figure;
  readonly upCapture: Figure;
  readonly downCapture: Figure;
}

/** Fewer returns say nothing about how two series move together. */
const RETURNS_MINIMUM = 3;

type MakeFigure = (
  value: number,
  formula: string,
  convention: string,
  reason: string,
  more?: readonly { name: string; value: number }[],
) => Figure;

/** Makes figures that are undefined where there are too few returns, or for the reason given. */
function figureMaker({ own, periodsPerYear }: PairedReturns): MakeFigure {
  const isEnough = own.length >= RETURNS_MINIMUM;
  const tooFew = `expected at least ${RETURNS_MINIMUM} returns, was ${own.length}`;
  return (value, formula, convention, reason, more = []) => {
    const isDefined = isEnough && Number.isFinite(value);
    const inputs = [
      { name: 'n', value: own.length },
      { name: 'periods per year', value: periodsPerYear },
      ...more,
    ];
    return {
      value: isDefined ? value : null,
      annualised: null,
      annualisedReason: null,
      reason: isDefined ? null : isEnough ? reason : tooFew,
      formula,
      convention,
      inputs,
      roots: [],
    };
  };
}

/** Measures a portfolio against a benchmark, the risk-free rate taken as 0. Undefined where nothing moves. */
export function relativeFigures(pairs: PairedReturns): RelativeFigures {
  const { own, benchmark, periodsPerYear } = pairs;
  const figure = figureMaker(pairs);
  const active = own.map((one, t) => one - benchmark[t]);
  const trackingError = deviation(active) * Math.sqrt(periodsPerYear);
  const [ownYearly, benchmarkYearly] = [own, benchmark].map((returns) => yearly(returns, periodsPerYear));
  const premium = ownYearly - benchmarkYearly;
  const beta = covariance(own, benchmark) / covariance(benchmark, benchmark);
  const yearlyInputs = [
    { name: 'Rp', value: ownYearly },
    { name: 'Rb', value: benchmarkYearly },
  ];
  return {
    trackingError: figure(
      trackingError,
      'standard deviation of (rp - rb) x square root of periods per year',
      'Sample deviation (n - 1) of the difference of simple returns.',
      'expected differing returns, was one return for all',
    ),
    informationRatio: figure(
      trackingError > 0 ? premium / trackingError : NaN,
      '(Rp - Rb) / tracking error',
      'Rp and Rb are compound returns per year.',
      'expected a tracking error above 0, was 0',
      [...yearlyInputs, { name: 'tracking error', value: trackingError }],
    ),
    beta: figure(
      beta,
      'covariance of rp and rb / variance of rb',
      'Simple returns of the same steps.',
      'expected a benchmark that moves, was one return for all',
    ),
    alpha: figure(
      ownYearly - beta * benchmarkYearly,
      'Rp - beta x Rb (Jensen 1968)',
      'Rp and Rb are compound returns per year; the risk-free rate is taken as 0.',
      'expected a benchmark that moves, was one return for all',
      [...yearlyInputs, { name: 'beta', value: beta }],
    ),
    correlation: figure(
      covariance(own, benchmark) / Math.sqrt(covariance(own, own) * covariance(benchmark, benchmark)),
      'covariance of rp and rb / (deviation of rp x deviation of rb)',
      'Simple returns of the same steps.',
      'expected two series that move, was one that does not',
    ),
    upCapture: capture(pairs, figure, (rate) => rate > 0, 'rises'),
    downCapture: capture(pairs, figure, (rate) => rate <= 0, 'does not rise'),
  };
}

function capture(
  { own, benchmark }: PairedReturns,
  figure: MakeFigure,
  isCounted: (rate: number) => boolean,
  word: string,
): Figure {
  const sumWhere = (returns: Float64Array) =>
    returns.reduce((total, one, t) => (isCounted(benchmark[t]) ? total + one : total), 0);
  const [above, below] = [sumWhere(own), sumWhere(benchmark)];
  return figure(
    above / below,
    `sum of rp / sum of rb over the steps in which the benchmark ${word}`,
    `1 where the portfolio moved as the benchmark when that ${word}.`,
    `expected a step in which the benchmark ${word}, was none`,
    [
      { name: 'sum of rp', value: above },
      { name: 'sum of rb', value: below },
    ],
  );
}

function mean(values: Float64Array): number {
  return values.reduce((total, one) => total + one, 0) / values.length;
}

/** Sample covariance. Series that do not move have exactly none, whatever rounding left of them. */
function covariance(a: Float64Array, b: Float64Array): number {
  const [centreA, centreB] = [mean(a), mean(b)];
  const isFlat = (values: Float64Array) => values.every((one) => one === values[0]);
  if (isFlat(a) || isFlat(b)) return 0;
  return a.reduce((total, one, t) => total + (one - centreA) * (b[t] - centreB), 0) / (a.length - 1);
}

function deviation(values: Float64Array): number {
  return Math.sqrt(covariance(values, values));
}

function yearly(returns: Float64Array, periodsPerYear: number): number {
  const total = returns.reduce((product, one) => product * (1 + one), 1);
  return total ** (periodsPerYear / returns.length) - 1;
}
