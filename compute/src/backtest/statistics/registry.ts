import { alpha } from './alpha.ts';
import { averageBarsHeld } from './average-bars-held.ts';
import { averageDrawdown } from './average-drawdown.ts';
import { averageTrade } from './average-trade.ts';
import { bestTrade } from './best-trade.ts';
import { beta } from './beta.ts';
import { buyAndHoldReturn } from './buy-and-hold-return.ts';
import { cagr } from './cagr.ts';
import { calmar } from './calmar.ts';
import { excessKurtosis } from './excess-kurtosis.ts';
import { expectancy } from './expectancy.ts';
import { expectedShortfall } from './expected-shortfall.ts';
import { exposure } from './exposure.ts';
import { kelly } from './kelly.ts';
import { maxDrawdown } from './max-drawdown.ts';
import { maxDrawdownDuration } from './max-drawdown-duration.ts';
import { omega } from './omega.ts';
import { payoffRatio } from './payoff-ratio.ts';
import { profitFactor } from './profit-factor.ts';
import { sharpe } from './sharpe.ts';
import { skewness } from './skewness.ts';
import { sortino } from './sortino.ts';
import { systemQuality } from './system-quality.ts';
import { tailRatio } from './tail-ratio.ts';
import { totalFees } from './total-fees.ts';
import { totalReturn } from './total-return.ts';
import { tradeCount } from './trade-count.ts';
import { turnover } from './turnover.ts';
import { ulcerIndex } from './ulcer-index.ts';
import { valueAtRisk } from './value-at-risk.ts';
import { volatility } from './volatility.ts';
import { winRate } from './win-rate.ts';
import { worstTrade } from './worst-trade.ts';
import { NOT_NUMBERS } from '../../risk/statistic.ts';
import type { Statistics } from '../../service/contract.ts';
import type { StatisticDefinition, StatisticInput } from './define.ts';

/** Every statistic, in the order a report shows them. */
export const statisticDefinitions: readonly StatisticDefinition[] = [
  totalReturn,
  cagr,
  volatility,
  sharpe,
  sortino,
  calmar,
  omega,
  maxDrawdown,
  averageDrawdown,
  maxDrawdownDuration,
  ulcerIndex,
  valueAtRisk,
  expectedShortfall,
  skewness,
  excessKurtosis,
  tailRatio,
  buyAndHoldReturn,
  beta,
  alpha,
  exposure,
  tradeCount,
  winRate,
  profitFactor,
  payoffRatio,
  expectancy,
  averageTrade,
  bestTrade,
  worstTrade,
  averageBarsHeld,
  kelly,
  systemQuality,
  turnover,
  totalFees,
];

/** All statistics that the input has the record for; undefined, all of them, where a level is not a number. */
export function computeStatistics(input: StatisticInput): Statistics {
  const isWhole = input.equity.every(Number.isFinite);
  const entries = statisticDefinitions.flatMap(({ name, compute }) => {
    const value = compute(input);
    return value === null ? [] : [[name, isWhole ? value : NOT_NUMBERS] as const];
  });
  return Object.fromEntries(entries);
}
