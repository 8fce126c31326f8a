import { afterAll, describe, expect, it } from 'vitest';
import { flatBars } from '../../../tools/testing/bars.ts';
import { NO_COSTS } from '../../../tools/testing/simulations.ts';
import { figures } from '../../../tools/testing/sweeps.ts';
import type { CudaState } from '../backends/cuda/device.ts';
import { EVERY_DEVICE } from '../backends/cuda/settings.ts';
import { compiledForSweep } from '../backtest/validate.ts';
import { WorkerPool } from '../pool/pool.ts';
import type { ComputeService, SweepRequest, SweepTile } from './contract.ts';
import { firstSets } from './first-sets.ts';
import { createComputeService } from './local.ts';
import { runSweep } from './sweep.ts';

const request: SweepRequest = {
  strategy: `strategy "T"
param n = 5 in 2..9
enter long when close > sma(close, n)
exit long when close < sma(close, n)`,
  parameters: {},
  instruments: [
    { symbol: 'WAVE', bars: flatBars(Array.from({ length: 200 }, (_, t) => 100 + 20 * Math.sin(t / 9))) },
  ],
  initialCash: 10_000,
  costs: NO_COSTS,
  direction: 'LONG_AND_SHORT',
  lotSize: 1,
  endRule: 'KEEP_OPEN',
  periodsPerYear: 252,
  riskFreeRate: 0,
  seed: 0,
  axes: [{ parameter: 'n', values: Float64Array.of(2, 3, 4, 5) }],
  keepBest: 1,
  objective: 'totalReturn',
};

describe('the backend of a sweep', () => {
  const service = createComputeService({ threads: 1 });
  afterAll(() => service.close());

  it.each([
    [
      'interest',
      { costs: { ...NO_COSTS, cashRate: 0.02 } },
      'interest changes cash on every bar, which no kernel follows',
    ],
    ['leverage', { leverage: 2 }, 'leverage above 1 is simulated by the reference only'],
    [
      'an order that waits',
      { strategy: request.strategy.replace('n)\n', 'n) at limit close good for 3 bars\n') },
      'limit and stop orders wait inside bars, which no kernel follows',
    ],
    [
      'added entries',
      { strategy: `${request.strategy}\npyramid 2` },
      'added entries are simulated by the reference only',
    ],
    [
      'a target of volatility',
      { strategy: `${request.strategy}\nsize volatility_target(10)` },
      'a volatility target is sized by the reference only',
    ],
    ['a margin', { maintenanceMargin: 0.1 }, 'margin calls are simulated by the reference only'],
  ])('is the reference for %s, with the reason', async (_name, changed, reason) => {
    const { backend } = await service.runSweep({ ...request, ...changed });
    expect(backend).toEqual({ backend: 'reference', reason });
  });

  it('is a kernel for higher timeframes and sessions, with the bits of single runs', async () => {
    const strategy = `strategy "T"
param n = 2 in 2..9
enter long when weekly(close > sma(close, n)) and day_of_week < 5
exit long when days(3, close) < close`;
    const [{ bars }] = request.instruments;
    const daily = { ...bars, timesMs: bars.timesMs.map((_, t) => (t + 1) * 86_400_000) };
    const own = { ...request, strategy, instruments: [{ symbol: 'WAVE', bars: daily }] };
    const returns: number[] = [];
    const result = await service.runSweep(own, {
      onProgress: ({ tile }) => tile.totalReturn.forEach((one, i) => (returns[tile.fromIndex + i] = one)),
    });
    expect(result.backend.backend).toBe('wasm-bars');
    expect(new Set(returns).size).toBeGreaterThan(1);
    for (const [i, n] of [2, 3, 4, 5].entries()) {
      const alone = await service.runBacktest({ ...own, parameters: { n } });
      expect(returns[i]).toBe(alone.statistics.totalReturn.value);
    }
  });

  it('is a kernel for a spread, which sums up to what one run gives', async () => {
    const costs = { ...NO_COSTS, slippageBps: 3, spreadBps: 20 };
    const tiles: number[] = [];
    const result = await service.runSweep(
      { ...request, costs },
      { onProgress: ({ tile }) => (tiles[tile.fromIndex] = tile.totalReturn[0]) },
    );
    const alone = await service.runBacktest({ ...request, costs, parameters: { n: 2 } });
    expect(result.backend.backend).toBe('wasm-bars');
    expect(tiles[0]).toBe(alone.statistics.totalReturn.value);
  });
});

describe('the first sweep of a service', () => {
  it('answers some sets before its threads have started, and every set once with the same bits', async () => {
    const sweeps = async (service: ComputeService, keepBest: number) => {
      const tiles: SweepTile[] = [];
      const axes = [{ parameter: 'n', values: Float64Array.of(2, 3, 4, 5, 6, 7, 8, 9) }];
      await service.runSweep({ ...request, axes, keepBest }, { onProgress: ({ tile }) => tiles.push(tile) });
      return tiles;
    };
    const service = createComputeService({ threads: 1 });
    const unstarted = await sweeps(service, 1);
    const started = await sweeps(service, 2);
    await service.close();
    expect(unstarted[0].totalReturn.length).toBe(4);
    const inOrder = (tiles: readonly SweepTile[]) =>
      figures(tiles.toSorted((a, b) => a.fromIndex - b.fromIndex));
    expect(inOrder(unstarted)).toEqual(inOrder(started));
    expect(inOrder(started).totalReturn.length).toBe(8);
  });

  it('leaves sets over many bars to the threads', () => {
    const bars = flatBars(Array.from({ length: 10_001 }, () => 100));
    const long = { ...request, instruments: [{ symbol: 'FLAT', bars }] };
    expect(firstSets({ request: long, strategy: compiledForSweep(long) })).toBeNull();
  });

  it('says what is wrong with a parameter once', async () => {
    const service = createComputeService({ threads: 1 });
    const axes = [{ parameter: 'n', values: Float64Array.of(2.5) }];
    await expect(service.runSweep({ ...request, axes })).rejects.toMatchObject({ code: 'INVALID_PARAMETER' });
    await service.close();
  });
});

describe('a sweep that is worth a GPU', () => {
  const pool = new WorkerPool(2);
  afterAll(() => pool.close());
  const range = (count: number) => Float64Array.from({ length: count }, (_, index) => 2 + index);
  const bars = flatBars(Array.from({ length: 40_000 }, (_, t) => 100 + 20 * Math.sin(t / 9)));
  const large = {
    ...request,
    strategy: `strategy "T"
param n = 5 in 2..200
param k = 2 in 2..300
enter long when close > ema(close, n) + k / 100
exit long when close < ema(close, n)`,
    axes: [
      { parameter: 'n', values: range(100) },
      { parameter: 'k', values: range(250) },
    ],
    instruments: [{ symbol: 'WAVE', bars }],
  };
  const device = { name: 'a GPU' } as CudaState['devices'][number];
  const none = 'there is no driver';

  it.each<[string, CudaState, RegExp]>([
    [
      'is on the processor without one',
      { version: null, devices: [], reason: none },
      /; no GPU took it: there is no driver$/,
    ],
    [
      'goes on there where one fails',
      { version: '12.2', devices: [device], reason: null },
      /; the GPU failed: /,
    ],
  ])(
    '%s, with the reason and every set once',
    async (_name, cuda, reason) => {
      const seen = new Uint8Array(25_000);
      const onProgress = ({ tile }: { tile: SweepTile }) => {
        for (let set = 0; set < tile.sharpe.length; set += 1) seen[tile.fromIndex + set] += 1;
      };
      const devices = { cuda, settings: { ...EVERY_DEVICE, visibleDevices: 'none' } };
      const sweep = { request: large, strategy: compiledForSweep(large), requestHash: () => 'large' };
      const { backend } = await runSweep(pool, sweep, devices, { onProgress });
      expect(backend).toEqual({ backend: 'wasm-bars', reason: expect.stringMatching(reason) });
      expect(seen.every((count) => count === 1)).toBe(true);
    },
    150_000,
  );
});
