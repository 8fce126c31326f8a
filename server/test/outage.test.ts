import { afterAll, beforeAll, describe, expect } from 'vitest';
import { itNeeds } from '../../tools/testing/services.ts';
import { type AccountsApp, createAccountsApp } from './accounts.ts';
import { hasPostgresql, startPostgresql } from './services/postgresql.ts';
import type { Service } from './services/processes.ts';
import { open, type Talk } from './talk.ts';

const STATUS = { query: 'subscription { systemStatus { state } }' };

describe('whoever is logged in while the database is away', () => {
  const it = itNeeds(hasPostgresql, 'a PostgreSQL server');
  let service: Service;
  let app: AccountsApp;
  let live: Talk;

  /** A websocket of the admin that was greeted, or how it was closed. */
  async function connect(): Promise<{ talk: Talk; first: any }> {
    const talk = open(app.urls.api, { cookie: app.admin.headers.cookie });
    await new Promise((resolve) => talk.socket.once('open', resolve));
    talk.send({ type: 'connection_init' });
    return { talk, first: await talk.next() };
  }

  beforeAll(async () => {
    if (!hasPostgresql) return;
    service = await startPostgresql();
    app = await createAccountsApp({ DATABASE_URL: service.url });
    live = (await connect()).talk;
    live.send({ id: '1', type: 'subscribe', payload: STATUS });
    expect((await live.next()).payload.data.systemStatus.state).toBe('UP');
    await service.crash();
  }, 120_000);
  afterAll(async () => {
    live?.close();
    await app?.stop();
    await service?.stop();
  });

  it('hears of it by every path that tells how things stand', async () => {
    expect((await app.admin.get('/livez')).status).toBe(200);
    for (const path of ['/health', '/readyz']) {
      const answer = await app.admin.get(path);
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({ status: 'unavailable', state: 'DOWN' });
    }
    const summary = await app.admin.query('{ systemSummary { state components { name state } } }');
    expect(summary.systemSummary.state).toBe('DOWN');
    expect(summary.systemSummary.components).toContainEqual({ name: 'database', state: 'DOWN' });
  });

  it('is told to try again, not to log in, and nothing of what is inside', async () => {
    const { status, body } = await app.admin.post('{ portfolios(first: 100) { nodes { name } } }');
    expect(status).toBe(503);
    expect(body.errors).toMatchObject([
      {
        message: 'expected the database to tell who asks, was no answer: try again in a moment',
        extensions: { code: 'UNAVAILABLE' },
      },
    ]);
    const metrics = await app.admin.get('/metrics');
    expect([metrics.status, await metrics.json()]).toEqual([503, { error: body.errors[0].message }]);
    expect((await connect()).first).toMatchObject({ closed: 1013 });
  });

  it('goes on to hear over a websocket that is open, for longer than a login is taken for granted', async () => {
    const untilMs = performance.now() + 12_000;
    let last;
    while (performance.now() < untilMs) last = await live.next();
    expect(last).toMatchObject({ type: 'next', payload: { data: { systemStatus: { state: 'DOWN' } } } });
  }, 30_000);

  it('is known again when it is back', async () => {
    await service.restart();
    await expect
      .poll(async () => (await app.admin.post('{ portfolios(first: 100) { nodes { name } } }')).status, {
        timeout: 10_000,
      })
      .toBe(200);
    const { talk, first } = await connect();
    expect(first.type).toBe('connection_ack');
    talk.close();
  });
});
