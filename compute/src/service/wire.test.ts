import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ColumnsMissing, decodeMessage, encodeMessage, FrameReader, framed, WireError } from './wire.ts';

const column = fc.oneof(
  fc.array(fc.double(), { maxLength: 700 }).map((values) => Float64Array.from(values)),
  fc.array(fc.integer(), { maxLength: 20 }).map((values) => Int32Array.from(values)),
  fc.array(fc.integer({ min: -128, max: 127 }), { maxLength: 20 }).map((values) => Int8Array.from(values)),
);
const message = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.double(),
    fc.string(),
    fc.boolean(),
    fc.constantFrom(null, undefined, -0, NaN, Infinity),
    column,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$', '__proto__', 'place')), tie('value'), {
      maxKeys: 4,
    }),
  ),
})).value;

function store() {
  const held = new Map<string, SharedArrayBuffer>();
  return {
    held,
    get: (hash: string) => held.get(hash),
    keep: (hash: string, bytes: SharedArrayBuffer) => void held.set(hash, bytes),
  };
}

describe('a message', () => {
  it('arrives as it was sent', () => {
    fc.assert(
      fc.property(message, (value) => {
        expect(decodeMessage(encodeMessage(value).bytes)).toStrictEqual(withoutPrototypes(value));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('carries columns as bytes, each once', () => {
    const close = Float64Array.from({ length: 10_000 }, (_, t) => t / 3);
    const { bytes } = encodeMessage({ open: close, close });
    expect(bytes.length).toBeLessThan(close.byteLength + 200);
    const decoded = decodeMessage(bytes) as { open: Float64Array; close: Float64Array };
    expect(decoded.close).toEqual(close);
  });

  it('names a large column that the receiver holds instead of carrying it', () => {
    const kept = store();
    const close = Float64Array.from({ length: 1_000 }, (_, t) => t / 3);
    const known = new Set<string>();
    const first = encodeMessage({ close }, (hash) => known.has(hash));
    expect(decodeMessage(first.bytes, kept)).toEqual({ close });
    for (const hash of first.hashes) known.add(hash);
    const second = encodeMessage({ close }, (hash) => known.has(hash));
    expect(second.bytes.length).toBeLessThan(300);
    const again = decodeMessage(second.bytes, kept) as { close: Float64Array };
    expect(again).toEqual({ close });
    expect(again.close.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(() => decodeMessage(second.bytes, store())).toThrow(ColumnsMissing);
  });

  it('cannot put data under the hash of other data', () => {
    const kept = store();
    const { bytes, hashes } = encodeMessage({ close: new Float64Array(1_000).fill(1) }, () => false);
    bytes.fill(7, bytes.length - 8);
    decodeMessage(bytes, kept);
    expect([...kept.held.keys()]).not.toContain(hashes[0]);
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'expected a head within 0 bytes, was Infinity'],
    ['a head that is too long', Buffer.from([255, 0, 0, 0, 1]), 'expected a head within 5 bytes, was 259'],
    ['no JSON', Buffer.from([1, 0, 0, 0, 33]), /^expected a head of JSON with columns, was/],
    [
      'columns cut off',
      encodeMessage(Float64Array.of(1, 2)).bytes.subarray(0, -1),
      /^expected \d+ bytes or more, was/,
    ],
    [
      'something after the end',
      Buffer.concat([encodeMessage(1).bytes, Buffer.alloc(3)]),
      /^expected \d+ bytes, was \d+$/,
    ],
    [
      'an unknown kind of column',
      raw('{"value":1,"columns":[{"type":"Array","length":1}]}'),
      /^expected a column of .*, was Array 1$/,
    ],
    [
      'a column below 0',
      raw('{"value":1,"columns":[{"type":"Int8Array","length":-1}]}'),
      /was Int8Array -1$/,
    ],
    [
      'a column that is not there',
      raw('{"value":{"$":"column","place":3},"columns":[]}'),
      /^expected undefined, number, column or object, was column$/,
    ],
  ])('that is %s is refused', (_what, bytes, text) => {
    expect(() => decodeMessage(bytes)).toThrow(WireError);
    expect(() => decodeMessage(bytes)).toThrow(text);
  });
});

describe('a stream of messages', () => {
  it('comes apart as it was put together, however it is cut', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });
    const bodies = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 });
    fc.assert(
      fc.property(bodies, cuts, (messages, sizes) => {
        const stream = Buffer.concat(messages.map((body) => framed(Buffer.from(body))));
        const reader = new FrameReader(100);
        const taken: number[][] = [];
        for (let at = 0, turn = 0; at < stream.length; turn += 1) {
          const size = sizes[turn % sizes.length];
          taken.push(...reader.take(stream.subarray(at, at + size)).map((frame) => [...frame]));
          at += size;
        }
        expect(taken).toEqual(messages.map((body) => [...body]));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('refuses a message above the limit before it is there', () => {
    const reader = new FrameReader(10);
    expect(() => reader.take(framed(Buffer.alloc(11)).subarray(0, 4))).toThrow(
      'expected a message of at most 10 bytes, was 11',
    );
  });
});

function raw(head: string): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(head.length);
  return Buffer.concat([size, Buffer.from(head)]);
}

/** fast-check's dictionaries may have no prototype; what arrives always has one. */
function withoutPrototypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrototypes);
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutPrototypes(item)]));
}
