import type { KeptColumns } from './wire.ts';

/** Columns that came with requests, by hash, up to a bound of bytes; the least recently used go first. */
export class ColumnStore implements KeptColumns {
  private readonly columns = new Map<string, SharedArrayBuffer>();
  private readonly maximumBytes: number;
  private bytes = 0;

  constructor(maximumBytes: number) {
    this.maximumBytes = maximumBytes;
  }

  get(hash: string): SharedArrayBuffer | undefined {
    const found = this.columns.get(hash);
    if (found) {
      this.columns.delete(hash);
      this.columns.set(hash, found);
    }
    return found;
  }

  keep(hash: string, bytes: SharedArrayBuffer): void {
    if (this.get(hash) || bytes.byteLength > this.maximumBytes) return;
    this.columns.set(hash, bytes);
    this.bytes += bytes.byteLength;
    for (const [oldest, { byteLength }] of this.columns) {
      if (this.bytes <= this.maximumBytes) return;
      this.columns.delete(oldest);
      this.bytes -= byteLength;
    }
  }
}
