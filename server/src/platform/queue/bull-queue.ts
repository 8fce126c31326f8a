import { Queue as Engine, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Logger } from '../logging/logger.ts';
import type { Queue, Take } from './queue.ts';

const NAME = 'runs';
const PREFIX = 'ai-trading';
const RETRY_MS = 200;
const RETRY_MAXIMUM_MS = 2_000;
const ANSWER_MAXIMUM_MS = 2_000;
/** A process that died loses its entries to another after at most both together. */
const LOCK_MS = 5_000;
const STALLED_CHECK_MS = 3_000;

/** Entries between all processes on one Redis server, by BullMQ. */
export class BullQueue implements Queue {
  readonly kind = 'by BullMQ on a Redis server';
  private readonly url: string;
  private readonly logger: Logger;
  private readonly connection: Redis;
  private readonly engine: Engine;
  private worker: Worker | null = null;
  private workerConnection: Redis | null = null;

  constructor(url: string, logger: Logger) {
    this.url = url;
    this.logger = logger;
    // An entry that cannot be sent now is not worth waiting for: see Queue.
    this.connection = this.connect({ enableOfflineQueue: false, maxRetriesPerRequest: 1 });
    this.engine = new Engine(NAME, {
      connection: this.connection,
      prefix: PREFIX,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    });
    this.engine.on('error', () => undefined);
  }

  /** Connects to a server such as redis://host:6379 and resolves once entries can travel. */
  static async connect(url: string, logger: Logger): Promise<BullQueue> {
    const queue = new BullQueue(url, logger);
    await queue.engine.waitUntilReady();
    return queue;
  }

  add(id: string): void {
    this.engine.add(id, {}).catch(({ message }: Error) => {
      this.logger.warn(
        { runId: id },
        `an entry could not be queued, so a worker finds the run later: ${message}`,
      );
    });
  }

  work(concurrency: number, take: Take): void {
    this.workerConnection = this.connect({ maxRetriesPerRequest: null });
    this.worker = new Worker(NAME, ({ name }) => take(name), {
      connection: this.workerConnection,
      prefix: PREFIX,
      concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      // The stored run decides how often it is tried.
      maxStalledCount: 1_000,
    });
    this.worker.on('error', ({ message }) => this.logger.warn(`the queue has a problem: ${message}`));
  }

  async ping(): Promise<void> {
    if (this.connection.status !== 'ready')
      throw new Error(`expected a connection to Redis, was ${this.connection.status}`);
    const silence = AbortSignal.timeout(ANSWER_MAXIMUM_MS);
    await Promise.race([
      this.connection.ping(),
      new Promise((_resolve, reject) => {
        silence.addEventListener('abort', () => reject(new Error('expected an answer of Redis, was none')));
      }),
    ]);
  }

  async close(): Promise<void> {
    // Without a server the worker has nobody to tell that it leaves.
    const isReachable = this.connection.status === 'ready';
    await this.worker?.close(!isReachable).catch(() => undefined);
    for (const connection of [this.workerConnection, this.connection]) connection?.disconnect();
  }

  private connect(options: { enableOfflineQueue?: boolean; maxRetriesPerRequest: number | null }): Redis {
    const retryStrategy = (times: number) => Math.min(times * RETRY_MS, RETRY_MAXIMUM_MS);
    const connection = new Redis(this.url, { ...options, retryStrategy });
    connection.on('error', ({ message }) =>
      this.logger.warn(`the connection to Redis has a problem: ${message}`),
    );
    return connection;
  }
}
