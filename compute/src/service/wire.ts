/**
 * Messages as bytes: the length of the head, a head of JSON for what is plain, and the columns as they lie
 * in memory (little-endian) one after the other. A large column can be left out and named by its hash.
 */
import { createHash } from 'node:crypto';

/** Columns shorter than this always travel; a hash would not be worth its while. */
const NAMED_FROM_BYTES = 4_096;

const COLUMN_TYPES = { Float64Array, Int32Array, Int8Array, Uint8Array } as const;
type ColumnType = keyof typeof COLUMN_TYPES;
type Column = InstanceType<(typeof COLUMN_TYPES)[ColumnType]>;

interface ColumnHead {
  readonly type: ColumnType;
  readonly length: number;
  /** SHA-256 of the bytes of a column worth keeping. */
  readonly hash?: string;
  readonly isLeftOut?: boolean;
}

interface Head {
  readonly value: unknown;
  readonly columns: readonly ColumnHead[];
}

/** Bytes that are no message, with what was expected of them. */
export class WireError extends Error {}

/** A message that names columns which the receiver does not hold. */
export class ColumnsMissing extends Error {}

/** A message in bytes, and the hashes of its large columns. */
export interface EncodedMessage {
  readonly bytes: Buffer;
  readonly hashes: readonly string[];
}

/** Encodes plain data and typed arrays. With `isKnown`, large columns get hashes, and those that are known are left out. */
export function encodeMessage(value: unknown, isKnown?: (hash: string) => boolean): EncodedMessage {
  const places = new Map<Column, number>();
  const heads: ColumnHead[] = [];
  const data: Buffer[] = [];
  const hashes: string[] = [];
  const placeOf = (column: Column): number => {
    const known = places.get(column);
    if (known !== undefined) return known;
    const bytes = Buffer.from(column.buffer, column.byteOffset, column.byteLength);
    const hash = isKnown && bytes.length >= NAMED_FROM_BYTES ? hashOf(bytes) : undefined;
    const isLeftOut = hash !== undefined && isKnown!(hash);
    if (hash) hashes.push(hash);
    if (!isLeftOut) data.push(bytes);
    const type = column.constructor.name as ColumnType;
    heads.push({
      type,
      length: column.length,
      ...(hash ? { hash } : {}),
      ...(isLeftOut ? { isLeftOut } : {}),
    });
    places.set(column, heads.length - 1);
    return heads.length - 1;
  };
  const head = Buffer.from(JSON.stringify({ value: packed(value, placeOf), columns: heads } satisfies Head));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(head.length);
  return { bytes: Buffer.concat([size, head, ...data]), hashes };
}

/** Columns by hash, as the receiver of messages keeps them. */
export interface KeptColumns {
  get(hash: string): SharedArrayBuffer | undefined;
  keep(hash: string, bytes: SharedArrayBuffer): void;
}

/** The value of a message. Where columns are kept they lie in shared memory, which threads read without a copy. */
export function decodeMessage(bytes: Buffer, kept?: KeptColumns): unknown {
  const { head, end } = readHead(bytes);
  let offset = end;
  const columns = head.columns.map(({ type, length, hash, isLeftOut }) => {
    if (!Object.hasOwn(COLUMN_TYPES, type) || !Number.isInteger(length) || length < 0)
      throw new WireError(
        `expected a column of ${Object.keys(COLUMN_TYPES).join(', ')}, was ${type} ${length}`,
      );
    const size = length * COLUMN_TYPES[type].BYTES_PER_ELEMENT;
    if (isLeftOut) {
      const held = hash === undefined ? undefined : kept?.get(hash);
      if (!held) throw new ColumnsMissing(`expected a column that is kept here, was ${hash}`);
      if (held.byteLength !== size)
        throw new WireError(`expected a column of ${held.byteLength} bytes, was ${size}`);
      return over(type, held);
    }
    if (offset + size > bytes.length)
      throw new WireError(`expected ${offset + size} bytes or more, was ${bytes.length}`);
    const memory = kept ? new SharedArrayBuffer(size) : new ArrayBuffer(size);
    const copy = new Uint8Array(memory);
    copy.set(bytes.subarray(offset, offset + size));
    offset += size;
    // The hash of what came, not what the sender says it is: nobody may put other data under a name.
    if (hash !== undefined && memory instanceof SharedArrayBuffer) kept!.keep(hashOf(copy), memory);
    return over(type, memory);
  });
  if (offset !== bytes.length) throw new WireError(`expected ${offset} bytes, was ${bytes.length}`);
  return unpacked(head.value, columns);
}

function readHead(bytes: Buffer): { head: Head; end: number } {
  const end = bytes.length < 4 ? Infinity : 4 + bytes.readUInt32LE(0);
  if (end > bytes.length) throw new WireError(`expected a head within ${bytes.length} bytes, was ${end}`);
  try {
    const head = JSON.parse(bytes.toString('utf8', 4, end)) as Head;
    if (!Array.isArray(head?.columns)) throw new TypeError('without columns');
    return { head, end };
  } catch (problem) {
    throw new WireError(`expected a head of JSON with columns, was ${(problem as Error).message}`);
  }
}

function over(type: ColumnType, memory: ArrayBufferLike): Column {
  // The types of the constructors leave shared memory out.
  return new COLUMN_TYPES[type](memory as ArrayBuffer);
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What JSON lacks travels as an object with the key `$`; an object that has that key itself travels as its entries. */
function packed(value: unknown, placeOf: (column: Column) => number): unknown {
  if (value === undefined) return { $: 'undefined' };
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { $: 'number', text: Object.is(value, -0) ? '-0' : String(value) };
  if (ArrayBuffer.isView(value)) {
    if (!Object.hasOwn(COLUMN_TYPES, value.constructor.name))
      throw new TypeError(`expected ${Object.keys(COLUMN_TYPES).join(', ')}, was ${value.constructor.name}`);
    return { $: 'column', place: placeOf(value as Column) };
  }
  if (Array.isArray(value)) return value.map((item) => packed(item, placeOf));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, item]) => [key, packed(item, placeOf)]);
  return Object.hasOwn(value, '$') ? { $: 'object', entries } : Object.fromEntries(entries);
}

function unpacked(value: unknown, columns: readonly Column[]): unknown {
  if (Array.isArray(value)) return value.map((item) => unpacked(item, columns));
  if (value === null || typeof value !== 'object') return value;
  if (!Object.hasOwn(value, '$'))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpacked(item, columns)]));
  const special = value as { $: unknown; text?: unknown; place?: unknown; entries?: unknown };
  if (special.$ === 'undefined') return undefined;
  if (special.$ === 'number') return Number(special.text);
  if (special.$ === 'column' && columns[special.place as number]) return columns[special.place as number];
  if (special.$ === 'object' && Array.isArray(special.entries))
    return Object.fromEntries(special.entries.map(([key, item]) => [key, unpacked(item, columns)]));
  throw new WireError(`expected undefined, number, column or object, was ${String(special.$)}`);
}

/** A message with its length before it, for a stream of several. */
export function framed(bytes: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(bytes.length);
  return Buffer.concat([size, bytes]);
}

/** Takes a stream apart into the messages that `framed` put on it. */
export class FrameReader {
  private chunks: Buffer[] = [];
  private size = 0;
  private readonly frameMaximumBytes: number;

  constructor(frameMaximumBytes: number) {
    this.frameMaximumBytes = frameMaximumBytes;
  }

  /** The messages that are complete with this chunk. */
  take(chunk: Uint8Array): Buffer[] {
    this.chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.size += chunk.length;
    const frames: Buffer[] = [];
    for (;;) {
      const needed = this.needed();
      if (this.size < needed) return frames;
      const all = this.chunks.length === 1 ? this.chunks[0] : Buffer.concat(this.chunks);
      frames.push(all.subarray(4, needed));
      this.chunks = [all.subarray(needed)];
      this.size -= needed;
    }
  }

  /** How many bytes the next message takes with its length; unknown as long as its length is not there. */
  private needed(): number {
    if (this.size < 4) return Infinity;
    if (this.chunks[0].length < 4) this.chunks = [Buffer.concat(this.chunks)];
    const length = this.chunks[0].readUInt32LE(0);
    if (length > this.frameMaximumBytes)
      throw new WireError(`expected a message of at most ${this.frameMaximumBytes} bytes, was ${length}`);
    return 4 + length;
  }
}
