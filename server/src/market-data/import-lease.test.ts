import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/create-test-app.ts';
import type { RunRow } from '../run/run.entity.ts';
import { RunProblem, type RunTask } from '../run/run.worker.ts';
import { csvLines, dialectOf } from './csv-lines.ts';
import { BarImporter } from './import-bars.ts';
import { withUpload } from './import-run.ts';

const HEADER = 'Date,Open,High,Low,Close,Volume\n';
const BARS = `${HEADER}2024-01-02,1,2,1,1.5,10\n2024-01-03,2,3,1,2.5,10\n`;
const instrument = {
  symbol: 'TWICE',
  name: 'Twice',
  currency: 'USD',
  assetClass: 'STOCK',
  exchange: null,
  calendar: 'NONE',
  lotSize: null,
  source: 'imported from a file',
};
const FORMAT = { timeframe: 'DAY_1', timeZone: 'UTC', isStampedAtOpen: true, duplicateRule: 'SKIP' };

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

function attemptOf(attempt: number, uploadId: string): RunTask {
  const request = { kind: 'BARS', ...FORMAT, uploadId, instrument, dryRun: false, skipInvalid: false };
  const run = { id: 'run_twice', attempt, request } as unknown as RunRow;
  const signal = new AbortController().signal;
  return { run, signal, checkpoint: async () => undefined, artifact: async () => null };
}

describe('an import that two workers work on, because the first was silent for too long', () => {
  it('leaves the second its file and its lines, and is stored once', async () => {
    // Given the first worker, about to store what it has read, and the second, as far
    const uploadId = await app.uploads.store(Readable.from([BARS]));
    const importer = new BarImporter(app.database, app.services.marketData, app.uploads);
    const first = await importer.run(attemptOf(1, uploadId));
    const second = await importer.run(attemptOf(2, uploadId));
    // When the first is refused and tidies up
    await first.afterwards!(false);
    // Then the second has all that it needs
    expect(await app.uploads.find(uploadId)).not.toBeNull();
    await app.database.fork().transactional((em) => second.alsoWrite!(em));
    await second.afterwards!(true);
    expect(second.result).toMatchObject({ rowsRead: 2, rowsImported: 2 });
    const { instrument: found } = await app.query(
      '{ instrument(symbol: "TWICE") { dataSets { barCount } lastPrice { price } } }',
    );
    expect(found).toEqual({ dataSets: [{ barCount: 2 }], lastPrice: { price: 2.5 } });
    expect(await app.uploads.find(uploadId)).toBeNull();
    expect(await app.database.fork().execute('select 1 from staged_bar')).toEqual([]);
  });

  it('fails in words for its user where the file goes while it is read', async () => {
    const uploadId = await app.uploads.store(Readable.from([BARS]));
    const reading = withUpload(app.uploads, uploadId, async ({ path }) => {
      const dialect = await dialectOf(path);
      await rm(path);
      for await (const { line } of csvLines(path, dialect)) expect(line).toBeGreaterThan(0);
    });
    await expect(reading).rejects.toThrow(
      new RunProblem('expected the uploaded file, which is gone: upload it again'),
    );
  });
});
