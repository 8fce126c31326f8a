import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itNeeds } from '../../../tools/testing/services.ts';
import { openEmpty } from '../../test/embedded-database.ts';
import { hasPostgresql, startPostgresql } from '../../test/services/postgresql.ts';
import { builtFile } from '../../test/services/product.ts';
import { makeSampleData } from '../../test/services/sample-data.ts';
import { type App, DATABASE, startApp } from '../app.ts';
import { parseConfig, ROOT } from '../config.ts';
import { backupName, keepNewest, listBackups, restoreBackup } from './backup.ts';

const run = promisify(execFile);
const REPORT = `{
  instruments(first: 20) { totalCount nodes { symbol bars(maxPoints: 50) { ... on BarSeries { close } } } }
  portfolios(first: 5) {
    nodes {
      name ledgerVersion valuation { equity marketValue cash }
      positions { nodes { quantity averageCost marketValue instrument { symbol } } }
      transactions(first: 100) { totalCount nodes { id kind amount executedAt } }
    }
  }
  backtests(first: 10) { nodes { id label status } }
}`;

describe('backups of an installation', { timeout: 240_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'ai-trading-backup-test-'));
  const [home, models, backups] = ['home', 'models', 'backups'].map((name) => join(root, name));
  let before: unknown;
  let file: string;
  let running: App | null = null;

  async function open(variables: Record<string, string>): Promise<App> {
    const ports = { API_PORT: '0', WEB_PORT: '0', PORT: '0', LOG_DIR: root, OMP_NUM_THREADS: '1' };
    const folders = { MODELS_DIR: models, BACKUP_DIR: backups, UPLOAD_DIR: join(root, 'uploads') };
    const config = parseConfig({ ...ports, ...folders, SEED_SAMPLES: 'false', ...variables });
    running = await startApp(config, { clock: Date.now, logger: pino({ level: 'silent' }) });
    return running;
  }

  async function close(): Promise<void> {
    await running?.stop();
    running = null;
  }

  async function ask(app: App, query: string): Promise<any> {
    const response = await fetch(`${app.urls.api}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const { data, errors } = (await response.json()) as { data: any; errors?: unknown[] };
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  async function reportOf(variables: Record<string, string>): Promise<unknown> {
    try {
      return await ask(await open(variables), REPORT);
    } finally {
      await close();
    }
  }

  /** The command as a person gives it; what it prints, or the text of its refusal. */
  async function command(args: readonly string[], variables: Record<string, string> = {}): Promise<string> {
    const { PATH, HOME } = process.env;
    return run(process.execPath, [builtFile('cli/storage.js'), ...args], {
      cwd: ROOT,
      env: { PATH, HOME, MODELS_DIR: models, BACKUP_DIR: backups, ...variables },
    }).then(
      ({ stdout }) => stdout,
      (problem: { stderr: string }) => problem.stderr,
    );
  }

  beforeAll(async () => {
    await makeSampleData(home);
    const app = await open({ DATA_DIR: home });
    mkdirSync(models);
    writeFileSync(join(models, 'mine.json'), '{}');
    before = await ask(app, REPORT);
    const { createBackup } = await ask(
      app,
      'mutation { createBackup { backup { name } errors { message } } }',
    );
    expect(createBackup.errors).toEqual([]);
    file = join(backups, createBackup.backup.name);
  }, 240_000);
  afterAll(async () => {
    await close();
    rmSync(root, { recursive: true, force: true });
  });

  it('are listed by the installation, newest first', async () => {
    const { backups: report } = await ask(
      running!,
      '{ backups { directory everyHours keep backups { name sizeBytes createdAt } } }',
    );
    expect(report).toMatchObject({ directory: backups, everyHours: 24, keep: 7 });
    expect(report.backups[0].name).toBe(file.split('/').at(-1));
    expect(report.backups[0].sizeBytes).toBeGreaterThan(10_000);
  });

  it('are made by the running server where it has the embedded database', async () => {
    expect(await command(['backup'], { DATA_DIR: home })).toMatch(/bytes, made by the running server\.$/m);
    expect(await command(['restore', file, '--replace'], { DATA_DIR: home })).toMatch(/is in use by process/);
    await close();
  });

  it('bring a fresh installation to the same reports, models too', async () => {
    rmSync(models, { recursive: true });
    const fresh = join(root, 'fresh');
    expect(await command(['restore', file], { DATA_DIR: fresh })).toMatch(
      /^Restored \d{5,} rows of \d+ tables as of 20/,
    );
    expect(await reportOf({ DATA_DIR: fresh })).toEqual(before);
    expect(existsSync(join(models, 'mine.json'))).toBe(true);
  });

  itNeeds(hasPostgresql, 'a PostgreSQL server')(
    'and a transfer to PostgreSQL and back keep every report',
    async () => {
      const service = await startPostgresql();
      try {
        expect(await command(['transfer', '--from', home, '--to', service.url])).toMatch(
          /^Copied \d{5,} rows/,
        );
        expect(await reportOf({ DATABASE_URL: service.url, DATA_DIR: join(root, 'none') })).toEqual(before);
        const back = join(root, 'back');
        expect(await command(['transfer', '--from', service.url, '--to', back])).toMatch(
          /^Copied \d{5,} rows/,
        );
        expect(await reportOf({ DATA_DIR: back })).toEqual(before);
      } finally {
        await service.stop();
      }
    },
  );
});

describe('restoreBackup', () => {
  it('names a file that is no backup, and leaves the database as it is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ai-trading-no-backup-'));
    const file = join(folder, 'other.tar.gz');
    writeFileSync(file, 'no archive');
    const database = await openEmpty(DATABASE);
    await expect(
      restoreBackup(database, DATABASE, file, {
        modelsDirectory: folder,
        secretKeyFile: join(folder, 'secret.key'),
        replace: false,
      }),
    ).rejects.toThrow(/other\.tar\.gz: expected a backup \(a gzipped tar\), was/);
    await expect(database.fork().execute('select 1 from portfolio')).rejects.toThrow(/does not exist/);
    await database.close();
    rmSync(folder, { recursive: true });
  });
});

describe('keepNewest', () => {
  it('removes the oldest backups and nothing else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ai-trading-keep-'));
    const names = [1, 2, 3].map((day) => backupName(new Date(Date.UTC(2026, 0, day, 4, 5, 6))));
    for (const name of [...names, 'notes.txt']) writeFileSync(join(folder, name), '');
    expect(await keepNewest(folder, 2)).toEqual(['ai-trading-20260101-040506.tar.gz']);
    expect(readdirSync(folder).toSorted()).toEqual([...names.slice(1), 'notes.txt']);
    expect((await listBackups(folder)).map(({ createdAt }) => createdAt.toISOString())).toEqual([
      '2026-01-03T04:05:06.000Z',
      '2026-01-02T04:05:06.000Z',
    ]);
    rmSync(folder, { recursive: true });
  });
});
