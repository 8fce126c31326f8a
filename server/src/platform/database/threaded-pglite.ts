import { createPostgreSqlTypeParsers } from '@mikro-orm/sql';
import { Worker } from 'node:worker_threads';
import type { ThreadReply, ThreadRequest, ThreadResult, ThreadSettings } from './embedded-thread.ts';

// The same file runs from its TypeScript source and, compiled, from dist.
const THREAD_FILE = new URL(
  `./embedded-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
  import.meta.url,
);

/** Rows and texts on their way out are soon garbage: space for more of it only makes the process larger. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 12 };

/** What can be asked within a transaction as well as outside of one. */
export interface Queries {
  query(sql: string, parameters?: readonly unknown[], options?: { blob?: Blob }): Promise<ThreadResult>;
  exec(sql: string): Promise<void>;
}

/** What a thread that died had not answered. */
class LostThread extends Error {}

type Settle = Pick<PromiseWithResolvers<ThreadResult | null>, 'resolve' | 'reject'>;

/**
 * The embedded database on a thread of its own, so that a query holds up nothing but other queries, however
 * long it takes. To the object-relational mapper it looks as PGlite itself. A thread that dies takes with it
 * what was asked and not answered; where the database is in a folder, the next question starts another.
 */
export class ThreadedPglite implements Queries {
  readonly ready = true;
  readonly waitReady = Promise.resolve();
  private readonly settings: ThreadSettings;
  private worker: Worker | null = null;
  private readonly pending = new Map<number, Settle>();
  private requestCount = 0;
  private transactionCount = 0;
  private isClosed = false;

  /** @param folder is where the database is; it is in memory when null. */
  constructor(folder: string | null) {
    const asArray = () => [];
    const types = Object.entries(createPostgreSqlTypeParsers(asArray));
    const typesOf = (isArray: boolean) =>
      types.filter(([, parse]) => (parse === asArray) === isArray).map(([type]) => Number(type));
    this.settings = { folder, textTypes: typesOf(false), arrayTypes: typesOf(true) };
  }

  get closed(): boolean {
    return this.isClosed;
  }

  /** Starts the database, where it is not started; fails where it can't be opened. */
  async open(): Promise<void> {
    await this.ask({ kind: 'open' });
  }

  query(sql: string, parameters: readonly unknown[] = [], { blob }: { blob?: Blob } = {}) {
    return this.rows({ kind: 'query', sql, parameters, blob });
  }

  async exec(sql: string): Promise<void> {
    await this.ask({ kind: 'exec', sql });
  }

  /** Does work in a transaction, which is undone where the work fails. */
  async transaction<Result>(work: (transaction: Queries) => Promise<Result>): Promise<Result> {
    this.transactionCount += 1;
    const transactionId = this.transactionCount;
    // Nothing was done in it yet, so that it can begin in another thread as well.
    await this.ask({ kind: 'begin', transactionId }).catch((problem) => {
      if (!(problem instanceof LostThread)) throw problem;
      return this.ask({ kind: 'begin', transactionId });
    });
    const queries: Queries = {
      query: (sql, parameters = [], { blob } = {}) =>
        this.rows({ kind: 'query', sql, parameters, blob, transactionId }),
      exec: async (sql) => void (await this.ask({ kind: 'exec', sql, transactionId })),
    };
    let result: Result;
    try {
      result = await work(queries);
    } catch (problem) {
      // Where the thread died, it is undone already.
      await this.ask({ kind: 'rollback', transactionId }).catch(() => undefined);
      throw problem;
    }
    await this.ask({ kind: 'commit', transactionId });
    return result;
  }

  /**
   * Closes the database. Its thread stays idle until the process ends: where a thread's WebAssembly is freed while
   * another thread makes code, V8 may abort the process (nodejs/node#64500).
   */
  async close(): Promise<void> {
    if (this.worker) await this.ask({ kind: 'close' });
    this.isClosed = true;
  }

  private async rows(request: ThreadRequest): Promise<ThreadResult> {
    return (await this.ask(request))!;
  }

  private ask(request: ThreadRequest): Promise<ThreadResult | null> {
    if (this.isClosed) return Promise.reject(new Error('the embedded database is closed'));
    this.worker ??= this.start();
    this.requestCount += 1;
    const { promise, resolve, reject } = Promise.withResolvers<ThreadResult | null>();
    this.pending.set(this.requestCount, { resolve, reject });
    // A process ends while nothing is asked, but not before what was asked is answered.
    this.worker.ref();
    this.worker.postMessage({ ...request, requestId: this.requestCount });
    return promise;
  }

  private start(): Worker {
    const { settings: workerData } = this;
    const worker = new Worker(THREAD_FILE, { workerData, execArgv: [], resourceLimits: RESOURCE_LIMITS });
    let reason = '';
    worker.on('message', (reply: ThreadReply) => this.receive(worker, reply));
    worker.on('error', (problem) => (reason = `: ${problem.message}`));
    worker.on('exit', () => this.lose(worker, `the thread of the embedded database ended${reason}`));
    return worker;
  }

  private receive(worker: Worker, reply: ThreadReply): void {
    const settle = this.pending.get(reply.requestId);
    this.pending.delete(reply.requestId);
    if (this.pending.size === 0) worker.unref();
    if (reply.kind === 'done') return settle?.resolve(reply.result);
    const { name, message, stack, details } = reply;
    settle?.reject(Object.assign(new Error(message), { name, stack }, details));
  }

  private lose(worker: Worker, message: string): void {
    if (worker !== this.worker) return;
    this.worker = null;
    // What was in memory is gone.
    if (this.settings.folder === null) this.isClosed = true;
    const lost = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of lost) reject(new LostThread(message));
  }
}
