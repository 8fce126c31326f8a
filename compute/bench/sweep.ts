import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { SETS_PER_TILE } from '../src/backends/wasm/layout.ts';
import { beginSweep, encodeSweep, PAGES_MAXIMUM, planSweep, WasmSweep } from '../src/backends/wasm/sweep.ts';
import { runSweepTile } from '../src/backtest/sweep.ts';
import { gridSize } from '../src/backtest/sweep-grid.ts';
import { compiledForSweep } from '../src/backtest/validate.ts';
import { createComputeService } from '../src/service/local.ts';
import { moduleOf, preparationModule } from '../src/service/memory.ts';
import type { SweepRequest, SweepTile } from '../src/service/contract.ts';
import { cProgram } from './c-program.ts';
import { randomWalk, rsiStop, smaCross } from './fixture.ts';
import { interleave, type Line } from './measure.ts';
import { numbaProgram } from './numba-program.ts';
import { plainSmaCross } from './plain-loop.ts';

const BARS = 5_000;
const SETS_CHECKED = 256;
const ROUNDS = 7;
const COLD_RUNS = 3;
const THREAD_ROUNDS = 30;
/** Sweeps of a round. */
const SWEEPS_PER_TURN = 10;
/** What the events plan declares, and what two ways to add the same numbers differ by. */
const TOLERANCE = 1e-9;

/** A sweep on one thread, from its request to its figures; the module and the memory are those of the runs before. */
export function onOneThread(request: SweepRequest): { run: () => SweepTile[]; backend: string } {
  const strategy = compiledForSweep(request);
  const plan = planSweep(strategy, request, 1);
  const modules = { kernels: moduleOf(plan, encodeSweep), preparation: preparationModule() };
  const memory = new WebAssembly.Memory({ initial: plan.layout.pages, maximum: PAGES_MAXIMUM, shared: true });
  const never = () => undefined;
  const run = () => {
    const sweep = new WasmSweep(request, strategy, planSweep(strategy, request, 1), memory, modules, 0);
    beginSweep(plan, memory);
    sweep.prepare(never);
    const sets = gridSize(request.axes);
    const tiles: SweepTile[] = [];
    for (let from = 0; from < sets; from += SETS_PER_TILE) {
      tiles.push(sweep.runTile(from, Math.min(sets, from + SETS_PER_TILE), never));
    }
    return tiles;
  };
  return { run, backend: plan.choice.backend };
}

/** Refuses to time what does not agree with the reference on the first sets. */
function checkParity(request: SweepRequest, tile: SweepTile, backend: string): void {
  const oracle = runSweepTile(
    request,
    compiledForSweep(request),
    0,
    SETS_CHECKED,
    new Map(),
    () => undefined,
  );
  const tolerance = backend === 'wasm-bars' ? 0 : TOLERANCE;
  for (const name of ['totalReturn', 'sharpe', 'maxDrawdown', 'tradeCount'] as const) {
    for (let set = 0; set < SETS_CHECKED; set += 1) {
      const [value, wanted] = [tile[name][set], oracle[name][set]];
      if (
        !Object.is(value, wanted) &&
        !(Math.abs(value - wanted) <= tolerance * Math.max(1, Math.abs(wanted)))
      ) {
        throw new Error(`${backend}: expected ${name} ${wanted} of set ${set}, was ${value}`);
      }
    }
  }
}

const perEvaluation = (timeMs: number, request: SweepRequest): number =>
  (timeMs * 1e6) / (gridSize(request.axes) * request.instruments[0].bars.timesMs.length);
const nanoseconds = (value: number): string => `${value.toFixed(3)} ns`;
const milliseconds = (value: number): string => `${value.toFixed(1)} ms`;

/** One thread: kernels beside the plain loop and the C program. */
export function benchKernels(): Line[] {
  const bars = randomWalk(BARS);
  const exits = 'target percent(4)\ntrail percent(3)\n';
  const cases: readonly [string, SweepRequest][] = [
    ['SMA cross, all in', smaCross(bars, 100, 0)],
    ['SMA cross, whole units', smaCross(bars, 100, 1)],
    ['RSI with stop, all in', rsiStop(bars, 0)],
    ['RSI with stop, whole units', rsiStop(bars, 1)],
    ['RSI with stop, target and trail', rsiStop(bars, 1, exits)],
  ];
  const kernels = cases.map(([, request]) => onOneThread(request));
  kernels.forEach(({ run, backend }, index) => checkParity(cases[index][1], run()[0], backend));
  const sma = cases[0][1];
  const loop = plainSmaCross(sma);
  checkLoop('plain loop', sma, loop.totalReturn);
  const timings = interleave([...kernels.map(({ run }) => run), () => plainSmaCross(sma)], ROUNDS);
  const plainNs = perEvaluation(timings[timings.length - 1].medianMs, sma);
  const peers = runPeers(sma);
  const scalar = peers.get('C, scalar');
  const ratio = (value: number) =>
    `${(plainNs / value).toFixed(1)}x plain loop${typeof scalar === 'number' ? `, ${(scalar / value).toFixed(1)}x C scalar` : ''}`;
  const lines: Line[] = cases.map(([what, request], index) => {
    const value = perEvaluation(timings[index].medianMs, request);
    return { what, who: kernels[index].backend, value: nanoseconds(value), ratio: ratio(value) };
  });
  const others = [['plain TypeScript loop', plainNs] as const, ...peers];
  return lines.concat(
    others.map(([who, value]) => ({
      what: 'SMA cross, all in',
      who,
      value: typeof value === 'string' ? 'not run' : nanoseconds(value),
      ratio: typeof value === 'string' ? value : ratio(value),
    })),
  );
}

/** Nanoseconds a bar-evaluation of programs of other languages, by who; a sentence for each that cannot run here. */
function runPeers(sma: SweepRequest): Map<string, number | string> {
  const c = cProgram(sma.instruments[0].bars.close);
  const figures = new Map<string, number | string>(
    typeof c === 'string' ? [['C', c]] : [...c].map(([variant, value]) => [`C, ${variant}`, value]),
  );
  const numba = numbaProgram(sma, ROUNDS);
  if (typeof numba !== 'string') checkLoop('numba', sma, numba.totalReturn);
  figures.set('numba, fused by hand', typeof numba === 'string' ? numba : numba.perEvaluationNs);
  return figures;
}

/** Refuses to time a loop whose returns are not those of the reference on the first sets. */
function checkLoop(who: string, request: SweepRequest, totalReturn: Float64Array): void {
  const oracle = runSweepTile(
    request,
    compiledForSweep(request),
    0,
    SETS_CHECKED,
    new Map(),
    () => undefined,
  );
  for (let set = 0; set < SETS_CHECKED; set += 1) {
    if (Math.abs(totalReturn[set] - oracle.totalReturn[set]) > TOLERANCE) {
      throw new Error(`${who}: expected ${oracle.totalReturn[set]} of set ${set}, was ${totalReturn[set]}`);
    }
  }
}

/** The whole service: threads, first result, many bars, a million sets. */
export async function benchService(): Promise<Line[]> {
  const lines: Line[] = [];
  const bars = randomWalk(BARS);
  const [one, two] = await timeThreads(smaCross(bars, 100, 0));
  const what = '10,000 x 5,000';
  lines.push({ what, who: '1 thread', value: milliseconds(one), ratio: '' });
  lines.push({
    what,
    who: '2 threads',
    value: milliseconds(two),
    ratio: `${(one / two).toFixed(2)}x one`,
  });
  const [alone, both] = await timeApart();
  lines.push({
    what: `${what}, twice`,
    who: '2 threads that share nothing',
    value: milliseconds(both),
    ratio: `${((2 * alone) / both).toFixed(2)}x one, so what the machine gives`,
  });
  for (const [who, flag] of [
    ['threads started', '--started'],
    ['threads not started', '--bare'],
  ] as const) {
    const firstMs = Math.min(...Array.from({ length: COLD_RUNS }, () => coldFirstMs(flag)));
    lines.push({
      what: `${what}, first result of a new process`,
      who,
      value: `${firstMs.toFixed(0)} ms`,
      ratio: '',
    });
  }
  const long = await timeService(2, smaCross(randomWalk(200_000), 100, 0), 3);
  lines.push({
    what: '10,000 x 200,000',
    who: '2 threads',
    value: `${(long.bestMs / 1_000).toFixed(2)} s`,
    ratio: '',
  });
  const million = await timeService(2, smaCross(bars, 1_000, 0), 1);
  const megabytes = Math.round(million.grownBytes / 2 ** 20);
  lines.push({
    what: '1,000,000 x 5,000',
    who: '2 threads',
    value: `${(million.bestMs / 1_000).toFixed(2)} s`,
    ratio: `${megabytes} MiB more`,
  });
  return lines;
}

/** Milliseconds to the first tile in a process that has run no sweep before. */
function coldFirstMs(flag: '--started' | '--bare'): number {
  const file = fileURLToPath(new URL('./cold.ts', import.meta.url));
  return Number(execFileSync(process.execPath, [...process.execArgv, file, flag], { encoding: 'utf8' }));
}

/**
 * The least milliseconds of a sweep on one thread and on two. Both take turns, several sweeps each, as one who searches starts one after
 * the other; and often: code that every thread runs is optimised on every thread by itself, which takes some twenty sweeps.
 */
async function timeThreads(request: SweepRequest): Promise<number[]> {
  const services = [1, 2].map((threads) => createComputeService({ threads }));
  const bestMs = services.map(() => Infinity);
  for (let round = 0; round < THREAD_ROUNDS; round += 1) {
    for (const [index, service] of services.entries()) {
      for (let turn = 0; turn < SWEEPS_PER_TURN; turn += 1) {
        const startedAtMs = performance.now();
        // Another seed makes another request: a cached result is no measurement.
        await service.runSweep({ ...request, seed: round * SWEEPS_PER_TURN + turn });
        bestMs[index] = Math.min(bestMs[index], performance.now() - startedAtMs);
      }
    }
  }
  await Promise.all(services.map((service) => service.close()));
  return bestMs;
}

/** The least milliseconds of a sweep by one thread, and of two at once by two that have nothing in common. */
async function timeApart(): Promise<number[]> {
  const file = new URL('./kernel-thread.ts', import.meta.url);
  const threads = [0, 1].map(() => new Worker(file));
  const bestMs = [Infinity, Infinity];
  for (let round = 0; round < THREAD_ROUNDS; round += 1) {
    for (const count of [1, 2]) {
      const startedAtMs = performance.now();
      await Promise.all(
        threads.slice(0, count).map((thread) => {
          thread.postMessage(null);
          return once(thread, 'message');
        }),
      );
      bestMs[count - 1] = Math.min(bestMs[count - 1], performance.now() - startedAtMs);
    }
  }
  await Promise.all(threads.map((thread) => thread.terminate()));
  return bestMs;
}

async function timeService(threads: number, request: SweepRequest, rounds: number) {
  const service = createComputeService({ threads });
  const before = process.memoryUsage().rss;
  let [bestMs, grownBytes] = [Infinity, 0];
  for (let round = 0; round < rounds; round += 1) {
    const startedAtMs = performance.now();
    await service.runSweep(
      { ...request, keepBest: 5 + round },
      {
        onProgress: () => {
          grownBytes = Math.max(grownBytes, process.memoryUsage.rss() - before);
        },
      },
    );
    bestMs = Math.min(bestMs, performance.now() - startedAtMs);
  }
  await service.close();
  return { bestMs, grownBytes };
}
