import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';

/** Larger answers are not kept. */
export const ENTRY_BYTES_MAXIMUM = 256 * 1024;
const BYTES_MAXIMUM = 64 * 1024 ** 2;

/**
 * Keeps answers that could be worked out again, under keys that say everything they depend on: an entry is never
 * wrong, only gone. One may go at any time, and nobody waits for a cache that is away.
 */
export interface Cache {
  get(key: string): Promise<Uint8Array | null>;
  put(key: string, entry: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Keeps entries in this process, and lets those go first that were not asked for longest. */
export class LocalCache implements Cache {
  private readonly entries = new Map<string, Uint8Array>();
  private readonly bytesMaximum: number;
  private bytes = 0;

  constructor(bytesMaximum = BYTES_MAXIMUM) {
    this.bytesMaximum = bytesMaximum;
  }

  async get(key: string): Promise<Uint8Array | null> {
    const entry = this.entries.get(key);
    if (!entry) return null;
    // A map keeps its order: now it is the newest.
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry;
  }

  async put(key: string, entry: Uint8Array): Promise<void> {
    if (entry.byteLength > ENTRY_BYTES_MAXIMUM) return;
    this.drop(key);
    this.entries.set(key, entry);
    this.bytes += entry.byteLength;
    for (const oldest of this.entries.keys()) {
      if (this.bytes <= this.bytesMaximum) return;
      this.drop(oldest);
    }
  }

  async close(): Promise<void> {
    this.entries.clear();
    this.bytes = 0;
  }

  private drop(key: string): void {
    this.bytes -= this.entries.get(key)?.byteLength ?? 0;
    this.entries.delete(key);
  }
}

/** What a cache has for these inputs, or what the work gives, kept for the next time. */
export async function kept<Answer>(
  cache: Cache,
  name: string,
  inputs: unknown,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const key = `${name}:${createHash('sha256').update(serialize(inputs)).digest('hex')}`;
  const known = await cache.get(key);
  if (known) return deserialize(known) as Answer;
  const answer = await work();
  await cache.put(key, serialize(answer));
  return answer;
}
