import { kernelObstacle } from '../../compute/src/backends/wasm/terms.ts';
import type { Simulation, SimulationSettings } from '../../compute/src/backtest/simulation.ts';
import { sumEquity, sumsFinisher } from '../../compute/src/backtest/summary.ts';
import { GraphBuilder } from '../../compute/src/ir/graph.ts';
import type { RuleSignals, StrategySignals } from '../../compute/src/ir/signals.ts';
import type { BarColumns, InstrumentBars, SweepRequest } from '../../compute/src/service/contract.ts';
import {
  type CompiledRule,
  type CompiledStrategy,
  compileStrategy,
  waits,
} from '../../compute/src/strategy/compile.ts';
import { SETTINGS, simulate } from './simulations.ts';
import { type BackendName, type Figures, figuresBy, withinPromise } from './sweep-backends.ts';
import { SWEEP_BASE } from './sweeps.ts';

/** Data of so few bars are also cut after each of them, which shows the equity of every bar. */
const BARS_EACH_MAXIMUM = 8;
/** A set that follows the decisions, one that never enters, and one more that follows them. */
const THRESHOLDS = Float64Array.of(0, 1, 0);

/** What kernels refuse, and what they have to say of it; everything else they have to take. */
const REFUSALS: readonly {
  readonly reason: string;
  readonly applies: (signals: StrategySignals, settings: SimulationSettings) => boolean;
}[] = [
  {
    reason: 'interest changes cash on every bar, which no kernel follows',
    applies: (_, { costs }) => (costs.borrowRate ?? 0) > 0 || (costs.cashRate ?? 0) > 0,
  },
  {
    reason: 'margin calls are simulated by the reference only',
    applies: (_, { maintenanceMargin = 0 }) => maintenanceMargin > 0,
  },
  {
    reason: 'leverage above 1 is simulated by the reference only',
    applies: (_, { leverage = 1 }) => leverage > 1,
  },
  {
    reason: 'limit and stop orders wait inside bars, which no kernel follows',
    applies: ({ entries, exits }) => [...entries, ...exits].some(waits),
  },
  {
    reason: 'added entries are simulated by the reference only',
    applies: ({ entriesMaximum }) => entriesMaximum > 1,
  },
  {
    reason: 'a volatility target is sized by the reference only',
    applies: ({ size }) => size.kind === 'volatilityTarget',
  },
];

/**
 * The account of the reference, of which a backend has shown that it finds the same figures for the same decisions; or, where no
 * kernel takes them, that it says why.
 */
export function provenSimulation(
  backend: BackendName,
  bars: BarColumns,
  signals: StrategySignals,
  settings: Partial<SimulationSettings> = {},
): Simulation {
  const whole = { ...SETTINGS, ...settings };
  const simulation = simulate(bars, signals, whole);
  if (backend === 'reference') return simulation;
  const reasons = REFUSALS.flatMap(({ applies, reason }) => (applies(signals, whole) ? reason : []));
  const { strategy, request } = sweepOf(bars, signals, whole);
  const said = kernelObstacle(strategy, request);
  if (said === null ? reasons.length > 0 : !reasons.includes(said))
    throw new Error(`expected one of the reasons [${reasons.join('; ')}], was ${said}`);
  if (said === null) compareAll(backend, bars, signals, whole, simulation);
  return simulation;
}

function compareAll(
  backend: BackendName,
  bars: BarColumns,
  signals: StrategySignals,
  settings: SimulationSettings,
  simulation: Simulation,
): void {
  compare(backend, bars, signals, settings, simulation);
  if (signals.length > BARS_EACH_MAXIMUM) return;
  for (let end = 1; end < signals.length; end += 1) {
    const cut = <Row extends object>(row: Row): Row =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          ArrayBuffer.isView(value) ? first(value, end) : value,
        ]),
      ) as Row;
    const cutSignals = { ...cut(signals), length: end, size: cut(signals.size), entries: [], exits: [] };
    const [ownBars, named] = [cut(bars), { ...cutSignals, entries: [], exits: [] }];
    compare(backend, ownBars, named, settings, simulate(ownBars, named, settings));
  }
}

function first(values: ArrayBufferView, end: number): unknown {
  return (values as Float64Array).slice(0, end);
}

function compare(
  backend: BackendName,
  bars: BarColumns,
  signals: StrategySignals,
  settings: SimulationSettings,
  { equity, fills }: Simulation,
): void {
  const { strategy, request } = sweepOf(bars, signals, settings);
  const found = figuresBy(backend, request, strategy);
  const finish = sumsFinisher(equity.length, request);
  const entries = fills.filter(({ reason }) => reason.startsWith('entry')).length;
  const follows = finish(sumEquity(equity, entries));
  const never = finish(sumEquity(new Float64Array(equity.length).fill(settings.initialCash), 0));
  const column = (name: keyof Figures) => [follows[name], never[name], follows[name]];
  const expected: Figures = {
    totalReturn: column('totalReturn'),
    sharpe: column('sharpe'),
    maxDrawdown: column('maxDrawdown'),
    tradeCount: column('tradeCount'),
  };
  const promised = withinPromise(found.figures, expected, found.plan);
  for (const name of Object.keys(expected) as (keyof Figures)[])
    expected[name].forEach((wanted, set) => {
      if (Object.is(promised[name][set], wanted)) return;
      const was = found.figures[name][set];
      throw new Error(
        `${found.plan}, ${equity.length} bars, set ${set}: expected ${name} ${wanted}, was ${was}`,
      );
    });
}

/** A sweep over the decisions, which a strategy reads from the volumes of other instruments. */
function sweepOf(bars: BarColumns, signals: StrategySignals, settings: SimulationSettings) {
  const { length } = signals;
  const graph = new GraphBuilder();
  const columns: InstrumentBars[] = [{ symbol: 'traded', bars }];
  const series = (symbol: string, values: ArrayLike<number>) => {
    columns.push({ symbol, bars: { ...bars, volume: Float64Array.from(values) } });
    return graph.price('volume', symbol);
  };
  const threshold = graph.parameter('threshold');
  const rule = (symbol: string, decides: Uint8Array) =>
    graph.add({ op: 'greater', type: 'bool', inputs: [series(symbol, decides), threshold] });
  const distance = (symbol: string, values: Float64Array | null) => values && series(symbol, values);
  const order =
    (verb: string) =>
    ({ side, name, limit, stop }: RuleSignals, index: number): CompiledRule => ({
      side: side > 0 ? 1 : -1,
      name,
      condition: graph.constant(1),
      limit: distance(`${verb} limit ${index}`, limit),
      stop: distance(`${verb} stop ${index}`, stop),
      timeInForce: null,
    });
  const { value } = signals.size;
  const isFixed = length > 0 && value.every((each) => each === value[0]);
  const bare = compileStrategy('strategy "T"\nenter long when close > 0');
  if (!bare.ok) throw new Error('expected a strategy');
  const strategy: CompiledStrategy = {
    ...bare.strategy,
    parameters: [{ name: 'threshold', defaultValue: 0, minimum: 0, maximum: 1, step: 1, description: '' }],
    rules: {
      enterLong: rule('enter long', signals.enterLong),
      exitLong: rule('exit long', signals.exitLong),
      enterShort: rule('enter short', signals.enterShort),
      exitShort: rule('exit short', signals.exitShort),
    },
    distances: {
      stop: distance('stop', signals.stopDistance),
      target: distance('target', signals.targetDistance),
      trail: distance('trail', signals.trailDistance),
      breakeven: distance('break-even', signals.breakEvenDistance),
    },
    maximumBarsHeld: signals.maximumBarsHeld > 0 ? graph.constant(signals.maximumBarsHeld) : null,
    size: { kind: signals.size.kind, value: isFixed ? graph.constant(value[0]) : series('size', value) },
    entriesMaximum: signals.entriesMaximum > 1 ? graph.constant(signals.entriesMaximum) : null,
    entries: signals.entries.map(order('entry')),
    exits: signals.exits.map(order('exit')),
    fillAt: signals.fillAt,
    nodes: graph.nodes,
  };
  const request: SweepRequest = {
    ...SWEEP_BASE,
    ...settings,
    riskFreeRate: 0,
    strategy: '',
    axes: [{ parameter: 'threshold', values: THRESHOLDS }],
    instruments: columns,
  };
  return { strategy, request };
}
