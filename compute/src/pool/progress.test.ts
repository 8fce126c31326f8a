import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BacktestProgress, SweepTile } from '../service/contract.ts';
import { CANCELLED, markRead, newControl, progressReporter, tileReporter, UNREAD } from './progress.ts';

const tile = (fromIndex: number): SweepTile => {
  const column = Float64Array.of(fromIndex);
  return { fromIndex, totalReturn: column, sharpe: column, maxDrawdown: column, tradeCount: column };
};
const stretch = (fromIndex: number, barsDone: number): BacktestProgress => ({
  barsDone,
  barsTotal: 6,
  fromIndex,
  equity: Float64Array.from({ length: barsDone - fromIndex }, (_, place) => fromIndex + place),
});

describe('the tiles of a thread', () => {
  // Each tile comes after the time for which tiles are gathered.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('are sent with the first at once, then together, and what is left goes with the end', () => {
    const sent: number[][] = [];
    const report = tileReporter(newControl(), (tiles) => sent.push(tiles.map(({ fromIndex }) => fromIndex)));
    for (const [fromIndex, waitedMs] of [
      [0, 1],
      [1, 3],
      [2, 4],
      [3, 4],
      [4, 0],
    ]) {
      vi.advanceTimersByTime(waitedMs);
      report.add(tile(fromIndex));
    }
    expect(sent).toEqual([[0], [1, 2]]);
    expect([report.rest(), report.rest()].map((tiles) => tiles.map(({ fromIndex }) => fromIndex))).toEqual([
      [3, 4],
      [],
    ]);
  });

  it('are counted as unread until their caller has read them', () => {
    const control = newControl();
    const sent: number[] = [];
    const report = tileReporter(control, (tiles) => sent.push(...tiles.map(({ fromIndex }) => fromIndex)));
    for (const fromIndex of [0, 1, 2]) {
      vi.advanceTimersByTime(5);
      report.add(tile(fromIndex));
    }
    expect([sent, control[UNREAD]]).toEqual([[0, 1, 2], 3]);
    markRead(control);
    expect(control[UNREAD]).toBe(2);
  });

  it('wait where too many are unread, and go on as soon as one is read', async () => {
    const control = newControl();
    let sentCount = 0;
    const report = tileReporter(control, () => (sentCount += 1));
    for (let fromIndex = 0; fromIndex < 256; fromIndex += 1) {
      vi.advanceTimersByTime(5);
      report.add(tile(fromIndex));
    }
    expect([sentCount, control[UNREAD]]).toEqual([256, 256]);
    const reader = new Worker(
      `const { workerData: control } = require('node:worker_threads');
       Atomics.sub(control, ${UNREAD}, 1);
       Atomics.notify(control, ${UNREAD});`,
      { eval: true, workerData: control },
    );
    vi.advanceTimersByTime(5);
    report.add(tile(256));
    // Had it not waited for the reader, 257 would be unread.
    expect([sentCount, control[UNREAD]]).toEqual([257, 256]);
    await reader.terminate();
  });

  it('do not wait for the caller of cancelled work', () => {
    const control = newControl();
    control[UNREAD] = 1_000;
    control[CANCELLED] = 1;
    const sent: number[] = [];
    const report = tileReporter(control, (tiles) => sent.push(...tiles.map(({ fromIndex }) => fromIndex)));
    report.add(tile(0));
    expect(sent).toEqual([0]);
  });
});

describe('the progress of a simulation', () => {
  it('comes as one piece where the caller reads slowly, and always to the end', () => {
    const control = newControl();
    control[UNREAD] = 1;
    const sent: BacktestProgress[] = [];
    const report = progressReporter(control, (progress) => sent.push(progress));
    for (const [from, to] of [
      [0, 2],
      [2, 4],
    ])
      report(stretch(from, to));
    expect(sent).toEqual([]);
    report(stretch(4, 6));
    expect(sent).toEqual([stretch(0, 6)]);
    expect(control[UNREAD]).toBe(2);
  });
});
