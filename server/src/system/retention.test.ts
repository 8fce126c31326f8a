import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMigrated } from '../../test/migrated-database.ts';
import type { Database } from '../platform/database/database.ts';
import { removeOld, removeOldLogs } from './retention.ts';

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

describe('removeOldLogs', () => {
  it('drops log files that were last written 14 days ago or before, and nothing else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ai-trading-logs-'));
    for (const [name, at] of [
      ['api.1.log', '2026-05-31'],
      ['worker-gone.1.log', '2026-05-18'],
      ['worker-here.1.log', '2026-05-19'],
      ['.gitkeep', '2025-01-01'],
    ]) {
      writeFileSync(join(folder, name), '');
      utimesSync(join(folder, name), new Date(at), new Date(at));
    }
    expect(await removeOldLogs(folder, NOW)).toBe(1);
    expect(readdirSync(folder).toSorted()).toEqual(['.gitkeep', 'api.1.log', 'worker-here.1.log']);
    rmSync(folder, { recursive: true });
  });
});
