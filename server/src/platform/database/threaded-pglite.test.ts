import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ThreadedPglite } from './threaded-pglite.ts';

describe('the thread of the embedded database', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ai-trading-thread-'));
  const workers: Worker[] = [];
  const onWorker = (worker: Worker) => void workers.push(worker);
  const database = new ThreadedPglite(join(folder, 'database'));

  beforeAll(async () => {
    process.on('worker', onWorker);
    await database.open();
    await database.exec('create table thing (id int primary key); insert into thing values (1)');
  });
  afterAll(async () => {
    process.off('worker', onWorker);
    await database.close();
    rmSync(folder, { recursive: true });
  });
  const ids = async () => (await database.query('select id from thing order by id')).rows;

  it('leaves the event loop free while a query takes long', async () => {
    const state = { isOver: false, lastMs: performance.now(), longestMs: 0 };
    const turn = () => {
      const nowMs = performance.now();
      state.longestMs = Math.max(state.longestMs, nowMs - state.lastMs);
      state.lastMs = nowMs;
      if (!state.isOver) setImmediate(turn);
    };
    setImmediate(turn);
    const startedMs = performance.now();
    await database.query('select sum(a * b) from generate_series(1, 1000) a, generate_series(1, 1000) b');
    const tookMs = performance.now() - startedMs;
    state.isOver = true;
    turn();
    expect(state.longestMs).toBeLessThan(tookMs / 2);
  });

  it('tells what the database says of an error', async () => {
    await expect(database.query('insert into thing values (1)')).rejects.toMatchObject({
      message: 'duplicate key value violates unique constraint "thing_pkey"',
      code: '23505',
      constraint: 'thing_pkey',
    });
  });

  it('holds back what is asked beside a transaction, which is undone where it fails', async () => {
    const inside = database.transaction(async (transaction) => {
      await transaction.query('insert into thing values ($1)', [2]);
      const beside = ids();
      await transaction.query('insert into thing values ($1)', [3]);
      return { beside };
    });
    expect(await (await inside).beside).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    const failing = database.transaction(async (transaction) => {
      await transaction.exec('delete from thing');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await ids()).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  });

  it('is replaced where it dies, with every row that was acknowledged', async () => {
    let waiting: Promise<readonly unknown[]> | undefined;
    const cut = database.transaction(async (transaction) => {
      await transaction.query('insert into thing values (4)');
      waiting = database.transaction(async (next) => (await next.query('select max(id) from thing')).rows);
      const unanswered = transaction.query('select pg_sleep(60)').catch((problem: Error) => problem.message);
      await workers.at(-1)!.terminate();
      expect(await unanswered).toBe('the thread of the embedded database ended');
      await transaction.query('insert into thing values (5)');
    });
    await expect(cut).rejects.toThrow('expected a transaction that is open, was over');
    expect(await waiting).toEqual([{ max: 3 }]);
    expect(await ids()).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(workers).toHaveLength(2);
  });

  it('is not where the database was in memory, which is gone', async () => {
    const inMemory = new ThreadedPglite(null);
    await inMemory.open();
    await workers.at(-1)!.terminate();
    await expect(inMemory.query('select 1')).rejects.toThrow('the embedded database is closed');
    await inMemory.close();
  });
});
