import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asViewer, onBehalfOf } from '../viewer.ts';
import { type UploadLimits, UploadRefused, Uploads } from './uploads.ts';

const HOUR_MS = 3_600_000;

describe('uploads', () => {
  let folder: string;
  let uploads: Uploads;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ai-trading-uploads-'));
    uploads = limited({ bytesMaximum: 10 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const limited = (limits: Partial<UploadLimits>) =>
    new Uploads(join(folder, 'uploads'), Date.now, { freeBytes: async () => 2 ** 40, ...limits });
  const refusalOf = (work: Promise<unknown>): Promise<[number, string]> =>
    work.then(
      () => expect.fail('expected a refusal, was none'),
      (problem) => {
        expect(problem).toBeInstanceOf(UploadRefused);
        expect(problem.error).toMatchObject({ code: 'LIMIT', message: problem.message });
        return [problem.status, problem.message];
      },
    );
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
    expect(await refusalOf(large)).toEqual([
      413,
      'expected at most 10 bytes, which is the most for one file, was more',
    ]);
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        throw new Error('gone');
      })(),
    );
    await expect(uploads.store(broken)).rejects.toThrow('gone');
    expect(stored()).toEqual([]);
  });

  it('are refused before their first byte where their length is told', async () => {
    let isRead = false;
    const source = new Readable({
      read() {
        isRead = true;
        this.push(null);
      },
    });
    expect(await refusalOf(uploads.store(source, 11))).toEqual([
      413,
      'expected at most 10 bytes, which is the most for one file, was 11',
    ]);
    expect([isRead, stored()]).toEqual([false, []]);
  });

  it('of one user are bounded together, and leave others their own', async () => {
    uploads = limited({ userBytesMaximum: 10 });
    const [ada, bob] = [onBehalfOf('usr_ada'), onBehalfOf('usr_bob')];
    const send = (who: typeof ada, bytes: number, told = bytes) =>
      asViewer(who, () => uploads.store(Readable.from([Buffer.alloc(bytes)]), told));
    const first = await send(ada, 6);
    expect(await refusalOf(send(ada, 5))).toEqual([
      413,
      'expected at most 4 bytes, as your others of the last day have 6 of 10, was 5',
    ]);
    expect((await refusalOf(send(ada, 5, 0)))[1]).toMatch(/^expected at most 4 bytes, .*, was more$/);
    await send(ada, 4);
    await send(bob, 10);
    await uploads.remove(first);
    await send(ada, 6);
    expect(stored()).toHaveLength(3);
  });

  it('of one user are bounded in number', async () => {
    uploads = limited({ userFilesMaximum: 2 });
    const send = () => asViewer(onBehalfOf('usr_ada'), () => uploads.store(Readable.from([])));
    await send();
    await send();
    expect(await refusalOf(send())).toEqual([
      413,
      'expected at most 2 uploads of one user that were not used yet, was 3',
    ]);
  });

  it('leave of the disk what others need, while several are under way too', async () => {
    uploads = limited({ freeBytesMinimum: 100, freeBytes: async () => 130 });
    const end = Promise.withResolvers<void>();
    const slow = Readable.from(
      (async function* () {
        yield Buffer.alloc(5);
        await end.promise;
        yield Buffer.alloc(15);
      })(),
    );
    const under = uploads.store(slow, 20);
    await expect.poll(() => stored().length).toBe(1);
    const tooMuch = uploads.store(Readable.from([Buffer.alloc(16)]), 16);
    // Of the 20 that are promised, those that are written are not free any more.
    expect(await refusalOf(tooMuch)).toEqual([
      507,
      expect.stringMatching(/^expected at most 1[0-5] bytes, /),
    ]);
    end.resolve();
    await under;
    expect(stored()).toHaveLength(1);
  });

  it('say so where the disk is filled by others meanwhile', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    const source = Readable.from(
      (async function* () {
        yield Buffer.alloc(3);
        throw full;
      })(),
    );
    expect(await refusalOf(uploads.store(source))).toEqual([
      507,
      'expected at most 3 bytes, which filled the disk, was more',
    ]);
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
