import { abs } from './abs.ts';
import { add } from './add.ts';
import { adx } from './adx.ts';
import { after } from './after.ts';
import { and } from './and.ts';
import { aroonDown } from './aroon-down.ts';
import { aroonUp } from './aroon-up.ts';
import { atr } from './atr.ts';
import { barsSince } from './bars-since.ts';
import { barsSinceHighest } from './bars-since-highest.ts';
import { barsSinceLowest } from './bars-since-lowest.ts';
import { bollingerLower } from './bollinger-lower.ts';
import { bollingerMiddle } from './bollinger-middle.ts';
import { bollingerPercent } from './bollinger-percent.ts';
import { bollingerUpper } from './bollinger-upper.ts';
import { cci } from './cci.ts';
import { change } from './change.ts';
import { choose } from './choose.ts';
import { correlation } from './correlation.ts';
import { crossesAbove } from './crosses-above.ts';
import { crossesBelow } from './crosses-below.ts';
import { dema } from './dema.ts';
import { divide } from './divide.ts';
import { donchianLower } from './donchian-lower.ts';
import { donchianUpper } from './donchian-upper.ts';
import { ema } from './ema.ts';
import { equal } from './equal.ts';
import { greater } from './greater.ts';
import { greaterEqual } from './greater-equal.ts';
import { highest } from './highest.ts';
import { hma } from './hma.ts';
import { keltnerLower } from './keltner-lower.ts';
import { keltnerUpper } from './keltner-upper.ts';
import { lag } from './lag.ts';
import { less } from './less.ts';
import { lessEqual } from './less-equal.ts';
import { log } from './log.ts';
import { lowest } from './lowest.ts';
import { macd } from './macd.ts';
import { macdHistogram } from './macd-histogram.ts';
import { macdSignal } from './macd-signal.ts';
import { max } from './max.ts';
import { meanDeviation } from './mean-deviation.ts';
import { mfi } from './mfi.ts';
import { min } from './min.ts';
import { minusDi } from './minus-di.ts';
import { momentum } from './momentum.ts';
import { multiply } from './multiply.ts';
import { negate } from './negate.ts';
import { not } from './not.ts';
import { notEqual } from './not-equal.ts';
import { obv } from './obv.ts';
import { or } from './or.ts';
import { percent } from './percent.ts';
import { percentRank } from './percent-rank.ts';
import { plusDi } from './plus-di.ts';
import { rma } from './rma.ts';
import { roc } from './roc.ts';
import { rsi } from './rsi.ts';
import { runningSum } from './running-sum.ts';
import { slope } from './slope.ts';
import { sma } from './sma.ts';
import { sqrt } from './sqrt.ts';
import { stdev } from './stdev.ts';
import { stochastic } from './stochastic.ts';
import { subtract } from './subtract.ts';
import { sum } from './sum.ts';
import { tema } from './tema.ts';
import { trueRange } from './true-range.ts';
import { typicalPrice } from './typical-price.ts';
import { vwma } from './vwma.ts';
import { whole } from './whole.ts';
import { williamsR } from './williams-r.ts';
import { wma } from './wma.ts';
import { zscore } from './zscore.ts';
import type { OpDefinition } from './define.ts';

const all: readonly OpDefinition[] = [
  abs,
  add,
  adx,
  after,
  and,
  aroonDown,
  aroonUp,
  atr,
  barsSince,
  barsSinceHighest,
  barsSinceLowest,
  bollingerLower,
  bollingerMiddle,
  bollingerPercent,
  bollingerUpper,
  cci,
  change,
  choose,
  correlation,
  crossesAbove,
  crossesBelow,
  dema,
  divide,
  donchianLower,
  donchianUpper,
  ema,
  equal,
  greater,
  greaterEqual,
  highest,
  hma,
  keltnerLower,
  keltnerUpper,
  lag,
  less,
  lessEqual,
  log,
  lowest,
  macd,
  macdHistogram,
  macdSignal,
  max,
  meanDeviation,
  mfi,
  min,
  minusDi,
  momentum,
  multiply,
  negate,
  not,
  notEqual,
  obv,
  or,
  percent,
  percentRank,
  plusDi,
  rma,
  roc,
  rsi,
  runningSum,
  slope,
  sma,
  sqrt,
  stdev,
  stochastic,
  subtract,
  sum,
  tema,
  trueRange,
  typicalPrice,
  vwma,
  whole,
  williamsR,
  wma,
  zscore,
];

/** Every operation by its name. */
export const ops: ReadonlyMap<string, OpDefinition> = new Map(all.map((op) => [op.name, op]));
