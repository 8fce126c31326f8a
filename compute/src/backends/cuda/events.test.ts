import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runsOf } from '../../../../tools/testing/runs.ts';
import { randomRequest } from '../../../../tools/testing/random-sweeps.ts';
import {
  figuresByReference,
  figuresByWasm,
  withinPromise,
} from '../../../../tools/testing/sweep-backends.ts';
import { axesOf, figures, SWEEP_BASE, walk } from '../../../../tools/testing/sweeps.ts';
import { instrumentStrategies } from '../../../../tools/testing/strategies.ts';
import { compiledForSweep } from '../../backtest/validate.ts';
import type { BarColumns, SweepRequest, SweepTile } from '../../service/contract.ts';
import { openCuda } from './device.ts';
import { eventSets } from './lane.ts';
import { chooseCudaSweep, type CudaPlan, planCudaSweep, runCudaSweep } from './sweep.ts';
import { changesOf } from './testing/changes.ts';
import { StubDriver, type StubSettings } from './testing/stub-driver.ts';

const ALL_IN = { direction: 'LONG_ONLY', lotSize: 0, endRule: 'KEEP_OPEN' } as const;

function planOf(request: SweepRequest): CudaPlan {
  const plan = planCudaSweep(compiledForSweep(request), request);
  if (typeof plan === 'string') throw new Error(plan);
  return plan;
}

function byCuda(request: SweepRequest, settings: StubSettings = {}, plan = planOf(request)) {
  const stub = new StubDriver(settings);
  const tiles: SweepTile[] = [];
  const hooks = { check: () => undefined, onTile: (tile: SweepTile) => void tiles.push(tile) };
  try {
    runCudaSweep(openCuda(stub).devices, compiledForSweep(request), request, plan, hooks);
  } catch (problem) {
    throw new Error([(problem as Error).message, ...stub.faults].join(': '), { cause: problem });
  }
  return { stub, tiles, figures: figures(tiles) };
}

function requestFor(source: string, count: number, bars: number): SweepRequest {
  const instruments = [{ symbol: 'X', bars: walk(bars, 7) }];
  return { ...SWEEP_BASE, ...ALL_IN, strategy: source, axes: axesOf(source, count), instruments };
}

/** Crossings, conditions of some axes and of all, a stop, a target and a longest time. */
const MIXED = `strategy "mixed"
param a = 3 in 2..40
param b = 9 in 2..90
param c = 40 in 1..99
enter long when crosses_above(sma(close, a), sma(close, b)) or rsi(close, a) < c - 10
exit long when crosses_below(sma(close, a), sma(close, b)) and not (rsi(close, a) < c)
exit after c bars
stop c / 8 * atr(a)
target c / 4 * atr(5)
`;
const mixed: SweepRequest = {
  ...SWEEP_BASE,
  ...ALL_IN,
  costs: { ...SWEEP_BASE.costs, commissionMinimum: 0 },
  strategy: MIXED,
  axes: [
    { parameter: 'a', values: Float64Array.of(2, 5) },
    { parameter: 'b', values: Float64Array.of(4, 7, 9, 21) },
    { parameter: 'c', values: Float64Array.of(8, 60) },
  ],
  instruments: [{ symbol: 'X', bars: walk(150, 7) }],
};

describe('the events plan of the cuda backend, its kernels interpreted', () => {
  it.each(instrumentStrategies().map(({ id, source }) => [id, source]))(
    'gives the bits of the events plan of WebAssembly, near the reference, for %s',
    (_, source) => {
      for (const endRule of ['KEEP_OPEN', 'CLOSE_AT_LAST_OPEN', 'CLOSE_AT_LAST_CLOSE'] as const) {
        const request = { ...requestFor(source, 2, 300), endRule };
        const { backend } = planOf(request).choice;
        const found = byCuda(request).figures;
        const [wasm, expected] = [figuresByWasm(request), figuresByReference(request)];
        expect([backend, wasm.plan]).toEqual(
          backend === 'cuda' ? ['cuda', 'wasm-bars'] : ['cuda-events', 'wasm-events'],
        );
        expect(found).toEqual(wasm.figures);
        expect(withinPromise(found, expected, backend)).toEqual(expected);
      }
    },
  );

  it('gives the bits of the events plan of WebAssembly for random strategies, terms and data', () => {
    const seen = { byEvents: 0, conditions: 0, traded: 0 };
    const property = fc.property(randomRequest, (given) => {
      const direction = given.direction === 'LONG_AND_SHORT' ? 'LONG_ONLY' : given.direction;
      const request = { ...given, direction, lotSize: 0 };
      const plan = planOf(request);
      if (!plan.tables) return;
      const { stub, figures: found } = byCuda(request);
      const wasm = figuresByWasm(request);
      expect(found).toEqual(wasm.figures);
      expect(stub.held).toBe(0);
      seen.byEvents += 1;
      seen.conditions += plan.signals.conditions.length;
      if (found.tradeCount.some((count) => count > 0)) seen.traded += 1;
    });
    fc.assert(property, runsOf(100, 5));
    expect(seen.byEvents).toBeGreaterThan(15);
    expect(seen.conditions).toBeGreaterThan(3);
    expect(seen.traded).toBeGreaterThan(8);
  }, 120_000);

  it.each([1, 2, 31, 32, 33, 63, 64, 65, 128, 129, 160, 161, 257, 290])('gives them for %i bars', (count) => {
    const bars = walk(count, 3);
    for (const source of [MIXED, MIXED.replace('"mixed"', '"mixed"\nfill at close')]) {
      const request = { ...mixed, strategy: source, instruments: [{ symbol: 'X', bars }] };
      expect(byCuda(request).figures).toEqual(figuresByWasm(request).figures);
    }
  });

  it('ends an account that has nothing left', () => {
    const bars = walk(200, 5, 0.3);
    const costs = { ...SWEEP_BASE.costs, commissionPerTrade: 900 };
    const request = { ...mixed, costs, instruments: [{ symbol: 'X', bars }] };
    const found = byCuda(request).figures;
    expect(found.totalReturn.some((value) => value <= -1)).toBe(true);
    expect(found).toEqual(figuresByWasm(request).figures);
  });

  it('computes a condition once for each combination of the axes that it depends on', () => {
    const { signals } = planOf(mixed);
    // Of `a` and `c` on either side of the rules; what also needs `b` is left to each set.
    expect(signals.conditions.map(({ distinct }) => distinct)).toEqual([2 * 2, 2 * 2]);
    const { stub } = byCuda(mixed);
    const launched = (entry: string) => stub.launches.filter(({ kernel }) => kernel === entry).length;
    expect([launched('condition'), launched('pieces'), launched('ranges')]).toEqual([2, 1, 1]);
    // Few sets: 8 of the 16 in a block.
    const threads = stub.launches.filter(({ kernel }) => kernel === 'events').map((each) => each.threads);
    expect(threads).toEqual([2 * 32]);
  });

  it('is decided before its kernels are written', () => {
    const { text, signals, tables, ...decided } = planOf(mixed);
    expect([text, signals.text].every(({ length }) => length > 0) && tables !== null).toBe(true);
    expect(chooseCudaSweep(compiledForSweep(mixed), mixed)).toEqual(decided);
  });

  it('says why it goes from event to event, or from bar to bar', () => {
    expect(planOf(mixed).choice).toEqual({
      backend: 'cuda-events',
      reason: 'the work is worth the GPU; long only and all in, so held bars are range queries',
    });
    expect(planOf({ ...mixed, lotSize: 1 }).choice).toEqual({
      backend: 'cuda',
      reason:
        'the work is worth the GPU; whole lots leave cash beside the position, so held bars are summed one by one',
    });
  });

  it.each([
    [132, 10, 8],
    [132, 16_896, 8],
    [132, 16_897, 16],
    [132, 33_793, 32],
    [132, 1_000_000, 32],
    [0, 5, 32],
  ])('gives the blocks of %i multiprocessors and %i sets %i each', (multiprocessors, count, each) => {
    expect(eventSets(multiprocessors, count)).toBe(each);
  });

  it('shares tiles out over all devices, each with tables of its own', () => {
    const request = {
      ...mixed,
      axes: mixed.axes.with(2, {
        parameter: 'c',
        values: Float64Array.from({ length: 9 }, (_, place) => 36 + 2 * place),
      }),
    };
    const { stub, tiles, figures: found } = byCuda(request, { capabilities: ['9.0', '8.0'] });
    expect(found).toEqual(figuresByWasm(request).figures);
    expect(tiles.length).toBe(2);
    const devices = (entry: string) =>
      stub.launches.filter(({ kernel }) => kernel === entry).map(({ device }) => device);
    expect(devices('ranges')).toEqual([0, 1]);
    expect(new Set(devices('events'))).toEqual(new Set([0, 1]));
    expect(stub.held).toBe(0);
  });

  it('takes smaller tiles where the memory is short, and says what is missing for its tables', () => {
    const values = Float64Array.from({ length: 14 }, (_, place) => 36 + 2 * place);
    const request = { ...mixed, axes: mixed.axes.with(2, { parameter: 'c', values }) };
    const whole = byCuda(request).stub;
    const { stub, figures: found } = byCuda(request, { memoryBytes: whole.mostBytes - 1_000 });
    expect(found).toEqual(figuresByWasm(request).figures);
    expect(stub.launches.length).toBeGreaterThan(whole.launches.length);
    expect(stub.held).toBe(0);
    const { bytes } = planOf(request).layout;
    expect(() => byCuda(request, { memoryBytes: bytes + 1_000 })).toThrow(/CUDA_ERROR_OUT_OF_MEMORY/);
  });

  it('is found out by every instruction that runs and computes something else', () => {
    // Some differences show in few histories only, as those of what is held at the end.
    const plan = planOf(mixed);
    const runs = Array.from({ length: 40 }, (_, seed) => {
      const walked = walk(150, seed, seed % 2 === 0 ? 0.02 : 0.06);
      const bars = seed % 4 < 2 ? walked : spiked(walked);
      const request = { ...mixed, instruments: [{ symbol: 'X', bars }] };
      const { stub, figures: found } = byCuda(request, {}, plan);
      expect(found).toEqual(figuresByWasm(request).figures);
      return { request, expected: found, steps: stepsOf(stub) };
    });
    const { executed } = byCuda(mixed).stub;
    const { text: signalsText, conditions } = plan.signals;
    let triedCount = 0;
    const unnoticed = [plan.text, signalsText, conditions[0].text].flatMap((text) => {
      const ran = executed.get(/\.entry (\w+)/.exec(text)![1])!;
      return changesOf(text).flatMap(({ line, changed }) => {
        if (!ran.has(line.trim())) return [];
        triedCount += 1;
        const isNoticed = changed.some((other) => {
          const corrupt = (given: string) => (given === text ? other : given);
          return runs.some(({ request, expected, steps }) => {
            try {
              const { stub, figures: found } = byCuda(request, { corrupt }, plan);
              // Where nothing has to be looked for, looking makes no other figures, but more work.
              const isMore = !line.includes('f64') && stepsOf(stub) > steps;
              return isMore || !isDeepStrictEqual(found, expected);
            } catch {
              return true;
            }
          });
        });
        return isNoticed ? [] : [line];
      });
    });
    expect(unnoticed).toEqual([]);
    expect(triedCount).toBeGreaterThan(100);
  }, 300_000);
});

/** The same with some bars that reach far both ways, every other of them from an open that is as high. */
function spiked(bars: BarColumns): BarColumns {
  const isSpike = (t: number) => t % 7 === 3;
  const high = bars.high.map((value, t) => (isSpike(t) ? 2 * value : value));
  const low = bars.low.map((value, t) => (isSpike(t) ? value / 2 : value));
  return {
    ...bars,
    open: bars.open.map((value, t) => (isSpike(t) && t % 2 === 0 ? high[t] : value)),
    high,
    low,
  };
}

/** Instructions that were executed in all. */
function stepsOf({ executed }: StubDriver): number {
  const counts = [...executed.values()].flatMap((kernel) => [...kernel.values()]);
  return counts.reduce((sum, count) => sum + count, 0);
}
