import type { Statistics } from '@ai-trading/compute';
import { runFields } from '../run/run.type.ts';
import type { RunRow } from '../run/run.entity.ts';
import { BacktestRun, type BacktestSettings, Sweep } from './backtest.type.ts';
import { SimulatedFill } from './simulated-fill.type.ts';
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

/** The instrument of a fill or trade: that of the run, or its own where there are several. */
export function symbolAt(
  row: RunRow,
  { symbol }: Readonly<Record<string, Float64Array>>,
  index: number,
): string {
  const { universe } = summaryOf(row);
  return universe ? universe.symbols[symbol[index]] : (row.request as StoredSimulation).symbol;
}
