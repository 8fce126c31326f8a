import { RedisPubSub as Engine } from 'graphql-redis-subscriptions';
import { Redis } from 'ioredis';
import type { Logger } from '../logging/logger.ts';
import { PubSub, type Topics } from './pub-sub.ts';

const RETRY_MS = 200;
const RETRY_MAXIMUM_MS = 2_000;
const CONNECT_TIMEOUT_MS = 5_000;
const CHANNEL = 'ai-trading:events';

interface Envelope {
  readonly topic: keyof Topics & string;
  readonly message: never;
}

/**
 * Messages between all processes on one Redis server. Each process hears every message once and
 * hands it to its own readers. While Redis is away messages wait or are lost, and nobody waits for
 * them: readers look at the stored truth again when they next hear of it.
 */
export class RedisPubSub extends PubSub {
  override readonly kind = 'Redis server';
  private readonly engine: Engine;

  private readonly logger: Logger;

  private constructor(engine: Engine, logger: Logger) {
    super();
    this.engine = engine;
    this.logger = logger;
  }

  /** Connects to a server such as redis://host:6379; resolves once messages are heard. */
  static async connect(url: string, logger: Logger): Promise<RedisPubSub> {
    await expectServer(url);
    const open = () => {
      const retryStrategy = (times: number) => Math.min(times * RETRY_MS, RETRY_MAXIMUM_MS);
      const client = new Redis(url, { retryStrategy, maxRetriesPerRequest: null });
      client.on('error', ({ message }) => logger.warn(`the connection to Redis has a problem: ${message}`));
      return client;
    };
    const engine = new Engine({ publisher: open(), subscriber: open() });
    const pubSub = new RedisPubSub(engine, logger);
    await engine.subscribe<Envelope>(CHANNEL, ({ topic, message }) => pubSub.deliver(topic, message));
    return pubSub;
  }

  override publish<Name extends keyof Topics & string>(topic: Name, message: Topics[Name]): void {
    this.engine.publish(CHANNEL, { topic, message }).catch((problem) => {
      this.logger.warn({ err: problem, topic }, 'a message could not be sent through Redis');
    });
  }

  override async ping(): Promise<void> {
    const publisher = this.engine.getPublisher();
    if (publisher.status !== 'ready')
      throw new Error(`expected a connection to Redis, was ${publisher.status}`);
    // A command of a connection that breaks waits for the next one.
    let fail: () => void = () => undefined;
    const broken = new Promise<never>((_resolve, reject) => {
      fail = () => reject(new Error('expected a connection to Redis, was closed'));
      publisher.once('close', fail);
    });
    await Promise.race([publisher.ping(), broken]).finally(() => publisher.off('close', fail));
  }

  override async close(): Promise<void> {
    await super.close();
    for (const client of [this.engine.getPublisher(), this.engine.getSubscriber()]) client.disconnect();
  }

  private deliver<Name extends keyof Topics & string>(topic: Name, message: Topics[Name]): void {
    super.publish(topic, message);
  }
}

async function expectServer(url: string): Promise<void> {
  const probe = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: CONNECT_TIMEOUT_MS,
  });
  let cause = 'no answer';
  probe.on('error', ({ message }) => (cause = message));
  try {
    await probe.connect();
  } catch (problem) {
    const { host } = new URL(url);
    throw new Error(`expected a Redis server at ${host} (REDIS_URL), was: ${cause}`, { cause: problem });
  } finally {
    probe.disconnect();
  }
}
