import { setImmediate } from 'node:timers/promises';

const SLICE_MS = 2;

/**
 * Divides long work on the main thread into slices: between two pieces of it, everything else that
 * waits (requests, timers, messages) gets its turn whenever the slice has been used up.
 */
export class Breather {
  private startedMs = performance.now();

  async breathe(): Promise<void> {
    if (performance.now() - this.startedMs < SLICE_MS) return;
    await setImmediate();
    this.startedMs = performance.now();
  }
}
