import { Redis } from 'ioredis';
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import { refused } from '../platform/graphql/errors.ts';
import { addressKey } from '../platform/graphql/rate-limit.ts';

const MINUTES_15_S = 15 * 60;
const DAY_S = 86_400;

/** How many attempts are heard. */
const LIMITS = {
  /** Of one address for one account. */
  pair: { points: 10, duration: MINUTES_15_S },
  /** Of one address for all accounts. */
  address: { points: 60, duration: MINUTES_15_S },
  /** For one account from all addresses: many, because whoever wants to lock its owner out can use them up. */
  account: { points: 200, duration: DAY_S },
  /** Of one address for public links: their secrets cannot be guessed, but each look costs work. */
  link: { points: 300, duration: MINUTES_15_S },
} as const;

/** Slows down whoever guesses passwords, per address and per account; shared between processes where there is Redis. */
export class LoginLimiter {
  private readonly redis: Redis | null;
  private readonly limiters: Record<keyof typeof LIMITS, RateLimiterAbstract>;

  constructor(redisUrl: string | null) {
    const redis = redisUrl ? new Redis(redisUrl, { enableOfflineQueue: false }) : null;
    // Whoever else uses Redis tells when it is away.
    redis?.on('error', () => undefined);
    this.redis = redis;
    const make = (name: keyof typeof LIMITS): RateLimiterAbstract => {
      const options = { ...LIMITS[name], keyPrefix: `login-${name}` };
      if (!redis) return new RateLimiterMemory(options);
      // Without Redis for a while, each process counts for itself.
      return new RateLimiterRedis({
        ...options,
        storeClient: redis,
        insuranceLimiter: new RateLimiterMemory(options),
      });
    };
    this.limiters = {
      pair: make('pair'),
      address: make('address'),
      account: make('account'),
      link: make('link'),
    };
  }

  /** Counts an attempt; throws where there were too many. */
  async attempt(address: string, account: string): Promise<void> {
    const place = addressKey(address);
    await orRefused(async () => {
      await this.limiters.address.consume(place);
      await this.limiters.pair.consume(`${place} ${account}`);
      await this.limiters.account.consume(account);
    });
  }

  /** Counts a look through a public link; throws where there were too many. */
  async open(address: string): Promise<void> {
    await orRefused(() => this.limiters.link.consume(addressKey(address)));
  }

  close(): void {
    this.redis?.disconnect();
  }

  /** Forgets the attempts that a successful one made good. */
  async succeed(address: string, account: string): Promise<void> {
    const place = addressKey(address);
    await this.limiters.pair.delete(`${place} ${account}`);
    await this.limiters.account.reward(account);
    await this.limiters.address.reward(place);
  }
}

async function orRefused(consume: () => Promise<unknown>): Promise<void> {
  try {
    await consume();
  } catch (problem) {
    if (!(problem instanceof RateLimiterRes)) throw problem;
    const seconds = Math.ceil(problem.msBeforeNext / 1000);
    throw refused('LIMIT', `expected fewer attempts, were too many: try again in ${seconds} s`);
  }
}
