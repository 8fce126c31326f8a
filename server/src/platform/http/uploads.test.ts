import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Uploads, UploadTooLarge } from './uploads.ts';

const HOUR_MS = 3_600_000;

describe('uploads', () => {
  let folder: string;
  let uploads: Uploads;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ai-trading-uploads-'));
    uploads = new Uploads(join(folder, 'uploads'), Date.now, 10);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const stored = () => readdirSync(join(folder, 'uploads'));

  it('are kept as they came until they are removed', async () => {
    const id = await uploads.store(Readable.from([Buffer.from('abc'), Buffer.from('def')]));
    const found = (await uploads.find(id))!;
    expect([found.bytes, await readFile(found.path, 'utf8')]).toEqual([6, 'abcdef']);
    await uploads.remove(id);
    expect(await uploads.find(id)).toBeNull();
  });

  it('leave nothing behind where they are too large or break off', async () => {
    const large = uploads.store(Readable.from([Buffer.alloc(6), Buffer.alloc(5)]));
    await expect(large).rejects.toThrow(UploadTooLarge);
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        throw new Error('gone');
      })(),
    );
    await expect(uploads.store(broken)).rejects.toThrow('gone');
    expect(stored()).toEqual([]);
  });

  it('go after a day', async () => {
    const [old, recent] = [await uploads.store(Readable.from([])), await uploads.store(Readable.from([]))];
    const yesterday = new Date(Date.now() - 25 * HOUR_MS);
    utimesSync(join(folder, 'uploads', old), yesterday, yesterday);
    const newest = await uploads.store(Readable.from([]));
    expect(stored().toSorted()).toEqual([recent, newest].toSorted());
  });

  it.each(['../x', 'upl_../../etc/passwd', 'upl_', '', 'upl_00000000-0000-0000-0000-000000000000'])(
    'are not found by %o',
    async (id) => {
      expect(await uploads.find(id)).toBeNull();
    },
  );

  it('are not removed by a path', async () => {
    const id = await uploads.store(Readable.from([]));
    await uploads.remove(`../uploads/${id}`);
    await uploads.remove('..');
    expect([readdirSync(folder), stored()]).toEqual([['uploads'], [id]]);
  });
});
