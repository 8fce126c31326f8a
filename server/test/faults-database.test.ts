import { createClient } from 'graphql-ws';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { WebSocket } from 'ws';
import { itNeeds, itSlow } from '../../tools/testing/services.ts';
import { FullProduct } from './services/full-product.ts';
import { hasPostgresql } from './services/postgresql.ts';
import { hasRedis } from './services/redis.ts';
import type { Product } from './services/product.ts';

const CREATE =
  'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id name } errors { message } } }';
const START =
  'mutation($input: StartSweepInput!) { startSweep(input: $input) { run { id } errors { message } } }';
const bars = `Date,Close\n${Array.from({ length: 6_000 }, (_, t) => `${new Date(Date.UTC(2005, 0, 1 + t)).toISOString().slice(0, 10)},${(100 + 30 * Math.sin(t / 20)).toFixed(4)}`).join('\n')}`;

async function post(api: string, query: string, variables: object = {}): Promise<any> {
  const response = await fetch(`${api}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: any; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

describe('the product over several processes, with a database that fails', () => {
  const isThere = hasPostgresql && hasRedis;
  // Minutes of real processes: all of it is slow.
  const it = isThere ? itSlow : itNeeds(isThere, 'PostgreSQL and Redis servers');
  let product: FullProduct;
  let api: Product & { readonly api: string };

  beforeAll(async () => {
    if (!isThere || process.env.RUN_SLOW_TESTS !== '1') return;
    product = await FullProduct.start();
    api = await product.startApi();
  }, 180_000);
  afterAll(() => product?.stop(), 60_000);

  /** Has the database run something beside the product. */
  async function inDatabase<Row extends object>(...statements: string[]): Promise<Row[]> {
    const client = new pg.Client({ connectionString: product.postgresql.url });
    await client.connect();
    try {
      let rows: Row[] = [];
      for (const statement of statements) ({ rows } = await client.query<Row>(statement));
      return rows;
    } finally {
      await client.end();
    }
  }

  const readiness = async () => (await fetch(`${api.api}/readyz`)).status;

  /** Writes without a pause while `trouble` goes on; gives the names of what was acknowledged. */
  async function writeThrough(name: string, trouble: () => Promise<void>): Promise<string[]> {
    const acknowledged: string[] = [];
    let isOver = false;
    const write = async (writer: number) => {
      for (let turn = 0; !isOver; turn += 1) {
        const own = `${name} ${writer} ${turn}`;
        const input = { idempotencyKey: `${name}-key-${writer}-${turn}`, name: own, baseCurrency: 'USD' };
        await post(api.api, CREATE, { input }).then(
          ({ createPortfolio }) => createPortfolio.portfolio && acknowledged.push(own),
          () => sleep(20),
        );
      }
    };
    const writers = [0, 1, 2].map(write);
    await expect.poll(() => acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(5);
    await trouble();
    const before = acknowledged.length;
    await expect.poll(() => acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(before + 5);
    isOver = true;
    await Promise.all(writers);
    return acknowledged;
  }

  async function expectStored(name: string, acknowledged: readonly string[]): Promise<void> {
    const rows = await inDatabase<{ name: string }>(`select name from portfolio where name like '${name} %'`);
    expect(new Set(rows.map((row) => row.name))).toEqual(
      new Set([...rows.map((row) => row.name), ...acknowledged]),
    );
    expect(api.child.exitCode).toBeNull();
    expect(api.output()).not.toMatch(/cannot run|an error nobody caught/);
  }

  it(
    'keeps what it acknowledged when PostgreSQL is restarted at once, and says when it is away',
    { timeout: 180_000 },
    async () => {
      const acknowledged = await writeThrough('restart', async () => {
        product.postgresql.signal('SIGQUIT');
        await product.postgresql.ended();
        await expect.poll(readiness, { timeout: 15_000 }).toBe(503);
        await product.postgresql.restart();
        await expect.poll(readiness, { timeout: 30_000 }).toBe(200);
      });
      await expectStored('restart', acknowledged);
    },
  );

  it('goes on after PostgreSQL stood still for five seconds', { timeout: 180_000 }, async () => {
    const acknowledged = await writeThrough('stall', async () => {
      product.postgresql.signal('SIGSTOP');
      const stalledAtMs = performance.now();
      await expect.poll(readiness, { timeout: 15_000 }).toBe(503);
      await sleep(5_000 - Math.min(5_000, performance.now() - stalledAtMs));
      product.postgresql.signal('SIGCONT');
      await expect.poll(readiness, { timeout: 30_000 }).toBe(200);
    });
    await expectStored('stall', acknowledged);
  });

  it('tells everybody of a run whose process was killed before it could', { timeout: 240_000 }, async () => {
    const { importBars } = await post(
      api.api,
      'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } } }',
      { input: { idempotencyKey: 'outbox-bars', symbol: 'W', content: bars } },
    );
    const worker = await product.startWorker();
    const imported = async () =>
      (await post(api.api, 'query($id: ID!) { importRun(id: $id) { status } }', { id: importBars.run.id }))
        .importRun.status;
    await expect.poll(imported, { timeout: 30_000 }).toBe('SUCCEEDED');
    worker.child.kill('SIGTERM');
    await worker.ended;

    const dying = await product.startApi();
    const client = createClient({
      url: `${api.api.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
    });
    const heard: string[] = [];
    const listening = (async () => {
      for await (const { data } of client.iterate<any>({ query: 'subscription { runListChanged { id } }' }))
        heard.push(data.runListChanged.id);
    })();
    // Sending begins by taking messages out of the outbox: there it hangs now, with the run committed.
    await inDatabase(
      'create function hang() returns trigger language plpgsql as $$ begin perform pg_sleep(600); return old; end $$',
      'create trigger hang before delete on outbox for each row execute function hang()',
    );
    const axes = [{ parameter: 'fast', from: 2, to: 60, step: 1 }];
    const input = { idempotencyKey: 'outbox-sweep', strategyId: 'sma-cross', symbol: 'W', axes };
    const asked = post(dying.api, START, { input }).catch(() => null);
    const committed = () => inDatabase<{ id: string }>(`select id from run where kind = 'SWEEP'`);
    await expect.poll(async () => (await committed()).length, { timeout: 20_000 }).toBe(1);
    dying.child.kill('SIGKILL');
    await Promise.all([dying.ended, asked]);
    const [{ id }] = await committed();
    expect(heard).not.toContain(id);
    await inDatabase(
      `select pg_terminate_backend(pid) from pg_stat_activity where query like '%outbox%' and pid <> pg_backend_pid()`,
      'drop trigger hang on outbox',
    );

    // Whoever starts next sends what is left.
    const next = await product.startApi();
    await expect.poll(() => heard, { timeout: 20_000 }).toContain(id);
    expect((await post(next.api, START, { input })).startSweep.run.id).toBe(id);
    const seqs: number[] = [];
    const late = await product.startWorker();
    const query = 'subscription($id: ID!) { runEvents(id: $id, afterSeq: 0) { seq run { status } } }';
    let status = '';
    for await (const { data } of client.iterate<any>({ query, variables: { id } })) {
      seqs.push(data.runEvents.seq);
      status = data.runEvents.run.status;
    }
    expect([status, seqs]).toEqual(['SUCCEEDED', seqs.toSorted((a, b) => a - b)]);
    expect(new Set(seqs).size).toBe(seqs.length);
    const [{ seq }] = await inDatabase<{ seq: number }>(`select seq from run where id = '${id}'`);
    expect(seqs.at(-1)).toBe(seq);
    await expect
      .poll(async () => (await inDatabase<{ count: string }>('select count(*) from outbox'))[0].count)
      .toBe('0');
    late.child.kill('SIGTERM');
    await late.ended;
    await client.dispose();
    await listening.catch(() => undefined);
  });

  it('fails a run that kills three workers, and goes on with the next', { timeout: 300_000 }, async () => {
    const long = [
      { parameter: 'fast', from: 2, to: 401, step: 1 },
      { parameter: 'slow', from: 20, to: 619, step: 1 },
    ];
    const start = async (key: string, axes: object) =>
      (
        await post(api.api, START, {
          input: {
            idempotencyKey: key,
            strategyId: 'sma-cross',
            symbol: 'W',
            axes,
            costs: { cashRate: 0.01 },
          },
        })
      ).startSweep.run.id as string;
    const sweepOf = async (id: string) =>
      (await post(api.api, 'query($id: ID!) { sweep(id: $id) { status attempt errorMessage } }', { id }))
        .sweep;
    const poison = await start('poison-long', long);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const worker = await product.startWorker();
      await expect
        .poll(() => sweepOf(poison), { timeout: 40_000, interval: 20 })
        .toMatchObject({ status: 'RUNNING', attempt });
      worker.child.kill('SIGKILL');
      await worker.ended;
    }
    const healthy = await start('poison-next', [{ parameter: 'fast', from: 2, to: 9, step: 1 }]);
    await product.startWorker();
    await expect
      .poll(() => sweepOf(poison), { timeout: 60_000 })
      .toMatchObject({
        status: 'FAILED',
        attempt: 3,
        errorMessage: 'the process died 3 times while working on this',
      });
    await expect.poll(() => sweepOf(healthy), { timeout: 60_000 }).toMatchObject({ status: 'SUCCEEDED' });
  });
});
