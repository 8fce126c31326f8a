import type { RuleSignals, StrategySignals } from '../../compute/src/ir/signals.ts';
import type { BarColumns } from '../../compute/src/service/contract.ts';
import { Simulation, type SimulationSettings } from '../../compute/src/backtest/simulation.ts';
import { flatBars } from './bars.ts';

/** Trading that costs nothing. */
export const NO_COSTS = {
  commissionPerTrade: 0,
  commissionPerShare: 0,
  commissionBps: 0,
  commissionMinimum: 0,
  slippageBps: 0,
};
/** 1000 of cash, whole lots, no costs, both sides. */
export const SETTINGS: SimulationSettings = {
  initialCash: 1000,
  costs: NO_COSTS,
  direction: 'LONG_AND_SHORT',
  lotSize: 1,
  endRule: 'KEEP_OPEN',
  periodsPerYear: 252,
};

/** Decisions at the given bars, all capital by default. */
export function signalsOf(
  length: number,
  at: Partial<Record<'enterLong' | 'exitLong' | 'enterShort' | 'exitShort', number[]>>,
  rest: Partial<StrategySignals> = {},
): StrategySignals {
  const truth = (bars: number[] = []) => Uint8Array.from({ length }, (_, t) => (bars.includes(t) ? 1 : 0));
  return {
    length,
    warmUpBars: 0,
    enterLong: truth(at.enterLong),
    exitLong: truth(at.exitLong),
    enterShort: truth(at.enterShort),
    exitShort: truth(at.exitShort),
    stopDistance: null,
    targetDistance: null,
    trailDistance: null,
    breakEvenDistance: null,
    maximumBarsHeld: 0,
    entriesMaximum: 1,
    entries: [],
    exits: [],
    fillAt: 'nextOpen',
    size: { kind: 'percentOfEquity', value: new Float64Array(length).fill(1) },
    ...rest,
  };
}

/** A whole simulation with 1000 of cash and whole lots, unless the settings say otherwise. */
export function simulate(
  bars: BarColumns,
  signals: StrategySignals,
  settings: Partial<SimulationSettings> = {},
): Simulation {
  const simulation = new Simulation(bars, signals, { ...SETTINGS, ...settings });
  simulation.advance(signals.length);
  return simulation;
}

/** Fills as bar, signed quantity, price and reason. */
export const fillsOf = (simulation: Simulation) =>
  simulation.fills.map(({ bar, side, quantity, price, reason }) => [bar, side * quantity, price, reason]);
/** One value on every bar. */
export const always = (length: number, value: number) => new Float64Array(length).fill(value);
/** Bars from rows of open, high, low and close. */
export const ohlc = (rows: [number, number, number, number][]): BarColumns => ({
  ...flatBars(rows.map((row) => row[3])),
  open: Float64Array.from(rows, (row) => row[0]),
  high: Float64Array.from(rows, (row) => row[1]),
  low: Float64Array.from(rows, (row) => row[2]),
});
/** Ten units an entry. */
export const tenUnits = (length: number) => ({ kind: 'units', value: always(length, 10) }) as const;

/** Signals with one entry rule, for ten units, that waits for its prices and decides on the given bars. */
export function waiting(
  length: number,
  side: number,
  bars: number[],
  { goodForBars = 1, ...order }: Partial<RuleSignals> & { readonly goodForBars?: number },
  rest: Partial<StrategySignals> = {},
): StrategySignals {
  const at = side > 0 ? { enterLong: bars } : { enterShort: bars };
  const signals = signalsOf(length, at, { size: tenUnits(length), ...rest });
  const decides = side > 0 ? signals.enterLong : signals.enterShort;
  const lastBars = Int32Array.from({ length }, (_, t) => t + goodForBars);
  const rule = { side, name: '', decides, limit: null, stop: null, lastBars, ...order };
  return { ...signals, entries: [rule] };
}
