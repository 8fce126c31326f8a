import { abs } from './abs.ts';
import { adaptiveAverage } from './adaptive-average.ts';
import { add } from './add.ts';
import { after } from './after.ts';
import { alma } from './alma.ts';
import { and } from './and.ts';
import { barsSince } from './bars-since.ts';
import { barsSinceHighest } from './bars-since-highest.ts';
import { barsSinceLowest } from './bars-since-lowest.ts';
import { choose } from './choose.ts';
import { correlation } from './correlation.ts';
import { covariance } from './covariance.ts';
import { crossesAbove } from './crosses-above.ts';
import { crossesBelow } from './crosses-below.ts';
import { divide } from './divide.ts';
import { ema } from './ema.ts';
import { equal } from './equal.ts';
import { exp } from './exp.ts';
import { greater } from './greater.ts';
import { greaterEqual } from './greater-equal.ts';
import { highest } from './highest.ts';
import { hurst } from './hurst.ts';
import { lag } from './lag.ts';
import { less } from './less.ts';
import { lessEqual } from './less-equal.ts';
import { log } from './log.ts';
import { lowest } from './lowest.ts';
import { max } from './max.ts';
import { meanDeviation } from './mean-deviation.ts';
import { min } from './min.ts';
import { multiply } from './multiply.ts';
import { negate } from './negate.ts';
import { not } from './not.ts';
import { notEqual } from './not-equal.ts';
import { or } from './or.ts';
import { parabolicStop } from './parabolic-stop.ts';
import { percentRank } from './percent-rank.ts';
import { power } from './power.ts';
import { quantile } from './quantile.ts';
import { rma } from './rma.ts';
import { rsi } from './rsi.ts';
import { runningSum } from './running-sum.ts';
import { slope } from './slope.ts';
import { sma } from './sma.ts';
import { sqrt } from './sqrt.ts';
import { stdev } from './stdev.ts';
import { subtract } from './subtract.ts';
import { sum } from './sum.ts';
import { trailingBands } from './trailing-bands.ts';
import { ulcerIndex } from './ulcer-index.ts';
import { whole } from './whole.ts';
import { wma } from './wma.ts';
import type { Kernel } from '../kernel.ts';

/** Every kernel by the name of its operation. */
export const kernels: Readonly<Record<string, Kernel>> = {
  abs,
  adaptive_average: adaptiveAverage,
  add,
  after,
  alma,
  and,
  bars_since: barsSince,
  bars_since_highest: barsSinceHighest,
  bars_since_lowest: barsSinceLowest,
  choose,
  correlation,
  covariance,
  crosses_above: crossesAbove,
  crosses_below: crossesBelow,
  divide,
  ema,
  equal,
  exp,
  greater,
  greater_equal: greaterEqual,
  highest,
  hurst,
  lag,
  less,
  less_equal: lessEqual,
  log,
  lowest,
  max,
  mean_deviation: meanDeviation,
  min,
  multiply,
  negate,
  not,
  not_equal: notEqual,
  or,
  parabolic_stop: parabolicStop,
  percent_rank: percentRank,
  power,
  quantile,
  rma,
  rsi,
  running_sum: runningSum,
  slope,
  sma,
  sqrt,
  stdev,
  subtract,
  sum,
  trailing_bands: trailingBands,
  ulcer_index: ulcerIndex,
  whole,
  wma,
};
