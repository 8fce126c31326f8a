/** Every topic with what travels on it. */
export interface Topics {
  [topic: `run/${string}`]: { readonly seq: number };
  runs: { readonly id: string };
}

type Topic = keyof Topics & string;

const WAITING_MAXIMUM = 1_000;

/**
 * Messages between parts of one process. A reader that falls behind loses the oldest: readers take
 * messages as a hint to look at the stored truth, never as the truth.
 */
export class PubSub {
  /** What carries the messages, for people. */
  readonly kind: string = 'in this process';
  private readonly readers = new Map<string, Set<Reader<unknown>>>();

  publish<Name extends Topic>(topic: Name, message: Topics[Name]): void {
    for (const reader of this.readers.get(topic) ?? []) reader.take(message);
  }

  /** Messages from now on, until the signal aborts or the reader leaves. */
  subscribe<Name extends Topic>(topic: Name, signal?: AbortSignal): AsyncGenerator<Topics[Name], void, void> {
    const known = this.readers.get(topic) ?? new Set();
    const reader = new Reader<Topics[Name]>(() => {
      known.delete(reader as Reader<unknown>);
      if (known.size === 0) this.readers.delete(topic);
    }, signal);
    if (signal?.aborted) return reader;
    known.add(reader as Reader<unknown>);
    this.readers.set(topic, known);
    return reader;
  }

  /** Resolves where messages can travel. */
  async ping(): Promise<void> {
    // Within one process they always can.
  }

  async close(): Promise<void> {
    for (const known of this.readers.values()) for (const reader of known) await reader.return();
  }
}

/**
 * One subscriber's queue. Not an `async function*`: the `return` of such a generator waits for the
 * message that its `next` waits for, which may never come.
 */
class Reader<Message> implements AsyncGenerator<Message, void, void> {
  private readonly messages: Message[] = [];
  private readonly asking: ((step: IteratorResult<Message, void>) => void)[] = [];
  private isDone = false;
  private readonly leave: () => void;
  private readonly signal?: AbortSignal;
  private readonly stop = () => void this.return();

  constructor(leave: () => void, signal?: AbortSignal) {
    this.leave = leave;
    this.signal = signal;
    this.isDone = signal?.aborted ?? false;
    signal?.addEventListener('abort', this.stop);
  }

  take(message: Message): void {
    const answer = this.asking.shift();
    if (answer) return answer({ done: false, value: message });
    if (this.messages.length >= WAITING_MAXIMUM) this.messages.shift();
    this.messages.push(message);
  }

  async next(): Promise<IteratorResult<Message, void>> {
    if (this.messages.length > 0) return { done: false, value: this.messages.shift()! };
    if (this.isDone) return { done: true, value: undefined };
    return new Promise((resolve) => this.asking.push(resolve));
  }

  async return(): Promise<IteratorResult<Message, void>> {
    if (!this.isDone) {
      this.isDone = true;
      this.messages.length = 0;
      this.signal?.removeEventListener('abort', this.stop);
      this.leave();
      for (const answer of this.asking.splice(0)) answer({ done: true, value: undefined });
    }
    return { done: true, value: undefined };
  }

  async throw(problem: unknown): Promise<IteratorResult<Message, void>> {
    await this.return();
    throw problem;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
