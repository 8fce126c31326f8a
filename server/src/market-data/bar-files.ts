import { mkdir, open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { StoredBars } from './bars.ts';

// Those that a ledger needs come first, and can be read alone.
const COLUMNS = ['timesMs', 'close', 'open', 'high', 'low', 'volume', 'adjustedClose'] as const;
const CLOSES = 2;
const MAGIC = 0x32726162;
const HEADER_BYTES = 16;
const VALUE_BYTES = 8;
const BYTES_MAXIMUM = 2 ** 30;
// So often are files counted, and those let go that were not used for longest.
const WRITES_PER_PRUNING = 256;
// How old the mark of the last use may be.
const USE_MS = 86_400_000;

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
    const columns = await this.columns(contentHash, COLUMNS.length);
    if (!columns) return null;
    const [timesMs, close, open, high, low, volume, adjustedClose] = columns;
    return { timesMs, open, high, low, close, volume, adjustedClose };
  }

  /** The closes alone, which are read several times as fast. */
  async readCloses(contentHash: string): Promise<Pick<StoredBars, 'timesMs' | 'close'> | null> {
    const columns = await this.columns(contentHash, CLOSES);
    return columns && { timesMs: columns[0], close: columns[1] };
  }

  private async columns(contentHash: string, columnCount: number): Promise<Float64Array[] | null> {
    const path = this.path(contentHash);
    const file = path && (await open(path).catch(() => null));
    if (!file) return null;
    try {
      const { size, mtimeMs } = await file.stat();
      const count = (size - HEADER_BYTES) / VALUE_BYTES / COLUMNS.length;
      if (!Number.isInteger(count) || count < 0) return null;
      const bytes = Buffer.allocUnsafeSlow(HEADER_BYTES + columnCount * count * VALUE_BYTES);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
      if (bytesRead < bytes.length || bytes.readUInt32LE(0) !== MAGIC) return null;
      const [closes, others] = partsOf(bytes.subarray(HEADER_BYTES), count);
      if (crc32(closes) !== bytes.readUInt32LE(4)) return null;
      if (columnCount > CLOSES && crc32(others) !== bytes.readUInt32LE(8)) return null;
      const now = new Date();
      if (now.getTime() - mtimeMs > USE_MS) await utimes(path, now, now).catch(() => undefined);
      return Array.from({ length: columnCount }, (_, place) => {
        const start = HEADER_BYTES + place * count * VALUE_BYTES;
        return new Float64Array(bytes.buffer, start, count);
      });
    } catch {
      return null;
    } finally {
      await file.close();
    }
  }

  /** Keeps bars; what can't be written is read from the database again. */
  async write(contentHash: string, bars: StoredBars): Promise<void> {
    const path = this.path(contentHash);
    if (!path) return;
    const columns = COLUMNS.map((name) => bars[name]);
    const body = Buffer.concat(columns.map((one) => Buffer.from(one.buffer, one.byteOffset, one.byteLength)));
    const [closes, others] = partsOf(body, bars.timesMs.length);
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(MAGIC, 0);
    header.writeUInt32LE(crc32(closes), 4);
    header.writeUInt32LE(crc32(others), 8);
    const draft = `${path}.${process.pid}.draft`;
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFile(draft, [header, body]);
      await rename(draft, path);
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

  private path(contentHash: string): string | null {
    return /^[0-9a-f]{64}$/.test(contentHash) ? join(this.folder, `${contentHash}.bars`) : null;
  }
}

function partsOf(body: Buffer, count: number): [closes: Buffer, others: Buffer] {
  const end = CLOSES * count * VALUE_BYTES;
  return [body.subarray(0, end), body.subarray(end)];
}
