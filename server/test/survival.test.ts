import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Product, startProduct } from './services/product.ts';
import { makeSampleData } from './services/sample-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'ai-trading-survival-'));
const started: Product[] = [];
afterEach(async () => {
  for (const { child, ended } of started) {
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<{ product: Product; api: string }> {
  const product = startProduct({ DATA_DIR: folder, LOG_DIR: join(folder, 'logs') });
  started.push(product);
  return { product, api: (await product.ready).api };
}

async function query(api: string, document: string, variables = {}): Promise<any> {
  const response = await fetch(`${api}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: document, variables }),
  });
  const { data, errors } = (await response.json()) as { data: any; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

async function until<Result>(look: () => Promise<Result | null>): Promise<Result> {
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const bars = `Date,Close\n${Array.from({ length: 1500 }, (_, t) => `${new Date(Date.UTC(2015, 0, 1 + t)).toISOString().slice(0, 10)},${100 + 30 * Math.sin(t / 20)}`).join('\n')}`;

describe('a server', () => {
  it(
    'killed in the middle of a sweep does it again after the next start, once and with the same result',
    { timeout: 120_000 },
    async () => {
      await makeSampleData(folder);
      const first = await start();
      const { importBars } = await query(
        first.api,
        'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } } }',
        { input: { idempotencyKey: 'import-bars-1', symbol: 'W', content: bars } },
      );
      await until(async () =>
        (
          await query(first.api, 'query($id: ID!) { importRun(id: $id) { status } }', {
            id: importBars.run.id,
          })
        ).importRun.status === 'SUCCEEDED'
          ? true
          : null,
      );
      const axes = [
        { parameter: 'fast', from: 2, to: 100, step: 1 },
        { parameter: 'slow', from: 20, to: 120, step: 2 },
      ];
      // Interest keeps the sweep on the reference, which is slow enough to be killed in the middle.
      const costs = { cashRate: 0.01 };
      const input = { idempotencyKey: 'the-sweep-1', strategyId: 'sma-cross', symbol: 'W', axes, costs };
      const START = 'mutation($input: StartSweepInput!) { startSweep(input: $input) { run { id } } }';
      const { startSweep } = await query(first.api, START, { input });
      const { id } = startSweep.run;
      const SWEEP =
        'query($id: ID!) { sweep(id: $id) { status attempt setsDone best { index sharpe } surface(metric: SHARPE) } }';
      await until(async () => ((await query(first.api, SWEEP, { id })).sweep.setsDone > 0 ? true : null));
      first.product.child.kill('SIGKILL');
      await first.product.ended;
      const second = await start();
      const sweep = await until(async () => {
        const found = (await query(second.api, SWEEP, { id })).sweep;
        return found.status === 'SUCCEEDED' || found.status === 'FAILED' ? found : null;
      });
      expect(sweep).toMatchObject({ status: 'SUCCEEDED', attempt: 2, setsDone: 99 * 51 });
      expect((await query(second.api, START, { input })).startSweep.run.id).toBe(id);
      const other = (await query(second.api, START, { input: { ...input, idempotencyKey: 'the-sweep-2' } }))
        .startSweep.run.id;
      const again = await until(async () => {
        const found = (await query(second.api, SWEEP, { id: other })).sweep;
        return found.status === 'SUCCEEDED' ? found : null;
      });
      expect(again.surface).toBe(sweep.surface);
      expect((await query(second.api, '{ sweeps(first: 10) { totalCount } }')).sweeps.totalCount).toBe(2);
      second.product.child.kill('SIGTERM');
      expect(await second.product.ended).toBe(0);
    },
  );
});
