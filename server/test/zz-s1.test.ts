import { appendFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itNeeds } from '../../tools/testing/services.ts';
import { createTestApp, type TestApp } from './create-test-app.ts';
import { hasPostgresql, startPostgresql } from './services/postgresql.ts';
import type { Service } from './services/processes.ts';
import { hasRedis, startRedis } from './services/redis.ts';

const STATUS = `query { system { state version profile uptimeSeconds cpuCount dataDirectory runCount notices
  components { name kind state latencyMs detail } compute { threads backends { name available reason } } versions { name version } } }`;

const states = (system: any) =>
  Object.fromEntries(system.components.map(({ name, state }: any) => [name, state]));

describe('the state of an embedded installation', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({ FLASK_DEBUG: '1' });
  });
  afterAll(() => app?.stop());

  it('tells every part, what it runs on and how it was started', async () => {
    const { system } = await app.query(STATUS);
    expect(system).toMatchObject({ state: 'UP', profile: 'embedded', runCount: 0 });
    expect(states(system)).toEqual({ database: 'UP', compute: 'UP', queue: 'UP', events: 'UP' });
    expect(system.compute.threads).toBe(2);
    expect(system.compute.backends.length).toBeGreaterThan(0);
    const names = system.versions.map(({ name }: any) => name);
    expect(names).toEqual(
      expect.arrayContaining(['@apollo/server', 'graphql', 'type-graphql', '@mikro-orm/core']),
    );
    expect(system.notices).toEqual([expect.stringContaining('FLASK_DEBUG')]);
  });

  it('comes again every two seconds', async () => {
    const events = app.subscribe('subscription { systemStatus { uptimeSeconds } }');
    const seconds = [];
    for await (const { systemStatus } of events) {
      seconds.push(systemStatus.uptimeSeconds);
      if (seconds.length === 2) break;
    }
    expect(seconds[1] - seconds[0]).toBeGreaterThan(1.8);
  });
});

describe('an installation on PostgreSQL and Redis', () => {
  const it = itNeeds(hasPostgresql && hasRedis, 'PostgreSQL and Redis servers');
  let services: { postgresql: Service; redis: Service };
  let apps: TestApp[] = [];

  beforeAll(async () => {
    if (!hasPostgresql || !hasRedis) return;
    services = { postgresql: await startPostgresql(), redis: await startRedis() };
    const environment = { DATABASE_URL: services.postgresql.url, REDIS_URL: services.redis.url };
    apps = await Promise.all([createTestApp(environment), createTestApp(environment)]);
  });
  afterAll(async () => {
    const say = (...a: unknown[]) => appendFileSync('/tmp/s1say.txt', a.join(' ') + '\n');
    for (const app of apps) { say('stopping', Date.now());
      for (const [n, o] of Object.entries({ pubSub: app.services.pubSub, compute: app.services.compute, database: app.database })) { const was = (o as any).close.bind(o); (o as any).close = async () => { say('closing', n); await was(); say('closed', n); }; }
      const t = setTimeout(() => { say('HANG', process.getActiveResourcesInfo().join(' ')); for (const h of (process as any)._getActiveHandles()) say('H', h.constructor.name, h.remotePort, h.localPort, h._host); }, 8000);
      await app.stop(); clearTimeout(t); say('stopped', Date.now()); }
    await services?.postgresql.stop();
    await services?.redis.stop();
  });

  it('is up, and says what it runs on', async () => {
    const { system } = await apps[0].query(STATUS);
    expect(system).toMatchObject({ state: 'UP', profile: 'postgresql' });
    expect(system.components.find(({ name }: any) => name === 'events').kind).toBe('Redis server');
  });

  it('tells changes in one process to those who listen at the other', async () => {
    const events = apps[1].subscribe('subscription { runListChanged { id status } }');
    const first = events.next();
    await expect.poll(() => readerCount(apps[1])).toBeGreaterThan(0);
    const mutation = `mutation ($input: ImportBarsInput!) { importBars(input: $input) { run { id } errors { message } } }`;
    const content = 'Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,1,2,100\n';
    const { importBars } = await apps[0].query(mutation, {
      input: { idempotencyKey: 'far-away-1', symbol: 'FAR', content },
    });
    expect(importBars.errors).toEqual([]);
    expect((await first).value.runListChanged.id).toBe(importBars.run.id);
    await events.return(undefined);
  });

  it('works on without Redis and says so', async () => {
    await services.redis.crash();
    await expect
      .poll(async () => states((await apps[0].query(STATUS)).system))
      .toMatchObject({ events: 'DEGRADED', database: 'UP' });
    expect((await apps[0].query(STATUS)).system.state).toBe('DEGRADED');
    expect((await fetch(`${apps[0].urls.api}/readyz`)).status).toBe(200);
    await services.redis.restart();
    await expect.poll(async () => (await apps[0].query(STATUS)).system.state, { timeout: 10_000 }).toBe('UP');
  });

  it('answers without its database, and says so', async () => {
    await services.postgresql.crash();
    await expect
      .poll(async () => states((await apps[0].query(STATUS)).system))
      .toMatchObject({ database: 'DOWN', compute: 'UP' });
    expect((await fetch(`${apps[0].urls.web}/health`)).status).toBe(503);
    expect((await fetch(`${apps[0].urls.web}/livez`)).status).toBe(200);
    await services.postgresql.restart();
    await expect
      .poll(async () => (await fetch(`${apps[0].urls.web}/health`)).status, { timeout: 10_000 })
      .toBe(200);
  });
});

function readerCount(app: TestApp): number {
  return (
    (app.services.pubSub as unknown as { readers: Map<string, Set<unknown>> }).readers.get('runs')?.size ?? 0
  );
}
