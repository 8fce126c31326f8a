import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openMigrated } from '../../test/migrated-database.ts';
import type { Database } from '../platform/database/database.ts';
import { PubSub } from '../platform/pub-sub/pub-sub.ts';
import { LocalQueue } from '../platform/queue/queue.ts';
import { RunStore } from './run.store.ts';
import { type RunHandler, RunWorker } from './run.worker.ts';

describe('a run whose lease was lost', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openMigrated();
  });
  afterAll(() => database.close());

  it('ends as its new worker ends it, and its old worker is told that nothing of its own was stored', async () => {
    // Given a worker that is held up in its first attempt
    const store = new RunStore(database, new PubSub(), new LocalQueue(), Date.now);
    const release = Promise.withResolvers<void>();
    const told: [number, boolean][] = [];
    const written: number[] = [];
    const handler: RunHandler = async ({ run: { attempt } }) => {
      if (attempt === 1) await release.promise;
      return {
        result: { attempt },
        alsoWrite: async () => void written.push(attempt),
        afterwards: async (isStored) => void told.push([attempt, isStored]),
      };
    };
    const handlers = { IMPORT: handler, BACKTEST: handler, SWEEP: handler };
    const worker = new RunWorker(store, new LocalQueue(), handlers, pino({ level: 'silent' }));
    const id = await database
      .fork()
      .transactional((em) => store.enqueue(em, 'IMPORT', 'Import', { kind: 'BARS' }));
    const statement = `update run set lease_token = 'another', lease_until = to_timestamp(0) where id = ? and attempt = 1 and lease_token is not null returning id`;
    worker.start(2);
    try {
      // When its lease goes to another, and it goes on only after that one has ended
      await vi.waitFor(
        async () => expect(await database.fork().execute(statement, [id])).toHaveLength(1),
        10_000,
      );
      await vi.waitFor(() => expect(told).toEqual([[2, true]]), 20_000);
      release.resolve();
      await vi.waitFor(() => expect(told).toHaveLength(2), 20_000);
      // Then
      expect(told[1]).toEqual([1, false]);
      expect(written).toEqual([2]);
      expect(await store.get(id)).toMatchObject({ status: 'SUCCEEDED', attempt: 2, result: { attempt: 2 } });
    } finally {
      release.resolve();
      await worker.stop();
    }
  }, 60_000);
});
