import type { Checkpoint } from '../backtest/stretches.ts';
import type { BacktestProgress, SweepTile } from '../service/contract.ts';

/** Words that a thread shares with its caller: 1 in the first stops the work, the second counts messages not yet read. */
export const CANCELLED = 0;
export const UNREAD = 1;

const PROGRESS_INTERVAL_MS = 50;
const TILES_INTERVAL_MS = 5;
/** A thread whose caller has so many messages unread waits. */
const UNREAD_MAXIMUM = 256;

/** Words for one task, nothing cancelled and nothing unread. */
export function newControl(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(8));
}

/** Takes one message off what is unread, and wakes the thread that waits for it. */
export function markRead(control: Int32Array): void {
  Atomics.sub(control, UNREAD, 1);
  Atomics.notify(control, UNREAD);
}

/**
 * Sends the first tile at once and others together, since a message costs more than a small tile; `rest` takes those that were not
 * sent, to go with the end of the task. No tile can be left out, so a thread ahead of its caller waits: what lies between them stays
 * bounded.
 */
export function tileReporter(control: Int32Array, send: (tiles: readonly SweepTile[]) => void) {
  let sentAtMs = -Infinity;
  let pending: SweepTile[] = [];
  const rest = (): readonly SweepTile[] => {
    const tiles = pending;
    pending = [];
    return tiles;
  };
  const add = (tile: SweepTile) => {
    pending.push(tile);
    if (performance.now() - sentAtMs < TILES_INTERVAL_MS) return;
    waitForRoom(control);
    Atomics.add(control, UNREAD, 1);
    send(rest());
    sentAtMs = performance.now();
  };
  return { add, rest };
}

function waitForRoom(control: Int32Array): void {
  for (;;) {
    const unread = Atomics.load(control, UNREAD);
    if (unread < UNREAD_MAXIMUM || Atomics.load(control, CANCELLED) === 1) return;
    Atomics.wait(control, UNREAD, unread, PROGRESS_INTERVAL_MS);
  }
}

/** Sends the equity of a simulation a few times a second, as one piece where the caller has not read the one before. */
export function progressReporter(
  control: Int32Array,
  send: (progress: BacktestProgress) => void,
): Checkpoint<BacktestProgress>['report'] {
  let reportedAtMs = performance.now();
  let pending: BacktestProgress[] = [];
  return (progress) => {
    pending.push(progress);
    const isDue =
      performance.now() - reportedAtMs >= PROGRESS_INTERVAL_MS && Atomics.load(control, UNREAD) === 0;
    if (!isDue && progress.barsDone < progress.barsTotal) return;
    Atomics.add(control, UNREAD, 1);
    send(joined(pending));
    pending = [];
    reportedAtMs = performance.now();
  };
}

function joined(parts: readonly BacktestProgress[]): BacktestProgress {
  const last = parts[parts.length - 1];
  const { fromIndex } = parts[0];
  const equity = new Float64Array(last.barsDone - fromIndex);
  for (const part of parts) equity.set(part.equity, part.fromIndex - fromIndex);
  return { ...last, fromIndex, equity };
}
