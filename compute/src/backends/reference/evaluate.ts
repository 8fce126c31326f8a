import { ops } from '../../ops/registry.ts';
import { type AcrossKind, measureAcross } from '../../ir/across.ts';
import { answerCalendar } from '../../ir/calendar.ts';
import type { GraphNode } from '../../ir/graph.ts';
import { aggregateBars, type Period } from '../../ir/periods.ts';
import type { StrategySignals } from '../../ir/signals.ts';
import { lastBarsOf } from '../../ir/time-in-force.ts';
import { tradingCalendar } from '../../ir/trading-calendar.ts';
import {
  ComputeError,
  type BarColumns,
  type InstrumentBars,
  type ModelOutput,
} from '../../service/contract.ts';
import { type CompiledRule, type CompiledStrategy, waits } from '../../strategy/compile.ts';
import type { KernelInputs } from './kernel.ts';
import { kernels } from './kernels/registry.ts';

/** Series already computed, by what they are: a sweep computes each distinct one once. */
export type SeriesCache = Map<string, Float64Array>;

/**
 * Computes a strategy's decisions over all bars in double precision, one operation after the other:
 * the oracle for every other backend. Other instruments are aligned so that only their bars closed by
 * the traded bar's close are seen.
 */
export function evaluateSignals(
  strategy: CompiledStrategy,
  parameters: Readonly<Record<string, number>>,
  instruments: readonly InstrumentBars[],
  cache: SeriesCache = new Map(),
): StrategySignals {
  const evaluation = new Evaluation(strategy, parameters, instruments, cache);
  const { rules, distances } = strategy;
  const truth = (node: number | null) => evaluation.truth(node);
  const distance = (node: number | null) => (node === null ? null : evaluation.series(node));
  return {
    length: instruments[0].bars.timesMs.length,
    warmUpBars: warmUpBars(strategy, parameters, (name) => modelOutput(instruments, name).warmUpBars),
    enterLong: truth(rules.enterLong),
    exitLong: truth(rules.exitLong),
    enterShort: truth(rules.enterShort),
    exitShort: truth(rules.exitShort),
    stopDistance: distance(distances.stop),
    targetDistance: distance(distances.target),
    trailDistance: distance(distances.trail),
    breakEvenDistance: distance(distances.breakeven),
    maximumBarsHeld: strategy.maximumBarsHeld === null ? 0 : evaluation.wholeBars(strategy.maximumBarsHeld),
    fillAt: strategy.fillAt,
    size: { kind: strategy.size.kind, value: evaluation.series(strategy.size.value) },
    entriesMaximum: strategy.entriesMaximum === null ? 1 : evaluation.wholeNumber(strategy.entriesMaximum),
    ...evaluateRules(strategy, evaluation),
  };
}

/** What answers for a universe that is held, whose members are computed side by side. */
export interface HeldUniverse {
  /** A node measured across the universe, on the bars of one member. */
  readonly across: (symbol: string, kind: AcrossKind, node: number) => Float64Array;
}

/** What is evaluated: nodes, and the parameters they name. */
export type Evaluable = Pick<CompiledStrategy, 'nodes' | 'parameters'>;

function evaluateRules(
  { entries, exits, calendar }: CompiledStrategy,
  evaluation: Evaluation,
): Pick<StrategySignals, 'entries' | 'exits'> {
  const price = (node: number | null) => (node === null ? null : evaluation.series(node));
  const rule = (one: CompiledRule) => ({
    side: one.side,
    name: one.name,
    decides: evaluation.truth(one.condition),
    limit: price(one.limit),
    stop: price(one.stop),
    lastBars: waits(one) ? evaluation.lastBars(one.timeInForce, calendar) : null,
  });
  const isPlain = (rules: readonly CompiledRule[]) => rules.every((one) => one.name === '' && !waits(one));
  return {
    entries: isPlain(entries) ? [] : entries.map(rule),
    exits: isPlain(exits) ? [] : exits.map(rule),
  };
}

/** One node's values over all bars: truths as 0 and 1, a number repeated. */
export function evaluateNode(
  strategy: Evaluable,
  parameters: Readonly<Record<string, number>>,
  instruments: readonly InstrumentBars[],
  node: number,
  cache: SeriesCache = new Map(),
): Float64Array {
  return new Evaluation(strategy, parameters, instruments, cache).series(node);
}

/** What the kernel of a node is given; the node is an operation. */
export function evaluateInputs(
  strategy: Evaluable,
  parameters: Readonly<Record<string, number>>,
  instruments: readonly InstrumentBars[],
  node: number,
  cache: SeriesCache,
): KernelInputs {
  return new Evaluation(strategy, parameters, instruments, cache).inputsOf(node);
}

/** Bars before the first bar on which every rule can decide; `ofModel` tells it of models. */
export function warmUpBars(
  strategy: CompiledStrategy,
  parameters: Readonly<Record<string, number>>,
  ofModel: (name: string) => number,
): number {
  const { rules, universe, exits } = strategy;
  const ofUniverse = universe?.legs.flatMap(({ score, condition }) => [score, condition]) ?? [];
  const ofExits = exits.map(({ condition }) => condition);
  const roots = [...Object.values(rules), ...ofExits, ...ofUniverse, universe?.weights ?? null].filter(
    (node) => node !== null,
  );
  return warmUpOf(strategy, parameters, roots, ofModel);
}

/** Bars before the first bar on which every one of these nodes has a value. */
export function warmUpOf(
  strategy: Evaluable,
  parameters: Readonly<Record<string, number>>,
  roots: readonly number[],
  ofModel: (name: string) => number,
): number {
  const scalars = scalarValues(strategy, parameters);
  const needed: number[] = [];
  for (const node of strategy.nodes) {
    const own =
      node.op === 'model'
        ? ofModel(node.name!)
        : (ops.get(node.op)?.warmUp(ownScalars(node.op, node.inputs, scalars)) ?? 0);
    needed.push(
      Math.max(0, ...node.inputs.map((input) => needed[input])) + (node.type === 'scalar' ? 0 : own),
    );
  }
  return Math.max(0, ...roots.map((node) => needed[node]));
}

function ownScalars(op: string, inputs: readonly number[], scalars: readonly (number | null)[]): number[] {
  const definition = ops.get(op);
  if (!definition) return [];
  return inputs.flatMap((input, index) => {
    const { type } = definition.inputs[index];
    return type === 'length' || type === 'scalar' ? [scalars[input] ?? 0] : [];
  });
}

/** The numbers among a strategy's nodes for these parameters; null for the others. */
export function scalarValues(
  strategy: Evaluable,
  parameters: Readonly<Record<string, number>>,
): (number | null)[] {
  const values: (number | null)[] = [];
  for (const node of strategy.nodes) {
    if (node.op === 'constant') values.push(node.constant!);
    else if (node.op === 'parameter') values.push(parameterValue(strategy, parameters, node.name!));
    else if (node.type === 'scalar') {
      const inputs = node.inputs.map((input) => Float64Array.of(values[input]!));
      const series = (index: number) => inputs[index];
      values.push(kernels[node.op]({ length: 1, series, scalar: (index) => inputs[index][0] })[0]);
    } else values.push(null);
  }
  return values;
}

function parameterValue(
  strategy: Evaluable,
  parameters: Readonly<Record<string, number>>,
  name: string,
): number {
  return parameters[name] ?? strategy.parameters.find((parameter) => parameter.name === name)!.defaultValue;
}

const SERIES_NAMES_MAXIMUM = 100_000;
const seriesNames = new Map<string, string>();
let seriesNameCount = 0;

/**
 * A short name of what a series is made by and from, the same as long as it is remembered and never that of another. Names of series are
 * made of names: written out, an expression that uses another twice would be twice as long with every step.
 */
function seriesName(made: string): string {
  const known = seriesNames.get(made);
  if (known !== undefined) return known;
  if (seriesNames.size >= SERIES_NAMES_MAXIMUM) seriesNames.clear();
  seriesNameCount += 1;
  const name = `#${seriesNameCount}`;
  seriesNames.set(made, name);
  return name;
}

/** Computes nodes on the bars of the first instrument, each once. */
export class Evaluation {
  private readonly strategy: Evaluable;
  private readonly instruments: readonly InstrumentBars[];
  private readonly cache: SeriesCache;
  private readonly scalars: readonly (number | null)[];
  private readonly owner: string;
  private readonly keys: (string | undefined)[] = [];
  private readonly parameters: Readonly<Record<string, number>>;
  private readonly timesMs: Float64Array;
  private readonly length: number;
  /** Evaluations on bars of higher timeframes, by the names of their nodes. */
  private readonly periods = new Map<string, Evaluation>();
  /** Evaluations on other members of the universe, by their symbols. */
  private readonly members = new Map<string, Evaluation>();
  private readonly held: HeldUniverse | null;

  constructor(
    strategy: Evaluable,
    parameters: Readonly<Record<string, number>>,
    instruments: readonly InstrumentBars[],
    cache: SeriesCache,
    held: HeldUniverse | null = null,
  ) {
    this.held = held;
    this.strategy = strategy;
    this.instruments = instruments;
    this.cache = cache;
    this.parameters = parameters;
    this.timesMs = instruments[0].bars.timesMs;
    this.length = this.timesMs.length;
    this.scalars = scalarValues(strategy, parameters);
    // Members of a universe that is held share one cache.
    this.owner = held ? `${instruments[0].symbol} ` : '';
  }

  /** What a node is kept by, made when it is asked for: most evaluations need few. */
  private keyOf(index: number): string {
    const known = this.keys[index];
    if (known !== undefined) return known;
    const { op, name = '', symbol = '', inputs } = this.strategy.nodes[index];
    const scalar = this.scalars[index];
    const key =
      scalar === null
        ? seriesName(
            `${this.owner}${op}:${name}:${symbol}(${inputs.map((input) => this.keyOf(input)).join(',')})`,
          )
        : `${this.owner}${scalar}`;
    this.keys[index] = key;
    return key;
  }

  series(node: number): Float64Array {
    const key = this.keyOf(node);
    const known = this.cache.get(key);
    if (known) return known;
    const computed = this.compute(node);
    this.cache.set(key, computed);
    return computed;
  }

  truth(node: number | null): Uint8Array {
    return node === null ? new Uint8Array(this.length) : new Uint8Array(this.series(node));
  }

  wholeBars(node: number, minimum = 1): number {
    const value = this.scalars[node]!;
    if (Number.isInteger(value) && value >= minimum) return value;
    throw new ComputeError(
      'INVALID_PARAMETER',
      `expected a whole number of bars from ${minimum}, was ${value}`,
    );
  }

  wholeNumber(node: number): number {
    const value = this.scalars[node]!;
    if (Number.isInteger(value) && value >= 1) return value;
    throw new ComputeError('INVALID_PARAMETER', `expected a whole number from 1, was ${value}`);
  }

  /** For each bar the last one that an order decided on it waits in. */
  lastBars(force: CompiledRule['timeInForce'], calendar: string): Int32Array {
    const isCounted = force === null || force.kind === 'bars';
    const bars = force?.kind === 'bars' ? this.wholeNumber(force.bars) : 1;
    return lastBarsOf(isCounted ? { kind: 'bars', bars } : force, this.timesMs, tradingCalendar(calendar)!);
  }

  private compute(index: number): Float64Array {
    const node = this.strategy.nodes[index];
    const scalar = this.scalars[index];
    if (scalar !== null) return new Float64Array(this.length).fill(scalar);
    if (node.op === 'price') return this.price(node.name as keyof BarColumns, node.symbol);
    if (node.op === 'model') return modelOutput(this.instruments, node.name!).values;
    if (node.op === 'calendar') return answerCalendar(node.calendar!, this.timesMs);
    if (node.op === 'across') return this.acrossMembers(node);
    if (node.op === 'timeframe') return this.onPeriods(node, node.period!);
    return kernels[node.op](this.inputsOf(index));
  }

  inputsOf(index: number): KernelInputs {
    const { op, inputs } = this.strategy.nodes[index];
    const definition = ops.get(op)!;
    inputs.forEach((input, position) => {
      const { type, barsMinimum } = definition.inputs[position];
      if (type === 'length') this.wholeBars(input, barsMinimum);
    });
    return {
      length: this.length,
      series: (position) => this.series(inputs[position]),
      scalar: (position) => this.scalars[inputs[position]]!,
    };
  }

  /** The node's input computed on bars of a period, each seen from its end on; a truth is false before the first. */
  private onPeriods({ name, type, inputs }: GraphNode, period: Period): Float64Array {
    let own = this.periods.get(name!);
    if (!own) {
      const instruments = this.instruments.map(({ symbol, bars }) => ({
        symbol,
        bars: aggregateBars(bars, period),
      }));
      own = new Evaluation(this.strategy, this.parameters, instruments, new Map());
      this.periods.set(name!, own);
    }
    const values = alignToCloses(this.timesMs, own.timesMs, own.series(inputs[0]));
    return type === 'bool' ? values.map((truth) => (truth === 1 ? 1 : 0)) : values;
  }

  /** The value of a node that is one number. */
  number(node: number): number {
    return this.scalars[node]!;
  }

  /** The node's input computed on every member of the universe, each aligned as a price of it would be. */
  private acrossMembers({ across, inputs }: GraphNode): Float64Array {
    const [traded] = this.instruments;
    if (this.held) return this.held.across(traded.symbol, across!.kind, inputs[0]);
    const others = across!.symbols.filter((symbol) => symbol !== traded.symbol);
    const columns = others.map((symbol) => {
      const own = this.memberOf(symbol);
      return alignToCloses(this.timesMs, own.timesMs, own.series(inputs[0]));
    });
    return measureAcross(across!.kind, [this.series(inputs[0]), ...columns])[0];
  }

  private memberOf(symbol: string): Evaluation {
    const known = this.members.get(symbol);
    if (known) return known;
    const member = this.instrumentOf(symbol);
    const rest = this.instruments.filter((one) => one !== member);
    const own = new Evaluation(this.strategy, this.parameters, [member, ...rest], new Map());
    this.members.set(symbol, own);
    return own;
  }

  private instrumentOf(symbol: string): InstrumentBars {
    const known = this.instruments.find((instrument) => instrument.symbol === symbol);
    if (known) return known;
    throw new ComputeError(
      'INVALID_DATA',
      `expected the bars of ${symbol}, which the strategy reads, was none`,
    );
  }

  private price(name: keyof BarColumns, symbol: string | undefined): Float64Array {
    const traded = this.instruments[0];
    if (symbol === undefined || symbol === traded.symbol) return traded.bars[name];
    const other = this.instrumentOf(symbol);
    return alignToCloses(traded.bars.timesMs, other.bars.timesMs, other.bars[name]);
  }
}

function modelOutput([traded]: readonly InstrumentBars[], name: string): ModelOutput {
  const output = traded.modelOutputs?.find((one) => one.name === name);
  if (!output)
    throw new ComputeError(
      'INVALID_DATA',
      `expected the output of model ${name}, which the strategy reads, was none`,
    );
  const { length } = traded.bars.timesMs;
  if (output.values.length === length) return output;
  throw new ComputeError(
    'INVALID_DATA',
    `expected ${length} values of model ${name}, was ${output.values.length}`,
  );
}

/** For each time the newest value stamped at or before it; NaN before the first. */
export function alignToCloses(
  timesMs: Float64Array,
  otherMs: Float64Array,
  values: Float64Array,
): Float64Array {
  const out = new Float64Array(timesMs.length).fill(NaN);
  let newest = -1;
  for (let t = 0; t < timesMs.length; t += 1) {
    while (newest + 1 < otherMs.length && otherMs[newest + 1] <= timesMs[t]) newest += 1;
    if (newest >= 0) out[t] = values[newest];
  }
  return out;
}
