import { evaluateUniverse } from '../../backends/reference/evaluate-universe.ts';
import type { GridMember, UniverseGrid } from '../../ir/universe.ts';
import { drawdownSeries, simpleReturns } from '../../risk/columns.ts';
import { contentHash, resultHash } from '../../service/content-hash.ts';
import type {
  BacktestProgress,
  BacktestRequest,
  BacktestResult,
  BarColumns,
  RebalanceColumns,
  TradeColumns,
  UniverseResult,
} from '../../service/contract.ts';
import { fillColumns } from '../simulation.ts';
import { computeStatistics } from '../statistics/registry.ts';
import { type Checkpoint, simulateInStretches } from '../stretches.ts';
import { buildTrades } from '../trades.ts';
import { UniverseSimulation } from './simulation.ts';
import { gridFor, type UniverseStrategy } from './universe.ts';

const OF_REBALANCES = new Set(['entry', 'add', 'reduce', 'exit']);

/** Simulates a strategy that holds a universe, and measures it. */
export function runUniverse(
  request: BacktestRequest,
  strategy: UniverseStrategy,
  checkpoint: Checkpoint<BacktestProgress>,
): BacktestResult {
  const grid = gridFor(strategy, request);
  const { timesMs, members } = grid;
  const signals = evaluateUniverse(strategy, request.parameters, grid, request.instruments);
  const weights = members.map(() => new Float64Array(timesMs.length));
  const onBar = (done: UniverseSimulation, t: number) => {
    if (done.equity[t] > 0) weights.forEach((column, i) => (column[t] = done.valueOf(i) / done.equity[t]));
  };
  const simulation = new UniverseSimulation(grid, signals, request, { onBar });
  simulateInStretches(simulation, timesMs.length, checkpoint);
  const { equity, heldCount } = simulation;
  const drawdown = drawdownSeries(equity);
  const fills = fillColumns(simulation.fills, timesMs);
  const { trades, tradeSymbols } = tradesOf(simulation, grid);
  const benchmark = heldEqually(grid, request.initialCash);
  const statistics = computeStatistics({
    timesMs,
    equity,
    returns: simpleReturns(equity),
    drawdown,
    periodsPerYear: request.periodsPerYear,
    riskFreeRate: request.riskFreeRate,
    activity: { fills, trades, position: heldCount, close: benchmark },
  });
  return {
    timesMs,
    equity,
    drawdown,
    position: heldCount,
    fills,
    trades,
    statistics,
    backend: { backend: 'reference', reason: 'one run needs no vector kernel' },
    contentHash: resultHash(contentHash(request), 'reference'),
    universe: {
      symbols: members.map(({ symbol }) => symbol),
      fillSymbols: Int32Array.from(simulation.fills, ({ member }) => member),
      tradeSymbols,
      weights,
      ...resultsByMember(simulation, members),
      interest: simulation.interest,
      rebalances: rebalanceColumns(simulation, timesMs),
      benchmark,
    },
  };
}

/** Round trips of every member, in the order they were entered. */
function tradesOf(
  simulation: UniverseSimulation,
  { timesMs, members }: UniverseGrid,
): { trades: TradeColumns; tradeSymbols: Int32Array } {
  const ofMembers = members.flatMap((member, place) => {
    const fills = simulation.fills.filter((fill) => fill.member === place);
    if (fills.length === 0) return [];
    return [{ place, trades: buildTrades(fillColumns(fills, timesMs), barsOnGrid(member, timesMs)) }];
  });
  const rows = ofMembers.flatMap(({ place, trades }) =>
    Array.from(trades.entryIndex, (entryIndex, row) => ({ place, trades, row, entryIndex })),
  );
  rows.sort((a, b) => a.entryIndex - b.entryIndex || a.place - b.place || a.row - b.row);
  const column = (name: keyof TradeColumns) => rows.map(({ trades, row }) => trades[name][row]);
  return {
    trades: {
      direction: Int8Array.from(column('direction')),
      entryIndex: Int32Array.from(column('entryIndex')),
      exitIndex: Int32Array.from(column('exitIndex')),
      entryTimesMs: Float64Array.from(column('entryTimesMs')),
      exitTimesMs: Float64Array.from(column('exitTimesMs')),
      quantity: Float64Array.from(column('quantity')),
      entryPrice: Float64Array.from(column('entryPrice')),
      exitPrice: Float64Array.from(column('exitPrice')),
      fees: Float64Array.from(column('fees')),
      profit: Float64Array.from(column('profit')),
      returns: Float64Array.from(column('returns')),
      mae: Float64Array.from(column('mae')),
      mfe: Float64Array.from(column('mfe')),
    },
    tradeSymbols: Int32Array.from(rows, ({ place }) => place),
  };
}

/** The bars of a member on the grid: where it has none, its last close. */
function barsOnGrid({ bars, newest }: GridMember, timesMs: Float64Array): BarColumns {
  const column = (values: Float64Array) =>
    timesMs.map((_, t) => {
      if (newest[t] < 0) return NaN;
      return t > 0 && newest[t] === newest[t - 1] ? bars.close[newest[t]] : values[newest[t]];
    });
  return {
    timesMs,
    open: column(bars.open),
    high: column(bars.high),
    low: column(bars.low),
    close: column(bars.close),
    volume: column(bars.volume),
  };
}

function resultsByMember(
  simulation: UniverseSimulation,
  members: readonly GridMember[],
): Pick<UniverseResult, 'profit' | 'fees'> {
  const profit = Float64Array.from(members, (_, member) => simulation.valueOf(member));
  const fees = new Float64Array(members.length);
  for (const { member, side, quantity, price, fee } of simulation.fills) {
    profit[member] -= side * quantity * price + fee;
    fees[member] += fee;
  }
  return { profit, fees };
}

function rebalanceColumns(
  { rebalances, fills, heldCount }: UniverseSimulation,
  timesMs: Float64Array,
): RebalanceColumns {
  const fillsOf = (index: number) =>
    fills
      .slice(rebalances[index].fillIndex, rebalances[index + 1]?.fillIndex ?? fills.length)
      .filter(({ reason }) => OF_REBALANCES.has(reason));
  const total = (valueOf: (fill: (typeof fills)[number]) => number) =>
    Float64Array.from(rebalances, (_, index) => fillsOf(index).reduce((sum, fill) => sum + valueOf(fill), 0));
  return {
    barIndex: Int32Array.from(rebalances, ({ bar }) => bar),
    timesMs: Float64Array.from(rebalances, ({ bar }) => timesMs[bar]),
    equity: Float64Array.from(rebalances, ({ equity }) => equity),
    traded: total(({ quantity, price }) => quantity * price),
    fees: total(({ fee }) => fee),
    heldCount: Float64Array.from(rebalances, ({ bar }) => heldCount[bar]),
  };
}

/** What equal parts of the cash, held in each candidate from its first close on, are worth after each bar. */
function heldEqually({ timesMs, members }: UniverseGrid, initialCash: number): Float64Array {
  const candidates = members.filter(({ isCandidate }) => isCandidate);
  return timesMs.map((_, t) => {
    const growth = candidates.map(({ newest, bars }) =>
      newest[t] < 0 ? 1 : bars.close[newest[t]] / bars.close[0],
    );
    return (initialCash * growth.reduce((sum, one) => sum + one, 0)) / candidates.length;
  });
}
