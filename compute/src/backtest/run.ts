import { evaluateSignals } from '../backends/reference/evaluate.ts';
import { drawdownSeries, simpleReturns } from '../risk/columns.ts';
import { contentHash } from '../service/content-hash.ts';
import type { BacktestProgress, BacktestRequest, BacktestResult } from '../service/contract.ts';
import { compiledFor } from './validate.ts';
import { fillColumns, Simulation } from './simulation.ts';
import { computeStatistics } from './statistics/registry.ts';
import { buildTrades } from './trades.ts';

/** How a long calculation lets its caller look in: called every few milliseconds of work. */
export interface Checkpoint<Progress> {
  /** Throws to stop the work. */
  readonly check: () => void;
  readonly report: (progress: Progress) => void;
}

const BARS_PER_STRETCH = 2_000;

/** Runs one simulation in double precision and measures it. */
export function runBacktest(
  request: BacktestRequest,
  checkpoint: Checkpoint<BacktestProgress>,
): BacktestResult {
  const strategy = compiledFor(request);
  const { bars } = request.instruments[0];
  const barsTotal = bars.timesMs.length;
  checkpoint.check();
  const signals = evaluateSignals(strategy, request.parameters, request.instruments);
  const simulation = new Simulation(bars, signals, request);
  while (simulation.barsDone < barsTotal) {
    checkpoint.check();
    const fromIndex = simulation.barsDone;
    simulation.advance(Math.min(barsTotal, fromIndex + BARS_PER_STRETCH));
    const equity = simulation.equity.slice(fromIndex, simulation.barsDone);
    checkpoint.report({ barsDone: simulation.barsDone, barsTotal, fromIndex, equity });
  }
  const { equity, position } = simulation;
  const drawdown = drawdownSeries(equity);
  const fills = fillColumns(simulation.fills, bars.timesMs);
  const trades = buildTrades(fills, bars);
  const statistics = computeStatistics({
    timesMs: bars.timesMs,
    equity,
    returns: simpleReturns(equity),
    drawdown,
    periodsPerYear: request.periodsPerYear,
    riskFreeRate: request.riskFreeRate,
    activity: { fills, trades, position, close: bars.close },
  });
  return {
    timesMs: bars.timesMs,
    equity,
    drawdown,
    position,
    fills,
    trades,
    statistics,
    backend: { backend: 'reference', reason: 'one run needs no vector kernel' },
    contentHash: contentHash(request),
  };
}
