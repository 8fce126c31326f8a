import { withinPromise } from '../../tools/testing/sweep-backends.ts';
import { figures } from '../../tools/testing/sweeps.ts';
import { openCuda } from '../src/backends/cuda/device.ts';
import type { DriverCalls } from '../src/backends/cuda/driver.ts';
import { EVERY_DEVICE } from '../src/backends/cuda/settings.ts';
import { planCudaSweep, runCudaSweep } from '../src/backends/cuda/sweep.ts';
import { runSweepTile } from '../src/backtest/sweep.ts';
import { gridSize } from '../src/backtest/sweep-grid.ts';
import { compiledForSweep } from '../src/backtest/validate.ts';
import type { SweepRequest, SweepTile } from '../src/service/contract.ts';
import { createComputeService } from '../src/service/local.ts';
import { randomWalk, rsiStop, smaCross } from './fixture.ts';
import { countInstructions, limitOf } from './gpu-limits.ts';
import type { Line } from './measure.ts';

/** The heading under which docs/benchmarks.md has what was measured on a GPU. */
export const GPU_SECTION = '## On a GPU';

/** How much is computed. */
export interface GpuSizes {
  /** Moving averages of either kind, by bars. */
  readonly crossings: readonly (readonly [side: number, bars: number])[];
  /** Bars of 10,000 sets with stops, targets and trailing stops. */
  readonly stoppedBars: number;
  readonly rounds: number;
  readonly setsChecked: number;
}

/** What is worth a GPU: 2e9 and more bar-evaluations each. */
export const LARGE: GpuSizes = {
  crossings: [
    [100, 200_000],
    [1_000, 5_000],
  ],
  stoppedBars: 200_000,
  rounds: 5,
  setsChecked: 64,
};

const EXITS = 'target percent(4)\ntrail percent(3)\n';

/** What is timed, by what it is called. */
function casesOf(sizes: GpuSizes): [what: string, request: SweepRequest][] {
  const crossings = sizes.crossings.flatMap(([side, bars]): [string, SweepRequest][] => {
    const walk = randomWalk(bars);
    const what = `SMA cross, ${(side * side).toLocaleString('en')} x ${bars.toLocaleString('en')}`;
    return [
      [`${what}, whole units`, smaCross(walk, side, 1)],
      [`${what}, all in`, smaCross(walk, side, 0)],
    ];
  });
  const walk = randomWalk(sizes.stoppedBars);
  const sets = `10,000 x ${sizes.stoppedBars.toLocaleString('en')}`;
  return [
    ...crossings,
    [`RSI with stop, target and trail, ${sets}`, rsiStop(walk, 1, EXITS)],
    [`RSI with stop, ${sets}, all in`, rsiStop(walk, 0)],
  ];
}

/** Times sweeps on all devices of a driver beside two threads of this machine. */
export async function gpuLines(calls: DriverCalls, sizes: GpuSizes): Promise<Line[]> {
  const lines: Line[] = [];
  for (const [what, request] of casesOf(sizes)) lines.push(...(await compare(what, request, calls, sizes)));
  return lines;
}

/** Times the same by the whole service, whose threads prepare what a device needs, with every device and with none. */
export async function gpuServiceLines(sizes: GpuSizes): Promise<Line[]> {
  const lines: Line[] = [];
  for (const [what, request] of casesOf(sizes)) {
    const processor = await timeService(request, sizes.rounds, 'none');
    const gpu = await timeService(request, sizes.rounds, 'all');
    if (!gpu.backend.startsWith('cuda'))
      throw new Error(`expected the service to choose cuda, was ${gpu.backend}`);
    const ratio = `${(processor.bestMs / gpu.bestMs).toFixed(2)}x ${processor.backend}`;
    lines.push({
      what,
      who: `${gpu.backend}, by the whole service`,
      value: `${gpu.bestMs.toPrecision(3)} ms`,
      ratio,
    });
  }
  return lines;
}

async function compare(
  what: string,
  request: SweepRequest,
  calls: DriverCalls,
  sizes: GpuSizes,
): Promise<Line[]> {
  const gpu = timeDevices(request, calls, sizes);
  const processor = await timeService(request, sizes.rounds, 'none');
  const evaluations = gridSize(request.axes) * request.instruments[0].bars.timesMs.length;
  const { devices } = openCuda(calls);
  const limits = devices.map((device) => limitOf(device, countInstructions(sampleOf(request))));
  const limit = limits.reduce((sum, { perSecond }) => sum + perSecond, 0);
  const share = (100 * evaluations) / (gpu.kernelMs / 1_000) / limit;
  const perSecond = (evaluations / (gpu.kernelMs / 1_000)).toExponential(1);
  const ms = (value: number) => `${value.toPrecision(3)} ms`;
  const line = (who: string, value: string, ratio: string): Line => ({ what, who, value, ratio });
  return [
    line(
      `${gpu.backend}, whole`,
      ms(gpu.bestMs),
      `${(processor.bestMs / gpu.bestMs).toFixed(2)}x ${processor.backend}`,
    ),
    line(
      `${gpu.backend}, kernels and reading back`,
      ms(gpu.kernelMs),
      `${share.toPrecision(3)} % of the limit (${limits[0].what}: ${ms((1_000 * evaluations) / limit)}); ${perSecond} bars/s`,
    ),
    line(`${gpu.backend}, preparing on the processor`, ms(gpu.bestMs - gpu.kernelMs - gpu.copyMs), ''),
    line(`${gpu.backend}, copying to the device`, ms(gpu.copyMs), ''),
    line(`${gpu.backend}, assembling once`, ms(gpu.assembleMs), ''),
    line(`${processor.backend}, two threads`, ms(processor.bestMs), ''),
  ];
}

/** The same strategy on few bars and sets: what a bar of a set costs hardly depends on how many there are. */
function sampleOf(request: SweepRequest): SweepRequest {
  const axes = request.axes.map(({ parameter, values }) => ({
    parameter,
    values: Float64Array.of(values[0], values[values.length - 1]),
  }));
  return { ...request, axes, instruments: [{ symbol: 'WALK', bars: randomWalk(1_500) }] };
}

/** Sweeps on the devices, with the time spent in calls that copy, and in those that wait for kernels and read back. */
function timeDevices(request: SweepRequest, calls: DriverCalls, { rounds, setsChecked }: GpuSizes) {
  const { timed, spentMs } = withTimes(calls);
  const { devices } = openCuda(timed);
  const strategy = compiledForSweep(request);
  let best = { bestMs: Infinity, kernelMs: 0, copyMs: 0 };
  let [assembleMs, backend] = [0, ''];
  for (let round = 0; round < rounds; round += 1) {
    spentMs.clear();
    const startedAtMs = performance.now();
    const plan = planCudaSweep(strategy, request);
    if (typeof plan === 'string') throw new Error(plan);
    ({ backend } = plan.choice);
    let first: SweepTile | undefined;
    const onTile = (tile: SweepTile) => (first ??= tile);
    runCudaSweep(devices, strategy, request, plan, { check: () => undefined, onTile });
    const bestMs = performance.now() - startedAtMs;
    const spent = (...names: (keyof DriverCalls)[]) =>
      names.reduce((sum, name) => sum + (spentMs.get(name) ?? 0), 0);
    if (round === 0) {
      assembleMs = spent('cuModuleLoadDataEx');
      checkParity(request, first!, backend, setsChecked);
    }
    const kernelMs = spent('cuLaunchKernel', 'cuMemcpyDtoHAsync_v2', 'cuStreamSynchronize');
    if (bestMs < best.bestMs) best = { bestMs, kernelMs, copyMs: spent('cuMemcpyHtoDAsync_v2') };
  }
  return { ...best, assembleMs, backend };
}

/** The calls of a driver, and how long those of each name took. */
function withTimes(calls: DriverCalls) {
  const spentMs = new Map<string, number>();
  const timed = new Proxy(calls, {
    get(target, name: keyof DriverCalls) {
      const call = target[name] as (...given: unknown[]) => number;
      return (...given: unknown[]) => {
        const startedAtMs = performance.now();
        const code = call(...given);
        spentMs.set(name, (spentMs.get(name) ?? 0) + performance.now() - startedAtMs);
        return code;
      };
    },
  });
  return { timed, spentMs };
}

function checkParity(request: SweepRequest, tile: SweepTile, backend: string, setsChecked: number): void {
  const count = Math.min(setsChecked, tile.totalReturn.length);
  const oracle = runSweepTile(request, compiledForSweep(request), 0, count, new Map(), () => undefined);
  const [all, expected] = [figures([tile]), figures([oracle])];
  const first = {
    totalReturn: all.totalReturn.slice(0, count),
    sharpe: all.sharpe.slice(0, count),
    maxDrawdown: all.maxDrawdown.slice(0, count),
    tradeCount: all.tradeCount.slice(0, count),
  };
  const found = withinPromise(first, expected, backend);
  for (const name of ['totalReturn', 'sharpe', 'maxDrawdown', 'tradeCount'] as const)
    for (let set = 0; set < count; set += 1)
      if (!Object.is(found[name][set], expected[name][set]))
        throw new Error(`expected ${name} ${expected[name][set]} of set ${set}, was ${found[name][set]}`);
}

async function timeService(request: SweepRequest, rounds: number, visibleDevices: string) {
  const service = createComputeService({ threads: 2, cuda: { ...EVERY_DEVICE, visibleDevices } });
  let [bestMs, backend] = [Infinity, ''];
  for (let round = 0; round < rounds; round += 1) {
    const startedAtMs = performance.now();
    // As many kept make another request: a cached result is no measurement.
    ({
      backend: { backend },
    } = await service.runSweep({ ...request, keepBest: 5 + round }));
    bestMs = Math.min(bestMs, performance.now() - startedAtMs);
  }
  await service.close();
  return { bestMs, backend };
}
