import { RedisPubSub as Engine } from 'graphql-redis-subscriptions';
import { Redis } from 'ioredis';
import type { Logger } from '../logging/logger.ts';
import { PubSub, type Topics } from './pub-sub.ts';

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
  private readonly engine: Engine;

  private readonly logger: Logger;

  private constructor(engine: Engine, logger: Logger) {
    super();
    this.engine = engine;
    this.logger = logger;
  }

  /** Connects to a server such as redis://host:6379; resolves once messages are heard. */
  static async connect(url: string, logger: Logger): Promise<RedisPubSub> {
    const open = () => {
      const client = new Redis(url, {
        retryStrategy: (times) => Math.min(times * 200, 2_000),
        maxRetriesPerRequest: null,
      });
      client.on('error', (problem) => logger.warn({ err: problem }, 'the connection to Redis has a problem'));
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

  override async close(): Promise<void> {
    await super.close();
    await this.engine.close();
  }

  private deliver<Name extends keyof Topics & string>(topic: Name, message: Topics[Name]): void {
    super.publish(topic, message);
  }
}
