import type {
  BarColumns,
  ComputeService,
  InstrumentBars,
  LibraryStrategy,
  StrategyCheck,
  StrategyDescription,
  SweepAxis,
} from '@ai-trading/compute';
import { contentHash, gridSize } from '@ai-trading/compute';
import { adjusted, barsBetween, type StoredBars } from '../market-data/bars.ts';
import type { InstrumentRow } from '../market-data/instrument.entity.ts';
import type { MarketDataService } from '../market-data/market-data.service.ts';
import { periodsPerYear, type Timeframe } from '../market-data/timeframe.ts';
import { insufficientHistory, invalid, notFound, UserProblem } from '../platform/graphql/errors.ts';
import type { ParameterInput, SimulationInput, SweepAxisInput } from './backtest.input.ts';
import type { Costs } from './backtest.type.ts';

const LEVERAGE_MAXIMUM = 100;
const SETS_MAXIMUM = 1_000_000;
/** Of one axis, since its values are written out in the request. */
const AXIS_VALUES_MAXIMUM = 10_000;
const UNIVERSE_MAXIMUM = 500;
const SOURCE_MAXIMUM = 20_000;
const BARS_MINIMUM = 2;

/** What a simulation's run remembers: everything but the bars, which the data set keeps. */
export interface StoredSimulation extends Record<string, unknown> {
  /** Of a universe its first. */
  readonly symbol: string;
  /** Symbols that a strategy chooses from; absent where it trades one instrument. */
  readonly universe?: readonly string[];
  readonly timeframe: Timeframe;
  readonly adjustment: 'RAW' | 'ADJUSTED';
  readonly from: string | null;
  readonly to: string | null;
  readonly initialCash: number;
  readonly currency: string;
  readonly costs: Costs;
  readonly direction: 'LONG_ONLY' | 'SHORT_ONLY' | 'LONG_AND_SHORT';
  /** Null where each instrument of a universe has its own. */
  readonly lotSize: number | null;
  readonly endRule: 'KEEP_OPEN' | 'CLOSE_AT_LAST_OPEN' | 'CLOSE_AT_LAST_CLOSE';
  /** Runs of before there was leverage have none. */
  readonly leverage?: number;
  readonly maintenanceMargin?: number;
  readonly periodsPerYear: number;
  readonly parameters: Record<string, number>;
  readonly strategyId: string | null;
  readonly strategyName: string;
  readonly strategySource: string;
  /** Other symbols that the strategy reads; runs of before it could have none. */
  readonly otherSymbols?: readonly string[];
}

interface TradedBars {
  readonly symbol: string;
  readonly bars: BarColumns;
  readonly lotSize: number;
  readonly dataHash: string;
}

/** What a simulation costs where nothing else is said. */
export const NO_COSTS: Costs = {
  commissionPerTrade: 0,
  commissionPerShare: 0,
  commissionBps: 0,
  commissionMinimum: 0,
  slippageBps: 0,
  spreadBps: 0,
  borrowRate: 0,
  cashRate: 0,
};

/** Turns requests into simulations, checking everything before anything is stored. */
export class SimulationBuilder {
  private readonly marketData: MarketDataService;
  private readonly compute: ComputeService;
  readonly library: readonly LibraryStrategy[];

  constructor(marketData: MarketDataService, compute: ComputeService, library: readonly LibraryStrategy[]) {
    this.marketData = marketData;
    this.compute = compute;
    this.library = library;
  }

  async build(
    input: SimulationInput,
  ): Promise<{ simulation: StoredSimulation; strategy: StrategyDescription }> {
    const { strategyId, source, strategy } = await this.strategyOf(input);
    const symbols = tradedSymbols(strategy, input);
    const isOfOne = strategy.universe === null;
    const held = strategy.rest === null ? symbols : [...symbols, strategy.rest];
    const instruments = (await this.instrumentsOf(held, isOfOne ? 'symbol' : 'symbols')).slice(
      0,
      symbols.length,
    );
    validateNumbers(input);
    const parameters = parametersOf(strategy, input.parameters);
    const { timeframe, adjustment, direction, endRule, initialCash, leverage, maintenanceMargin } = input;
    const [first] = instruments;
    const simulation: StoredSimulation = {
      symbol: first.symbol,
      ...(isOfOne ? {} : { universe: instruments.map(({ symbol }) => symbol) }),
      timeframe,
      adjustment,
      from: input.from?.toISOString() ?? null,
      to: input.to?.toISOString() ?? null,
      initialCash,
      currency: first.currency,
      costs: { ...NO_COSTS, ...input.costs },
      direction,
      lotSize: input.lotSize ?? (isOfOne ? Number(first.lotSize) : null),
      endRule,
      leverage,
      maintenanceMargin,
      periodsPerYear: Math.max(...instruments.map(({ calendar }) => periodsPerYear(timeframe, calendar))),
      parameters,
      strategyId,
      strategyName: strategy.name,
      strategySource: source,
      otherSymbols: strategy.otherSymbols,
    };
    // How many there are is the same for any prices.
    const unadjusted: StoredSimulation = { ...simulation, adjustment: 'RAW' };
    const traded = (await this.barsOf(unadjusted)).instruments.slice(0, symbols.length);
    const required = Math.max(BARS_MINIMUM, strategy.warmUpBars + 1);
    const available = Math.max(...traded.map(({ bars }) => bars.timesMs.length));
    if (available < required) {
      const what = isOfOne ? first.symbol : 'any of the universe';
      throw new UserProblem(insufficientHistory(`bars of ${what} in the range`, required, available));
    }
    return { simulation, strategy };
  }

  /** Checks the text of a strategy; one that is too long is not read. */
  async checkStrategy(source: string): Promise<StrategyCheck> {
    if (source.length <= SOURCE_MAXIMUM) return this.compute.checkStrategy(source);
    const lines = source.slice(0, SOURCE_MAXIMUM).split('\n');
    const tooLong = {
      line: lines.length,
      column: lines.at(-1)!.length + 1,
      length: 1,
      text: '',
      expected: `at most ${SOURCE_MAXIMUM} characters`,
      message: `expected a strategy of at most ${SOURCE_MAXIMUM} characters, was ${source.length}`,
      severity: 'error' as const,
    };
    return { ok: false, diagnostics: [tooLong] };
  }

  /** The bars a simulation runs on, what it trades first, and the hash of the data that is traded. */
  async barsOf(
    simulation: StoredSimulation,
  ): Promise<{ instruments: readonly InstrumentBars[]; dataHash: string }> {
    const symbols = simulation.universe ?? [simulation.symbol];
    const place = simulation.universe ? 'symbols' : 'symbol';
    const traded = await this.storedBars(simulation, await this.instrumentsOf(symbols, place));
    traded.forEach((one, i) => {
      if (!one)
        throw invalid(
          `expected a timeframe that ${symbols[i]} has bars of, was ${simulation.timeframe}`,
          'input',
          'timeframe',
        );
    });
    const known = traded.filter((one) => one !== null);
    const others = (simulation.otherSymbols ?? []).filter((symbol) => !symbols.includes(symbol));
    const otherRows = await this.marketData.findBySymbols(others);
    const read = await this.storedBars(simulation, otherRows);
    const beside = others.map((symbol, i): InstrumentBars => {
      const bars = read[i]?.bars;
      if (bars) return { symbol, bars };
      const where = simulation.strategyId === null ? 'strategySource' : 'strategyId';
      throw invalid(
        `expected ${simulation.timeframe} bars of ${symbol}, which the strategy reads, was none`,
        'input',
        where,
      );
    });
    const instruments = [
      ...known.map(({ symbol, bars, lotSize }) => ({ symbol, bars, lotSize })),
      ...beside.map((one, i) => ({ ...one, lotSize: Number(otherRows[i]!.lotSize) })),
    ];
    return { instruments, dataHash: hashOfAll(known) };
  }

  private async instrumentsOf(symbols: readonly string[], place: string): Promise<InstrumentRow[]> {
    const rows = await this.marketData.findBySymbols(symbols);
    return rows.map((row, i) => {
      if (!row) throw notFound('instrument', symbols[i], 'input', place);
      const [first] = rows;
      if (row.currency === first!.currency) return row;
      throw invalid(
        `expected instruments in one currency, was ${row.currency} (${row.symbol}) beside ${first!.currency} (${first!.symbol})`,
        'input',
        place,
      );
    });
  }

  /** The bars of several instruments in the range of a simulation; null for each that has none of its timeframe. */
  private async storedBars(
    { timeframe, from, to, adjustment }: StoredSimulation,
    instruments: readonly (InstrumentRow | null)[],
  ): Promise<(TradedBars | null)[]> {
    const millisecondsOf = (time: string | null) => (time === null ? null : Date.parse(time));
    const ids = instruments.flatMap((row) => row?.id ?? []);
    const sets = (await this.marketData.dataSets(ids)).flat();
    const found: (TradedBars | null)[] = [];
    for (const row of instruments) {
      const set = sets.find((one) => one.instrumentId === row?.id && one.timeframe === timeframe);
      if (!row || !set) {
        found.push(null);
        continue;
      }
      const all = await this.marketData.bars(set);
      const stored: StoredBars = barsBetween(all, millisecondsOf(from), millisecondsOf(to));
      const { timesMs, open, high, low, close, volume } = stored;
      const bars = adjustment === 'ADJUSTED' ? adjusted(stored) : { timesMs, open, high, low, close, volume };
      found.push({
        symbol: row.symbol,
        bars,
        lotSize: Number(row.lotSize),
        dataHash: set.contentHash,
      });
    }
    return found;
  }

  private async strategyOf({
    strategyId,
    strategySource,
  }: SimulationInput): Promise<{ strategyId: string | null; source: string; strategy: StrategyDescription }> {
    if (!strategyId === !strategySource)
      throw invalid(
        'expected either strategyId or strategySource, was both or neither',
        'input',
        'strategyId',
      );
    if (strategyId) {
      const known = this.library.find(({ id }) => id === strategyId);
      if (!known) throw notFound('strategy', strategyId, 'input', 'strategyId');
      return { strategyId, source: known.source, strategy: known };
    }
    const source = strategySource!;
    const check = await this.checkStrategy(source);
    if (check.ok) return { strategyId: null, source, strategy: check.strategy };
    const [first] = check.diagnostics;
    throw invalid(`line ${first.line}, column ${first.column}: ${first.message}`, 'input', 'strategySource');
  }
}

/** What a simulation of this strategy trades: one symbol, or those of a universe, each once and in their order. */
function tradedSymbols(strategy: StrategyDescription, { symbol, symbols }: SimulationInput): string[] {
  const given = [...new Set((symbols ?? []).map((one) => one.trim().toUpperCase()))].toSorted();
  if (strategy.universe === null) {
    if (given.length > 0)
      throw invalid(
        `expected one symbol for ${strategy.name}, which trades one instrument, was ${given.length} symbols`,
        'input',
        'symbols',
      );
    if (!symbol) throw invalid('expected the symbol of an instrument, was none', 'input', 'symbol');
    return [symbol];
  }
  if (symbol)
    throw invalid(`expected symbols to choose from for ${strategy.name}, was one symbol`, 'input', 'symbol');
  if (strategy.universe.length > 0) {
    const named = strategy.universe.toSorted();
    if (given.length === 0 || given.join() === named.join()) return named;
    throw invalid(
      `expected the universe that ${strategy.name} names (${named.join(', ')}), was another`,
      'input',
      'symbols',
    );
  }
  if (given.length >= 1 && given.length <= UNIVERSE_MAXIMUM) return given;
  throw invalid(
    `expected 1 to ${UNIVERSE_MAXIMUM} symbols to choose from, was ${given.length}`,
    'input',
    'symbols',
  );
}

/** One hash for all that is traded: that of the data set where it is one. */
function hashOfAll(traded: readonly TradedBars[]): string {
  if (traded.length === 1) return traded[0].dataHash;
  return contentHash(traded.map(({ symbol, dataHash }) => [symbol, dataHash]));
}

/** What is worked out of more would soon be infinite. */
const AMOUNT_MAXIMUM = 1e15;

function validateNumbers(input: SimulationInput): void {
  const { initialCash, lotSize, from, to } = input;
  if (!(initialCash > 0 && initialCash <= AMOUNT_MAXIMUM))
    throw invalid(
      `expected initial cash above 0, at most ${AMOUNT_MAXIMUM}, was ${initialCash}`,
      'input',
      'initialCash',
    );
  if (lotSize !== undefined && lotSize !== null && !(lotSize >= 0))
    throw invalid(`expected a lot size of 0 or more, was ${lotSize}`, 'input', 'lotSize');
  for (const [name, value] of Object.entries(input.costs ?? {}) as [string, number][]) {
    if (!(value >= 0 && value <= AMOUNT_MAXIMUM))
      throw invalid(`expected ${name} from 0 to ${AMOUNT_MAXIMUM}, was ${value}`, 'input', 'costs', name);
  }
  validateLeverage(input);
  if (from && to && from >= to)
    throw invalid(
      `expected a range that ends after it begins, was ${from.toISOString()} to ${to.toISOString()}`,
      'input',
      'to',
    );
}

function validateLeverage({ leverage, maintenanceMargin }: SimulationInput): void {
  if (!(leverage >= 1 && leverage <= LEVERAGE_MAXIMUM))
    throw invalid(`expected a leverage of 1 to ${LEVERAGE_MAXIMUM}, was ${leverage}`, 'input', 'leverage');
  if (!(maintenanceMargin >= 0 && maintenanceMargin < 1 / leverage))
    throw invalid(
      `expected a maintenance margin of 0 or more and below 1 / leverage, was ${maintenanceMargin}`,
      'input',
      'maintenanceMargin',
    );
}

function parametersOf(
  strategy: StrategyDescription,
  given: readonly ParameterInput[],
): Record<string, number> {
  const parameters = Object.fromEntries(
    strategy.parameters.map(({ name, defaultValue }) => [name, defaultValue]),
  );
  for (const { name, value } of given) {
    if (!(name in parameters)) {
      const known = strategy.parameters.map((parameter) => parameter.name).join(', ') || 'none';
      throw invalid(
        `expected a parameter of ${strategy.name} (${known}), was ${name}`,
        'input',
        'parameters',
        name,
      );
    }
    const declared = strategy.parameters.find((parameter) => parameter.name === name)!;
    const isWhole = [declared.defaultValue, declared.minimum, declared.maximum, declared.step].every(
      Number.isInteger,
    );
    if (!Number.isFinite(value) || (isWhole && !Number.isInteger(value))) {
      throw invalid(
        `expected ${isWhole ? 'a whole number' : 'a number'} for ${name}, was ${value}`,
        'input',
        'parameters',
        name,
      );
    }
    if (declared.minimum >= 1 && isWhole && value < 1)
      throw invalid(`expected ${name} of 1 or more, was ${value}`, 'input', 'parameters', name);
    parameters[name] = value;
  }
  return parameters;
}

/** The axes of a sweep with all their values. */
export function axesOf(strategy: StrategyDescription, inputs: readonly SweepAxisInput[]): SweepAxis[] {
  if (inputs.length < 1 || inputs.length > 4)
    throw invalid(`expected 1 to 4 axes, was ${inputs.length}`, 'input', 'axes');
  if (new Set(inputs.map(({ parameter }) => parameter)).size < inputs.length)
    throw invalid('expected each parameter on one axis, was one on two', 'input', 'axes');
  const axes = inputs.map(({ parameter, from, to, step }) => {
    parametersOf(strategy, [{ name: parameter, value: from }]);
    if (!(step > 0))
      throw invalid(`expected a step above 0 for ${parameter}, was ${step}`, 'input', 'axes', parameter);
    if (!(to >= from))
      throw invalid(
        `expected a last value of at least ${from} for ${parameter}, was ${to}`,
        'input',
        'axes',
        parameter,
      );
    const count = Math.floor((to - from) / step + 1e-9) + 1;
    if (count > AXIS_VALUES_MAXIMUM)
      throw invalid(
        `expected at most ${AXIS_VALUES_MAXIMUM} values for ${parameter}, was ${count}`,
        'input',
        'axes',
        parameter,
      );
    // Rounded, so that 0.1 + 0.2 reads 0.3.
    return {
      parameter,
      values: Float64Array.from({ length: count }, (_, index) =>
        Number((from + index * step).toPrecision(12)),
      ),
    };
  });
  const sets = gridSize(axes);
  if (sets > SETS_MAXIMUM)
    throw invalid(`expected at most ${SETS_MAXIMUM} parameter sets, was ${sets}`, 'input', 'axes');
  return axes;
}
