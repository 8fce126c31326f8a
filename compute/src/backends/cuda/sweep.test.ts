import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runsOf } from '../../../../tools/testing/runs.ts';
import { randomRequest } from '../../../../tools/testing/random-sweeps.ts';
import { axesOf, figures, SWEEP_BASE, walk } from '../../../../tools/testing/sweeps.ts';
import { instrumentStrategies } from '../../../../tools/testing/strategies.ts';
import { runSweepTile } from '../../backtest/sweep.ts';
import { gridSize } from '../../backtest/sweep-grid.ts';
import { compiledForSweep } from '../../backtest/validate.ts';
import type { SweepRequest, SweepTile } from '../../service/contract.ts';
import { libraryStrategies } from '../../strategy/library.ts';
import { chooseTerms } from '../wasm/terms.ts';
import { openCuda } from './device.ts';
import { SWEEP_KERNEL } from './emit-sweep.ts';
import type { CudaSettings } from './settings.ts';
import { type CudaPlan, planCudaSweep, runCudaSweep } from './sweep.ts';
import { evenStages } from './stages.ts';
import { StubDriver, type StubSettings } from './testing/stub-driver.ts';

function byCuda(
  request: SweepRequest,
  settings: StubSettings = {},
  use: Partial<CudaSettings> = {},
  plan = planCudaSweep(compiledForSweep(request), request),
) {
  const stub = new StubDriver(settings);
  const strategy = compiledForSweep(request);
  if (typeof plan === 'string') throw new Error(plan);
  const tiles: SweepTile[] = [];
  const { devices } = openCuda(stub, use);
  const hooks = { check: () => undefined, onTile: (tile: SweepTile) => void tiles.push(tile) };
  try {
    runCudaSweep(devices, strategy, request, plan, hooks);
  } catch (problem) {
    throw new Error([(problem as Error).message, ...stub.faults].join(': '), { cause: problem });
  }
  return { stub, tiles, figures: figures(tiles) };
}

function byReference(request: SweepRequest) {
  const strategy = compiledForSweep(request);
  return figures([runSweepTile(request, strategy, 0, gridSize(request.axes), new Map(), () => undefined)]);
}

function isByEvents(request: SweepRequest): boolean {
  return chooseTerms(compiledForSweep(request), request).terms.plan === 'events';
}

function requestFor(source: string, count: number, bars: number): SweepRequest {
  const instruments = [{ symbol: 'X', bars: walk(bars, 7) }];
  return { ...SWEEP_BASE, strategy: source, axes: axesOf(source, count), instruments };
}

describe('the cuda backend, its kernels interpreted', () => {
  it.each(instrumentStrategies().map(({ id, source }) => [id, source]))(
    'gives the bits of the reference for %s',
    (_, source) => {
      const request = requestFor(source, 3, 300);
      expect(byCuda(request).figures).toEqual(byReference(request));
      const terms = { direction: 'LONG_ONLY', lotSize: 0.1, endRule: 'KEEP_OPEN' } as const;
      expect(byCuda({ ...request, ...terms }).figures).toEqual(byReference({ ...request, ...terms }));
    },
  );

  it('gives the bits of the reference for random strategies, terms and data', () => {
    const property = fc.property(randomRequest, (given) => {
      // What is all in goes from event to event.
      const request = isByEvents(given) ? { ...given, lotSize: 0.1 } : given;
      const { stub, figures: found } = byCuda(request);
      expect(found).toEqual(byReference(request));
      expect(stub.held).toBe(0);
    });
    fc.assert(property, runsOf(60, 12));
  }, 120_000);

  const source = libraryStrategies().find(({ id }) => id === 'rsi-mean-reversion')!.source;

  it('shares tiles out over all devices, and loads a kernel once on each', () => {
    const request = requestFor(source, 6, 200);
    const { stub, tiles, figures: found } = byCuda(request, { capabilities: ['9.0', '8.0'] });
    expect(found).toEqual(byReference(request));
    expect(new Set(stub.launches.map(({ device }) => device)).size).toBe(2);
    // The columns of a tile lie in one buffer, which is handed over at once.
    for (const { sharpe, tradeCount } of tiles) expect(sharpe.buffer === tradeCount.buffer).toBe(true);
    // One that simulates, one that decides, four for conditions, and one that puts rows between each other.
    expect(stub.modulesLoaded).toBe(2 * 7);
  });

  it.each([1e-200, 1e200])('has quotients of accounts of %d, which are taken one by one', (initialCash) => {
    const request = { ...requestFor(source, 2, 150), initialCash, lotSize: 0 };
    const { stub, figures: found } = byCuda(request);
    expect(found).toEqual(byReference(request));
    const executed = [...stub.executed.get(SWEEP_KERNEL)!];
    const [quotients] = executed.filter(([line]) => line.startsWith('div.rn.f64')).map(([, count]) => count);
    expect(quotients).toBeGreaterThan(100);
  });

  it('begins with sets whose series are there while it computes those of others', () => {
    const request = requestFor(source, 5, 200);
    const plan = planCudaSweep(compiledForSweep(request), request) as CudaPlan;
    expect(plan.stages).toEqual([{ from: 0, to: 5 }]);
    const { stub, tiles, figures: found } = byCuda(request, {}, {}, { ...plan, stages: evenStages(5, 3) });
    expect(found).toEqual(byReference(request));
    expect(tiles.map(({ fromIndex }) => fromIndex / 5 ** (request.axes.length - 1))).toEqual([0, 1, 3]);
    const order = stub.launches.map(({ kernel }) => kernel).join(' ');
    const stage = /(interleave )(condition )+signals sweep/g;
    expect(order.match(stage)?.length).toBe(3);
    expect(stub.held).toBe(0);
  });

  it('gives the bits of the reference for random strategies in several stages', () => {
    const seen = { staged: 0 };
    const property = fc.property(randomRequest, fc.integer({ min: 2, max: 4 }), (given, count) => {
      const request = isByEvents(given) ? { ...given, lotSize: 0.1 } : given;
      const plan = planCudaSweep(compiledForSweep(request), request) as CudaPlan;
      const values = request.axes.length === 0 ? 1 : request.axes[0].values.length;
      const stages = evenStages(values, Math.min(values, count));
      if (stages.length > 1) seen.staged += 1;
      expect(byCuda(request, {}, {}, { ...plan, stages }).figures).toEqual(byReference(request));
    });
    fc.assert(property, runsOf(60, 12));
    expect(seen.staged).toBeGreaterThan(5);
  }, 400_000);

  it.each([
    ['one', 100, [5]],
    ['two', 100_000, [2, 3]],
    ['five', 200_000, [1, 1, 1, 1, 1]],
  ])('takes the sets of five values of the first axis in stages (%s), for %i bars', (_, bars, expected) => {
    const request = requestFor(source, 5, bars);
    const { stages } = planCudaSweep(compiledForSweep(request), request) as CudaPlan;
    expect(stages.map(({ from, to }) => to - from)).toEqual(expected);
  });

  it('takes what devices sum up at once', () => {
    const request = { ...requestFor(source, 2, 200_000), strategy: windows, axes: windowAxes };
    expect((planCudaSweep(compiledForSweep(request), request) as CudaPlan).stages).toEqual([
      { from: 0, to: 3 },
    ]);
  });

  it('takes smaller tiles where the memory is short', () => {
    const request = requestFor(source, 12, 100);
    const room = byCuda(request).stub.launches;
    const plan = planCudaSweep(compiledForSweep(request), request) as CudaPlan;
    const { stub, figures: found } = byCuda(request, { memoryBytes: plan.layout.bytes + 16_000 });
    expect(found).toEqual(byReference(request));
    expect(stub.launches.length).toBeGreaterThan(room.length);
    expect(stub.held).toBe(0);
  });

  it('takes smaller tiles within the memory that is allowed, and says what is missing for its data', () => {
    const request = requestFor(source, 12, 100);
    const room = byCuda(request).stub.launches;
    const plan = planCudaSweep(compiledForSweep(request), request) as CudaPlan;
    const memoryMaximumBytes = plan.layout.bytes + 16_000;
    const { stub, figures: found } = byCuda(request, {}, { memoryMaximumBytes });
    expect(found).toEqual(byReference(request));
    expect(stub.launches.length).toBeGreaterThan(room.length);
    expect([stub.held, stub.mostBytes <= memoryMaximumBytes]).toEqual([0, true]);
    expect(() => byCuda(request, {}, { memoryMaximumBytes: 1_024 })).toThrow(/PYTORCH_CUDA_ALLOC_CONF/);
  });

  const windows = `strategy "windows"
param a = 5 in 2..40
param b = 20 in 2..90
enter long when sum(close, a) / a > sma(close, b)
exit long when sum(close, a) / a < sma(close, b) * 0.98
stop sma(high, a) / 50
`;
  const windowAxes = [
    { parameter: 'a', values: Float64Array.of(2, 3, 7) },
    { parameter: 'b', values: Float64Array.of(4, 9, 41) },
  ];

  it('sums windows on the device, and leaves those with missing values to the processor', () => {
    const request = { ...requestFor(source, 2, 150), strategy: windows, axes: windowAxes };
    const modules = (own: SweepRequest) => {
      const { stub, figures: found } = byCuda(own);
      expect(found).toEqual(byReference(own));
      return stub.modulesLoaded;
    };
    expect(modules(request)).toBe(5);
    // The average is missing at its start, so is the average of it.
    expect(
      modules({ ...request, strategy: windows.replace('sma(close, b) * ', 'sma(sma(close, 3), b) * ') }),
    ).toBe(5);
    const missing = windows.replaceAll('(close,', '(sma(close, 3),').replace('(high,', '(sma(high, 3),');
    expect(modules({ ...request, strategy: missing })).toBe(3);
  });

  it('is found out by every instruction of windows and of rows put between each other that computes something else', () => {
    const request = { ...requestFor(source, 2, 60), strategy: windows, axes: windowAxes };
    const expected = byReference(request);
    const texts = new Set<string>();
    byCuda(request, { corrupt: (text) => (texts.add(text), text) });
    const own = [...texts].filter((text) => /\.entry (windows|interleave)/.test(text));
    const changes = [...OPPOSITES, ['rem.u32', 'div.u32'], ['div.u32', 'rem.u32']];
    const tried = own.flatMap((text) =>
      text.split('\n').flatMap((line, index, lines) => {
        const change = changes.find(([operation]) => line.includes(operation));
        if (!change) return [];
        const changed = lines.with(index, line.replace(change[0], change[1])).join('\n');
        const corrupt = (given: string) => (given === text ? changed : given);
        try {
          return [isDeepStrictEqual(byCuda(request, { corrupt }).figures, expected) ? line : 'noticed'];
        } catch {
          return ['noticed'];
        }
      }),
    );
    expect(new Set(tried)).toEqual(new Set(['noticed']));
    expect([own.length, tried.length]).toEqual([3, 10]);
  }, 120_000);

  it('is found out by every instruction that runs and computes something else', () => {
    // No minimum and no lots: their branches hold instructions that change nothing here.
    const costs = { ...SWEEP_BASE.costs, commissionMinimum: 0 };
    const request = { ...requestFor(source, 3, 150), costs, lotSize: 0 };
    // Which bar of a part falls deepest differs from one history to the other.
    const runs = Array.from({ length: 60 }, (_, seed) => {
      const instruments = [{ symbol: 'X', bars: walk(150, 7 + seed) }];
      const run = { ...request, instruments };
      return { run, expected: byReference(run) };
    });
    const plan = planCudaSweep(compiledForSweep(request), request) as CudaPlan;
    const lines = plan.text.split('\n');
    const { executed } = byCuda(request).stub;
    let triedCount = 0;
    const unnoticed = lines.flatMap((line, index) => {
      const changes = otherwise(line);
      if (changes.length === 0 || !executed.get(SWEEP_KERNEL)!.has(line.trim())) return [];
      triedCount += 1;
      // What only asks whether the long way has to be taken may ask too often.
      const corrupted = changes.map((changed) => lines.with(index, changed).join('\n'));
      const isNoticed = runs.some(({ run, expected }) =>
        corrupted.some((other) => {
          const corrupt = (text: string) => (text === plan.text ? other : text);
          try {
            return !isDeepStrictEqual(byCuda(run, { corrupt }).figures, expected);
          } catch {
            return true;
          }
        }),
      );
      return isNoticed ? [] : [`${index}: ${line}`];
    });
    expect(unnoticed).toEqual([]);
    expect(triedCount).toBeGreaterThan(60);
  }, 120_000);
});

/** The instruction with other operations in its place. */
function otherwise(line: string): readonly string[] {
  return OPPOSITES.filter(([operation]) => line.includes(operation)).map(([operation, opposite]) =>
    line.replace(operation, opposite),
  );
}

const OPPOSITES = [
  ['add.rn.f64', 'sub.rn.f64'],
  ['sub.rn.f64', 'add.rn.f64'],
  ['mul.rn.f64', 'add.rn.f64'],
  ['mul.rn.f64', 'sub.rn.f64'],
  ['div.rn.f64', 'mul.rn.f64'],
] as const;
