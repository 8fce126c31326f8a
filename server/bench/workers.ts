import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { FullProduct } from '../test/services/full-product.ts';
import { hasPostgresql } from '../test/services/postgresql.ts';
import type { Product } from '../test/services/product.ts';
import { hasRedis } from '../test/services/redis.ts';
import { Child, median } from './child.ts';
import { processorSeconds, tellsProcessorTime } from './processor-time.ts';
import { CASH_RATE, closes, FAST, SLOW } from './workers-data.ts';

const SWEEPS = 12;
const ROUNDS = 3;
const SETS = (FAST.to - FAST.from + 1) * (SLOW.to - SLOW.from + 1);
const POLL_MS = 250;

/** One way of doing the sweeps, in seconds: how long they took, and of which process what processor time. */
interface Figures {
  readonly wall: number;
  readonly workers: number;
  readonly api: number;
  readonly database: number;
  readonly redis: number;
}

/**
 * How many more runs two workers of one thread each do than one, beside how much more of the same
 * work two processes do that have neither queue nor database: what two cores of this machine give.
 */
export async function measureWorkers(): Promise<string[]> {
  if (!hasPostgresql || !hasRedis || !tellsProcessorTime)
    return ['Workers: skipped, it needs Linux with servers of PostgreSQL and Redis'];
  const product = await FullProduct.start();
  const bare = [await Child.start('compute'), await Child.start('compute')];
  try {
    const api = await product.startApi();
    const first = await product.startWorker();
    await importBars(api.api);
    // The first runs are slower than others: code is compiled.
    await timeSweeps(product, api, [first], SWEEPS / 4);
    await timeBare(bare, SWEEPS / 2);
    const [one, two]: [Figures[], Figures[]] = [[], []];
    const [bareOne, bareTwo]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      one.push(await timeSweeps(product, api, [first], SWEEPS));
      bareOne.push(await timeBare(bare.slice(0, 1), SWEEPS));
      bareTwo.push(await timeBare(bare, SWEEPS));
      const second = await product.startWorker();
      await timeSweeps(product, api, [first, second], SWEEPS / 2);
      two.push(await timeSweeps(product, api, [first, second], SWEEPS));
      second.child.kill('SIGTERM');
      await second.ended;
    }
    const ratio = middleOf(one, 'wall') / middleOf(two, 'wall');
    const bareRatio = median(bareOne) / median(bareTwo);
    return [
      `${SWEEPS} sweeps of ${SETS} sets, with PostgreSQL and Redis; each worker has one thread to compute on (OMP_NUM_THREADS=1):`,
      lineOf('one worker', one),
      lineOf('two workers', two),
      `  two workers do ${ratio.toFixed(2)} times the runs of one in a time (wanted nearly 2)`,
      `  with two workers ${busyProcessors(two).toFixed(2)} of ${availableParallelism()} processors were busy`,
      `  two processes that only compute do ${bareRatio.toFixed(2)} times the work of one on this machine (${rate(median(bareOne))} and ${rate(median(bareTwo))} sweeps a second)`,
    ];
  } finally {
    for (const child of bare) child.stop();
    await product.stop();
  }
}

const rate = (seconds: number) => (SWEEPS / seconds).toFixed(1);

const middleOf = (figures: readonly Figures[], name: keyof Figures) =>
  median(figures.map((one) => one[name]));

/** How many processors everything that was measured kept busy at once. */
function busyProcessors(figures: readonly Figures[]): number {
  return median(
    figures.map(({ wall, workers, api, database, redis }) => (workers + api + database + redis) / wall),
  );
}

function lineOf(name: string, figures: readonly Figures[]): string {
  const millis = (part: keyof Figures) => `${((middleOf(figures, part) / SWEEPS) * 1_000).toFixed(0)} ms`;
  return `  ${name.padEnd(12)} ${rate(middleOf(figures, 'wall'))} sweeps a second; processor time a sweep: workers ${millis('workers')}, API ${millis('api')}, PostgreSQL ${millis('database')}, Redis ${millis('redis')}`;
}

let cash = 10_000;

/** Starts sweeps that nobody has done before, and waits for all. */
async function timeSweeps(
  { postgresql, redis }: FullProduct,
  { api, child }: Product & { readonly api: string },
  workers: readonly Product[],
  count: number,
): Promise<Figures> {
  const used = () => ({
    workers: workers.reduce((sum, worker) => sum + processorSeconds(worker.child.pid!), 0),
    api: processorSeconds(child.pid!),
    database: processorSeconds(postgresql.processId()),
    redis: processorSeconds(redis.processId()),
  });
  const before = used();
  const startedAtMs = performance.now();
  const ids = await Promise.all(Array.from({ length: count }, () => startSweep(api, (cash += 1))));
  for (const id of ids) await finished(api, id);
  const wall = (performance.now() - startedAtMs) / 1_000;
  const after = used();
  const parts = Object.entries(after).map(([name, seconds]) => [
    name,
    seconds - before[name as keyof typeof before],
  ]);
  return { wall, ...Object.fromEntries(parts) };
}

/** Has sweeps done by processes that only compute, shared between them; gives the seconds. */
async function timeBare(processes: readonly Child[], count: number): Promise<number> {
  const startedAtMs = performance.now();
  await Promise.all(
    processes.map((one) => {
      const share = count / processes.length;
      one.process.send({ count: share, initialCash: (cash += share) });
      return one.message();
    }),
  );
  return (performance.now() - startedAtMs) / 1_000;
}

async function startSweep(api: string, initialCash: number): Promise<string> {
  const axes = [
    { parameter: 'fast', ...FAST, step: 1 },
    { parameter: 'slow', ...SLOW, step: 1 },
  ];
  const input = {
    strategyId: 'sma-cross',
    symbol: 'LOAD',
    axes,
    initialCash,
    costs: { cashRate: CASH_RATE },
  };
  const { startSweep } = await ask(
    api,
    'mutation ($input: StartSweepInput!) { startSweep(input: $input) { run { id } errors { message } } }',
    { input: { ...input, idempotencyKey: `load-sweep-${initialCash}` } },
  );
  if (startSweep.errors.length > 0) throw new Error(startSweep.errors[0].message);
  return startSweep.run.id;
}

async function finished(api: string, id: string): Promise<void> {
  for (;;) {
    const { sweep } = await ask(api, 'query ($id: ID!) { sweep(id: $id) { status errorMessage } }', { id });
    if (sweep.status === 'SUCCEEDED') return;
    if (sweep.status === 'FAILED') throw new Error(sweep.errorMessage);
    await sleep(POLL_MS);
  }
}

async function importBars(api: string): Promise<void> {
  const line = (close: number, day: number) =>
    `${new Date(Date.UTC(2010, 0, 1 + day)).toISOString().slice(0, 10)},${close.toFixed(4)}`;
  const content = `Date,Close\n${closes().map(line).join('\n')}`;
  const { importBars: started } = await ask(
    api,
    'mutation ($input: ImportBarsInput!) { importBars(input: $input) { run { id } } }',
    { input: { idempotencyKey: 'load-bars', symbol: 'LOAD', content } },
  );
  const query = 'query ($id: ID!) { importRun(id: $id) { status } }';
  while ((await ask(api, query, { id: started.run.id })).importRun.status !== 'SUCCEEDED') await sleep(100);
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
