/** Does at once what is wanted first, and later wishes when none has followed for a moment, such as letters typed. */
export class Settled {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private waitMs = 0;
  private readonly pauseMs: number;

  constructor(pauseMs: number) {
    this.pauseMs = pauseMs;
  }

  want(work: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(work, this.waitMs);
    this.waitMs = this.pauseMs;
  }
}
