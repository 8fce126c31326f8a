import { describe } from 'vitest';
import type { Simulation, SimulationSettings } from '../../compute/src/backtest/simulation.ts';
import type { StrategySignals } from '../../compute/src/ir/signals.ts';
import type {
  BacktestRequest,
  BacktestResult,
  BarColumns,
  SweepRequest,
} from '../../compute/src/service/contract.ts';
import { provenBacktest } from './proven-backtests.ts';
import { provenSimulation } from './proven-simulations.ts';
import { provenValues } from './proven-values.ts';
import { type BackendName, type Figures, figuresBy } from './sweep-backends.ts';

/** A backend as tests of operations and rules use it: whatever it finds otherwise than promised, or refuses without its reason, throws. */
export interface TestedBackend {
  readonly name: BackendName;
  /** The values of an expression over bars; `other` are the bars of symbol B. */
  readonly valuesOf: (expression: string, bars: BarColumns, other?: BarColumns) => Float64Array;
  /** A whole simulation with 1000 of cash and whole lots, unless the settings say otherwise. */
  readonly simulate: (
    bars: BarColumns,
    signals: StrategySignals,
    settings?: Partial<SimulationSettings>,
  ) => Simulation;
  /** A run of a strategy, which trades one instrument or holds a universe, to its end. */
  readonly backtest: (request: BacktestRequest) => BacktestResult;
  /** The figures of every set of a sweep. */
  readonly sweep: (request: SweepRequest) => Figures;
}

const BACKENDS = (['reference', 'wasm', 'cuda'] as const).map((name): TestedBackend => ({
  name,
  valuesOf: (expression, bars, other) => provenValues(name, expression, bars, other),
  simulate: (bars, signals, settings) => provenSimulation(name, bars, signals, settings),
  backtest: (request) => provenBacktest(name, request),
  sweep: (request) => figuresBy(name, request).figures,
}));

/** Declares tests once and runs them on every backend. */
export function describeOnEveryBackend(subject: string, declare: (backend: TestedBackend) => void): void {
  describe.each(BACKENDS)(`${subject} on $name`, (backend) => {
    declare(backend);
  });
}
