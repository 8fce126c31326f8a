import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { itSlow } from '../../tools/testing/services.ts';
import { SweepSurfaces } from '../src/backtest/surface.ts';
import { encodeColumns } from '../src/run/columns.ts';
import { createTestListener, type TestListener } from './create-test-listener.ts';
import { greet } from './talk.ts';

const SETS = 10_000;
const EVENT_BYTES = (SETS * 8 * 4) / 3;
const PAUSE_MS = 5;
const SUBSCRIPTION = 'subscription { sweepEvents(id: "run_x") { seq values run { status setsTotal } } }';

/** What memory holds once the garbage is gone. */
function liveBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** A sweep whose surface changes at every look. */
function changingSweep() {
  let seq = 0;
  let lookCount = 0;
  const axes = [{ parameter: 'fast', values: Array.from({ length: SETS }, (_, place) => place) }];
  const artifact = async (_runId: string, _name: string, part = { offset: 0, length: Infinity }) => {
    const column = new Float64Array(SETS).fill(seq);
    const bytes = encodeColumns({ sharpe: column, tradeCount: column });
    return Buffer.from(bytes.subarray(part.offset, part.offset + part.length));
  };
  const request = { parameters: {}, costs: {}, axes, objective: 'sharpe', from: null, to: null };
  return {
    advance: () => (seq += 1),
    lookCount: () => lookCount,
    services: {
      runs: {
        find: async () => {
          lookCount += 1;
          const result = { blockCounts: [seq] };
          return {
            id: 'run_x',
            kind: 'SWEEP',
            status: 'RUNNING',
            seq,
            progress: 0,
            attempt: 1,
            request,
            result,
          };
        },
      },
      backtests: { surfaces: new SweepSurfaces({ artifact }) },
    },
  };
}

describe('a websocket whose client reads slowly', () => {
  let api: TestListener | undefined;
  afterEach(() => api?.stop());

  /** Changes a sweep 200 times a second while a client reads for a moment every two seconds; tells what was held for it. */
  async function starve(changes: number) {
    const sweep = changingSweep();
    api = await createTestListener({ services: sweep.services });
    const talk = await greet(api.url);
    talk.send({ id: '1', type: 'subscribe', payload: { query: SUBSCRIPTION } });
    const first = (await talk.next()).payload.data.sweepEvents;
    let heldMaximum = 0;
    for (let change = 1; change <= changes; change += 1) {
      if (change % 400 === 1) talk.socket.pause();
      if (change % 400 === 399) talk.socket.resume();
      api.pubSub.publish('run/run_x', { seq: sweep.advance() });
      heldMaximum = Math.max(heldMaximum, api.bytesHeld());
      await sleep(PAUSE_MS);
    }
    const looksWhileSlow = sweep.lookCount();
    talk.socket.resume();
    let last = first;
    for (let seq = first.seq; seq < changes; seq = last.seq) {
      last = (await talk.next()).payload.data.sweepEvents;
      expect(last.seq).toBeGreaterThan(seq);
    }
    talk.close();
    return { first, last, heldMaximum, looksWhileSlow };
  }

  it(
    'is sent the newest state when it reads again, and little is kept for it',
    { timeout: 120_000 },
    async () => {
      const changes = 390;
      const { first, last, heldMaximum, looksWhileSlow } = await starve(changes);
      expect([first.seq, last.seq, last.run.setsTotal]).toEqual([0, changes, SETS]);
      const newest = Buffer.from(last.values, 'base64').readDoubleLE(0);
      expect(newest).toBe(changes);
      expect(heldMaximum).toBeLessThan(4 * EVENT_BYTES);
      // What the systems of both sides keep between them was all that was looked for.
      expect(looksWhileSlow).toBeLessThan(changes / 2);
    },
  );

  itSlow('keeps memory flat for a minute', { timeout: 300_000 }, async () => {
    const beforeBytes = liveBytes();
    const { heldMaximum, last } = await starve(12_000);
    const grownBytes = liveBytes() - beforeBytes;
    expect(last.seq).toBe(12_000);
    expect(heldMaximum).toBeLessThan(4 * EVENT_BYTES);
    // All of the events would be 1.3 GB.
    expect(grownBytes).toBeLessThan(200e6);
  });
});
