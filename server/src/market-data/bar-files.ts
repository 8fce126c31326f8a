import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { StoredBars } from './bars.ts';

const COLUMNS = ['timesMs', 'open', 'high', 'low', 'close', 'volume', 'adjustedClose'] as const;
const MAGIC = 0x31726162;
const HEADER_BYTES = 16;
const VALUE_BYTES = 8;
const BYTES_MAXIMUM = 2 ** 30;
/** So often are files counted, and those let go that were not used for longest. */
const WRITES_PER_PRUNING = 256;

/**
 * Bars as files named by their content, from which a process that starts anew has them many times faster than
 * from the rows of a database, and without holding up others. Files may be removed at any time.
 */
export class BarFiles {
  private readonly folder: string;
  private written = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Null where there is no whole file of that content. */
  async read(contentHash: string): Promise<StoredBars | null> {
    const file = this.file(contentHash);
    const bytes = file && (await readFile(file).catch(() => null));
    if (!bytes || bytes.length < HEADER_BYTES || bytes.readUInt32LE(0) !== MAGIC) return null;
    const body = bytes.subarray(HEADER_BYTES);
    const count = bytes.readUInt32LE(4);
    if (body.length !== count * COLUMNS.length * VALUE_BYTES || crc32(body) !== bytes.readUInt32LE(8))
      return null;
    const now = new Date();
    await utimes(file, now, now).catch(() => undefined);
    const column = (place: number) => {
      const start = body.byteOffset + place * count * VALUE_BYTES;
      return new Float64Array(bytes.buffer.slice(start, start + count * VALUE_BYTES) as ArrayBuffer);
    };
    const [timesMs, open, high, low, close, volume, adjustedClose] = COLUMNS.map((_, place) => column(place));
    return { timesMs, open, high, low, close, volume, adjustedClose };
  }

  /** Keeps bars; what can't be written is read from the database again. */
  async write(contentHash: string, bars: StoredBars): Promise<void> {
    const file = this.file(contentHash);
    if (!file) return;
    const columns = COLUMNS.map((name) => bars[name]);
    const body = Buffer.concat(columns.map((one) => Buffer.from(one.buffer, one.byteOffset, one.byteLength)));
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(MAGIC, 0);
    header.writeUInt32LE(bars.timesMs.length, 4);
    header.writeUInt32LE(crc32(body), 8);
    const draft = `${file}.${process.pid}.draft`;
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFile(draft, [header, body]);
      await rename(draft, file);
      this.written += 1;
      if (this.written % WRITES_PER_PRUNING === 1) await this.prune();
    } catch {
      await rm(draft, { force: true }).catch(() => undefined);
    }
  }

  private async prune(): Promise<void> {
    const files = await Promise.all(
      (await readdir(this.folder)).map(async (name) => {
        const path = join(this.folder, name);
        const { size, mtimeMs } = await stat(path);
        return { path, size, mtimeMs };
      }),
    );
    let bytes = files.reduce((total, { size }) => total + size, 0);
    for (const { path, size } of files.toSorted((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (bytes <= BYTES_MAXIMUM) return;
      await rm(path, { force: true });
      bytes -= size;
    }
  }

  private file(contentHash: string): string | null {
    return /^[0-9a-f]{64}$/.test(contentHash) ? join(this.folder, `${contentHash}.bars`) : null;
  }
}
