import type { RiskRequest, RiskResult, Statistic } from '../service/contract.ts';
import { drawdownSeries, overlappingReturns, simpleReturns } from './columns.ts';
import { downsideDeviation } from './downside-deviation.ts';
import { drawdownEpisodes } from './drawdown-episodes.ts';
import { expectedShortfall } from './expected-shortfall.ts';
import { histogram } from './histogram.ts';
import { maxDrawdown } from './max-drawdown.ts';
import { excessKurtosis, skewness } from './moments.ts';
import { NOT_NUMBERS } from './statistic.ts';
import { ulcerIndex } from './ulcer-index.ts';
import { valueAtRisk } from './value-at-risk.ts';
import { volatility } from './volatility.ts';

const HISTOGRAM_BINS = 41;

/**
 * Every risk measure of one series of levels, for a portfolio and a backtest alike. Tail measures
 * are historical, over the horizon by overlapping compounded returns; the rest is per bar, annualised.
 * Where a level is not a number, every measure is undefined and says so.
 */
export function measureRisk(request: RiskRequest): RiskResult {
  const start = request.window > 0 ? Math.max(0, request.equity.length - 1 - request.window) : 0;
  const levels = request.equity.subarray(start);
  const timesMs = request.timesMs.subarray(start);
  const returns = simpleReturns(levels);
  const horizonReturns = overlappingReturns(returns, request.horizonBars);
  const drawdown = drawdownSeries(levels);
  const isWhole = levels.every(Number.isFinite);
  const measured = (compute: () => Statistic) => (isWhole ? compute() : NOT_NUMBERS);
  const requiredReturn = (1 + request.riskFreeRate) ** (1 / request.periodsPerYear) - 1;
  return {
    observations: returns.length,
    valueAtRisk: measured(() => valueAtRisk(horizonReturns, request.confidence)),
    expectedShortfall: measured(() => expectedShortfall(horizonReturns, request.confidence)),
    volatility: measured(() => volatility(returns, request.periodsPerYear)),
    downsideDeviation: measured(() => downsideDeviation(returns, requiredReturn, request.periodsPerYear)),
    maxDrawdown: measured(() => maxDrawdown(drawdown)),
    ulcerIndex: measured(() => ulcerIndex(drawdown)),
    skewness: measured(() => skewness(returns)),
    excessKurtosis: measured(() => excessKurtosis(returns)),
    drawdown,
    drawdowns: drawdownEpisodes(levels, timesMs, request.drawdownCount),
    histogram: histogram(horizonReturns, HISTOGRAM_BINS),
  };
}
