import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compiledForSweep } from '../../backtest/validate.ts';
import { runSweepTile } from '../../backtest/sweep.ts';
import { gridSize } from '../../backtest/sweep-grid.ts';
import { libraryStrategies } from '../../strategy/library.ts';
import type { SweepRequest, SweepTile } from '../../service/contract.ts';
import { moduleOf, preparationModule } from '../../service/memory.ts';
import { axesOf, figures, randomRequest, SWEEP_BASE, walk } from '../../../../tools/testing/sweeps.ts';
import { instrumentStrategies } from '../../../../tools/testing/strategies.ts';
import { SETS_PER_TILE } from './layout.ts';
import { beginSweep, encodeSweep, PAGES_MAXIMUM, planSweep, WasmSweep } from './sweep.ts';

/** Declared tolerance of the events plan, relative to 1 or to the figure where that is greater. */
const EVENTS_TOLERANCE = 1e-9;

function isNear(value: number, wanted: number): boolean {
  return Math.abs(value - wanted) <= EVENTS_TOLERANCE * Math.max(1, Math.abs(wanted));
}

function byWasm(request: SweepRequest): { tiles: SweepTile[]; backend: string } {
  const strategy = compiledForSweep(request);
  const plan = planSweep(strategy, request, 2);
  const memory = new WebAssembly.Memory({ initial: plan.layout.pages, maximum: PAGES_MAXIMUM, shared: true });
  const modules = { kernels: moduleOf(plan, encodeSweep), preparation: preparationModule() };
  const sweep = new WasmSweep(request, strategy, plan, memory, modules);
  beginSweep(plan, memory);
  sweep.prepare(1, () => undefined);
  const tiles: SweepTile[] = [];
  const sets = gridSize(request.axes);
  for (let from = 0; from < sets; from += SETS_PER_TILE) {
    tiles.push(sweep.runTile(from, Math.min(sets, from + SETS_PER_TILE), 0, () => undefined));
  }
  return { tiles, backend: plan.choice.backend };
}

function expectSame(request: SweepRequest): string {
  const wasm = byWasm(request);
  const strategy = compiledForSweep(request);
  const oracle = runSweepTile(request, strategy, 0, gridSize(request.axes), new Map(), () => undefined);
  const [found, expected] = [figures(wasm.tiles), figures([oracle])];
  // The events plan sums over ranges, so its figures are rounded to what it declares; its trades are exact.
  const isExact = wasm.backend === 'wasm-bars';
  const near = (values: readonly number[], wanted: readonly number[]) =>
    isExact ? values : values.map((value, index) => (isNear(value, wanted[index]) ? wanted[index] : value));
  expect({
    totalReturn: near(found.totalReturn, expected.totalReturn),
    sharpe: near(found.sharpe, expected.sharpe),
    maxDrawdown: near(found.maxDrawdown, expected.maxDrawdown),
    tradeCount: found.tradeCount,
  }).toEqual(expected);
  return wasm.backend;
}

describe('the wasm backend', () => {
  it.each(instrumentStrategies().map(({ id, source }) => [id, source]))(
    'gives what the reference gives for %s, long and short in whole units',
    (_, source) => {
      const instruments = [{ symbol: 'X', bars: walk(700, 7) }];
      const backend = expectSame({ ...SWEEP_BASE, strategy: source, axes: axesOf(source, 6), instruments });
      expect(backend).toBe('wasm-bars');
    },
  );

  it.each(instrumentStrategies().map(({ id, source }) => [id, source]))(
    'gives what the reference gives for %s, long only and all in',
    (_, source) => {
      const instruments = [{ symbol: 'X', bars: walk(700, 8) }];
      const terms = { direction: 'LONG_ONLY', lotSize: 0, endRule: 'KEEP_OPEN' } as const;
      const backend = expectSame({
        ...SWEEP_BASE,
        ...terms,
        strategy: source,
        axes: axesOf(source, 6),
        instruments,
      });
      expect(backend).toMatch(/^wasm-/);
    },
  );

  it('uses range queries only where equity is proportional to the price', () => {
    const source = libraryStrategies().find(({ id }) => id === 'sma-cross')!.source;
    const request = {
      ...SWEEP_BASE,
      strategy: source,
      axes: axesOf(source, 12),
      instruments: [{ symbol: 'X', bars: walk(300, 1) }],
    };
    expect(expectSame({ ...request, direction: 'LONG_ONLY', lotSize: 0 })).toBe('wasm-events');
    expect(expectSame({ ...request, direction: 'LONG_ONLY' })).toBe('wasm-bars');
  });

  it('gives what the reference gives for random strategies, terms and data', () => {
    const backends = new Set<string>();
    const property = fc.property(randomRequest, (request) => void backends.add(expectSame(request)));
    fc.assert(property, { numRuns: 300, seed: 11 });
    expect(backends).toEqual(new Set(['wasm-bars', 'wasm-events']));
  });
});
