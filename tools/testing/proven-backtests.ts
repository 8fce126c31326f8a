import { expect } from 'vitest';
import { planCudaSweep, UNIVERSE_OBSTACLE } from '../../compute/src/backends/cuda/sweep.ts';
import { evaluateUniverse } from '../../compute/src/backends/reference/evaluate-universe.ts';
import { WasmStretches } from '../../compute/src/backends/wasm/stretches.ts';
import { kernelObstacle } from '../../compute/src/backends/wasm/terms.ts';
import { sumEquity, sumsFinisher } from '../../compute/src/backtest/summary.ts';
import { UniverseSimulation } from '../../compute/src/backtest/universe/simulation.ts';
import { gridFor, holdsUniverse } from '../../compute/src/backtest/universe/universe.ts';
import { compiledFor } from '../../compute/src/backtest/validate.ts';
import type { BacktestRequest, BacktestResult, SweepRequest } from '../../compute/src/service/contract.ts';
import { type BackendName, type Figures, figuresBy, withinPromise } from './sweep-backends.ts';
import { resultOf } from './universes.ts';

/**
 * What the reference makes of a request, of which a backend has shown that it finds the same: of a strategy that trades one instrument
 * by rules, the figures of a sweep of one set; of a universe, the account; or, where it does not take that, that it says why.
 */
export function provenBacktest(backend: BackendName, request: BacktestRequest): BacktestResult {
  const result = resultOf(request);
  if (backend === 'reference') return result;
  if (result.universe !== null) proveUniverse(backend, request);
  else proveFigures(backend, request, result);
  return result;
}

function proveFigures(backend: BackendName, request: BacktestRequest, result: BacktestResult): void {
  const { equity, fills } = result;
  const entries = fills.reason.filter((reason) => reason.startsWith('entry')).length;
  const finished = sumsFinisher(equity.length, request)(sumEquity(equity, entries));
  const expected: Figures = {
    totalReturn: [finished.totalReturn],
    sharpe: [finished.sharpe],
    maxDrawdown: [finished.maxDrawdown],
    tradeCount: [finished.tradeCount],
  };
  const [[parameter, value]] = Object.entries(request.parameters);
  const axes = [{ parameter, values: Float64Array.of(value) }];
  const { figures, plan } = figuresBy(backend, sweepOf(request, axes));
  expect(withinPromise(figures, expected, plan)).toEqual(expected);
}

function proveUniverse(backend: BackendName, request: BacktestRequest): void {
  const strategy = compiledFor(request);
  if (!holdsUniverse(strategy)) throw new Error('expected a strategy that holds a universe');
  if (backend === 'cuda') {
    expect(planCudaSweep(strategy, sweepOf(request))).toBe(UNIVERSE_OBSTACLE);
    return;
  }
  const { costs, maintenanceMargin = 0 } = request;
  const obstacle = kernelObstacle(strategy, sweepOf(request));
  if ((costs.borrowRate ?? 0) > 0 || (costs.cashRate ?? 0) > 0)
    return expect(obstacle).toBe('interest changes cash on every bar, which no kernel follows');
  if (maintenanceMargin > 0) return expect(obstacle).toBe('margin calls are simulated by the reference only');
  expect(obstacle).toBeNull();
  const grid = gridFor(strategy, request);
  const signals = evaluateUniverse(strategy, request.parameters, grid, request.instruments);
  const [reference, kernel] = [null, new WasmStretches(grid)].map((stretches) => {
    const simulation = new UniverseSimulation(grid, signals, request, { stretches });
    simulation.advance(Math.floor(grid.timesMs.length / 3));
    simulation.advance(grid.timesMs.length);
    const { equity, heldCount, fills, rebalances, units } = simulation;
    return { equity, heldCount, fills, rebalances, units };
  });
  expect(kernel).toEqual(reference);
}

function sweepOf(request: BacktestRequest, axes: SweepRequest['axes'] = []): SweepRequest {
  return { ...request, axes, keepBest: 1, objective: 'totalReturn' };
}
