/** Does the work behind one entry; told with the entry's id. */
export type Take = (id: string) => Promise<void>;

/**
 * Hands each entry to one of those who work, in this process or another. An entry says that there may be
 * work; what is to be done, and by whom, is decided by what is stored. So an entry may come twice, and one that
 * is lost costs time and no work: whoever works looks at what is stored now and then.
 */
export interface Queue {
  /** What carries the entries, for people. */
  readonly kind: string;
  /** Adds an entry. Returns at once, whether or not a server can be reached. */
  add(id: string): void;
  /** Takes entries from now on, at most `concurrency` at once. May be called once. */
  work(concurrency: number, take: Take): void;
  /** Resolves where entries can travel. */
  ping(): Promise<void>;
  /** Takes no more entries and resolves when those in work are done. */
  close(): Promise<void>;
}

/** Entries between parts of one process, in the order they came. */
export class LocalQueue implements Queue {
  readonly kind = 'in this process';
  private readonly waiting: string[] = [];
  private readonly active = new Set<Promise<void>>();
  private concurrency = 0;
  private take: Take = () => Promise.resolve();

  add(id: string): void {
    this.waiting.push(id);
    this.dispatch();
  }

  work(concurrency: number, take: Take): void {
    this.concurrency = concurrency;
    this.take = take;
    this.dispatch();
  }

  async ping(): Promise<void> {
    // Within one process they always can.
  }

  async close(): Promise<void> {
    this.concurrency = 0;
    await Promise.all(this.active);
  }

  private dispatch(): void {
    while (this.waiting.length > 0 && this.active.size < this.concurrency) {
      const taking = this.take(this.waiting.shift()!)
        // Who takes an entry tells of his problems himself.
        .catch(() => undefined)
        .finally(() => {
          this.active.delete(taking);
          this.dispatch();
        });
      this.active.add(taking);
    }
  }
}
