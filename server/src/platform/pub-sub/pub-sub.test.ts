import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { itNeeds } from '../../../../tools/testing/services.ts';
import type { Service } from '../../../test/services/processes.ts';
import { hasRedis, startRedis } from '../../../test/services/redis.ts';
import { PubSub } from './pub-sub.ts';
import { RedisPubSub } from './redis-pub-sub.ts';

const logger = pino({ level: 'silent' });
let redis: Service | undefined;
const opened: PubSub[] = [];

beforeAll(async () => {
  if (hasRedis) redis = await startRedis();
});
afterAll(async () => redis?.stop());
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function opening(make: () => Promise<PubSub>): Promise<PubSub> {
  const one = await make();
  opened.push(one);
  return one;
}

const adapters = [
  { name: 'in process', isThere: true, open: async () => new PubSub() },
  {
    name: 'through Redis',
    isThere: hasRedis,
    open: () => RedisPubSub.connect(redis!.url, logger) as Promise<PubSub>,
  },
] as const;

async function take<Message>(messages: AsyncIterator<Message>, count: number): Promise<Message[]> {
  const taken: Message[] = [];
  while (taken.length < count) {
    const step = await messages.next();
    if (step.done) break;
    taken.push(step.value);
  }
  return taken;
}

describe.each(adapters)('messages $name', ({ isThere, open }) => {
  const it = itNeeds(isThere, 'a Redis server');

  it('reach every reader of their topic, in order', async () => {
    const pubSub = await opening(open);
    const [first, second, other] = [
      pubSub.subscribe('runs'),
      pubSub.subscribe('runs'),
      pubSub.subscribe('run/b'),
    ];
    for (const id of ['a', 'b', 'c']) pubSub.publish('runs', { id });
    pubSub.publish('run/b', { seq: 9 });
    const expected = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];
    expect([await take(first, 3), await take(second, 3), await take(other, 1)]).toEqual([
      expected,
      expected,
      [{ seq: 9 }],
    ]);
  });

  it('end when the signal aborts, also while waiting', async () => {
    const pubSub = await opening(open);
    const ending = new AbortController();
    const waiting = pubSub.subscribe('runs', ending.signal).next();
    ending.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await pubSub.subscribe('runs', ending.signal).next()).toEqual({ done: true, value: undefined });
  });

  it('end when the reader leaves, also while waiting', async () => {
    const pubSub = await opening(open);
    const messages = pubSub.subscribe('runs');
    const waiting = messages.next();
    expect(await messages.return()).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await messages.next()).toEqual({ done: true, value: undefined });
  });

  it('about one thing come as the newest of them to a reader that falls behind', async () => {
    const pubSub = await opening(open);
    const [slow, list, marker] = [
      pubSub.subscribe('run/a'),
      pubSub.subscribe('runs'),
      pubSub.subscribe('run/z'),
    ];
    for (let seq = 1; seq <= 1_500; seq += 1) pubSub.publish('run/a', { seq });
    for (const id of ['a', 'b', 'a']) pubSub.publish('runs', { id });
    pubSub.publish('run/z', { seq: 1 });
    await marker.next();
    expect([...(await take(slow, 1)), ...(await take(list, 2))]).toEqual([
      { seq: 1_500 },
      { id: 'b' },
      { id: 'a' },
    ]);
  });

  it('keep the newest 1,000 for a reader that falls behind', async () => {
    const pubSub = await opening(open);
    const [slow, marker] = [pubSub.subscribe('runs'), pubSub.subscribe('run/a')];
    for (let count = 1; count <= 1_500; count += 1) pubSub.publish('runs', { id: String(count) });
    pubSub.publish('run/a', { seq: 1 });
    await marker.next();
    const kept = await take(slow, 1_000);
    expect([kept[0].id, kept[999].id]).toEqual(['501', '1500']);
  });

  it('can be asked whether they travel', async () => {
    await expect((await opening(open)).ping()).resolves.toBeUndefined();
  });

  it('end when it closes', async () => {
    const pubSub = await open();
    const waiting = pubSub.subscribe('runs').next();
    await pubSub.close();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });
});

describe('messages through Redis', () => {
  const it = itNeeds(hasRedis, 'a Redis server');

  it('reach other processes', async () => {
    const [here, there] = [
      await opening(() => RedisPubSub.connect(redis!.url, logger)),
      await opening(() => RedisPubSub.connect(redis!.url, logger)),
    ];
    const messages = there.subscribe('runs');
    here.publish('runs', { id: 'run_1' });
    expect(await messages.next()).toEqual({ done: false, value: { id: 'run_1' } });
  });

  it('flow again after a crash of the server, and sending never waits for it', async () => {
    const pubSub = await opening(() => RedisPubSub.connect(redis!.url, logger));
    const messages = pubSub.subscribe('run/a');
    await redis!.crash();
    await expect
      .poll(() => pubSub.ping().then(String, (problem) => problem.message))
      .toMatch(/^expected a connection to Redis, was/);
    pubSub.publish('run/a', { seq: 1 });
    await redis!.restart();
    const next = messages.next();
    const again = setInterval(() => pubSub.publish('run/a', { seq: 2 }), 100);
    expect((await next).done).toBe(false);
    clearInterval(again);
  });

  it('need a server that is there at the start', async () => {
    await expect(RedisPubSub.connect('redis://127.0.0.1:1', logger)).rejects.toThrow(
      /^expected a Redis server at 127.0.0.1:1 \(REDIS_URL\), was: .*ECONNREFUSED/,
    );
  });
});
