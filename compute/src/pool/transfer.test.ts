import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { transferablesOf } from './transfer.ts';

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
