import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closesWithTies } from '../../../../tools/testing/closes.ts';
import { runsOf } from '../../../../tools/testing/runs.ts';
import { walk } from '../../../../tools/testing/sweeps.ts';
import { writeRangeLevel } from '../wasm/tables.ts';
import { DeviceBuffers } from './buffers.ts';
import { openCuda } from './device.ts';
import {
  emitPieces,
  emitRanges,
  PIECE_BYTES,
  PIECE_LEVEL,
  PIECES_KERNEL,
  piecesOf,
  RANGE_BYTES,
  RANGES_KERNEL,
  rangeThreads,
} from './emit-ranges.ts';
import { launchThreads } from './signals.ts';
import { changesOf } from './testing/changes.ts';
import { StubDriver } from './testing/stub-driver.ts';

const levelsOf = (count: number) => Math.ceil(Math.log2(Math.max(2, count)));

/** The table that the kernels make, with pieces of 2^`pieceLevel` bars. */
function tableOf(
  close: Float64Array<ArrayBuffer>,
  pieceLevel: number,
  texts = { pieces: emitPieces(pieceLevel), ranges: emitRanges(pieceLevel) },
) {
  const stub = new StubDriver();
  const [device] = openCuda(stub).devices;
  const memory = new DeviceBuffers(device);
  const levels = levelsOf(close.length);
  const found = new Float64Array((RANGE_BYTES / 8) * levels * close.length);
  const [closes, table] = [memory.holding(close), memory.room(found.byteLength)];
  const piecesTotal = piecesOf(close.length, pieceLevel);
  const pieces = memory.room(piecesTotal * PIECE_BYTES);
  launchThreads(memory, texts.pieces, PIECES_KERNEL, piecesTotal, [
    ['u64', closes],
    ['u64', pieces],
    ['u32', close.length],
    ['u32', piecesTotal],
  ]);
  const count = rangeThreads(close.length, levels, pieceLevel);
  launchThreads(memory, texts.ranges, RANGES_KERNEL, count, [
    ['u64', closes],
    ['u64', pieces],
    ['u64', table],
    ['u32', close.length],
    ['u32', levels],
    ['u32', count],
  ]);
  device.download(new Uint8Array(found.buffer), table, memory.stream);
  return found;
}

function byProcessor(close: Float64Array): Float64Array {
  const levels = levelsOf(close.length);
  const table = new Float64Array(3 * levels * close.length);
  for (let level = 0; level < levels; level += 1) writeRangeLevel(table, close, level);
  // On a device the close of its bar lies behind each entry.
  return Float64Array.from({ length: 4 * levels * close.length }, (_, place) => {
    const [entry, field] = [Math.floor(place / 4), place % 4];
    return field < 3 ? table[3 * entry + field] : close[entry % close.length];
  });
}

const closesOf = (length: number, seed: number) => new Float64Array(walk(length, seed).close);

describe('the kernels that make tables of ranges, interpreted', () => {
  it.each([1, 2, 3, 16, 17, 31, 100, 129])('give the bits of the processor for %i bars', (length) => {
    const close = closesOf(length, 4);
    for (const pieceLevel of [0, 1, 2, 4, 7, 8])
      expect(tableOf(close, pieceLevel)).toEqual(byProcessor(close));
  });

  it('give them in pieces of the length that sweeps take', () => {
    const close = closesOf(5 * 2 ** PIECE_LEVEL + 3, 9);
    expect(tableOf(close, PIECE_LEVEL)).toEqual(byProcessor(close));
  });

  it('give them whatever closes are the same or nearly so', () => {
    const pieceLevels = fc.integer({ min: 0, max: 4 });
    const property = fc.property(closesWithTies({ maxLength: 70 }), pieceLevels, (close, pieceLevel) => {
      expect(tableOf(close, pieceLevel)).toEqual(byProcessor(close));
    });
    fc.assert(property, runsOf(100, 2));
  });

  it('have a thread for each piece of every half', () => {
    // Levels of 200,000, 100,000, 50,000 bars and so on; from 2^8 bars on 782 pieces each.
    expect(rangeThreads(200_000, 18)).toBe(
      200_000 + 100_000 + 50_000 + 25_000 + 12_500 + 6_250 + 3_125 + 1_563 + 10 * 782,
    );
  });

  it('are found out by every instruction that computes something else', () => {
    const runs = [1, 2, 3].map((seed) => {
      const close = closesOf(700, seed);
      return { close, expected: byProcessor(close) };
    });
    const texts = { pieces: emitPieces(4), ranges: emitRanges(4) };
    const changes = (['pieces', 'ranges'] as const).flatMap((kernel) =>
      changesOf(texts[kernel]).map((change) => ({ ...change, kernel })),
    );
    const gives = (kernel: string, changed: string, { close, expected }: (typeof runs)[number]) => {
      try {
        return isDeepStrictEqual(tableOf(close, 4, { ...texts, [kernel]: changed }), expected);
      } catch {
        return false;
      }
    };
    const unnoticed = changes.filter(({ kernel, changed }) =>
      changed.every((each) => runs.every((run) => gives(kernel, each, run))),
    );
    expect(unnoticed.map(({ kernel, line }) => `${kernel}: ${line}`)).toEqual([]);
    expect(changes.length).toBeGreaterThan(100);
  });
});
