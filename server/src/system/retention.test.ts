import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMigrated } from '../../test/migrated-database.ts';
import type { Database } from '../platform/database/database.ts';
import { removeOld } from './retention.ts';

const NOW = new Date('2026-06-01T00:00:00Z');

describe('removeOld', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openMigrated();
    for (const [id, status, finishedAt] of [
      ['run_old', 'SUCCEEDED', '2026-01-01'],
      ['run_new', 'FAILED', '2026-05-20'],
      ['run_waits', 'QUEUED', null],
    ])
      await database
        .fork()
        .execute(
          `insert into run (id, kind, status, label, request, created_at, finished_at) values (?, 'SWEEP', ?, 'x', '{}', '2026-01-01', ?)`,
          [id, status, finishedAt],
        );
    await database
      .fork()
      .execute(`insert into run_artifact (run_id, name, content) values ('run_old', 'surface', '\\x00')`);
    for (const [key, at] of [
      ['key-old', '2026-02-01'],
      ['key-new', '2026-05-01'],
    ])
      await database
        .fork()
        .execute(`insert into idempotency_key (key, input_hash, created_at) values (?, 'h', ?)`, [key, at]);
  });
  afterAll(() => database.close());

  const ids = async (table: string, column: string) =>
    (await database.fork().execute(`select ${column} as id from ${table} order by 1`)).map(({ id }) => id);

  it('keeps every run where nothing else was said, and drops old keys', async () => {
    expect(await removeOld(database, { runDays: 0 }, NOW)).toEqual({ idempotency_key: 1, alert: 0 });
    expect(await ids('run', 'id')).toEqual(['run_new', 'run_old', 'run_waits']);
    expect(await ids('idempotency_key', 'key')).toEqual(['key-new']);
  });

  it('drops runs that ended before the days set, with what they left', async () => {
    expect(await removeOld(database, { runDays: 30 }, NOW)).toMatchObject({ run: 1 });
    expect(await ids('run', 'id')).toEqual(['run_new', 'run_waits']);
    expect(await ids('run_artifact', 'run_id')).toEqual([]);
  });
});
