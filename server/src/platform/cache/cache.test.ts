import { Redis } from 'ioredis';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it as always } from 'vitest';
import { itNeeds } from '../../../../tools/testing/services.ts';
import type { Service } from '../../../test/services/processes.ts';
import { hasRedis, startRedis } from '../../../test/services/redis.ts';
import { type Cache, ENTRY_BYTES_MAXIMUM, kept, LocalCache } from './cache.ts';
import { RedisCache } from './redis-cache.ts';

const logger = pino({ level: 'silent' });
let redis: Service | undefined;
const opened: Cache[] = [];

beforeAll(async () => {
  if (hasRedis) redis = await startRedis();
});
afterAll(async () => redis?.stop());
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

function opening<One extends Cache>(one: One): One {
  opened.push(one);
  return one;
}

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const textOf = (entry: Uint8Array | null) => entry && Buffer.from(entry).toString();

/** A connection is made in the background: until then nothing is kept. */
async function openRedis(version = '1.2.3'): Promise<Cache> {
  const cache = opening(new RedisCache(redis!.url, version, logger));
  await expect
    .poll(async () => {
      await cache.put('begun', bytes('yes'));
      return textOf(await cache.get('begun'));
    })
    .toBe('yes');
  return cache;
}

const adapters = [
  { name: 'in process', isThere: true, open: async (): Promise<Cache> => opening(new LocalCache()) },
  { name: 'on Redis', isThere: hasRedis, open: openRedis },
];

describe.each(adapters)('a cache $name', ({ isThere, open }) => {
  const it = itNeeds(isThere, 'a Redis server');

  it('has what was put there last, and nothing else', async () => {
    const cache = await open();
    await cache.put('a', bytes('one'));
    await cache.put('a', bytes('two'));
    await cache.put('b', new Uint8Array([0, 255, 10]));
    expect(textOf(await cache.get('a'))).toBe('two');
    expect([...(await cache.get('b'))!]).toEqual([0, 255, 10]);
    expect(await cache.get('c')).toBeNull();
  });

  it('keeps what is small enough, and no more', async () => {
    const cache = await open();
    await cache.put('small', new Uint8Array(ENTRY_BYTES_MAXIMUM));
    await cache.put('large', new Uint8Array(ENTRY_BYTES_MAXIMUM + 1));
    expect((await cache.get('small'))?.byteLength).toBe(ENTRY_BYTES_MAXIMUM);
    expect(await cache.get('large')).toBeNull();
  });

  it('spares work whose inputs are the same, columns and all', async () => {
    const cache = await open();
    let works = 0;
    const ask = (inputs: unknown) =>
      kept(cache, 'sum', inputs, async () => {
        works += 1;
        return { values: new Float64Array([1, Number.NaN]), name: `work ${works}` };
      });
    const first = await ask({ levels: [new Float64Array([1, 2])], seed: 1 });
    expect(await ask({ levels: [new Float64Array([1, 2])], seed: 1 })).toEqual(first);
    expect((await ask({ levels: [new Float64Array([1, 3])], seed: 1 })).name).toBe('work 2');
    expect((await ask({ levels: [new Float64Array([1, 2])], seed: 2 })).name).toBe('work 3');
    expect(works).toBe(3);
  });
});

describe('a cache in process', () => {
  always('lets go first what was not asked for longest', async () => {
    const cache = opening(new LocalCache(10));
    for (const key of ['a', 'b', 'c']) await cache.put(key, bytes('four'.slice(0, 4)));
    expect(await cache.get('a')).toBeNull();
    await cache.get('b');
    await cache.put('d', bytes('four'));
    expect([textOf(await cache.get('b')), await cache.get('c'), textOf(await cache.get('d'))]).toEqual([
      'four',
      null,
      'four',
    ]);
  });
});

describe('a cache on Redis', () => {
  const it = itNeeds(hasRedis, 'a Redis server');

  it('is one for all processes of a version, and every entry ends', async () => {
    const [here, there, newer] = [await openRedis(), await openRedis(), await openRedis('1.2.4')];
    await here.put('shared', bytes('yes'));
    expect(textOf(await there.get('shared'))).toBe('yes');
    expect(await newer.get('shared')).toBeNull();
    const client = new Redis(redis!.url);
    const ages = await Promise.all((await client.keys('*')).map((key) => client.ttl(key)));
    client.disconnect();
    expect(ages.filter((seconds) => seconds < 1 || seconds > 3_600)).toEqual([]);
  });

  it('has nothing while the server is away, and goes on when it is back', async () => {
    const cache = await openRedis();
    await redis!.crash();
    await cache.put('lost', bytes('yes'));
    expect(await cache.get('begun')).toBeNull();
    await redis!.restart();
    await expect
      .poll(
        async () => {
          await cache.put('again', bytes('yes'));
          return textOf(await cache.get('again'));
        },
        { timeout: 10_000 },
      )
      .toBe('yes');
  });
});
