import { createHash } from 'node:crypto';
import { createComputeService, libraryStrategies, type SweepProgress } from '@ai-trading/compute';
import { afterAll, describe, expect, it } from 'vitest';
import { flatBars } from '../../../tools/testing/bars.ts';
import { NO_COSTS } from '../../../tools/testing/simulations.ts';
import { decodeColumns, encodeColumns } from '../run/columns.ts';
import type { RunRow } from '../run/run.entity.ts';
import type { Artifacts } from '../run/run.store.ts';
import type { RunTask } from '../run/run.worker.ts';
import type { SimulationBuilder } from './simulation-request.ts';
import { type StoredSweep, SweepRunner } from './sweep.runner.ts';

const compute = createComputeService({ threads: 2 });
afterAll(() => compute.close());

const bars = flatBars(
  Array.from({ length: 600 }, (_, day) => 100 + 30 * Math.sin(day / 20) + 9 * Math.sin(day / 3)),
);
const builder = {
  barsOf: async () => ({ instruments: [{ symbol: 'W', bars, lotSize: 0 }], dataHash: 'the data' }),
} as unknown as SimulationBuilder;
const { source } = libraryStrategies().find(({ id }) => id === 'sma-cross')!;
const values = (from: number, count: number) => Array.from({ length: count }, (_, place) => from + place);
const sweep = (cashRate: number) =>
  ({
    strategySource: source,
    parameters: { fast: 10, slow: 50 },
    symbol: 'W',
    initialCash: 10_000,
    costs: { ...NO_COSTS, cashRate },
    direction: 'LONG_ONLY',
    lotSize: 0,
    endRule: 'KEEP_OPEN',
    leverage: 1,
    maintenanceMargin: 0,
    periodsPerYear: 252,
    axes: [
      { parameter: 'fast', values: values(2, 40) },
      { parameter: 'slow', values: values(20, 60) },
    ],
    objective: 'sharpe',
  }) as unknown as StoredSweep;

/** The only block of a small surface. */
function surfaceOf(artifacts: Artifacts | null | undefined): Uint8Array {
  const [[, content]] = artifacts!;
  return content;
}

interface Left {
  readonly result: Record<string, unknown>;
  readonly surface: Uint8Array;
}

/** Runs a sweep from what an earlier attempt left; tells how many sets were computed. */
async function attempt(request: StoredSweep, left: Left | null, signal = new AbortController().signal) {
  let setsComputed = 0;
  const checkpoints: Left[] = [];
  const counting = {
    ...compute,
    runSweep: ((sweepRequest, options) =>
      compute.runSweep(sweepRequest, {
        ...options,
        onProgress: (progress: SweepProgress) => {
          setsComputed += progress.tile.sharpe.length;
          options?.onProgress?.(progress);
        },
      })) as typeof compute.runSweep,
  };
  const task: RunTask = {
    run: { request, result: left?.result ?? null } as unknown as RunRow,
    signal,
    checkpoint: async (_progress, artifacts, result) => {
      checkpoints.push({ result: result!, surface: surfaceOf(artifacts) });
    },
    artifact: async () => left && Buffer.from(left.surface),
  };
  const { artifacts, ...rest } = await new SweepRunner(counting, builder).run(task);
  const outcome = { ...rest, artifacts: [...artifacts!] };
  return { outcome, setsComputed, checkpoints };
}

describe.each([
  ['on kernels', 0],
  ['on the reference', 0.01],
])('a sweep %s', (_where, cashRate) => {
  it('that goes on from a checkpoint computes what is missing and has the bits of one that was not disturbed', async () => {
    const request = sweep(cashRate);
    const whole = await attempt(request, null);
    const setsTotal = 40 * 60;
    expect([whole.setsComputed, whole.outcome.result.setsDone]).toEqual([setsTotal, setsTotal]);
    const [{ result }] = whole.checkpoints;
    const columns = decodeColumns(Buffer.from(surfaceOf(whole.outcome.artifacts)));
    const kept = 1_000;
    for (const column of Object.values(columns)) column.fill(NaN, kept);
    const left = { result, surface: encodeColumns(columns) };
    const rest = await attempt(request, left);
    // Done again is at most the row in which the checkpoint fell.
    expect(rest.setsComputed).toBeGreaterThanOrEqual(setsTotal - kept);
    expect(rest.setsComputed).toBeLessThan(setsTotal - kept + 60);
    const hashOf = ({ artifacts }: typeof whole.outcome) =>
      createHash('sha256').update(surfaceOf(artifacts)).digest('hex');
    expect(decodeColumns(Buffer.from(surfaceOf(rest.outcome.artifacts)))).toEqual(
      decodeColumns(Buffer.from(surfaceOf(whole.outcome.artifacts))),
    );
    expect(hashOf(rest.outcome)).toBe(hashOf(whole.outcome));
    const { durationMs: _before, threads: _threads, ...expected } = whole.outcome.result;
    const { durationMs: _after, threads: _again, ...given } = rest.outcome.result;
    expect(given).toEqual(expected);
  });
});

describe('a checkpoint', () => {
  it('of other data or of another sweep is not gone on from', async () => {
    const request = sweep(0);
    const surface = new Uint8Array(8);
    for (const result of [{ setsDone: 1 }, { setsDone: 1, contentHash: 'other', durationMs: 1 }]) {
      const { setsComputed } = await attempt(request, { result, surface });
      expect(setsComputed).toBe(40 * 60);
    }
  });
});
