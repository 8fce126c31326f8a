import {
  type BacktestRequest,
  type BarColumns,
  ComputeError,
  type CostModel,
  type RiskRequest,
  type SweepRequest,
} from '../service/contract.ts';
import { type CompiledStrategy, type CompileResult, compileStrategy } from '../strategy/compile.ts';
import { marketBps } from './costs.ts';
import { gridSize } from './sweep-grid.ts';
import { candidatesOf, holdsUniverse } from './universe/universe.ts';

const SETS_MAXIMUM = 10_000_000;
const LEVERAGE_MAXIMUM = 100;
const COMPILED_MAXIMUM = 32;

/** Compiles the request's strategy and checks everything it refers to; throws a ComputeError that names the first problem. */
export function compiledFor(
  request: Omit<BacktestRequest, 'parameters'> & Pick<BacktestRequest, 'parameters'>,
): CompiledStrategy {
  const result = compiledOnce(request.strategy);
  if (!result.ok) {
    const [first] = result.diagnostics;
    throw new ComputeError(
      'INVALID_STRATEGY',
      `line ${first.line}, column ${first.column}: ${first.message}`,
      result.diagnostics,
    );
  }
  validateSettings(request);
  if (request.instruments.length === 0) invalidData('expected the bars of at least one instrument, was none');
  for (const { symbol, bars } of request.instruments) validateBars(symbol, bars);
  validateUniverse(result.strategy, request);
  for (const [name, value] of Object.entries(request.parameters))
    validateParameter(result.strategy, name, value);
  return result.strategy;
}

/** The checks of a simulation and those of the grid. */
export function compiledForSweep(request: SweepRequest): CompiledStrategy {
  const strategy = compiledFor(request);
  for (const axis of request.axes) {
    if (axis.values.length === 0)
      invalidParameter(`expected at least one value for ${axis.parameter}, was none`);
    for (const value of axis.values) validateParameter(strategy, axis.parameter, value);
  }
  const sets = gridSize(request.axes);
  if (sets > SETS_MAXIMUM)
    throw new ComputeError('LIMIT', `expected at most ${SETS_MAXIMUM} parameter sets, was ${sets}`);
  return strategy;
}

/** Checks a risk request: columns of one length with positive levels, a confidence between 0 and 1. */
export function validateRisk(request: RiskRequest): void {
  const { equity, timesMs, confidence, horizonBars } = request;
  if (equity.length !== timesMs.length)
    invalidData(`expected ${timesMs.length} levels, was ${equity.length}`);
  if (!(confidence > 0.5 && confidence < 1)) {
    invalidParameter(`expected a confidence above 0.5 and below 1, was ${confidence}`);
  }
  if (!Number.isInteger(horizonBars) || horizonBars < 1) {
    invalidParameter(`expected a horizon of 1 bar or more, was ${horizonBars}`);
  }
}

const compiled = new Map<string, CompileResult>();

/** The text compiled, once for a while: what is compiled is not changed by anybody. */
function compiledOnce(source: string): CompileResult {
  const result = compiled.get(source) ?? compileStrategy(source);
  compiled.delete(source);
  compiled.set(source, result);
  if (compiled.size > COMPILED_MAXIMUM) compiled.delete(compiled.keys().next().value!);
  return result;
}

function validateUniverse(
  strategy: CompiledStrategy,
  request: Pick<BacktestRequest, 'instruments' | 'universe'>,
): void {
  const given = request.universe ?? [];
  if (!holdsUniverse(strategy)) {
    if (given.length > 0)
      invalidData(
        `expected a strategy that holds a universe, was ${strategy.name}, which trades one instrument`,
      );
    return;
  }
  const named = strategy.universe.symbols;
  if (named.length > 0 && given.length > 0 && given.toSorted().join() !== named.toSorted().join())
    invalidData(`expected the universe of ${strategy.name} itself (${named.join(', ')}), was another`);
  const candidates = candidatesOf(strategy, request);
  if (candidates.length === 0) invalidData('expected at least one instrument to choose from, was none');
  const symbols = request.instruments.map(({ symbol }) => symbol);
  for (const symbol of [...candidates, ...strategy.otherSymbols])
    if (!symbols.includes(symbol)) invalidData(`expected the bars of ${symbol}, was none`);
  if (new Set(symbols).size < symbols.length) invalidData('expected each instrument once, was one twice');
}

function validateSettings(request: Omit<BacktestRequest, 'parameters'>): void {
  const { initialCash, lotSize, periodsPerYear, riskFreeRate } = request;
  if (!(initialCash > 0 && initialCash < Infinity))
    invalidParameter(`expected an initial cash above 0, was ${initialCash}`);
  if (!(lotSize >= 0 && lotSize < Infinity))
    invalidParameter(`expected a lot size of 0 or more, was ${lotSize}`);
  if (!(periodsPerYear > 0 && periodsPerYear < Infinity))
    invalidParameter(`expected periods per year above 0, was ${periodsPerYear}`);
  if (!(riskFreeRate > -1 && riskFreeRate < Infinity))
    invalidParameter(`expected a risk-free rate above -1, was ${riskFreeRate}`);
  const { leverage = 1, maintenanceMargin = 0 } = request;
  if (!(leverage >= 1 && leverage <= LEVERAGE_MAXIMUM))
    invalidParameter(`expected a leverage of 1 to ${LEVERAGE_MAXIMUM}, was ${leverage}`);
  if (!(maintenanceMargin >= 0 && maintenanceMargin < 1 / leverage)) {
    invalidParameter(
      `expected a maintenance margin of 0 or more and below 1 / leverage (${1 / leverage}), was ${maintenanceMargin}`,
    );
  }
  for (const [name, value] of Object.entries(request.costs) as [keyof CostModel, number][]) {
    if (!(value >= 0 && Number.isFinite(value)))
      invalidParameter(`expected ${name} of 0 or more, was ${value}`);
  }
  const worseBps = marketBps(request.costs);
  // A sale would be paid for by the seller.
  if (worseBps >= 10_000)
    invalidParameter(`expected slippage and half the spread below 10000 bps, was ${worseBps}`);
}

function validateParameter(strategy: CompiledStrategy, name: string, value: number): void {
  const known = strategy.parameters.map((parameter) => parameter.name);
  if (!known.includes(name)) {
    invalidParameter(
      `expected a parameter of ${strategy.name} (${known.join(', ') || 'it has none'}), was ${name}`,
    );
  }
  if (!Number.isFinite(value)) invalidParameter(`expected a finite number for ${name}, was ${value}`);
}

function validateBars(symbol: string, bars: BarColumns): void {
  const { timesMs } = bars;
  for (const [name, column] of Object.entries(bars)) {
    if (column.length !== timesMs.length) {
      invalidData(`${symbol}: expected ${timesMs.length} values in ${name}, was ${column.length}`);
    }
  }
  const at = firstWrongBar(bars);
  if (at < timesMs.length) refuseBar(symbol, bars, at);
}

/** The number of the first bar that has not what a bar should have, or how many there are. */
function firstWrongBar({ timesMs, open, high, low, close }: BarColumns): number {
  let before = -Infinity;
  for (let t = 0; t < timesMs.length; t += 1) {
    const time = timesMs[t];
    const least = low[t];
    const most = high[t];
    const isRight = time > before && time < Infinity && least > 0 && least <= most && most < Infinity;
    if (!(isRight && isPrice(open[t]) && isPrice(close[t]))) return t;
    before = time;
  }
  return timesMs.length;
}

function refuseBar(symbol: string, { timesMs, open, high, low, close }: BarColumns, t: number): never {
  if (t > 0 && !(timesMs[t] > timesMs[t - 1]))
    invalidData(`${symbol}: expected ascending times, was ${timesMs[t - 1]} then ${timesMs[t]} at bar ${t}`);
  if (!Number.isFinite(timesMs[t])) invalidData(`${symbol}: expected a time at bar ${t}, was ${timesMs[t]}`);
  const was = `open ${open[t]}, high ${high[t]}, low ${low[t]}, close ${close[t]}`;
  invalidData(`${symbol}: expected positive prices with low <= high at bar ${t}, was ${was}`);
}

function isPrice(value: number): boolean {
  return value > 0 && value < Infinity;
}

function invalidData(message: string): never {
  throw new ComputeError('INVALID_DATA', message);
}

function invalidParameter(message: string): never {
  throw new ComputeError('INVALID_PARAMETER', message);
}
