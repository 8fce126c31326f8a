import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flatBars } from '../../../tools/testing/bars.ts';
import { libraryStrategies } from '../strategy/library.ts';
import { createComputeService } from './local.ts';
import type {
  BacktestProgress,
  BarColumns,
  ComputeService,
  SimulationRequest,
  SweepRequest,
  SweepTile,
} from './contract.ts';
import { createRemoteComputeService } from './remote.ts';
import { ComputeServer } from './server.ts';

const strategy = libraryStrategies().find(({ id }) => id === 'sma-cross')!.source;
const wave = (length: number) =>
  flatBars(Array.from({ length }, (_, t) => 100 + 20 * Math.sin(t / 15) + 8 * Math.sin(t / 3)));
const copyOf = (bars: BarColumns) =>
  Object.fromEntries(Object.entries(bars).map(([name, column]) => [name, column.slice()])) as BarColumns;
const base = {
  strategy,
  parameters: {},
  instruments: [{ symbol: 'WAVE', bars: wave(400) }],
  initialCash: 10_000,
  costs: {
    commissionPerTrade: 1,
    commissionPerShare: 0,
    commissionBps: 5,
    commissionMinimum: 0,
    slippageBps: 1,
  },
  direction: 'LONG_AND_SHORT',
  lotSize: 1,
  endRule: 'CLOSE_AT_LAST_CLOSE',
  periodsPerYear: 252,
  riskFreeRate: 0,
  seed: 0,
} as const;
const range = (from: number, count: number) =>
  Float64Array.from({ length: count }, (_, index) => from + index);
const sweep: SweepRequest = {
  ...base,
  axes: [
    { parameter: 'fast', values: range(2, 15) },
    { parameter: 'slow', values: range(20, 20) },
  ],
  keepBest: 5,
  objective: 'sharpe',
};

const simulation: SimulationRequest = {
  levels: [wave(500).close, wave(700).close.subarray(200)],
  weights: Float64Array.of(0.7, 0.3),
  method: 'NORMAL',
  revaluation: 'FULL',
  precision: 'DOUBLE',
  degreesOfFreedom: 4,
  blockBars: 5,
  horizonBars: 10,
  scenarios: 20_000,
  confidence: 0.95,
  seed: 1,
};

/** Compute services of two threads, one or more, reached through HTTP. */
async function overTheNetwork(threads: number, nodeCount: number): Promise<ComputeService> {
  const services = Array.from({ length: nodeCount }, () => createComputeService({ threads }));
  const servers = services.map((one) => new ComputeServer(one, { token: 'secret' }));
  const ports = await Promise.all(servers.map((server) => server.listen(0, '127.0.0.1')));
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const remote = createRemoteComputeService({ urls, token: 'secret' });
  return {
    ...remote,
    async close() {
      await remote.close();
      await Promise.all(servers.map((server) => server.close()));
      await Promise.all(services.map((one) => one.close()));
    },
  };
}

const adapters = [
  { name: 'in this process', open: async (threads: number) => createComputeService({ threads }) },
  { name: 'over the network', open: (threads: number) => overTheNetwork(threads, 1) },
  { name: 'on two machines', open: (threads: number) => overTheNetwork(threads, 2) },
];

async function sweptSurface(own: ComputeService): Promise<number[]> {
  const surface = new Float64Array(300).fill(NaN);
  const onProgress = ({ tile }: { tile: SweepTile }) => surface.set(tile.totalReturn, tile.fromIndex);
  const result = await own.runSweep(sweep, { onProgress });
  await own.close();
  return [...surface, ...result.best.map(({ index }) => index)];
}

describe.each(adapters)('the compute service $name', ({ open }) => {
  let service: ComputeService;
  beforeAll(async () => {
    service = await open(2);
  });
  afterAll(() => service.close());

  it('runs a backtest with progress that covers every bar once', async () => {
    const parts: BacktestProgress[] = [];
    const bars = wave(30_000);
    const result = await service.runBacktest(
      { ...base, instruments: [{ symbol: 'WAVE', bars }] },
      { onProgress: (part) => parts.push(part) },
    );
    const together = parts.flatMap((part) => [...part.equity]);
    expect(together).toEqual([...result.equity]);
    expect(parts.at(-1)?.barsDone).toBe(30_000);
  });

  it('gives the same bits for the same request, whatever the number of threads', async () => {
    expect(await sweptSurface(await open(1))).toEqual(
      await sweptSurface(createComputeService({ threads: 3 })),
    );
  });

  it('reads bars again that were changed in place', async () => {
    const bars = wave(400);
    const request = { ...sweep, instruments: [{ symbol: 'WAVE', bars }] };
    const before = await service.runSweep(request);
    for (const column of [bars.open, bars.high, bars.low, bars.close])
      column.forEach((price, t) => (column[t] = price * (1 + 0.2 * Math.sin(t / 40))));
    const after = await service.runSweep(request);
    const fresh = createComputeService({ threads: 1 });
    const expected = await fresh.runSweep({
      ...request,
      instruments: [{ symbol: 'WAVE', bars: copyOf(bars) }],
    });
    await fresh.close();
    expect(after.best).toEqual(expected.best);
    expect(after.contentHash).toBe(expected.contentHash);
    expect(after.best).not.toEqual(before.best);
  });

  it('sweeps what single runs give', async () => {
    const tiles: SweepTile[] = [];
    const result = await service.runSweep(sweep, { onProgress: ({ tile }) => tiles.push(tile) });
    const single = await service.runBacktest({ ...base, parameters: result.best[0].parameters });
    const tile = tiles.find(
      ({ fromIndex, sharpe }) =>
        result.best[0].index >= fromIndex && result.best[0].index < fromIndex + sharpe.length,
    )!;
    expect(tile.sharpe[result.best[0].index - tile.fromIndex]).toBeCloseTo(
      single.statistics.sharpe.value!,
      10,
    );
  });

  it('stops within 100 ms when aborted', async () => {
    const controller = new AbortController();
    const heavy = {
      ...sweep,
      axes: [
        { parameter: 'fast', values: range(2, 500) },
        { parameter: 'slow', values: range(20, 500) },
      ],
    };
    const run = service.runSweep(heavy, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('stopped by the test')),
    });
    await expect(run).rejects.toThrow('stopped by the test');
    const startedAt = performance.now();
    await service.runBacktest(base);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it('ends each kind of work at its deadline, and takes the next', async () => {
    const late = { code: 'DEADLINE', message: 'expected a result within 1 ms, was none' };
    const options = { deadlineMs: 1 };
    const heavy = { ...base, instruments: [{ symbol: 'WAVE', bars: wave(100_000) }] };
    const axes = [
      { parameter: 'fast', values: range(2, 500) },
      { parameter: 'slow', values: range(20, 500) },
    ];
    const equity = wave(100_000).close;
    const [confidence, horizonBars, window] = [0.95, 1, 0];
    const risk = { timesMs: equity.map((_, t) => t), equity, confidence, horizonBars, window };
    const measured = { ...risk, periodsPerYear: 252, riskFreeRate: 0, drawdownCount: 1 };
    await expect(service.runBacktest(heavy, options)).rejects.toMatchObject(late);
    await expect(service.runSweep({ ...sweep, axes }, options)).rejects.toMatchObject(late);
    await expect(service.measureRisk(measured, options)).rejects.toMatchObject(late);
    const simulated = { ...simulation, scenarios: 1_000_000, horizonBars: 20 };
    await expect(service.simulateRisk(simulated, options)).rejects.toMatchObject(late);
    const { equity: done } = await service.runBacktest(base, { deadlineMs: 60_000 });
    expect(done.length).toBe(400);
  });

  it.each([-1, NaN, Infinity])('refuses a deadline of %d ms', async (deadlineMs) => {
    await expect(service.runBacktest(base, { deadlineMs })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER',
      message: `expected a deadline of 0 to 2147483647 ms, was ${deadlineMs}`,
    });
  });

  it('ends a whole sweep where one set is refused', async () => {
    const axes = [
      { parameter: 'fast', values: Float64Array.of(2.5, ...range(2, 500)) },
      { parameter: 'slow', values: range(20, 500) },
    ];
    await expect(service.runSweep({ ...sweep, axes })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER',
      message: 'expected a whole number of bars from 1, was 2.5',
    });
    await expect
      .poll(async () => (await service.describe()).busyThreads, { timeout: 1_000, interval: 10 })
      .toBe(0);
    expect((await service.describe()).queuedTasks).toBe(0);
  });

  it.each([
    [
      { strategy: 'strategy "x"' },
      'INVALID_STRATEGY',
      'line 1, column 1: expected at least one rule `enter long when ...`, or a line `hold ...`, was none',
    ],
    [
      { parameters: { quick: 1 } },
      'INVALID_PARAMETER',
      'expected a parameter of SMA cross (fast, slow), was quick',
    ],
    [{ parameters: { fast: 2.5 } }, 'INVALID_PARAMETER', 'expected a whole number of bars from 1, was 2.5'],
    [{ initialCash: 0 }, 'INVALID_PARAMETER', 'expected an initial cash above 0, was 0'],
    [{ instruments: [] }, 'INVALID_DATA', 'expected the bars of at least one instrument, was none'],
    [
      { instruments: [{ symbol: 'X', bars: flatBars([1, -1]) }] },
      'INVALID_DATA',
      'X: expected positive prices with low <= high at bar 1, was open -1, high -1, low -1, close -1',
    ],
  ])('refuses %o', async (change, code, message) => {
    await expect(service.runBacktest({ ...base, ...change })).rejects.toMatchObject({ code, message });
  });

  it.each(['NORMAL', 'STUDENT_T', 'BOOTSTRAP'] as const)(
    'simulates the same risk whatever the number of threads: %s',
    async (method) => {
      const alone = createComputeService({ threads: 1 });
      const request = { ...simulation, method, scenarios: 40_001 };
      const { backend, ...risk } = await service.simulateRisk(request);
      expect(backend.backend).toBe('wasm-paths');
      expect(await alone.simulateRisk(request)).toEqual({ backend, ...risk });
      expect(risk.histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(40_001);
      expect(risk.expectedShortfall.value).toBeGreaterThan(risk.valueAtRisk.value!);
      const other = await service.simulateRisk({ ...request, seed: 2 });
      expect(other.meanReturn).not.toBe(risk.meanReturn);
      await alone.close();
    },
  );

  it('simulates the value at risk that the formula for normals gives', async () => {
    const risk = await service.simulateRisk({ ...simulation, revaluation: 'LINEAR', scenarios: 400_000 });
    const { valueAtRisk, expectedShortfall, meanReturn, standardDeviation } = risk;
    expect(valueAtRisk.value! / (1.6448536 * standardDeviation - meanReturn)).toBeCloseTo(1, 1.7);
    expect(expectedShortfall.value! / (2.0627128 * standardDeviation - meanReturn)).toBeCloseTo(1, 1.7);
  });

  it('agrees in single precision', async () => {
    const exact = await service.simulateRisk(simulation);
    const single = await service.simulateRisk({ ...simulation, precision: 'SINGLE' });
    const difference = Math.abs(single.valueAtRisk.value! - exact.valueAtRisk.value!);
    expect(difference).toBeLessThan(1e-4 * exact.standardDeviation);
    expect(single.contentHash).not.toBe(exact.contentHash);
  });

  it('refuses a simulation that has no assets', async () => {
    await expect(service.simulateRisk({ ...simulation, levels: [] })).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message: 'expected 1 to 500 assets, was 0',
    });
  });

  it('runs on no bars and on one', async () => {
    for (const closes of [[], [100]]) {
      const result = await service.runBacktest({
        ...base,
        instruments: [{ symbol: 'X', bars: flatBars(closes) }],
      });
      expect(result.equity.length).toBe(closes.length);
      expect(result.statistics.sharpe.value).toBeNull();
    }
  });
});
