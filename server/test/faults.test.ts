import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { itNeeds, itSlow } from '../../tools/testing/services.ts';
import { FullProduct, type WorkerProcess } from './services/full-product.ts';
import { hasPostgresql } from './services/postgresql.ts';
import { hasRedis } from './services/redis.ts';

const START =
  'mutation($input: StartSweepInput!) { startSweep(input: $input) { run { id } errors { message } } }';
const STANDING = 'query($id: ID!) { sweep(id: $id) { status seq attempt setsDone errorMessage } }';
const SWEEP =
  'query($id: ID!) { sweep(id: $id) { status seq attempt setsDone errorMessage best { index sharpe } surface(metric: SHARPE) } }';
const bars = `Date,Close\n${Array.from({ length: 6_000 }, (_, t) => `${new Date(Date.UTC(2005, 0, 1 + t)).toISOString().slice(0, 10)},${(100 + 30 * Math.sin(t / 20) + 9 * Math.sin(t / 3)).toFixed(4)}`).join('\n')}`;
/** Some seconds of work. */
const axes = [
  { parameter: 'fast', from: 2, to: 401, step: 1 },
  { parameter: 'slow', from: 20, to: 619, step: 1 },
];
const WAIT_MAXIMUM_MS = 60_000;
const RESUMED_MAXIMUM_MS = 10_000;

interface Answer {
  readonly status: number;
  readonly elapsedMs: number;
  readonly body: { data?: any; errors?: unknown };
}

async function post(api: string, query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
  const startedAtMs = performance.now();
  const response = await fetch(`${api}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const body = (await response.json()) as Answer['body'];
  return { status: response.status, elapsedMs: performance.now() - startedAtMs, body };
}

async function query(api: string, document: string, variables = {}): Promise<any> {
  const { body } = await post(api, document, variables);
  if (body.errors) throw new Error(JSON.stringify(body.errors));
  return body.data;
}

describe('the product over several processes', () => {
  const isThere = hasPostgresql && hasRedis;
  const what = 'PostgreSQL and Redis servers';
  // Minutes of real processes: all of it is slow.
  const it = isThere ? itSlow : itNeeds(isThere, what);
  let product: FullProduct;
  let api: string;
  let worker: WorkerProcess;
  let keys = 0;

  const start = async (initialCash = 10_000): Promise<string> => {
    keys += 1;
    const idempotencyKey = `fault-run-${keys}`;
    const input = { idempotencyKey, strategyId: 'sma-cross', symbol: 'W', axes, initialCash };
    const { startSweep } = await query(api, START, { input });
    expect(startSweep.errors).toEqual([]);
    return startSweep.run.id;
  };
  const sweepOf = async (id: string) => (await query(api, SWEEP, { id })).sweep;
  const until = async (id: string, isSo: (sweep: any) => boolean): Promise<any> => {
    for (const deadline = performance.now() + WAIT_MAXIMUM_MS; ; await sleep(20)) {
      const { sweep } = await query(api, STANDING, { id });
      if (isSo(sweep)) return sweep;
      if (performance.now() > deadline) throw new Error(`expected a change, was ${JSON.stringify(sweep)}`);
    }
  };
  const finished = async (id: string) => {
    await until(id, ({ status }) => status !== 'QUEUED' && status !== 'RUNNING');
    return sweepOf(id);
  };
  const resultOf = ({ best, surface, setsDone }: any) =>
    createHash('sha256').update(JSON.stringify({ best, surface, setsDone })).digest('hex');

  beforeAll(async () => {
    if (!isThere) return;
    product = await FullProduct.start();
    const [first, second] = await Promise.all([product.startApi(), product.startWorker()]);
    [api, worker] = [first.api, second];
    const { importBars } = await query(
      api,
      'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } } }',
      { input: { idempotencyKey: 'fault-bars', symbol: 'W', content: bars } },
    );
    for (;;) {
      const { importRun } = await query(api, 'query($id: ID!) { importRun(id: $id) { status } }', {
        id: importBars.run.id,
      });
      if (importRun.status === 'SUCCEEDED') break;
      await sleep(50);
    }
  }, 180_000);
  afterAll(() => product?.stop(), 60_000);

  /** Has the worker die in the middle of a run, with another to take it up; gives how long that took. */
  async function killInTheMiddle(undisturbed: { hash: string; durationMs: number }, share: number) {
    // A worker that has not done this sweep before: it would answer from what it keeps.
    worker.child.kill('SIGKILL');
    worker = await product.startWorker();
    const heir = await product.startWorker();
    // Only the one that is to die can take the run.
    heir.child.kill('SIGSTOP');
    const id = await start();
    await until(id, ({ status }) => status === 'RUNNING');
    await sleep(undisturbed.durationMs * share);
    worker.child.kill('SIGKILL');
    const killedAtMs = performance.now();
    heir.child.kill('SIGCONT');
    worker = heir;
    const wasRunning = (await query(api, STANDING, { id })).sweep.status === 'RUNNING';
    await until(id, ({ status, attempt }) => attempt > 1 || status === 'SUCCEEDED');
    const resumedAfterMs = performance.now() - killedAtMs;
    const sweep = await finished(id);
    expect(sweep).toMatchObject({ status: 'SUCCEEDED', attempt: wasRunning ? 2 : 1, errorMessage: null });
    expect(resultOf(sweep)).toBe(undisturbed.hash);
    return resumedAfterMs;
  }

  async function undisturbedSweep() {
    const id = await start();
    await until(id, ({ status }) => status === 'RUNNING');
    const startedAtMs = performance.now();
    const sweep = await finished(id);
    expect(sweep).toMatchObject({ status: 'SUCCEEDED', attempt: 1, setsDone: 400 * 600 });
    return { hash: resultOf(sweep), durationMs: performance.now() - startedAtMs };
  }

  it(
    'does the run of a worker that was killed again, soon and with the same bits',
    { timeout: 180_000 },
    async () => {
      const resumedAfterMs = await killInTheMiddle(await undisturbedSweep(), 0.5);
      expect(resumedAfterMs).toBeLessThan(RESUMED_MAXIMUM_MS);
    },
  );

  it('does so wherever in the run the worker was killed', { timeout: 1_800_000 }, async () => {
    const undisturbed = await undisturbedSweep();
    for (let turn = 0; turn < 20; turn += 1) {
      // Twenty points all over the run, each once, in no order.
      const share = ((turn * 7) % 20) / 21;
      const resumedAfterMs = await killInTheMiddle(undisturbed, share);
      expect(resumedAfterMs, `killed at ${share.toFixed(2)}`).toBeLessThan(RESUMED_MAXIMUM_MS);
    }
  });

  it('refuses what a worker writes that was taken for dead', { timeout: 180_000 }, async () => {
    const heir = await product.startWorker();
    heir.child.kill('SIGSTOP');
    const id = await start();
    await until(id, ({ status }) => status === 'RUNNING');
    worker.child.kill('SIGSTOP');
    heir.child.kill('SIGCONT');
    const sweep = await finished(id);
    expect(sweep).toMatchObject({ status: 'SUCCEEDED', attempt: 2 });
    worker.child.kill('SIGCONT');
    await expect.poll(() => worker.log(), { timeout: 20_000 }).toContain('the run went to another worker');
    await sleep(1_000);
    expect(await sweepOf(id)).toEqual(sweep);
    heir.child.kill('SIGTERM');
    expect(await heir.ended).toBe(0);
  });

  it('gives 50 requests with one key at two processes one effect', { timeout: 120_000 }, async () => {
    const other = await product.startApi();
    const small = [{ parameter: 'fast', from: 2, to: 5, step: 1 }];
    const input = { idempotencyKey: 'fault-same', strategyId: 'sma-cross', symbol: 'W', axes: small };
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, place) => post(place % 2 ? api : other.api, START, { input })),
    );
    const ids = new Set(answers.map(({ body }) => body.data?.startSweep.run?.id));
    expect([...ids]).toEqual([expect.stringMatching(/^run_/)]);
    expect(answers.every(({ status, body }) => status === 200 && !body.errors)).toBe(true);
    const { sweeps } = await query(api, '{ sweeps(first: 100) { nodes { id } } }');
    expect(sweeps.nodes.filter(({ id }: { id: string }) => ids.has(id))).toHaveLength(1);
    const changed = await query(api, START, { input: { ...input, axes } });
    expect(changed.startSweep.run).toBeNull();
    expect(changed.startSweep.errors[0].message).toMatch(/fault-same/);
    other.child.kill('SIGTERM');
    expect(await other.ended).toBe(0);
  });

  it('loses nothing while Redis is away, and says that it is', { timeout: 240_000 }, async () => {
    const awayMs = process.env.RUN_SLOW_TESTS === '1' ? 30_000 : 3_000;
    const early = await start();
    await product.redis.crash();
    const goneAtMs = performance.now();
    const late = await start();
    await expect
      .poll(async () => (await (await fetch(`${api}/readyz`)).json()).state, { timeout: 10_000 })
      .toBe('DEGRADED');
    while (performance.now() - goneAtMs < awayMs) {
      const answer = await post(api, '{ instruments(first: 5) { nodes { symbol } } }');
      expect([answer.status, answer.elapsedMs < 1_000, answer.body.errors]).toEqual([200, true, undefined]);
      expect((await fetch(`${api}/readyz`)).status).toBe(200);
      await sleep(500);
    }
    for (const id of [early, late]) expect((await finished(id)).status).toBe('SUCCEEDED');
    await product.redis.restart();
    await expect
      .poll(async () => (await (await fetch(`${api}/readyz`)).json()).state, { timeout: 20_000 })
      .toBe('UP');
    expect((await finished(await start())).status).toBe('SUCCEEDED');
  });

  it(
    'gives unfinished runs back when told to stop, and answers what was asked',
    { timeout: 180_000 },
    async () => {
      const id = await start(20_000);
      await until(id, ({ status }) => status === 'RUNNING');
      const askedAtMs = performance.now();
      worker.child.kill('SIGTERM');
      expect(await worker.ended).toBe(0);
      expect(performance.now() - askedAtMs).toBeLessThan(10_000);
      expect(await sweepOf(id)).toMatchObject({ status: 'QUEUED', attempt: 0 });

      const leaving = await product.startApi();
      const asked = Array.from({ length: 40 }, () =>
        post(leaving.api, '{ instruments(first: 5) { nodes { symbol } } system { state } }').then(
          ({ status, body }) => `${status} ${body.data?.instruments.nodes[0].symbol}`,
          // Refused before it was taken in.
          (problem) => problem.cause?.code,
        ),
      );
      await Promise.race(asked);
      leaving.child.kill('SIGTERM');
      const answers = new Set(await Promise.all(asked));
      expect(await leaving.ended).toBe(0);
      expect(['200 W', 'ECONNREFUSED', 'ECONNRESET']).toEqual(expect.arrayContaining([...answers]));
      expect(answers).toContain('200 W');

      worker = await product.startWorker();
      expect(await finished(id)).toMatchObject({ status: 'SUCCEEDED', attempt: 1 });
    },
  );
});
