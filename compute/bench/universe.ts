import { WasmStretches } from '../src/backends/wasm/stretches.ts';
import { runSweepTile, universeTiles } from '../src/backtest/sweep.ts';
import { gridSize } from '../src/backtest/sweep-grid.ts';
import { holdsUniverse } from '../src/backtest/universe/universe.ts';
import { compiledForSweep } from '../src/backtest/validate.ts';
import type { SweepRequest, SweepTile } from '../src/service/contract.ts';
import { randomWalk, smaCross } from './fixture.ts';
import { interleave, type Line } from './measure.ts';

const MEMBERS = 50;
const BARS = 2_520;
const ROUNDS = 5;

const momentum = (rebalance: string) => `strategy "Momentum"
param lookback = 126 in 21..252
param held = 20 in 10..50
hold top(held percent) by roc(close, lookback)
rebalance ${rebalance}
`;

/** 24 sets of a strategy that holds the best of fifty instruments over ten years of days. */
function universe(rebalance: string): SweepRequest {
  const instruments = Array.from({ length: MEMBERS }, (_, member) => ({
    symbol: `W${String(member).padStart(2, '0')}`,
    bars: randomWalk(BARS, member),
  }));
  return {
    ...smaCross(instruments[0].bars, 1, 0),
    strategy: momentum(rebalance),
    axes: [
      { parameter: 'lookback', values: Float64Array.of(21, 42, 63, 126, 189, 252) },
      { parameter: 'held', values: Float64Array.of(10, 20, 30, 40) },
    ],
    instruments,
    universe: instruments.map(({ symbol }) => symbol),
  };
}

/** A universe in one account: the kernel for what is held between choices beside the reference, of which it has the bits. */
export function benchUniverse(): Line[] {
  return ['monthly', 'weekly'].flatMap((rebalance) => {
    const request = universe(rebalance);
    const strategy = compiledForSweep(request);
    if (!holdsUniverse(strategy)) throw new Error('expected a strategy that holds a universe');
    const sets = gridSize(request.axes);
    const cache = new Map();
    const never = () => undefined;
    const byReference = () => runSweepTile(request, strategy, 0, sets, cache, never);
    const simulate = universeTiles(request, strategy, (grid) => new WasmStretches(grid));
    const byKernel = () => simulate(0, sets, never);
    checkSame(byKernel(), byReference());
    const [kernel, reference] = interleave([byKernel, byReference], ROUNDS).map(
      ({ medianMs }) => medianMs / sets,
    );
    const what = `momentum, chosen ${rebalance}`;
    const ratio = `${(reference / kernel).toFixed(1)}x the reference`;
    return [
      { what, who: 'wasm-stretches', value: `${kernel.toFixed(2)} ms a set`, ratio },
      { what, who: 'reference', value: `${reference.toFixed(2)} ms a set`, ratio: '' },
    ];
  });
}

/** Refuses to time what is not the same, bit for bit. */
function checkSame(tile: SweepTile, oracle: SweepTile): void {
  for (const name of ['totalReturn', 'sharpe', 'maxDrawdown', 'tradeCount'] as const)
    oracle[name].forEach((wanted, set) => {
      if (!Object.is(tile[name][set], wanted))
        throw new Error(`wasm-stretches: expected ${name} ${wanted} of set ${set}, was ${tile[name][set]}`);
    });
}
