import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_COSTS } from '../../../../tools/testing/simulations.ts';
import { universeStrategies } from '../../../../tools/testing/strategies.ts';
import { axesOf, figures, SWEEP_BASE, walk } from '../../../../tools/testing/sweeps.ts';
import { runSweepTile, universeTiles } from '../../backtest/sweep.ts';
import { gridSize } from '../../backtest/sweep-grid.ts';
import { UniverseSimulation } from '../../backtest/universe/simulation.ts';
import { gridFor, holdsUniverse } from '../../backtest/universe/universe.ts';
import { compiledForSweep } from '../../backtest/validate.ts';
import type { BarColumns, SweepRequest } from '../../service/contract.ts';
import { evaluateUniverse } from '../reference/evaluate-universe.ts';
import { stretchPages, WasmStretches } from './stretches.ts';

const never = () => undefined;

function universeOf(request: SweepRequest) {
  const strategy = compiledForSweep(request);
  if (!holdsUniverse(strategy)) throw new Error('expected a strategy that holds a universe');
  return { strategy, grid: gridFor(strategy, request) };
}

/** What one account did, once by the reference and once with the kernel. */
function accounts(request: SweepRequest) {
  const { strategy, grid } = universeOf(request);
  const signals = evaluateUniverse(strategy, request.parameters, grid, request.instruments);
  return [null, new WasmStretches(grid)].map((stretches) => {
    const simulation = new UniverseSimulation(grid, signals, request, { stretches });
    simulation.advance(Math.floor(grid.timesMs.length / 3));
    simulation.advance(grid.timesMs.length);
    const { equity, heldCount, fills, rebalances } = simulation;
    return { equity, heldCount, fills, rebalances };
  });
}

function sweeps(request: SweepRequest) {
  const { strategy } = universeOf(request);
  const sets = gridSize(request.axes);
  const simulate = universeTiles(request, strategy, (grid) => new WasmStretches(grid));
  const half = Math.ceil(sets / 2);
  const byKernel = [simulate(0, half, never), simulate(half, sets, never)];
  return [figures(byKernel), figures([runSweepTile(request, strategy, 0, sets, new Map(), never)])];
}

/** The bars of a walk that are kept, of a member that starts late, ends early and has gaps. */
function gapped(bars: BarColumns, from: number, to: number, isKept: (t: number) => boolean): BarColumns {
  const keep = (column: Float64Array) => column.filter((_, t) => t >= from && t < to && isKept(t));
  return {
    timesMs: keep(bars.timesMs),
    open: keep(bars.open),
    high: keep(bars.high),
    low: keep(bars.low),
    close: keep(bars.close),
    volume: keep(bars.volume),
  };
}

const members = fc
  .tuple(
    fc.constantFrom(0, 1, 2, 9, 40, 150),
    fc.integer({ min: 1, max: 6 }),
    fc.nat(),
    fc.constantFrom(0, 0.02, 0.5),
  )
  .chain(([length, count, seed, step]) =>
    fc
      .array(fc.tuple(fc.nat(length), fc.nat(length), fc.constantFrom(1, 1, 2, 5)), {
        minLength: count,
        maxLength: count,
      })
      .map((spans) =>
        spans.map(([a, b, gap], i) => ({
          symbol: 'ABCDEF'[i],
          bars: gapped(
            walk(length, seed + i, step),
            i === 0 ? 0 : Math.min(a, b),
            i === 0 ? length : Math.max(a, b),
            (t) => gap === 1 || t % gap !== 0,
          ),
        })),
      ),
  );

const strategy = fc
  .record({
    hold: fc.constantFrom(
      'hold all',
      'hold top(n) by close / close[1]',
      'hold bottom(50 percent) by roc(close, n) where close > sma(close, n)',
      'hold top(2) by rank_across(close)',
    ),
    short: fc.constantFrom('', '', 'short bottom(n) by close / close[2]'),
    weights: fc.constantFrom('', 'weights by volume', 'weights inverse_volatility(5)'),
    cap: fc.constantFrom('', 'max weight 30', 'cash 20', 'rest "A"'),
    rebalance: fc.constantFrom(
      'daily',
      'weekly',
      'monthly',
      'quarterly',
      'yearly',
      'every 1 bars',
      'every 7 bars',
    ),
  })
  .map(({ hold, short, weights, cap, rebalance }) =>
    ['strategy "random"', 'param n = 2 in 1..4', hold, short, weights, cap, `rebalance ${rebalance}`].join(
      '\n',
    ),
  );

const requests: fc.Arbitrary<SweepRequest> = fc
  .record({
    strategy,
    instruments: members,
    lotSize: fc.constantFrom(0, 1, 0.1),
    direction: fc.constantFrom('LONG_ONLY', 'SHORT_ONLY', 'LONG_AND_SHORT'),
    endRule: fc.constantFrom('KEEP_OPEN', 'CLOSE_AT_LAST_OPEN', 'CLOSE_AT_LAST_CLOSE'),
    leverage: fc.constantFrom(1, 1, 4),
    costs: fc.constantFrom(NO_COSTS, SWEEP_BASE.costs),
  })
  .map((given) => ({
    ...SWEEP_BASE,
    ...given,
    universe: given.instruments.map(({ symbol }) => symbol),
    axes: [{ parameter: 'n', values: Float64Array.of(1, 2, 3) }],
  }));

describe('stretches of a universe valued by a kernel', () => {
  it('give the account of the reference bit for bit, for random strategies, terms and data', () => {
    const seen = { fills: 0, ruins: 0, ends: 0 };
    fc.assert(
      fc.property(requests, (request) => {
        const [reference, kernel] = accounts(request);
        expect(kernel).toEqual(reference);
        seen.fills += reference.fills.length;
        seen.ruins += reference.fills.filter(({ reason }) => reason === 'ruin').length;
        seen.ends += reference.fills.filter(({ reason }) => reason === 'ended').length;
      }),
      { numRuns: 400, seed: 5 },
    );
    expect(Math.min(seen.fills, seen.ruins, seen.ends)).toBeGreaterThan(0);
  });

  it('give the figures of a sweep, for random strategies, terms and data', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const [byKernel, byReference] = sweeps(request);
        expect(byKernel).toEqual(byReference);
      }),
      { numRuns: 60, seed: 6 },
    );
  });

  it.each(universeStrategies().map(({ id, source }) => [id, source]))(
    'give what the reference gives for %s',
    (_, source) => {
      const instruments = Array.from({ length: 7 }, (_member, i) => ({
        symbol: `S${i}`,
        bars: gapped(walk(500, 20 + i), i === 2 ? 60 : 0, i === 3 ? 430 : 500, (t) => i !== 4 || t % 9 > 0),
      }));
      const universe = instruments.map(({ symbol }) => symbol);
      const request = { ...SWEEP_BASE, strategy: source, axes: axesOf(source, 3), instruments, universe };
      const [byKernel, byReference] = sweeps(request);
      expect(byKernel).toEqual(byReference);
      expect(byReference.tradeCount.some((count) => count > 0)).toBe(true);
    },
  );

  it('take as much memory as the closes, a column of results and what is held need', () => {
    expect([stretchPages(0, 0), stretchPages(50, 2_520), stretchPages(500, 5_000)]).toEqual([1, 16, 307]);
  });
});
