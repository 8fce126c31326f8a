import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { flatBars } from '../../../tools/testing/bars.ts';
import { EVERY_DEVICE } from '../backends/cuda/settings.ts';
import type { BacktestResult } from '../service/contract.ts';
import type { WorkerTask } from '../service/messages.ts';
import { libraryStrategies } from '../strategy/library.ts';
import { WorkerPool } from './pool.ts';

/** Some hundred milliseconds of work. */
const task = {
  kind: 'backtest',
  request: {
    strategy: libraryStrategies().find(({ id }) => id === 'sma-cross')!.source,
    parameters: {},
    instruments: [
      {
        symbol: 'WAVE',
        bars: flatBars(Array.from({ length: 100_000 }, (_, t) => 100 + 20 * Math.sin(t / 15))),
      },
    ],
    initialCash: 10_000,
    costs: {
      commissionPerTrade: 0,
      commissionPerShare: 0,
      commissionBps: 0,
      commissionMinimum: 0,
      slippageBps: 0,
    },
    direction: 'LONG_AND_SHORT',
    lotSize: 1,
    endRule: 'KEEP_OPEN',
    periodsPerYear: 252,
    riskFreeRate: 0,
    seed: 0,
  },
} as const;

const shortTask = {
  ...task,
  request: { ...task.request, instruments: [{ symbol: 'WAVE', bars: flatBars([1, 2, 3]) }] },
} as const;

/** It looks for devices, of which none may be used, and for nothing else. */
const deviceTask = {
  kind: 'cudaPaths',
  request: {},
  settings: { ...EVERY_DEVICE, visibleDevices: 'none' },
} as unknown as WorkerTask;

let pool: WorkerPool;
afterEach(() => pool.close());

/** Kills the thread that works now, as running out of memory would, and waits until it is gone. */
async function killBusyThread(): Promise<void> {
  const { busy } = pool as unknown as { busy: Map<Worker, unknown> };
  const [worker] = busy.keys();
  await worker.terminate();
}

describe('WorkerPool', () => {
  it('does the task again on another thread where the first died', async () => {
    pool = new WorkerPool(1);
    const run = pool.run<BacktestResult>(task);
    await killBusyThread();
    expect((await run).equity.length).toBe(100_000);
  });

  it('gives up a task that kills two threads, and goes on with the next', async () => {
    pool = new WorkerPool(1);
    const outcome = pool.run(task).catch((problem: unknown) => problem);
    await killBusyThread();
    await killBusyThread();
    expect(await outcome).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(
        /^a compute thread died twice on this task: the thread ended with code [01]$/,
      ),
    });
    expect((await pool.run<BacktestResult>(task)).equity.length).toBe(100_000);
  });

  it('does not repeat a cancelled task whose thread died', async () => {
    pool = new WorkerPool(1);
    const controller = new AbortController();
    const outcome = pool.run(task, { signal: controller.signal }).catch((problem: unknown) => problem);
    controller.abort(new Error('not wanted any more'));
    await killBusyThread();
    expect(await outcome).toEqual(new Error('not wanted any more'));
    expect([pool.busyCount, pool.waitingCount]).toEqual([0, 0]);
  });

  it('ends a task at its deadline', async () => {
    pool = new WorkerPool(1);
    await expect(pool.run(task, { signal: AbortSignal.timeout(1) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  it('never starts a waiting task that was cancelled', async () => {
    pool = new WorkerPool(1);
    const controller = new AbortController();
    const first = pool.run<BacktestResult>(task);
    const second = pool.run(task, { signal: controller.signal }).catch((problem: unknown) => problem);
    expect([pool.busyCount, pool.waitingCount]).toEqual([1, 1]);
    controller.abort('too late');
    expect([await second, pool.waitingCount]).toEqual(['too late', 0]);
    expect((await first).equity.length).toBe(100_000);
  });

  it('gives work on devices to the thread that has them open, and other work to others where it can', async () => {
    pool = new WorkerPool(2);
    const { busy } = pool as unknown as { busy: Map<Worker, unknown> };
    /** Runs a task to its end; the thread that it is given to. */
    const threadOf = (given: WorkerTask) => {
      const before = [...busy.keys()];
      const ended = pool.run(given).catch((problem: unknown) => problem);
      return { worker: [...busy.keys()].find((worker) => !before.includes(worker)), ended };
    };
    const onDevices = threadOf(deviceTask);
    expect(await onDevices.ended).toMatchObject({ code: 'UNAVAILABLE' });
    // The only thread that is there takes the short one, and is idle before the other.
    const [short, long] = [threadOf(shortTask), threadOf(task)];
    await Promise.all([short.ended, long.ended]);
    expect(short.worker).toBe(onDevices.worker);
    expect(long.worker).not.toBe(onDevices.worker);
    const again = threadOf(deviceTask);
    expect(again.worker).toBe(onDevices.worker);
    await again.ended;
    const other = threadOf(shortTask);
    expect(other.worker).toBe(long.worker);
    await other.ended;
  });

  it('refuses more waiting tasks than it can hold', async () => {
    pool = new WorkerPool(0);
    for (let count = 0; count < 10_000; count += 1) pool.run(task).catch(() => undefined);
    await expect(pool.run(task)).rejects.toMatchObject({
      code: 'LIMIT',
      message: 'expected at most 10000 waiting tasks, was more',
    });
  });

  it('refuses work after it was closed, and rejects what was under way', async () => {
    pool = new WorkerPool(1);
    const outcome = pool.run(task).catch((problem: unknown) => problem);
    await pool.close();
    expect(await outcome).toMatchObject({ code: 'UNAVAILABLE' });
    await expect(pool.run(task)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
