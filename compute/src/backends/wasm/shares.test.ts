import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { Shares } from './shares.ts';

const COUNT = 4;
const never = () => undefined;

function sharesOf(...states: number[]) {
  const buffer = new SharedArrayBuffer(4 * COUNT);
  const view = new Int32Array(buffer);
  view.set(states);
  const done: number[] = [];
  return {
    buffer,
    view,
    done,
    work: (share: number) => void done.push(share),
    all: new Shares(buffer, 0, COUNT),
  };
}

describe('shares of work', () => {
  it('are each done once by a thread alone, and not again', () => {
    const { all, done, work } = sharesOf();
    all.perform(0, work, never);
    all.perform(1, work, never);
    expect(done).toEqual([0, 1, 2, 3]);
  });

  it('are done again by the thread that takes over from one that died, and not what others finished', () => {
    // Part 2 had taken share 1; share 0 is done.
    const { all, done, work } = sharesOf(-1, 3, 0, 0);
    all.perform(2, work, never);
    expect(done).toEqual([1, 2, 3]);
  });

  it('are waited for while another thread has them', async () => {
    const { all, buffer, view, done, work } = sharesOf(1);
    const code = `const { workerData } = require('node:worker_threads');
      const states = new Int32Array(workerData);
      setTimeout(() => { Atomics.store(states, 0, -1); Atomics.notify(states, 0); }, 50);`;
    const other = new Worker(code, { eval: true, workerData: buffer });
    all.perform(1, work, never);
    expect(done).toEqual([1, 2, 3]);
    expect([...view]).toEqual([-1, -1, -1, -1]);
    await other.terminate();
  });

  it('are done in turn until the one that is asked for is, and not asked for again', () => {
    const { all, done, work } = sharesOf();
    all.performUntil(1, 0, work, never);
    expect(done).toEqual([0, 1]);
    all.performUntil(0, 0, work, never);
    expect(done).toEqual([0, 1]);
    all.performUntil(3, 0, work, never);
    expect(done).toEqual([0, 1, 2, 3]);
  });

  it('are done while another thread has the one that is asked for', async () => {
    const { all, buffer, done, work } = sharesOf(2);
    const code = `const { workerData } = require('node:worker_threads');
      const states = new Int32Array(workerData);
      setTimeout(() => { Atomics.store(states, 0, -1); Atomics.notify(states, 0); }, 50);`;
    const other = new Worker(code, { eval: true, workerData: buffer });
    all.performUntil(0, 0, work, never);
    expect(done).toEqual([1, 2, 3]);
    await other.terminate();
  });

  it('are left to the thread that has them where only free ones are done', () => {
    const { all, view, done, work } = sharesOf(0, 3, 0, 0);
    all.performFree(0, work, never);
    expect(done).toEqual([0, 2, 3]);
    expect([...view]).toEqual([-1, 3, -1, -1]);
  });

  it('are given up when the thread is cancelled while it waits', () => {
    const { all, work } = sharesOf(1, -1, -1, -1);
    const cancelled = () => {
      throw new Error('cancelled');
    };
    expect(() => all.perform(1, work, cancelled)).toThrow('cancelled');
  });
});
