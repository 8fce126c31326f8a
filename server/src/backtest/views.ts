import type { Statistics } from '@ai-trading/compute';
import { runFields } from '../run/run.type.ts';
import type { RunRow } from '../run/run.entity.ts';
import type { FinishedTrade } from '../trade/trade-statistics.ts';
import { BacktestRun, type BacktestSettings, SimulatedFill, SimulatedTrade, Sweep } from './backtest.type.ts';
import { NO_COSTS, type StoredSimulation } from './simulation-request.ts';
import { storedAxes, type StoredSweep } from './sweep.runner.ts';
import type { UniverseSummary } from './universe.ts';

/** What a finished backtest's run holds as its result. */
export interface BacktestSummary {
  readonly statistics: Statistics;
  readonly barCount: number;
  readonly durationMs: number;
  readonly backend: string;
  readonly backendReason: string;
  readonly contentHash: string;
  readonly dataHash: string;
  readonly fillReasons: readonly string[];
  /** Null or absent where one instrument was traded. */
  readonly universe?: UniverseSummary | null;
}

/** The summary of a run, or an empty one while it is not done. */
export function summaryOf(row: RunRow): Partial<BacktestSummary> {
  return (row.result ?? {}) as Partial<BacktestSummary>;
}

/** A backtest's API type from its run. */
export function toBacktestRun(row: RunRow): BacktestRun {
  const {
    barCount = null,
    durationMs = null,
    backend = null,
    backendReason = null,
    contentHash = null,
  } = summaryOf(row);
  return Object.assign(runFields(BacktestRun, row), {
    settings: settingsOf(row),
    barCount,
    durationMs,
    backend,
    backendReason,
    contentHash,
  });
}

/** A sweep's API type from its run. */
export function toSweep(row: RunRow): Sweep {
  const request = row.request as StoredSweep;
  const axes = storedAxes(request);
  const result = (row.result ?? {}) as Record<string, never>;
  const {
    setsDone = 0,
    backend = null,
    backendReason = null,
    threads = null,
    barEvaluations = null,
    durationMs = null,
  } = result;
  const setsTotal = axes.reduce((total, { values }) => total * values.length, 1);
  return Object.assign(runFields(Sweep, row), {
    settings: settingsOf(row),
    axes,
    objective: request.objective,
    setsTotal,
    setsDone,
    backend,
    backendReason,
    threads,
    barEvaluations,
    durationMs,
  });
}

function settingsOf(row: RunRow): BacktestSettings {
  const request = row.request as StoredSimulation;
  const parameters = Object.entries(request.parameters).map(([name, value]) => ({ name, value }));
  const toDate = (time: string | null) => (time === null ? null : new Date(time));
  const { leverage = 1, maintenanceMargin = 0 } = request;
  // Runs keep what they were started with: fields of today have their defaults there.
  const costs = { ...NO_COSTS, ...request.costs };
  const [from, to] = [toDate(request.from), toDate(request.to)];
  const { universe = null } = request;
  return { ...request, universe, costs, leverage, maintenanceMargin, parameters, from, to };
}

/** One fill of a run from its columns. */
export function fillAt(row: RunRow, columns: Record<string, Float64Array>, index: number): SimulatedFill {
  return Object.assign(new SimulatedFill(), {
    index,
    symbol: symbolAt(row, columns, index),
    side: columns.side[index] > 0 ? 'BUY' : 'SELL',
    quantity: columns.quantity[index],
    price: columns.price[index],
    fee: columns.fee[index],
    executedAt: new Date(columns.timesMs[index]),
    reason: summaryOf(row).fillReasons![index],
  });
}

/** One trade of a run from its columns. */
export function tradeAt(row: RunRow, columns: Record<string, Float64Array>, index: number): SimulatedTrade {
  const { barCount = 0 } = summaryOf(row);
  const isOpen = columns.exitIndex[index] < 0;
  return Object.assign(new SimulatedTrade(), {
    index,
    symbol: symbolAt(row, columns, index),
    direction: columns.direction[index] > 0 ? 'LONG' : 'SHORT',
    quantity: columns.quantity[index],
    entryAt: new Date(columns.entryTimesMs[index]),
    entryPrice: columns.entryPrice[index],
    exitAt: isOpen ? null : new Date(columns.exitTimesMs[index]),
    exitPrice: isOpen ? null : columns.exitPrice[index],
    profit: columns.profit[index],
    returnFraction: columns.returns[index],
    fees: columns.fees[index],
    maximumAdverseExcursion: columns.mae[index],
    maximumFavourableExcursion: columns.mfe[index],
    barsHeld: barsHeld(columns, barCount, index),
    isOpen,
  });
}

/**
 * The trades of a run that are over, as the statistics of a journal need them; the risk of each is that of
 * the stop its first entry set.
 */
export function finishedTradesOf(
  row: RunRow,
  columns: Record<string, Float64Array>,
  fills: Record<string, Float64Array>,
): FinishedTrade[] {
  const risks = initialRisks(columns, fills);
  return Array.from(columns.profit ?? [], (profit, index): FinishedTrade => {
    const risk = risks[index];
    return {
      symbol: symbolAt(row, columns, index),
      side: columns.direction[index] > 0 ? 'LONG' : 'SHORT',
      openedMs: columns.entryTimesMs[index],
      closedMs: columns.exitTimesMs[index],
      profit,
      fees: columns.fees[index],
      returnFraction: columns.returns[index],
      rMultiple: risk > 0 ? profit / risk : null,
      tags: [],
      setup: null,
      rating: null,
    };
  }).filter((_, index) => columns.exitIndex[index] >= 0);
}

/** What each trade risked at its first entry: its units times the distance to the stop; NaN where none was set. */
function initialRisks(
  trades: Record<string, Float64Array>,
  { side, quantity, stop }: Record<string, Float64Array>,
): Float64Array {
  const risks = new Float64Array(trades.profit?.length ?? 0).fill(NaN);
  if (!stop) return risks;
  let [held, trade] = [0, 0];
  for (let index = 0; index < side.length && trade < risks.length; index += 1) {
    if (held === 0)
      risks[trade] =
        trades.quantity[trade] * trades.direction[trade] * (trades.entryPrice[trade] - stop[index]);
    held += side[index] * quantity[index];
    if (held === 0) trade += 1;
  }
  return risks;
}

/** The instrument of a fill or trade: that of the run, or its own where there are several. */
function symbolAt(row: RunRow, { symbol }: Record<string, Float64Array>, index: number): string {
  const { universe } = summaryOf(row);
  return universe ? universe.symbols[symbol[index]] : (row.request as StoredSimulation).symbol;
}

/** Bars from entry to exit, or to the last bar. */
export function barsHeld(columns: Record<string, Float64Array>, barCount: number, index: number): number {
  const exit = columns.exitIndex[index] < 0 ? barCount - 1 : columns.exitIndex[index];
  return exit - columns.entryIndex[index];
}
