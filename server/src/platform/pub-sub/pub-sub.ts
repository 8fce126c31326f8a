/** Every topic with what travels on it. */
export interface Topics {
  [topic: `run/${string}`]: { readonly seq: number };
  runs: { readonly id: string };
}

const WAITING_MAXIMUM = 1_000;

/**
 * Messages between parts of one process. A reader that falls behind loses the oldest: readers take
 * messages as a hint to look at the stored truth, never as the truth.
 */
export class PubSub {
  private readonly readers = new Map<string, Set<(message: unknown) => void>>();

  publish<Topic extends keyof Topics & string>(topic: Topic, message: Topics[Topic]): void {
    for (const reader of this.readers.get(topic) ?? []) reader(message);
  }

  /** Messages from now on, until the signal aborts or the reader leaves. */
  async *subscribe<Topic extends keyof Topics & string>(
    topic: Topic,
    signal?: AbortSignal,
  ): AsyncGenerator<Topics[Topic]> {
    const waiting: Topics[Topic][] = [];
    let wake: () => void = () => undefined;
    const reader = (message: unknown) => {
      if (waiting.length >= WAITING_MAXIMUM) waiting.shift();
      waiting.push(message as Topics[Topic]);
      wake();
    };
    const stop = () => wake();
    this.add(topic, reader);
    signal?.addEventListener('abort', stop);
    try {
      while (!signal?.aborted) {
        while (waiting.length > 0) yield waiting.shift()!;
        if (signal?.aborted) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      this.remove(topic, reader);
    }
  }

  private add(topic: string, reader: (message: unknown) => void): void {
    const known = this.readers.get(topic) ?? new Set();
    known.add(reader);
    this.readers.set(topic, known);
  }

  private remove(topic: string, reader: (message: unknown) => void): void {
    const known = this.readers.get(topic);
    known?.delete(reader);
    if (known?.size === 0) this.readers.delete(topic);
  }
}
