import { evaluateSignals } from '../backends/reference/evaluate.ts';
import { drawdownSeries, simpleReturns } from '../risk/columns.ts';
import { contentHash, resultHash } from '../service/content-hash.ts';
import type { BacktestProgress, BacktestRequest, BacktestResult } from '../service/contract.ts';
import { type Checkpoint, simulateInStretches } from './stretches.ts';
import { compiledFor } from './validate.ts';
import { fillColumns, Simulation } from './simulation.ts';
import { computeStatistics } from './statistics/registry.ts';
import { buildTrades } from './trades.ts';
import { runUniverse } from './universe/run.ts';
import { holdsUniverse } from './universe/universe.ts';

/** Runs one simulation in double precision and measures it. */
export function runBacktest(
  request: BacktestRequest,
  checkpoint: Checkpoint<BacktestProgress>,
): BacktestResult {
  const strategy = compiledFor(request);
  const { bars } = request.instruments[0];
  checkpoint.check();
  if (holdsUniverse(strategy)) return runUniverse(request, strategy, checkpoint);
  const signals = evaluateSignals(strategy, request.parameters, request.instruments);
  const simulation = new Simulation(bars, signals, request);
  simulateInStretches(simulation, bars.timesMs.length, checkpoint);
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
    contentHash: resultHash(contentHash(request), 'reference'),
    universe: null,
  };
}
