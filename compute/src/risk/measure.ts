import type { RiskRequest, RiskResult } from '../service/contract.ts';
import { drawdownSeries, overlappingReturns, simpleReturns } from './columns.ts';
import { downsideDeviation } from './downside-deviation.ts';
import { drawdownEpisodes } from './drawdown-episodes.ts';
import { expectedShortfall } from './expected-shortfall.ts';
import { histogram } from './histogram.ts';
import { maxDrawdown } from './max-drawdown.ts';
import { excessKurtosis, skewness } from './moments.ts';
import { ulcerIndex } from './ulcer-index.ts';
import { valueAtRisk } from './value-at-risk.ts';
import { volatility } from './volatility.ts';

const HISTOGRAM_BINS = 41;

/**
 * Every risk measure of one series of levels, for a portfolio and a backtest alike. Tail measures
 * are historical, over the horizon by overlapping compounded returns; the rest is per bar, annualised.
 */
export function measureRisk(request: RiskRequest): RiskResult {
  const start = request.window > 0 ? Math.max(0, request.equity.length - 1 - request.window) : 0;
  const levels = request.equity.subarray(start);
  const timesMs = request.timesMs.subarray(start);
  const returns = simpleReturns(levels);
  const horizonReturns = overlappingReturns(returns, request.horizonBars);
  const drawdown = drawdownSeries(levels);
  const requiredReturn = (1 + request.riskFreeRate) ** (1 / request.periodsPerYear) - 1;
  return {
    observations: returns.length,
    valueAtRisk: valueAtRisk(horizonReturns, request.confidence),
    expectedShortfall: expectedShortfall(horizonReturns, request.confidence),
    volatility: volatility(returns, request.periodsPerYear),
    downsideDeviation: downsideDeviation(returns, requiredReturn, request.periodsPerYear),
    maxDrawdown: maxDrawdown(drawdown),
    ulcerIndex: ulcerIndex(drawdown),
    skewness: skewness(returns),
    excessKurtosis: excessKurtosis(returns),
    drawdown,
    drawdowns: drawdownEpisodes(levels, timesMs, request.drawdownCount),
    histogram: histogram(horizonReturns, HISTOGRAM_BINS),
  };
}
