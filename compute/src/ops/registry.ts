import { abs } from './abs.ts';
import { adaptiveAverage } from './adaptive-average.ts';
import { add } from './add.ts';
import { adl } from './adl.ts';
import { adx } from './adx.ts';
import { adxr } from './adxr.ts';
import { after } from './after.ts';
import { alligatorJaw } from './alligator-jaw.ts';
import { alligatorLips } from './alligator-lips.ts';
import { alligatorTeeth } from './alligator-teeth.ts';
import { alma } from './alma.ts';
import { and } from './and.ts';
import { aroonDown } from './aroon-down.ts';
import { aroonOscillator } from './aroon-oscillator.ts';
import { aroonUp } from './aroon-up.ts';
import { atr } from './atr.ts';
import { averagePrice } from './average-price.ts';
import { awesome } from './awesome.ts';
import { balanceOfPower } from './balance-of-power.ts';
import { barsSince } from './bars-since.ts';
import { barsSinceHighest } from './bars-since-highest.ts';
import { barsSinceLowest } from './bars-since-lowest.ts';
import { beta } from './beta.ts';
import { bollingerLower } from './bollinger-lower.ts';
import { bollingerMiddle } from './bollinger-middle.ts';
import { bollingerPercent } from './bollinger-percent.ts';
import { bollingerUpper } from './bollinger-upper.ts';
import { bollingerWidth } from './bollinger-width.ts';
import { cci } from './cci.ts';
import { chaikinOscillator } from './chaikin-oscillator.ts';
import { chaikinVolatility } from './chaikin-volatility.ts';
import { chandelierLong } from './chandelier-long.ts';
import { chandelierShort } from './chandelier-short.ts';
import { change } from './change.ts';
import { choose } from './choose.ts';
import { choppiness } from './choppiness.ts';
import { cmf } from './cmf.ts';
import { cmo } from './cmo.ts';
import { connorsRsi } from './connors-rsi.ts';
import { coppock } from './coppock.ts';
import { correlation } from './correlation.ts';
import { covariance } from './covariance.ts';
import { crossesAbove } from './crosses-above.ts';
import { crossesBelow } from './crosses-below.ts';
import { dema } from './dema.ts';
import { divide } from './divide.ts';
import { donchianLower } from './donchian-lower.ts';
import { donchianMiddle } from './donchian-middle.ts';
import { donchianUpper } from './donchian-upper.ts';
import { dpo } from './dpo.ts';
import { dx } from './dx.ts';
import { easeOfMovement } from './ease-of-movement.ts';
import { efficiencyRatio } from './efficiency-ratio.ts';
import { elderBearPower } from './elder-bear-power.ts';
import { elderBullPower } from './elder-bull-power.ts';
import { ema } from './ema.ts';
import { equal } from './equal.ts';
import { exp } from './exp.ts';
import { forceIndex } from './force-index.ts';
import { forecastOscillator } from './forecast-oscillator.ts';
import { garmanKlassVolatility } from './garman-klass-volatility.ts';
import { greater } from './greater.ts';
import { greaterEqual } from './greater-equal.ts';
import { heikinAshiClose } from './heikin-ashi-close.ts';
import { heikinAshiHigh } from './heikin-ashi-high.ts';
import { heikinAshiLow } from './heikin-ashi-low.ts';
import { heikinAshiOpen } from './heikin-ashi-open.ts';
import { highest } from './highest.ts';
import { hma } from './hma.ts';
import { hurst } from './hurst.ts';
import { ichimokuBase } from './ichimoku-base.ts';
import { ichimokuConversion } from './ichimoku-conversion.ts';
import { ichimokuSpanA } from './ichimoku-span-a.ts';
import { ichimokuSpanB } from './ichimoku-span-b.ts';
import { kama } from './kama.ts';
import { keltnerLower } from './keltner-lower.ts';
import { keltnerMiddle } from './keltner-middle.ts';
import { keltnerUpper } from './keltner-upper.ts';
import { lag } from './lag.ts';
import { less } from './less.ts';
import { lessEqual } from './less-equal.ts';
import { linearRegression } from './linear-regression.ts';
import { log } from './log.ts';
import { lowest } from './lowest.ts';
import { macd } from './macd.ts';
import { macdHistogram } from './macd-histogram.ts';
import { macdSignal } from './macd-signal.ts';
import { massIndex } from './mass-index.ts';
import { max } from './max.ts';
import { meanDeviation } from './mean-deviation.ts';
import { median } from './median.ts';
import { medianPrice } from './median-price.ts';
import { mfi } from './mfi.ts';
import { min } from './min.ts';
import { minusDi } from './minus-di.ts';
import { momentum } from './momentum.ts';
import { multiply } from './multiply.ts';
import { natr } from './natr.ts';
import { negate } from './negate.ts';
import { not } from './not.ts';
import { notEqual } from './not-equal.ts';
import { obv } from './obv.ts';
import { or } from './or.ts';
import { parabolicSar } from './parabolic-sar.ts';
import { parabolicStop } from './parabolic-stop.ts';
import { parkinsonVolatility } from './parkinson-volatility.ts';
import { percent } from './percent.ts';
import { percentRank } from './percent-rank.ts';
import { plusDi } from './plus-di.ts';
import { power } from './power.ts';
import { ppo } from './ppo.ts';
import { ppoSignal } from './ppo-signal.ts';
import { priceVolumeTrend } from './price-volume-trend.ts';
import { pvo } from './pvo.ts';
import { pvoSignal } from './pvo-signal.ts';
import { qstick } from './qstick.ts';
import { quantile } from './quantile.ts';
import { rSquared } from './r-squared.ts';
import { rma } from './rma.ts';
import { roc } from './roc.ts';
import { rsi } from './rsi.ts';
import { runningSum } from './running-sum.ts';
import { sign } from './sign.ts';
import { slope } from './slope.ts';
import { sma } from './sma.ts';
import { sqrt } from './sqrt.ts';
import { stdev } from './stdev.ts';
import { stochastic } from './stochastic.ts';
import { stochasticRsi } from './stochastic-rsi.ts';
import { streak } from './streak.ts';
import { subtract } from './subtract.ts';
import { sum } from './sum.ts';
import { supertrend } from './supertrend.ts';
import { t3 } from './t3.ts';
import { tema } from './tema.ts';
import { trailingBands } from './trailing-bands.ts';
import { trima } from './trima.ts';
import { trix } from './trix.ts';
import { trueRange } from './true-range.ts';
import { tsi } from './tsi.ts';
import { typicalPrice } from './typical-price.ts';
import { ulcerIndex } from './ulcer-index.ts';
import { ultimate } from './ultimate.ts';
import { variance } from './variance.ts';
import { verticalHorizontalFilter } from './vertical-horizontal-filter.ts';
import { vidya } from './vidya.ts';
import { volatility } from './volatility.ts';
import { volumeOscillator } from './volume-oscillator.ts';
import { vortexMinus } from './vortex-minus.ts';
import { vortexPlus } from './vortex-plus.ts';
import { vwap } from './vwap.ts';
import { vwma } from './vwma.ts';
import { weightedClose } from './weighted-close.ts';
import { whole } from './whole.ts';
import { williamsAccumulation } from './williams-accumulation.ts';
import { williamsR } from './williams-r.ts';
import { wma } from './wma.ts';
import { zlema } from './zlema.ts';
import { zscore } from './zscore.ts';
import type { OpDefinition } from './define.ts';

const all: readonly OpDefinition[] = [
  abs,
  adaptiveAverage,
  add,
  adl,
  adx,
  adxr,
  after,
  alligatorJaw,
  alligatorLips,
  alligatorTeeth,
  alma,
  and,
  aroonDown,
  aroonOscillator,
  aroonUp,
  atr,
  averagePrice,
  awesome,
  balanceOfPower,
  barsSince,
  barsSinceHighest,
  barsSinceLowest,
  beta,
  bollingerLower,
  bollingerMiddle,
  bollingerPercent,
  bollingerUpper,
  bollingerWidth,
  cci,
  chaikinOscillator,
  chaikinVolatility,
  chandelierLong,
  chandelierShort,
  change,
  choose,
  choppiness,
  cmf,
  cmo,
  connorsRsi,
  coppock,
  correlation,
  covariance,
  crossesAbove,
  crossesBelow,
  dema,
  divide,
  donchianLower,
  donchianMiddle,
  donchianUpper,
  dpo,
  dx,
  easeOfMovement,
  efficiencyRatio,
  elderBearPower,
  elderBullPower,
  ema,
  equal,
  exp,
  forceIndex,
  forecastOscillator,
  garmanKlassVolatility,
  greater,
  greaterEqual,
  heikinAshiClose,
  heikinAshiHigh,
  heikinAshiLow,
  heikinAshiOpen,
  highest,
  hma,
  hurst,
  ichimokuBase,
  ichimokuConversion,
  ichimokuSpanA,
  ichimokuSpanB,
  kama,
  keltnerLower,
  keltnerMiddle,
  keltnerUpper,
  lag,
  less,
  lessEqual,
  linearRegression,
  log,
  lowest,
  macd,
  macdHistogram,
  macdSignal,
  massIndex,
  max,
  meanDeviation,
  median,
  medianPrice,
  mfi,
  min,
  minusDi,
  momentum,
  multiply,
  natr,
  negate,
  not,
  notEqual,
  obv,
  or,
  parabolicSar,
  parabolicStop,
  parkinsonVolatility,
  percent,
  percentRank,
  plusDi,
  power,
  ppo,
  ppoSignal,
  priceVolumeTrend,
  pvo,
  pvoSignal,
  qstick,
  quantile,
  rSquared,
  rma,
  roc,
  rsi,
  runningSum,
  sign,
  slope,
  sma,
  sqrt,
  stdev,
  stochastic,
  stochasticRsi,
  streak,
  subtract,
  sum,
  supertrend,
  t3,
  tema,
  trailingBands,
  trima,
  trix,
  trueRange,
  tsi,
  typicalPrice,
  ulcerIndex,
  ultimate,
  variance,
  verticalHorizontalFilter,
  vidya,
  volatility,
  volumeOscillator,
  vortexMinus,
  vortexPlus,
  vwap,
  vwma,
  weightedClose,
  whole,
  williamsAccumulation,
  williamsR,
  wma,
  zlema,
  zscore,
];

/** Every operation by its name. */
export const ops: ReadonlyMap<string, OpDefinition> = new Map(all.map((op) => [op.name, op]));
