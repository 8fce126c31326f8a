const [FREE, DONE] = [0, -1];
/** How often a thread that waits for others looks whether it is cancelled. */
const WAIT_MS = 10;
/** How long it looks without a pause: to wake a thread that sleeps takes longer than most shares do. */
const SPIN_MS = 0.2;

/**
 * Work cut into shares, done once by whichever threads are there: each takes a free share as long as there is one, then waits for
 * what others have taken. Nobody waits for a thread that has not begun. Where each share stands is in shared memory, 0 at first.
 */
export class Shares {
  private readonly states: Int32Array;
  /** Those before it are taken. */
  private next = 0;

  constructor(buffer: ArrayBufferLike, address: number, count: number) {
    this.states = new Int32Array(buffer, address, count);
  }

  /**
   * Does what is free and returns when all is done. `own` is this thread's number among them: what it has taken already, the
   * thread that died with this task before had.
   */
  perform(own: number, work: (share: number) => void, check: () => void): void {
    this.performFree(own, work, check);
    for (let share = 0; share < this.states.length; share += 1) this.waitFor(share, check);
  }

  /** As `perform`, but does not wait for what others have taken. */
  performFree(own: number, work: (share: number) => void, check: () => void): void {
    while (this.performNext(own, work, check));
  }

  /** As `perform`, but returns when one share is done. */
  performUntil(share: number, own: number, work: (share: number) => void, check: () => void): void {
    while (Atomics.load(this.states, share) !== DONE && this.performNext(own, work, check));
    this.waitFor(share, check);
  }

  /** Does the next share that is free; false where none is. */
  private performNext(own: number, work: (share: number) => void, check: () => void): boolean {
    const { states } = this;
    const taken = own + 1;
    while (this.next < states.length) {
      const share = this.next;
      this.next += 1;
      const before = Atomics.compareExchange(states, share, FREE, taken);
      if (before !== FREE && before !== taken) continue;
      check();
      work(share);
      Atomics.store(states, share, DONE);
      Atomics.notify(states, share);
      return true;
    }
    return false;
  }

  private waitFor(share: number, check: () => void): void {
    const sleepsAtMs = performance.now() + SPIN_MS;
    for (;;) {
      const state = Atomics.load(this.states, share);
      if (state === DONE) return;
      check();
      if (performance.now() >= sleepsAtMs) Atomics.wait(this.states, share, state, WAIT_MS);
    }
  }
}
