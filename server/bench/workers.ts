import { setTimeout as sleep } from 'node:timers/promises';
import { FullProduct } from '../test/services/full-product.ts';
import { hasPostgresql } from '../test/services/postgresql.ts';
import { hasRedis } from '../test/services/redis.ts';

const SWEEPS = 8;
const DAYS = 4_000;

/** How much faster two workers of one thread each do the same runs than one. */
export async function measureWorkers(): Promise<string[]> {
  if (!hasPostgresql || !hasRedis) return ['Workers: skipped, it needs PostgreSQL and Redis servers'];
  const product = await FullProduct.start();
  try {
    const { api } = await product.startApi();
    await product.startWorker();
    await importBars(api);
    // The first run is slower than others: code is compiled.
    await timeSweeps(api, 1, 0);
    const oneMs = await timeSweeps(api, SWEEPS, 100);
    await product.startWorker();
    await timeSweeps(api, 2, 200);
    const twoMs = await timeSweeps(api, SWEEPS, 300);
    return [
      `${SWEEPS} sweeps on workers of one thread each, with PostgreSQL and Redis:`,
      `  one worker ${(oneMs / 1_000).toFixed(1)} s, two workers ${(twoMs / 1_000).toFixed(1)} s, ratio ${(oneMs / twoMs).toFixed(2)} (wanted nearly 2)`,
    ];
  } finally {
    await product.stop();
  }
}

async function importBars(api: string): Promise<void> {
  const line = (day: number) =>
    `${new Date(Date.UTC(2010, 0, 1 + day)).toISOString().slice(0, 10)},${(100 + 30 * Math.sin(day / 20) + 9 * Math.sin(day / 3)).toFixed(4)}`;
  const content = `Date,Close\n${Array.from({ length: DAYS }, (_, day) => line(day)).join('\n')}`;
  const { importBars: started } = await ask(
    api,
    'mutation ($input: ImportBarsInput!) { importBars(input: $input) { run { id } } }',
    { input: { idempotencyKey: 'load-bars', symbol: 'LOAD', content } },
  );
  const query = 'query ($id: ID!) { importRun(id: $id) { status } }';
  while ((await ask(api, query, { id: started.run.id })).importRun.status !== 'SUCCEEDED') await sleep(100);
}

/** Starts sweeps that nobody has done before, and waits for all. */
async function timeSweeps(api: string, count: number, offset: number): Promise<number> {
  const startedAtMs = performance.now();
  const ids = await Promise.all(
    Array.from({ length: count }, async (_, place) => {
      const axes = [
        { parameter: 'fast', from: 2, to: 41, step: 1 },
        { parameter: 'slow', from: 50, to: 99, step: 1 },
      ];
      const initialCash = 10_000 + offset + place;
      // Interest keeps a sweep on the reference, so that it is work.
      const input = { strategyId: 'sma-cross', symbol: 'LOAD', axes, initialCash, costs: { cashRate: 0.01 } };
      const { startSweep } = await ask(
        api,
        'mutation ($input: StartSweepInput!) { startSweep(input: $input) { run { id } errors { message } } }',
        { input: { ...input, idempotencyKey: `load-sweep-${initialCash}` } },
      );
      if (startSweep.errors.length > 0) throw new Error(startSweep.errors[0].message);
      return startSweep.run.id as string;
    }),
  );
  for (const id of ids) {
    for (;;) {
      const { sweep } = await ask(api, 'query ($id: ID!) { sweep(id: $id) { status errorMessage } }', { id });
      if (sweep.status === 'SUCCEEDED') break;
      if (sweep.status === 'FAILED') throw new Error(sweep.errorMessage);
      await sleep(50);
    }
  }
  return performance.now() - startedAtMs;
}

async function ask(api: string, query: string, variables: object): Promise<any> {
  const response = await fetch(`${api}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: any; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}
