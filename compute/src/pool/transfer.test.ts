import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import type { SweepTile } from '../service/contract.ts';
import { inOneBuffer, transferablesOf } from './transfer.ts';

const { port1, port2 } = new MessageChannel();
afterAll(() => port1.close());

describe('the columns of a message', () => {
  it('are handed over, and those in shared memory stay with both', () => {
    const shared = new Float64Array(new SharedArrayBuffer(16));
    const own = Float64Array.of(1, 2);
    const codes = new Int32Array([3]);
    const message = { timesMs: shared, parts: [{ own, twice: own.subarray(1) }], codes, reasons: ['entry'] };
    const buffers = transferablesOf(message);
    expect(buffers).toEqual([own.buffer, codes.buffer]);
    port1.postMessage(message, buffers);
    expect([own.buffer.detached, own.length, codes.length, shared.length]).toEqual([true, 0, 0, 2]);
    const { message: received } = receiveMessageOnPort(port2) as { message: typeof message };
    expect(received.parts[0]).toEqual({ own: Float64Array.of(1, 2), twice: Float64Array.of(2) });
    expect(received.codes).toEqual(new Int32Array([3]));
    // The same bytes, read by both.
    shared[0] = 7;
    expect(received.timesMs[0]).toBe(7);
  });

  it.each([[null], [7], ['text'], [{}], [{ statistics: { sharpe: { value: null } } }]])(
    'are none in %o',
    (message) => {
      expect(transferablesOf(message)).toEqual([]);
    },
  );
});

describe('the tiles of a message', () => {
  const tile = (fromIndex: number, count: number): SweepTile => {
    const column = (metric: number) =>
      Float64Array.from({ length: count }, (_, set) => fromIndex + set + metric / 10);
    return {
      fromIndex,
      totalReturn: column(1),
      sharpe: column(2),
      maxDrawdown: column(3),
      tradeCount: column(4),
    };
  };

  it('are equal in one buffer, without room for anything else', () => {
    const tiles = [tile(0, 3), tile(7, 1), tile(9, 2)];
    const packed = inOneBuffer(tiles);
    expect(packed).toEqual(tiles);
    expect(transferablesOf(packed).map(({ byteLength }) => byteLength)).toEqual([8 * 4 * 6]);
  });

  it('need none where there are none', () => {
    expect(inOneBuffer([])).toEqual([]);
  });
});
