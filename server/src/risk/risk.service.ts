import {
  type ComputeService,
  computeStatistics,
  drawdownSeries,
  type RiskResult,
  simpleReturns,
  type Statistic,
  statisticDefinitions,
} from '@ai-trading/compute';
import { downsampleIndices, pick } from '../market-data/bars.ts';
import { insufficientHistory, invalid } from '../platform/graphql/errors.ts';
import { shortOfYear } from '../portfolio/performance.ts';
import { RiskReport, type RiskInput, type RiskReportResult, type StatisticValue } from './risk.type.ts';

const RETURNS_MINIMUM = 30;
const DRAWDOWNS_LISTED = 10;
const CHART_POINTS = 2_000;

/** Names the risk measures that no statistic has: all others share the statistics' definitions. */
const DOWNSIDE = {
  name: 'downsideDeviation',
  label: 'Downside deviation',
  unit: 'FRACTION',
  description: 'Annualised root mean square of returns below the risk-free rate, over all returns.',
} as const;

const MEASURES = [
  'valueAtRisk',
  'expectedShortfall',
  'volatility',
  'downsideDeviation',
  'maxDrawdown',
  'ulcerIndex',
  'skewness',
  'excessKurtosis',
] as const;

/** What is told of the growth per year. */
const PER_YEAR = ['cagr', 'calmar'];

/** A series whose risk is asked for. */
export interface RiskSeries {
  readonly timesMs: Float64Array;
  readonly levels: Float64Array;
  readonly periodsPerYear: number;
  readonly equity: number;
}

/** Measures risk for portfolios and runs by the same code. */
export class RiskService {
  private readonly compute: ComputeService;

  constructor(compute: ComputeService) {
    this.compute = compute;
  }

  async report(series: RiskSeries, input: RiskInput): Promise<typeof RiskReportResult> {
    const { confidence, horizonBars, window } = input;
    if (!(confidence > 0.5 && confidence < 1))
      return invalid(`expected a confidence above 0.5 and below 1, was ${confidence}`, 'input', 'confidence')
        .error;
    if (!(horizonBars >= 1 && horizonBars <= 250))
      return invalid(`expected a horizon of 1 to 250 bars, was ${horizonBars}`, 'input', 'horizonBars').error;
    if (window < 0)
      return invalid(`expected a window of 0 or more returns, was ${window}`, 'input', 'window').error;
    const returns = Math.max(0, series.levels.length - 1);
    if (returns < RETURNS_MINIMUM) return insufficientHistory('returns', RETURNS_MINIMUM, returns);
    const { timesMs, levels, periodsPerYear } = series;
    const result = await this.compute.measureRisk({
      timesMs,
      equity: levels,
      confidence,
      horizonBars,
      window,
      periodsPerYear,
      riskFreeRate: 0,
      drawdownCount: DRAWDOWNS_LISTED,
    });
    return toReport(series, input, result);
  }

  /**
   * The statistics of an equity curve that has no record of trades. Growth per year is told of a year or more alone,
   * as a return per year is; a backtest tells it of any length, since its period was chosen.
   */
  statistics({ timesMs, levels, periodsPerYear }: RiskSeries): StatisticValue[] {
    if (levels.length < 2) return [];
    const statistics = computeStatistics({
      timesMs,
      equity: levels,
      returns: simpleReturns(levels),
      drawdown: drawdownSeries(levels),
      periodsPerYear,
      riskFreeRate: 0,
    });
    const reason = shortOfYear(timesMs[0], timesMs[timesMs.length - 1]);
    const short =
      reason === null ? {} : Object.fromEntries(PER_YEAR.map((name) => [name, { value: null, reason }]));
    return describeStatistics({ ...statistics, ...short });
  }
}

/** Statistics with their labels, units and definitions, in report order. */
export function describeStatistics(statistics: Readonly<Record<string, Statistic>>): StatisticValue[] {
  return statisticDefinitions
    .filter(({ name }) => name in statistics)
    .map(({ name, label, unit, description }) =>
      valueOf({ name, label, unit, description }, statistics[name]),
    );
}

function valueOf(
  definition: Omit<StatisticValue, 'value' | 'reason'>,
  { value, reason }: Statistic,
): StatisticValue {
  return { ...definition, value, reason: reason ?? null };
}

function toReport(
  { timesMs, equity }: RiskSeries,
  { confidence, horizonBars }: RiskInput,
  result: RiskResult,
): RiskReport {
  const definitionOf = (name: (typeof MEASURES)[number]) => {
    const known = statisticDefinitions.find((definition) => definition.name === name) ?? DOWNSIDE;
    const isTail = name === 'valueAtRisk' || name === 'expectedShortfall';
    const label = isTail
      ? `${known.label.replace(/ \d.*/, '')} ${confidence * 100}%, ${horizonBars} bar${horizonBars > 1 ? 's' : ''}`
      : known.label;
    return {
      name: known.name,
      label,
      unit: known.unit,
      description: isTail
        ? known.description.replaceAll('5%', `${Number(((1 - confidence) * 100).toFixed(4))}%`)
        : known.description,
    };
  };
  const amount = ({ value }: Statistic) => (value === null ? null : value * equity);
  const indices = downsampleIndices(result.drawdown, CHART_POINTS);
  const usedTimes = timesMs.subarray(timesMs.length - result.drawdown.length);
  return Object.assign(new RiskReport(), {
    confidence,
    horizonBars,
    observations: result.observations,
    equity,
    measures: MEASURES.map((name) => valueOf(definitionOf(name), result[name])),
    valueAtRiskAmount: amount(result.valueAtRisk),
    expectedShortfallAmount: amount(result.expectedShortfall),
    times: pick(usedTimes, indices),
    drawdown: pick(result.drawdown, indices),
    drawdowns: result.drawdowns.map(({ peakMs, troughMs, recoveryMs, ...rest }) => ({
      ...rest,
      peakAt: new Date(peakMs),
      troughAt: new Date(troughMs),
      recoveredAt: recoveryMs === null ? null : new Date(recoveryMs),
    })),
    histogramEdges: result.histogram.edges,
    histogramCounts: result.histogram.counts,
  });
}
