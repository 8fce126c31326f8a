import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../clock.ts';
import { viewer } from '../viewer.ts';

const BYTES_MAXIMUM = 2 * 1024 ** 3;
const KEPT_MS = 24 * 3_600_000;

/** Thrown where an upload is larger than allowed. */
export class UploadTooLarge extends Error {}

/**
 * Files sent for an import, kept in a folder until used or a day old. The id of one ends with a mark of
 * whoever sent it, so that nobody else can use it.
 */
export class Uploads {
  private readonly folder: string;
  private readonly clock: Clock;
  private readonly bytesMaximum: number;

  constructor(folder: string, clock: Clock, bytesMaximum = BYTES_MAXIMUM) {
    this.folder = folder;
    this.clock = clock;
    this.bytesMaximum = bytesMaximum;
  }

  /** Stores a stream; nothing is left of one that breaks off or grows too large. */
  async store(source: Readable): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    await this.removeOld();
    const uuid = randomUUID();
    const { userId } = viewer();
    const uploadId = userId === null ? `upl_${uuid}` : `upl_${uuid}_${markOf(uuid, userId)}`;
    const { bytesMaximum } = this;
    let bytes = 0;
    const counted = async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > bytesMaximum)
          throw new UploadTooLarge(`expected an upload of at most ${bytesMaximum} bytes, was more`);
        yield chunk;
      }
    };
    // Opened before anything can go wrong, so that what is removed then is really there.
    const file = await open(join(this.folder, uploadId), 'wx');
    try {
      await pipeline(source, counted, file.createWriteStream());
    } catch (problem) {
      await file.close().catch(() => undefined);
      await this.remove(uploadId);
      throw problem;
    }
    return uploadId;
  }

  /** Where an upload lies and how large it is; null where the present user has none of this id. */
  async find(uploadId: string): Promise<{ path: string; bytes: number } | null> {
    if (!isOwn(uploadId)) return null;
    const path = this.pathOf(uploadId);
    const found = path && (await stat(path).catch(() => null));
    return found ? { path, bytes: found.size } : null;
  }

  async remove(uploadId: string): Promise<void> {
    const path = this.pathOf(uploadId);
    if (path) await rm(path, { force: true });
  }

  private pathOf(uploadId: string): string | null {
    return /^upl_[0-9a-f-]{36}(_[0-9a-f]{16})?$/.test(uploadId) ? join(this.folder, uploadId) : null;
  }

  private async removeOld(): Promise<void> {
    for (const name of await readdir(this.folder)) {
      const found = await stat(join(this.folder, name)).catch(() => null);
      if (found && this.clock() - found.mtimeMs > KEPT_MS) await this.remove(name);
    }
  }
}

function isOwn(uploadId: string): boolean {
  const { userId } = viewer();
  const [, uuid, mark] = uploadId.split('_');
  return userId === null || mark === markOf(uuid, userId);
}

function markOf(uuid: string, userId: string): string {
  return createHash('sha256').update(`${uuid} ${userId}`).digest('hex').slice(0, 16);
}
