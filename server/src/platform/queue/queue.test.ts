import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { itNeeds } from '../../../../tools/testing/services.ts';
import type { Service } from '../../../test/services/processes.ts';
import { hasRedis, startRedis } from '../../../test/services/redis.ts';
import { BullQueue } from './bull-queue.ts';
import { LocalQueue, type Queue } from './queue.ts';

const logger = pino({ level: 'silent' });
let redis: Service | undefined;
const opened: Queue[] = [];

beforeAll(async () => {
  if (hasRedis) redis = await startRedis();
});
afterAll(async () => redis?.stop());
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function opening(make: () => Promise<Queue>): Promise<Queue> {
  const one = await make();
  opened.push(one);
  return one;
}

const adapters = [
  { name: 'in process', isThere: true, open: async (): Promise<Queue> => new LocalQueue() },
  {
    name: 'through Redis',
    isThere: hasRedis,
    open: (): Promise<Queue> => BullQueue.connect(redis!.url, logger),
  },
];

const soon = (timeMs: number) => new Promise<void>((resolve) => setTimeout(resolve, timeMs));

describe.each(adapters)('a queue $name', ({ isThere, open }) => {
  const it = itNeeds(isThere, 'a Redis server');

  it('hands on every entry, also those that came before anybody worked', async () => {
    const queue = await opening(open);
    const taken: string[] = [];
    queue.add('run_1');
    queue.add('run_2');
    queue.work(2, async (id) => void taken.push(id));
    queue.add('run_3');
    await expect.poll(() => taken.toSorted()).toEqual(['run_1', 'run_2', 'run_3']);
  });

  it('has no more in work at once than asked for', async () => {
    const queue = await opening(open);
    let [active, most, done] = [0, 0, 0];
    queue.work(2, async () => {
      active += 1;
      most = Math.max(most, active);
      await soon(20);
      active -= 1;
      done += 1;
    });
    for (let count = 0; count < 8; count += 1) queue.add(`run_${count}`);
    await expect.poll(() => done).toBe(8);
    expect(most).toBe(2);
  });

  it('goes on after an entry whose work fails', async () => {
    const queue = await opening(open);
    const taken: string[] = [];
    queue.work(1, async (id) => {
      taken.push(id);
      if (id === 'run_1') throw new Error('this one fails');
    });
    queue.add('run_1');
    queue.add('run_2');
    await expect.poll(() => taken).toEqual(['run_1', 'run_2']);
  });

  it('closes when what is in work is done, and takes no more', async () => {
    const queue = await open();
    const log: string[] = [];
    queue.work(1, async (id) => {
      log.push(`${id} begun`);
      await soon(100);
      log.push(`${id} done`);
    });
    queue.add('run_1');
    await expect.poll(() => log).toEqual(['run_1 begun']);
    queue.add('run_2');
    await queue.close();
    log.push('closed');
    await soon(200);
    expect(log).toEqual(['run_1 begun', 'run_1 done', 'closed']);
    // Takes the other from the server, where there is one.
    const next = await opening(open);
    next.work(1, async () => undefined);
    await soon(100);
  });

  it('can be asked whether entries travel', async () => {
    await expect((await opening(open)).ping()).resolves.toBeUndefined();
  });
});

describe('a queue through Redis', () => {
  const it = itNeeds(hasRedis, 'a Redis server');
  const open = () => BullQueue.connect(redis!.url, logger);

  it('hands each entry to one of several processes', async () => {
    const [here, there] = [await opening(open), await opening(open)];
    const taken: string[] = [];
    for (const queue of [here, there])
      queue.work(1, async (id) => {
        taken.push(id);
        await soon(20);
      });
    for (let count = 0; count < 10; count += 1) here.add(`run_${count}`);
    await expect.poll(() => taken.length).toBe(10);
    expect(new Set(taken).size).toBe(10);
  });

  it('never waits for a server that is away, says so, and goes on when it is back', async () => {
    const [here, there] = [await opening(open), await opening(open)];
    const taken: string[] = [];
    there.work(1, async (id) => void taken.push(id));
    await redis!.crash();
    await expect.poll(() => here.ping().then(String, ({ message }) => message)).toMatch(/^expected/);
    here.add('run_lost');
    await redis!.restart();
    await expect.poll(() => here.ping().then(() => 'up', String), { timeout: 10_000 }).toBe('up');
    here.add('run_1');
    await expect.poll(() => taken, { timeout: 10_000 }).toContain('run_1');
  });

  it('closes though the server is away', async () => {
    const queue = await open();
    queue.work(1, async () => undefined);
    await redis!.crash();
    await expect.poll(() => queue.ping().then(String, ({ message }) => message)).toMatch(/^expected/);
    await queue.close();
    await redis!.restart();
  });
});
