import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { afterEach, describe, expect } from 'vitest';
import { WebSocket } from 'ws';
import { itSlow } from '../../tools/testing/services.ts';
import { type Product, startProduct } from './services/product.ts';

const SETS = 1_000_000;
const BARS = 5_000;
const GROWTH_MAXIMUM_BYTES = 300e6;

const csv = () => {
  const rows = Array.from({ length: BARS }, (_, day) => {
    const date = new Date(Date.UTC(2005, 0, 1 + day)).toISOString().slice(0, 10);
    const close = (100 + 30 * Math.sin(day / 90) + 9 * Math.sin(day / 7)).toFixed(4);
    return `${date},${close},${close},${close},${close},1000`;
  });
  return `Date,Open,High,Low,Close,Volume\n${rows.join('\n')}`;
};

describe('a sweep over a million parameter sets', () => {
  let product: Product;
  let folder = '';
  let url = '';
  afterEach(async () => {
    product.child.kill('SIGKILL');
    await product.ended;
    rmSync(folder, { recursive: true, force: true });
  });

  async function query(document: string, variables: object): Promise<any> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: document, variables }),
    });
    const { data, errors } = (await response.json()) as { data: unknown; errors?: unknown };
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  async function start(field: string, type: string, input: object): Promise<string> {
    const document = `mutation($input: ${type}!) { ${field}(input: $input) { run { id } errors { message } } }`;
    const { [field]: payload } = await query(document, {
      input: { idempotencyKey: `million-${field}-${performance.now()}`, ...input },
    });
    expect(payload.errors).toEqual([]);
    return payload.run.id;
  }

  async function* events(document: string, id: string): AsyncGenerator<any> {
    const address = `${url.replace('http', 'ws')}/graphql`;
    const client = createClient({ url: address, webSocketImpl: WebSocket, retryAttempts: 0 });
    try {
      for await (const { data } of client.iterate({ query: document, variables: { id } })) yield data;
    } finally {
      await client.dispose();
    }
  }

  const residentBytes = () => {
    const status = readFileSync(`/proc/${product.child.pid}/status`, 'utf8');
    return 1_024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]);
  };
  const columnOf = (text: string) => new Float64Array(new Uint8Array(Buffer.from(text, 'base64')).buffer);

  /** Sweeps `side` x `side` sets, watched live; gives the surface as it came. */
  async function sweep(side: number): Promise<{ id: string; surface: Float64Array; last: any }> {
    const axes = ['fast', 'slow'].map((parameter) => ({ parameter, from: 2, to: side + 1, step: 1 }));
    const id = await start('startSweep', 'StartSweepInput', {
      symbol: 'WAVE',
      timeframe: 'DAY_1',
      strategyId: 'sma-cross',
      axes,
    });
    const document =
      'subscription($id: ID!) { sweepEvents(id: $id) { fromIndex values run { status setsDone best { index sharpe } } } }';
    const surface = new Float64Array(side * side).fill(NaN);
    let last;
    for await (const { sweepEvents } of events(document, id)) {
      last = sweepEvents.run;
      surface.set(columnOf(sweepEvents.values), sweepEvents.fromIndex);
    }
    return { id, surface, last };
  }

  itSlow('is shown whole while the server stays small', { timeout: 300_000 }, async () => {
    folder = mkdtempSync(join(tmpdir(), 'ai-trading-million-'));
    product = startProduct({ DATA_DIR: folder, LOG_DIR: join(folder, 'logs'), OMP_NUM_THREADS: '2' });
    url = (await product.ready).api;
    const imported = await start('importBars', 'ImportBarsInput', { symbol: 'WAVE', content: csv() });
    for await (const _ of events('subscription($id: ID!) { runEvents(id: $id) { seq } }', imported));
    // A small one first, so that code and threads are there.
    await sweep(20);
    const idleBytes = residentBytes();
    let mostBytes = idleBytes;
    const watch = setInterval(() => (mostBytes = Math.max(mostBytes, residentBytes())), 20);
    const { id, surface, last } = await sweep(Math.sqrt(SETS));
    expect(last).toMatchObject({ status: 'SUCCEEDED', setsDone: SETS });
    const stored = await query('query($id: ID!) { sweep(id: $id) { surface(metric: SHARPE) } }', { id });
    clearInterval(watch);
    const asStored = columnOf(stored.sweep.surface);
    expect(Buffer.compare(Buffer.from(asStored.buffer), Buffer.from(surface.buffer))).toBe(0);
    expect(last.best[0].sharpe).toBe(surface[last.best[0].index]);
    expect(mostBytes - idleBytes).toBeLessThan(GROWTH_MAXIMUM_BYTES);
  });
});
