/** Every topic with what travels on it. */
export interface Topics {
  [topic: `run/${string}`]: { readonly seq: number };
  runs: { readonly id: string };
  [topic: `portfolio/${string}`]: { readonly id: string };
  /** Bars of an instrument have changed. */
  prices: { readonly id: string };
  alerts: { readonly id: string };
  /** A user's logins or rights have changed. */
  access: { readonly id: string };
}

type Topic = keyof Topics & string;

const WAITING_MAXIMUM = 1_000;

/**
 * Messages between parts of one process. For a reader that falls behind, a newer message about the same thing takes the
 * place of the one that waits, and the oldest of too many go: readers take messages as a hint to look at the stored
 * truth, never as the truth.
 */
export class PubSub {
  /** What carries the messages, for people. */
  readonly kind: string = 'in this process';
  private readonly readers = new Map<string, Set<Reader<unknown>>>();

  publish<Name extends Topic>(topic: Name, message: Topics[Name]): void {
    for (const reader of this.readers.get(topic) ?? []) reader.take(message);
  }

  /** Messages from now on, until the signal aborts or the reader leaves. */
  subscribe<Name extends Topic>(topic: Name, signal?: AbortSignal): Reader<Topics[Name]> {
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
export class Reader<Message> implements AsyncGenerator<Message, void, void> {
  /** What waits, by what it is about: a message without an id is about the whole topic. */
  private readonly messages = new Map<unknown, Message>();
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

  /** Puts a message in the queue, or gives it to whoever waits. */
  take(message: Message): void {
    const answer = this.asking.shift();
    if (answer) return answer({ done: false, value: message });
    const subject = (message as { id?: unknown }).id;
    // The newest comes last, whatever waited for it to be read.
    this.messages.delete(subject);
    if (this.messages.size >= WAITING_MAXIMUM) this.shift();
    this.messages.set(subject, message);
  }

  // Not async: messages are many, and every promise around another costs turns of the loop.
  next(): Promise<IteratorResult<Message, void>> {
    if (this.messages.size > 0) return Promise.resolve({ done: false, value: this.shift() });
    if (this.isDone) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.asking.push(resolve));
  }

  private shift(): Message {
    const [[subject, message]] = this.messages;
    this.messages.delete(subject);
    return message;
  }

  async return(): Promise<IteratorResult<Message, void>> {
    if (!this.isDone) {
      this.isDone = true;
      this.messages.clear();
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
