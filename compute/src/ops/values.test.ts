import { expect, it } from 'vitest';
import { describeOnEveryBackend } from '../../../tools/testing/every-backend.ts';
import type { BarColumns } from '../service/contract.ts';

/** Bars with the given closes, opening at the close before, half a point beyond on both sides. */
function barsOf(closes: readonly number[]): BarColumns {
  const open = closes.map((close, t) => closes[t - 1] ?? close);
  const column = (valueAt: (t: number) => number) => Float64Array.from(closes, (_, t) => valueAt(t));
  return {
    timesMs: column((t) => t),
    open: column((t) => open[t]),
    high: column((t) => Math.max(open[t], closes[t]) + 0.5),
    low: column((t) => Math.min(open[t], closes[t]) - 0.5),
    close: column((t) => closes[t]),
    volume: column((t) => 100 + t),
  };
}

/** Numbers to twelve digits, so that sums in another order compare equal. */
function rounded(values: Iterable<number>): number[] {
  return [...values].map((value) => Number(value.toPrecision(12)));
}

describeOnEveryBackend('an operation', ({ valuesOf }) => {
  const RISING = [1, 2, 3, 4, 5];

  it.each([
    ['close + open', [2, 3, 5, 7, 9]],
    ['close - 3', [-2, -1, 0, 1, 2]],
    ['close * open', [1, 2, 6, 12, 20]],
    ['-close', [-1, -2, -3, -4, -5]],
    ['abs(close - 3)', [2, 1, 0, 1, 2]],
    ['sqrt(close - 2)', [NaN, 0, 1, Math.SQRT2, Math.sqrt(3)]],
    ['min(close, 3)', [1, 2, 3, 3, 3]],
    ['max(close, 3)', [3, 3, 3, 4, 5]],
    ['sma(close, 3)', [NaN, NaN, 2, 3, 4]],
    ['highest(close, 2)', [NaN, 2, 3, 4, 5]],
    ['close[2]', [NaN, NaN, 1, 2, 3]],
    ['close[2 - 2]', RISING],
    ['hma(close, 1)', RISING],
    ['zlema(close, 2)', [NaN, 1.5, 2.5, 3.5, 4.5]],
    ['roc(close, 1)', [NaN, 1, 0.5, 1 / 3, 0.25]],
    ['choose(close > 3, 1, 0)', [0, 0, 0, 1, 1]],
    ['bars_since(close == 2)', [NaN, 0, 1, 2, 3]],
    ['close / (close - 1)', [NaN, 2, 1.5, 4 / 3, 1.25]],
    ['slope(close, 3)', [NaN, NaN, 1, 1, 1]],
    ['percent_rank(close, 2)', [NaN, NaN, 1, 1, 1]],
    ['exp(close - 1)', [1, Math.E, Math.exp(2), Math.exp(3), Math.exp(4)]],
    ['power(close, 2)', [1, 4, 9, 16, 25]],
    ['power(4, 0.5) * close', [2, 4, 6, 8, 10]],
    ['sign(close - 3)', [-1, -1, 0, 1, 1]],
    ['zlema(close, 3)', [NaN, NaN, NaN, 4, 5]],
    ['trima(close, 4)', [NaN, NaN, NaN, 2.5, 3.5]],
    ['alma(close, 3, 0.5, 6)', [NaN, NaN, 2, 3, 4]],
    ['linear_regression(close, 3)', [NaN, NaN, 3, 4, 5]],
    ['forecast_oscillator(close, 3)', [NaN, NaN, NaN, 0, 0]],
    ['adaptive_average(close, 0.5, close[1])', [NaN, 1.5, 2.25, 3.125, 4.0625]],
    ['vidya(close, 3, 2)', [NaN, NaN, 2.5, 3.25, 4.125]],
    ['kama(close, 2, 2, 30)', [NaN, NaN, 22 / 9, 254 / 81, 2890 / 729]],
    ['tsi(close, 2, 2)', [NaN, NaN, NaN, 100, 100]],
    ['cmo(close, 2)', [NaN, NaN, 100, 100, 100]],
    ['streak(close)', [0, 1, 2, 3, 4]],
    ['mfi(3)', [NaN, NaN, NaN, 100, 100]],
    ['coppock(close, 1, 2, 1)', [NaN, NaN, 250, 400 / 3, 275 / 3]],
    ['ppo(close, 2, 3)', [NaN, NaN, 25, 50 / 3, 12.5]],
    ['covariance(close, 2 * close, 2)', [NaN, 0.5, 0.5, 0.5, 0.5]],
    ['beta(3 * close, close, 3)', [NaN, NaN, 3, 3, 3]],
    ['variance(close, 3)', [NaN, NaN, 2 / 3, 2 / 3, 2 / 3]],
    ['median(close, 4)', [NaN, NaN, NaN, 2.5, 3.5]],
    ['quantile(close, 3, 0.25)', [NaN, NaN, 1.5, 2.5, 3.5]],
    ['quantile(close, 3, 1.5)', [NaN, NaN, NaN, NaN, NaN]],
    ['balance_of_power', [0, 0.5, 0.5, 0.5, 0.5]],
    ['natr(2)', [NaN, NaN, 200 / 3, 50, 40]],
    ['chandelier_long(2, 1)', [NaN, NaN, 1.5, 2.5, 3.5]],
    ['chandelier_short(2, 1)', [NaN, NaN, 2.5, 3.5, 4.5]],
    ['aroon_oscillator(2)', [NaN, NaN, 50, 100, 100]],
    ['mass_index(2, 1)', [NaN, 2, 2, 2, 2]],
    ['chaikin_volatility(1)', [NaN, 100, 0, 0, 0]],
    ['price_volume_trend', [0, 101, 152, 152 + 103 / 3, 152 + 103 / 3 + 26]],
    ['average_price', [1, 1.5, 2.5, 3.5, 4.5]],
    ['macd_signal(close, 1, 2, 2) + ppo_signal(close, 1, 1, 2)', [NaN, NaN, 0.5, 0.5, 0.5]],
  ])('%s over 1 to 5', (expression, expected) => {
    expect(rounded(valuesOf(expression, barsOf(RISING)))).toEqual(rounded(expected));
  });

  it.each([
    ['streak(close)', [0, 1, 2, 0, -1, -2, 1]],
    ['trailing_bands(close, close + 2, close - 2)', [8, 9, 10, 10, 12, 9, 9]],
    ['parabolic_stop(high, low, 0.02, 0.2)', [NaN, 9.5, 9.5, 9.5, 12.5, 12.5, 12.5]],
    ['connors_rsi(2, 2, 3)', [NaN, NaN, NaN, NaN, 40 / 3, 5.664488017429194, 70.58585858585859]],
  ])('%s where the source turns', (expression, expected) => {
    expect(rounded(valuesOf(expression, barsOf([10, 11, 12, 12, 10, 7, 8])))).toEqual(rounded(expected));
  });

  it.each([
    ['volatility(close, 2, 252)', Math.log(2) * Math.sqrt(252 * 2)],
    ['parkinson_volatility(2, 252)', 15.343759111411684],
    ['garman_klass_volatility(2, 252)', 16.72143308889749],
  ])('%s', (expression, expected) => {
    expect(valuesOf(expression, barsOf([1, 2, 1]))[2]).toBeCloseTo(expected, 9);
  });

  it('gives NaN where a window holds one and values again after it', () => {
    const bars = { ...barsOf([1, 2, 3, 4, 5, 6]), close: Float64Array.of(1, NaN, 3, 4, 5, 7) };
    expect(rounded(valuesOf('sma(close, 2)', bars))).toEqual(rounded([NaN, NaN, NaN, 3.5, 4.5, 6]));
    expect(rounded(valuesOf('sum(close, 3)', bars))).toEqual(rounded([NaN, NaN, NaN, NaN, 12, 16]));
    expect(rounded(valuesOf('median(close, 2)', bars))).toEqual(rounded([NaN, NaN, NaN, 3.5, 4.5, 6]));
  });
});
