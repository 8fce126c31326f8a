import { evaluateSignals, type SeriesCache } from '../backends/reference/evaluate.ts';
import type { SweepMetric, SweepRequest, SweepTile } from '../service/contract.ts';
import type { CompiledStrategy } from '../strategy/compile.ts';
import { Simulation } from './simulation.ts';
import { sumEquity, sumsFinisher } from './summary.ts';
import { gridParameters } from './sweep-grid.ts';

/** Series kept between sets before the cache is emptied, so that memory stays bounded. */
const CACHED_VALUES_MAXIMUM = 4_000_000;

/** Simulates sets `fromIndex` to `toIndex - 1` of the grid; `check` is called before each. */
export function runSweepTile(
  request: SweepRequest,
  strategy: CompiledStrategy,
  fromIndex: number,
  toIndex: number,
  cache: SeriesCache,
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
  const { bars } = request.instruments[0];
  for (let i = 0; i < count; i += 1) {
    check();
    if (cache.size * bars.timesMs.length > CACHED_VALUES_MAXIMUM) cache.clear();
    const parameters = { ...request.parameters, ...gridParameters(request.axes, fromIndex + i) };
    const simulation = new Simulation(
      bars,
      evaluateSignals(strategy, parameters, request.instruments, cache),
      request,
    );
    simulation.advance(bars.timesMs.length);
    measureInto(tile, i, simulation, request);
  }
  return tile;
}

function measureInto(tile: SweepTile, i: number, { equity, fills }: Simulation, request: SweepRequest): void {
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

  constructor(objective: SweepMetric, limit: number) {
    this.objective = objective;
    this.limit = limit;
  }

  add(tile: SweepTile): void {
    const values = tile[this.objective];
    for (let i = 0; i < values.length; i += 1) {
      // A small drawdown is a good one; sets without a value never count.
      const score = this.objective === 'maxDrawdown' ? -values[i] : values[i];
      if (!Number.isNaN(score)) this.sets.push({ index: tile.fromIndex + i, score });
    }
    this.sets.sort((a, b) => b.score - a.score || a.index - b.index);
    this.sets.length = Math.min(this.sets.length, this.limit);
  }
}
