import { createHash, type Hash } from 'node:crypto';

/** Bumped whenever a change makes any result differ, so that no cached result outlives its engine. */
export const ENGINE_VERSION = '13';

/** SHA-256 in hex over plain data and typed arrays, with keys in order, and the engine's version; what is not equal is fed differently. */
export function contentHash(value: unknown): string {
  const hash = createHash('sha256').update(`engine ${ENGINE_VERSION}`);
  feed(hash, value);
  return hash.digest('hex');
}

/**
 * The hash of a result: that of its request, and the backend that gave it. Where several did parts, `split` is
 * plain data that tells which did what.
 */
export function resultHash(requestHash: string, backend: string, split: unknown = null): string {
  return contentHash({ requestHash, backend, split });
}

function feed(hash: Hash, value: unknown): void {
  if (ArrayBuffer.isView(value)) {
    hash.update(`${value.constructor.name} ${value.byteLength};`);
    hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  } else if (Array.isArray(value)) {
    hash.update(`list ${value.length};`);
    for (const item of value) feed(hash, item);
  } else if (value !== null && typeof value === 'object') {
    const keys = Object.keys(value).toSorted();
    hash.update(`object ${keys.length};`);
    for (const key of keys) {
      feed(hash, key);
      feed(hash, (value as Record<string, unknown>)[key]);
    }
  } else {
    const text = Object.is(value, -0) ? '-0' : String(value);
    // With its length, or a text could go on with what looks like the next value.
    hash.update(`${typeof value} ${text.length} ${text};`);
  }
}
