import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createTestApp, type TestApp } from './create-test-app.ts';
import { greet, open, type Talk } from './talk.ts';

let app: TestApp;

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app?.stop());

const greeted = (): Promise<Talk> => greet(app.urls.api);

const STATUS = 'subscription { systemStatus { state } }';
const readers = () =>
  [...(app.services.pubSub as unknown as { readers: Map<string, Set<unknown>> }).readers]
    // The sockets themselves hear whose rights have changed.
    .filter(([topic]) => topic !== 'access')
    .map(([topic, all]) => `${topic}:${all.size}`);

describe('a websocket', () => {
  it.each(['api', 'web', 'dashboard'] as const)('works on the %s listener', async (surface) => {
    const talk = open(app.urls[surface]);
    await new Promise((resolve) => talk.socket.once('open', resolve));
    talk.send({ type: 'connection_init' });
    await talk.next();
    talk.send({ id: '1', type: 'subscribe', payload: { query: STATUS } });
    expect(await talk.next()).toEqual({
      id: '1',
      type: 'next',
      payload: {
        data: { systemStatus: { state: 'UP' } },
        extensions: { cost: { requested: 2, maximum: 25_000 } },
      },
    });
    talk.close();
  });

  it.each([
    ['of a page of another origin', { origin: 'http://evil.example' }],
    ['for another host', { host: 'evil.example', origin: 'http://evil.example' }],
  ])('%s is turned away', async (_what, headers) => {
    expect(await open(app.urls.api, headers).next()).toEqual({ refused: 403 });
  });

  it.each([
    ['a query', '{ __typename }'],
    ['a mutation', 'mutation { removeSampleData { deletedPortfolioIds } }'],
    ['introspection', '{ __schema { types { name } } }'],
  ])('refuses %s', async (_what, query) => {
    const talk = await greeted();
    talk.send({ id: '1', type: 'subscribe', payload: { query } });
    expect(await talk.next()).toMatchObject({
      type: 'error',
      payload: [{ message: 'expected a subscription over the websocket; queries and mutations go by POST' }],
    });
    talk.close();
  });

  it('holds operations to the same limits as HTTP', async () => {
    const talk = await greeted();
    const aliases = Array.from({ length: 21 }, (_, n) => `a${n}: state`).join(' ');
    talk.send({
      id: '1',
      type: 'subscribe',
      payload: { query: `subscription { systemStatus { ${aliases} } }` },
    });
    expect((await talk.next()).payload[0].message).toBe(
      'expected at most 20 aliases in an operation, was more',
    );
    talk.send({
      id: '2',
      type: 'subscribe',
      payload: { query: `subscription { ${'nothing '.repeat(5_000)} }` },
    });
    expect((await talk.next()).payload[0].message).toMatch(/4000 tokens/);
    talk.close();
  });

  it('carries at most 50 subscriptions', async () => {
    const talk = await greeted();
    for (let id = 1; id <= 51; id += 1) {
      talk.send({
        id: String(id),
        type: 'subscribe',
        payload: { query: 'subscription { runListChanged { id } }' },
      });
    }
    expect(await talk.next()).toMatchObject({
      id: '51',
      type: 'error',
      payload: [{ message: 'expected at most 50 subscriptions on one socket, was more' }],
    });
    expect(readers()).toEqual(['runs:50']);
    talk.close();
    await expect.poll(readers).toEqual([]);
  });

  it('lets go of a subscription that its reader completes', async () => {
    const talk = await greeted();
    talk.send({ id: '1', type: 'subscribe', payload: { query: 'subscription { runListChanged { id } }' } });
    await expect.poll(readers).toEqual(['runs:1']);
    talk.send({ id: '1', type: 'complete' });
    await expect.poll(readers).toEqual([]);
    talk.close();
  });

  it('is closed for a message of more than 64 KiB', async () => {
    const talk = await greeted();
    talk.send({ id: '1', type: 'subscribe', payload: { query: `# ${'x'.repeat(70_000)}` } });
    expect(await talk.next()).toMatchObject({ closed: 1009 });
  });

  it.each([
    ['without a greeting', [{ id: '1', type: 'subscribe', payload: { query: STATUS } }], 4401],
    ['after two greetings', [{ type: 'connection_init' }, { type: 'connection_init' }], 4429],
    ['for what is no message', [{ type: 'nonsense' }], 4400],
  ])('is closed %s', async (_what, messages, code) => {
    const talk = open(app.urls.api);
    await new Promise((resolve) => talk.socket.once('open', resolve));
    messages.forEach((message) => talk.send(message));
    let last = await talk.next();
    while (last.closed === undefined) last = await talk.next();
    expect(last.closed).toBe(code);
  });

  it('is closed for two subscriptions of one id', async () => {
    const talk = await greeted();
    for (let time = 0; time < 2; time += 1)
      talk.send({ id: '1', type: 'subscribe', payload: { query: 'subscription { runListChanged { id } }' } });
    expect(await talk.next()).toMatchObject({ closed: 4409 });
  });

  it('is closed where no greeting comes', async () => {
    expect(await open(app.urls.api).next()).toMatchObject({ closed: 4408 });
  }, 10_000);

  it('is one of at most 256 of one caller, who may open another when one has closed', async () => {
    const talks = await Promise.all(Array.from({ length: 256 }, greeted));
    const one = async () => {
      const talk = open(app.urls.api);
      await new Promise((resolve) => talk.socket.once('open', resolve));
      talk.send({ type: 'connection_init' });
      return talk.next();
    };
    expect(await one()).toEqual({
      closed: 1013,
      reason: 'expected at most 256 websockets of one user, was more',
    });
    // Whoever is in stays in.
    talks[0].send({ id: '1', type: 'subscribe', payload: { query: STATUS } });
    expect(await talks[0].next()).toMatchObject({ type: 'next' });
    for (const talk of talks) talk.close();
    await expect.poll(async () => (await one()).type).toBe('connection_ack');
  }, 20_000);

  it('is one of at most 256 of one address that have not said who they are', async () => {
    const silent = Array.from({ length: 256 }, () => open(app.urls.api));
    await Promise.all(silent.map(({ socket }) => new Promise((resolve) => socket.once('open', resolve))));
    expect(await open(app.urls.api).next()).toEqual({ refused: 429 });
    // Behind a proxy that tells it, another address.
    (await greet(app.urls.api, { 'x-forwarded-for': '203.0.113.7' })).close();
    for (const talk of silent) talk.close();
    await expect.poll(async () => (await greeted()).close()).toBeUndefined();
  }, 20_000);

  it('is closed for another protocol', async () => {
    expect(await open(app.urls.api, {}, 'graphql-ws').next()).toMatchObject({ closed: 1006 });
  });

  it('is closed without any protocol', async () => {
    const socket = new WebSocket(`${app.urls.api.replace('http', 'ws')}/graphql`);
    expect(await new Promise((resolve) => socket.once('close', resolve))).toBe(4406);
  });

  it('hides what went wrong inside behind an id', async () => {
    const { orm } = app.database;
    const talk = await greeted();
    await orm.em.fork().execute('alter table run rename to run_hidden');
    try {
      talk.send({
        id: '1',
        type: 'subscribe',
        payload: { query: 'subscription { runEvents(id: "run_x") { seq } }' },
      });
      const answer = await talk.next();
      expect(JSON.stringify(answer)).toMatch(/the log has it as [0-9a-f-]{36}/);
      expect(JSON.stringify(answer)).not.toMatch(/relation|select|run_hidden/);
    } finally {
      await orm.em.fork().execute('alter table run_hidden rename to run');
      talk.close();
    }
  });

  it('completes a subscription to a run that does not exist', async () => {
    const talk = await greeted();
    talk.send({
      id: '1',
      type: 'subscribe',
      payload: { query: 'subscription { runEvents(id: "run_x") { seq } }' },
    });
    expect(await talk.next()).toEqual({ id: '1', type: 'complete' });
    talk.close();
  });

  it('that dies leaves the server and other sockets alone', async () => {
    const [dying, other] = [await greeted(), await greeted()];
    for (const talk of [dying, other]) talk.send({ id: '1', type: 'subscribe', payload: { query: STATUS } });
    await other.next();
    (dying.socket as unknown as { _socket: { destroy(): void } })._socket.destroy();
    expect(await other.next()).toMatchObject({ type: 'next' });
    expect((await app.post('{ __typename }')).status).toBe(200);
    other.close();
  });
});
