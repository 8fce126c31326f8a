import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { itNeeds } from '../../../../tools/testing/services.ts';
import type { Service } from '../../../test/services/processes.ts';
import { hasRedis, startRedis } from '../../../test/services/redis.ts';
import { addressKey, RateLimit } from './rate-limit.ts';

const opened: RateLimit[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

function open(costPerMinute: number, redis?: Redis): RateLimit {
  const rates = new RateLimit(costPerMinute, redis);
  opened.push(rates);
  return rates;
}

describe('what a caller may spend', () => {
  it('is what is left of his minute, and nobody else pays', async () => {
    const rates = open(100);
    expect([await rates.spend('a', 60), await rates.spend('a', 40), rates.waitMs('a')]).toEqual([0, 0, 0]);
    expect(await rates.spend('b', 100)).toBe(0);
    const waitMs = await rates.spend('a', 1);
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(60_000);
    expect(rates.waitMs('a')).toBeGreaterThan(0);
    expect(rates.waitMs('b')).toBe(0);
  });

  it('is refused at once where one thing costs more than all', async () => {
    expect(await open(100).spend('a', 101)).toBeGreaterThan(0);
  });
});

describe('what a caller may spend in several processes', () => {
  const it = itNeeds(hasRedis, 'a Redis server');
  let redis: Service;
  beforeAll(async () => {
    if (hasRedis) redis = await startRedis();
  });
  afterAll(async () => redis?.stop());

  const connect = async () => {
    const client = new Redis(redis.url, { enableOfflineQueue: false, retryStrategy: () => 50 });
    client.on('error', () => undefined);
    await new Promise((resolve) => client.once('ready', resolve));
    return client;
  };

  it('is one sum', async () => {
    const [first, second] = [open(100, await connect()), open(100, await connect())];
    await first.spend('a', 60);
    await second.spend('a', 60);
    await expect.poll(() => Math.max(first.waitMs('a'), second.waitMs('a'))).toBeGreaterThan(0);
    expect(first.waitMs('b') + second.waitMs('b')).toBe(0);
  });

  it('is limited by each where Redis is away', async () => {
    const rates = open(100, await connect());
    await redis.crash();
    expect(await rates.spend('c', 60)).toBe(0);
    expect(await rates.spend('c', 60)).toBeGreaterThan(0);
  });
});

describe('the key of an address', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:10.0.0.7', '10.0.0.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::5', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1:2', 'fe80:0:0:0::/64'],
    [undefined, 'unknown'],
  ])('of %s is %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});
