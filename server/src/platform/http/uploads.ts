import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../clock.ts';
import { refused, UserProblem } from '../graphql/errors.ts';
import { viewer } from '../viewer.ts';

const KEPT_MS = 24 * 3_600_000;
/** What is reserved at once for a file whose length nobody told. */
const STEP_BYTES = 16 * 1024 ** 2;

/** How much may be put aside. */
export interface UploadLimits {
  /** Of one file. */
  readonly bytesMaximum: number;
  /** Of all files of one user together; the one user of an installation without logins has the disk. */
  readonly userBytesMaximum: number;
  readonly userFilesMaximum: number;
  /** What the database and its backups keep of the disk. */
  readonly freeBytesMinimum: number;
  /** How many bytes the disk of a folder has free. */
  readonly freeBytes: (folder: string) => Promise<number>;
}

const LIMITS: UploadLimits = {
  bytesMaximum: 2 * 1024 ** 3,
  userBytesMaximum: 8 * 1024 ** 3,
  userFilesMaximum: 10_000,
  freeBytesMinimum: 512 * 1024 ** 2,
  async freeBytes(folder) {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  },
};

/** Thrown where an upload is larger than there is room for; its status over HTTP tells whose room: 413 the sender's, 507 the disk's. */
export class UploadRefused extends UserProblem {
  readonly status: 413 | 507;

  constructor(message: string, status: 413 | 507 = 413) {
    super(refused('LIMIT', message).error);
    this.status = status;
  }
}

/** A file that is being written; what is reserved and not yet written is still free on the disk. */
interface Writing {
  /** 0 where nobody told it. */
  readonly lengthBytes: number;
  readonly userId: string | null;
  reservedBytes: number;
  writtenBytes: number;
}

/** How much of a file there is room for, and in words what bounds it. */
interface Room {
  readonly bytes: number;
  readonly why: string;
  readonly status: 413 | 507;
}

/**
 * Files sent for an import, kept in a folder until used or a day old. The id of one ends with a mark of
 * whoever sent it, so that nobody else can use it.
 */
export class Uploads {
  private readonly folder: string;
  private readonly clock: Clock;
  private readonly limits: UploadLimits;
  private readonly writing = new Map<string, Writing>();

  constructor(folder: string, clock: Clock, limits: Partial<UploadLimits> = {}) {
    this.folder = folder;
    this.clock = clock;
    this.limits = { ...LIMITS, ...limits };
  }

  /**
   * Stores a stream, of `lengthBytes` where that is known; nothing is left of one that breaks off or grows too large.
   * Throws `UploadRefused` where there is no room for it, before its first byte where its length is told.
   */
  async store(source: Readable, lengthBytes = 0): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    await this.removeOld();
    const uuid = randomUUID();
    const { userId } = viewer();
    const uploadId = userId === null ? `upl_${uuid}` : `upl_${uuid}_${markOf(uuid, userId)}`;
    const one: Writing = { lengthBytes, userId, reservedBytes: 0, writtenBytes: 0 };
    const counted = async function* (this: Uploads, chunks: AsyncIterable<Buffer | string>) {
      for await (const chunk of chunks) {
        const bytes = one.writtenBytes + Buffer.byteLength(chunk);
        if (bytes > one.reservedBytes) await this.reserve(uploadId, bytes);
        one.writtenBytes = bytes;
        yield chunk;
      }
    }.bind(this);
    this.writing.set(uploadId, one);
    try {
      await this.reserve(uploadId, lengthBytes);
      // Opened before anything can go wrong, so that what is removed then is really there.
      const file = await open(join(this.folder, uploadId), 'wx');
      try {
        await pipeline(source, counted, file.createWriteStream());
      } catch (problem) {
        await file.close().catch(() => undefined);
        await this.remove(uploadId);
        throw problem;
      }
    } catch (problem) {
      // Somebody else may have filled the disk meanwhile.
      if ((problem as NodeJS.ErrnoException).code !== 'ENOSPC') throw problem;
      throw new UploadRefused(
        `expected at most ${one.writtenBytes} bytes, which filled the disk, was more`,
        507,
      );
    } finally {
      this.writing.delete(uploadId);
    }
    return uploadId;
  }

  /** Where an upload lies and how large it is; null where the present user has none of this id. */
  async find(uploadId: string): Promise<{ path: string; bytes: number } | null> {
    const { userId } = viewer();
    if (userId !== null && !isOf(uploadId, userId)) return null;
    const path = this.pathOf(uploadId);
    const found = path && (await stat(path).catch(() => null));
    return found ? { path, bytes: found.size } : null;
  }

  async remove(uploadId: string): Promise<void> {
    const path = this.pathOf(uploadId);
    if (path) await rm(path, { force: true });
  }

  /** Keeps room for a file of so many bytes, and for a step more where its length is not told. */
  private async reserve(uploadId: string, bytes: number): Promise<void> {
    const one = this.writing.get(uploadId)!;
    // Before anybody is asked, so that of two at once at least one knows of the other.
    one.reservedBytes = Math.max(one.reservedBytes, bytes);
    const { userId, lengthBytes } = one;
    const rooms = [await this.roomOnDisk(uploadId)];
    if (userId !== null) rooms.unshift(await this.roomOf(userId, uploadId));
    rooms.unshift({ bytes: this.limits.bytesMaximum, why: 'which is the most for one file', status: 413 });
    const least = rooms.reduce((a, b) => (b.bytes < a.bytes ? b : a));
    if (bytes > least.bytes) {
      const most = Math.max(0, least.bytes);
      const was = lengthBytes > 0 ? String(bytes) : 'more';
      throw new UploadRefused(`expected at most ${most} bytes, ${least.why}, was ${was}`, least.status);
    }
    if (lengthBytes === 0) one.reservedBytes = Math.min(bytes + STEP_BYTES, least.bytes);
  }

  private async roomOnDisk(uploadId: string): Promise<Room> {
    const { freeBytes, freeBytesMinimum } = this.limits;
    const own = this.writing.get(uploadId)!;
    let bytes = (await freeBytes(this.folder)) - freeBytesMinimum + own.writtenBytes;
    for (const one of this.writing.values())
      if (one !== own) bytes -= Math.max(0, one.reservedBytes - one.writtenBytes);
    return { bytes, why: `as the disk keeps ${freeBytesMinimum} free`, status: 507 };
  }

  private async roomOf(userId: string, uploadId: string): Promise<Room> {
    const { userBytesMaximum, userFilesMaximum } = this.limits;
    const names = (await readdir(this.folder)).filter((name) => name !== uploadId && isOf(name, userId));
    if (names.length >= userFilesMaximum)
      throw new UploadRefused(
        `expected at most ${userFilesMaximum} uploads of one user that were not used yet, was ${names.length + 1}`,
      );
    let bytes = 0;
    for (const name of names) {
      const found = await stat(join(this.folder, name)).catch(() => null);
      bytes += Math.max(found?.size ?? 0, this.writing.get(name)?.reservedBytes ?? 0);
    }
    return {
      bytes: userBytesMaximum - bytes,
      why: `as your others of the last day have ${bytes} of ${userBytesMaximum}`,
      status: 413,
    };
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

function isOf(uploadId: string, userId: string): boolean {
  const [, uuid, mark] = uploadId.split('_');
  return mark !== undefined && mark === markOf(uuid, userId);
}

function markOf(uuid: string, userId: string): string {
  return createHash('sha256').update(`${uuid} ${userId}`).digest('hex').slice(0, 16);
}
