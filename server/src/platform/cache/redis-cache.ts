import { Redis } from 'ioredis';
import type { Logger } from '../logging/logger.ts';
import { type Cache, ENTRY_BYTES_MAXIMUM } from './cache.ts';

const PREFIX = 'ai-trading:cache';
const AGE_S = 3_600;
const RETRY_MS = 200;
const RETRY_MAXIMUM_MS = 2_000;
const SILENCE_MAXIMUM_MS = 500;

/**
 * Keeps entries on a Redis server for all processes of one version. The server drops nothing by itself, because the
 * queue is on it too: so every entry ends after an hour, and none is large.
 */
export class RedisCache implements Cache {
  private readonly redis: Redis;
  private readonly prefix: string;

  constructor(url: string, version: string, logger: Logger) {
    this.prefix = `${PREFIX}:${version}`;
    this.redis = new Redis(url, {
      retryStrategy: (times) => Math.min(times * RETRY_MS, RETRY_MAXIMUM_MS),
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      commandTimeout: SILENCE_MAXIMUM_MS,
    });
    this.redis.on('error', ({ message }) =>
      logger.debug(`the connection to Redis has a problem: ${message}`),
    );
  }

  get(key: string): Promise<Uint8Array | null> {
    return this.redis.getBuffer(`${this.prefix}:${key}`).catch(() => null);
  }

  async put(key: string, entry: Uint8Array): Promise<void> {
    if (entry.byteLength > ENTRY_BYTES_MAXIMUM) return;
    await this.redis.set(`${this.prefix}:${key}`, Buffer.from(entry), 'EX', AGE_S).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.redis.disconnect();
  }
}
