import { evaluateSignals, type SeriesCache } from '../backends/reference/evaluate.ts';
import { evaluateUniverse } from '../backends/reference/evaluate-universe.ts';
import type { SweepMetric, SweepRequest, SweepTile } from '../service/contract.ts';
import type { CompiledStrategy } from '../strategy/compile.ts';
import { Simulation, simulationRoom } from './simulation.ts';
import { sumEquity, sumsFinisher } from './summary.ts';
import { gridParameters } from './sweep-grid.ts';
import { type StretchValuer, UniverseSimulation } from './universe/simulation.ts';
import { gridFor, holdsUniverse, type UniverseStrategy } from './universe/universe.ts';
import type { UniverseGrid } from '../ir/universe.ts';

/** Series kept between sets before they are dropped, so that memory stays bounded. */
const CACHED_VALUES_MAXIMUM = 4_000_000;

/** What is measured of one set. */
interface SimulatedSet {
  readonly equity: Float64Array;
  readonly fills: readonly { readonly reason: string }[];
}

/** Simulates sets `fromIndex` to `toIndex - 1` of the grid by the reference; `check` is called before each. */
export function runSweepTile(
  request: SweepRequest,
  strategy: CompiledStrategy,
  fromIndex: number,
  toIndex: number,
  cache: SeriesCache,
  check: () => void,
): SweepTile {
  const simulateSet = holdsUniverse(strategy)
    ? universeSimulator(request, strategy, cache, gridFor(strategy, request), null)
    : instrumentSimulator(request, strategy, cache);
  return measureSets(request, fromIndex, toIndex, simulateSet, check);
}

/** Simulates sets of a sweep in tiles, as one thread does one after the other. */
export type TileSimulator = (fromIndex: number, toIndex: number, check: () => void) => SweepTile;

/** What simulates the tiles of a universe's sweep by the reference but for held stretches, which `valuerOf` its grid is for. */
export function universeTiles(
  request: SweepRequest,
  strategy: UniverseStrategy,
  valuerOf: (grid: UniverseGrid) => StretchValuer,
): TileSimulator {
  const grid = gridFor(strategy, request);
  const simulateSet = universeSimulator(request, strategy, new Map(), grid, valuerOf(grid));
  return (fromIndex, toIndex, check) => measureSets(request, fromIndex, toIndex, simulateSet, check);
}

function measureSets(
  request: SweepRequest,
  fromIndex: number,
  toIndex: number,
  simulateSet: SetSimulator,
  check: () => void,
): SweepTile {
  const count = toIndex - fromIndex;
  const tile = {
    fromIndex,
    totalReturn: new Float64Array(count),
    sharpe: new Float64Array(count),
    maxDrawdown: new Float64Array(count),
    tradeCount: new Float64Array(count),
  };
  for (let i = 0; i < count; i += 1) {
    check();
    const parameters = { ...request.parameters, ...gridParameters(request.axes, fromIndex + i) };
    measureInto(tile, i, simulateSet(parameters), request);
  }
  return tile;
}

type SetSimulator = (parameters: Readonly<Record<string, number>>) => SimulatedSet;

function instrumentSimulator(
  request: SweepRequest,
  strategy: CompiledStrategy,
  cache: SeriesCache,
): SetSimulator {
  const { bars } = request.instruments[0];
  const room = simulationRoom(bars.timesMs.length);
  return (parameters) => {
    if (cache.size * bars.timesMs.length > CACHED_VALUES_MAXIMUM) cache.clear();
    const signals = evaluateSignals(strategy, parameters, request.instruments, cache);
    const simulation = new Simulation(bars, signals, request, room);
    simulation.advance(bars.timesMs.length);
    return simulation;
  };
}

function universeSimulator(
  request: SweepRequest,
  strategy: UniverseStrategy,
  cache: SeriesCache,
  grid: UniverseGrid,
  stretches: StretchValuer | null,
): SetSimulator {
  return (parameters) => {
    if (cache.size * grid.timesMs.length > CACHED_VALUES_MAXIMUM) cache.clear();
    const signals = evaluateUniverse(strategy, parameters, grid, request.instruments, cache);
    const simulation = new UniverseSimulation(grid, signals, request, { stretches });
    simulation.advance(grid.timesMs.length);
    return simulation;
  };
}

function measureInto(
  tile: SweepTile,
  i: number,
  { equity, fills }: SimulatedSet,
  request: SweepRequest,
): void {
  const entries = fills.filter((fill) => fill.reason.startsWith('entry')).length;
  const figures = sumsFinisher(equity.length, request)(sumEquity(equity, entries));
  tile.totalReturn[i] = figures.totalReturn;
  tile.sharpe[i] = figures.sharpe;
  tile.maxDrawdown[i] = figures.maxDrawdown;
  tile.tradeCount[i] = figures.tradeCount;
}

/** The best sets of a sweep seen so far: at most `limit`, best first, equals by their place in the grid. */
export class BestSets {
  readonly sets: { readonly index: number; readonly score: number }[] = [];
  private readonly objective: SweepMetric;
  private readonly limit: number;
  /** The last of as many as are kept, which others have to beat; anything does while there are fewer. */
  private last = { index: Infinity, score: -Infinity };

  constructor(objective: SweepMetric, limit: number) {
    this.objective = objective;
    this.limit = limit;
  }

  add(tile: SweepTile): void {
    const values = tile[this.objective];
    // A small drawdown is a good one.
    const sign = this.objective === 'maxDrawdown' ? -1 : 1;
    for (let i = 0; i < values.length; i += 1) {
      const score = sign * values[i];
      // Sets without a value never count.
      if (!(score >= this.last.score)) continue;
      const index = tile.fromIndex + i;
      if (score === this.last.score && index > this.last.index) continue;
      this.sets.push({ index, score });
      // In a large tile most sets would be put in order for nothing.
      if (this.sets.length >= 2 * this.limit) this.cut();
    }
    this.cut();
  }

  private cut(): void {
    this.sets.sort((a, b) => b.score - a.score || a.index - b.index);
    if (this.sets.length < this.limit) return;
    this.sets.length = this.limit;
    this.last = this.sets[this.limit - 1] ?? this.last;
  }
}
