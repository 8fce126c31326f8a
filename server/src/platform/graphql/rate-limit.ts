import { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Logger } from '../logging/logger.ts';

const WINDOW_S = 60;
/** How late processes hear of what others have admitted. */
const SHARE_MS = 200;
const RETRY_MS = 200;
const RETRY_MAXIMUM_MS = 2_000;
const KEY_PREFIX = 'ai-trading:rate';

/**
 * What each caller may spend in a minute, in units of cost. This process decides at once by what it admitted itself;
 * with Redis all processes add up what they admitted, a moment later, so that nobody waits for a server and
 * a server that is away leaves each process its own limit.
 */
export class RateLimit {
  /** What a caller may spend in a minute. */
  readonly costPerMinute: number;
  private readonly own: RateLimiterMemory;
  private readonly redis: Redis | null;
  private readonly shared: RateLimiterRedis | null;
  private readonly unshared = new Map<string, number>();
  private readonly blockedUntilMs = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(costPerMinute: number, redis: Redis | null = null) {
    this.redis = redis;
    this.costPerMinute = costPerMinute;
    const options = { points: costPerMinute, duration: WINDOW_S, keyPrefix: KEY_PREFIX };
    this.own = new RateLimiterMemory(options);
    this.shared =
      redis && new RateLimiterRedis({ ...options, storeClient: redis, rejectIfRedisNotReady: true });
  }

  /** How long a caller has to wait, in milliseconds; 0 where he has something left. */
  waitMs(caller: string): number {
    const until = this.blockedUntilMs.get(caller);
    return until === undefined ? 0 : Math.max(0, until - performance.now());
  }

  /** Takes a cost from what a caller may spend; gives how long he has to wait where that was too much. */
  async spend(caller: string, cost: number): Promise<number> {
    if (this.shared) this.share(caller, cost);
    await this.take(this.own, caller, cost);
    return this.waitMs(caller);
  }

  close(): void {
    clearTimeout(this.timer);
    this.redis?.disconnect();
  }

  private share(caller: string, cost: number): void {
    this.unshared.set(caller, (this.unshared.get(caller) ?? 0) + cost);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const spent = [...this.unshared];
      this.unshared.clear();
      for (const [one, sum] of spent) void this.take(this.shared!, one, sum);
    }, SHARE_MS);
  }

  private async take(
    limiter: RateLimiterMemory | RateLimiterRedis,
    caller: string,
    cost: number,
  ): Promise<void> {
    try {
      await limiter.consume(caller, cost);
    } catch (problem) {
      // Anything else is a server that is away.
      if (problem instanceof RateLimiterRes) this.block(caller, problem.msBeforeNext);
    }
  }

  private block(caller: string, waitMs: number): void {
    const untilMs = performance.now() + waitMs;
    this.blockedUntilMs.set(caller, untilMs);
    setTimeout(() => {
      if (this.blockedUntilMs.get(caller) === untilMs) this.blockedUntilMs.delete(caller);
    }, waitMs).unref();
  }
}

/** Opens a limit for this process, or for all processes on a Redis server. */
export function openRateLimit(costPerMinute: number, redisUrl: string | null, logger: Logger): RateLimit {
  if (!redisUrl) return new RateLimit(costPerMinute);
  const retryStrategy = (times: number) => Math.min(times * RETRY_MS, RETRY_MAXIMUM_MS);
  const redis = new Redis(redisUrl, { retryStrategy, maxRetriesPerRequest: 1, enableOfflineQueue: false });
  redis.on('error', ({ message }) => logger.debug(`the connection to Redis has a problem: ${message}`));
  return new RateLimit(costPerMinute, redis);
}

/** Who is behind an address, as far as an address tells: whoever has one of IPv6 has all of its network. */
export function addressKey(address: string | undefined): string {
  const plain = (address ?? 'unknown').replace(/^::ffff:(?=\d+\.)/, '');
  if (!plain.includes(':')) return plain;
  const [head, tail] = plain.split('::');
  const groups = head ? head.split(':') : [];
  const rest = tail ? tail.split(':') : [];
  const filled =
    tail === undefined ? groups : [...groups, ...Array(8 - groups.length - rest.length).fill('0'), ...rest];
  return `${filled.slice(0, 4).join(':')}::/64`;
}
