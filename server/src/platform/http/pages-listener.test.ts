import 'reflect-metadata';
import type { FastifyInstance } from 'fastify';
import { buildSchema } from 'graphql';
import { createClient } from 'graphql-ws';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import pino from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ApiProxy } from './api-proxy.ts';
import { Gate } from '../graphql/admission.ts';
import { Documents } from '../graphql/documents.ts';
import { createApollo } from './graphql.ts';
import type { Caller, Credentials } from './caller.ts';
import { createListener } from './listener.ts';
import { createPagesListener } from './pages-listener.ts';
import { LOCAL, NOBODY } from '../viewer.ts';
import type { PageHandler, PagesSurface } from './pages.ts';
import { Uploads } from './uploads.ts';
import { SubscriptionSockets } from './websocket.ts';

const logger = pino({ level: 'silent' });
const schema = buildSchema(
  'type Query { one: Int } type Mutation { change: Int enter: Int } type Subscription { count: Int }',
);
Object.assign(schema.getQueryType()!.getFields().one, { resolve: () => 1 });
const { change, enter } = schema.getMutationType()!.getFields();
Object.assign(change, { resolve: () => 2 });
Object.assign(enter, { resolve: () => 3, extensions: { access: { who: 'PUBLIC' } } });
Object.assign(schema.getSubscriptionType()!.getFields().count, {
  async *subscribe() {
    for (const count of [1, 2, 3]) yield { count };
  },
});
const gate = new Gate(schema, new Documents(schema, new Map()), null);
const login = {
  authenticate: async ({ bearer }: Credentials) => (bearer === 'nobody' ? NOBODY : LOCAL),
  sessionMaximumMs: 0,
  mayIntrospect: true,
};
const createContext = (caller: Caller) => ({ caller });
const pages: PageHandler = ({ url, headers }, response) => {
  response.end(`${headers['x-ai-trading-surface']} ${url}`);
};
const portOf = ({ server }: FastifyInstance) => (server.address() as AddressInfo).port;
const open: FastifyInstance[] = [];

async function listenPages(apiPort: number, surface: PagesSurface = 'web'): Promise<string> {
  const proxy = new ApiProxy(`http://127.0.0.1:${apiPort}`, logger, surface === 'visuals');
  const parts = { surface, pages, proxy, version: '1.2.3', allowedHosts: ['trading.lan'], logger };
  const listener = createPagesListener(parts);
  open.push(listener);
  await listener.listen({ host: '127.0.0.1', port: 0 });
  return `http://localhost:${portOf(listener)}`;
}

describe('pages whose API is another process', () => {
  let folder: string;
  let url: string;
  let visuals: string;
  let isUp = true;
  let stopApi: () => Promise<void>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ai-trading-proxy-'));
    const apollo = createApollo<{ caller: Caller }>(schema, gate, logger);
    await apollo.start();
    const sockets = new SubscriptionSockets(schema, gate, { login, createContext, logger });
    const health = async () => ({
      isUp,
      body: {
        state: isUp ? 'UP' : 'DOWN',
        version: '1.2.3',
        components: [{ name: 'database', state: 'UP', detail: '10.0.0.7' }],
      },
    });
    const uploads = new Uploads(folder, Date.now);
    const metrics = new Registry();
    const own = { apollo, gate, login, createContext, sockets, uploads, downloads: [] };
    const parts = { ...own, metrics, logger, health };
    const api = createListener(parts, { surface: 'api', dashboardPort: () => 8051 });
    await api.listen({ host: '127.0.0.1', port: 0 });
    url = await listenPages(portOf(api));
    visuals = await listenPages(portOf(api), 'visuals');
    stopApi = async () => {
      await sockets.close();
      await api.close();
      await apollo.stop();
    };
  });
  afterAll(async () => {
    for (const listener of open) await listener.close();
    rmSync(folder, { recursive: true });
  });

  const post = (headers: Record<string, string> = {}) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{"query":"{ one }"}',
    });

  it('draw their own pages, as the surface they are', async () => {
    expect(await (await fetch(`${url}/dashboard?a=b`)).text()).toBe('web /dashboard?a=b');
    const dashboard = await listenPages(1, 'dashboard');
    const page = await fetch(`${dashboard}/`);
    expect(await page.text()).toBe('dashboard /');
    expect(page.headers.get('x-frame-options')).toBe('SAMEORIGIN');
  });

  it('pass queries on under their own origin', async () => {
    const answer = await post({ origin: url });
    expect([answer.status, (await answer.json()).data]).toEqual([200, { one: 1 }]);
    expect(answer.headers.get('content-type')).toContain('application/json');
  });

  it('pass uploads on as they come, however large', async () => {
    const body = Buffer.alloc(6_000_000, 'a,1\n');
    const answer = await fetch(`${url}/uploads`, { method: 'POST', body });
    expect(answer.status).toBe(201);
    const { uploadId } = (await answer.json()) as { uploadId: string };
    expect(readFileSync(join(folder, uploadId)).equals(body)).toBe(true);
  });

  it('carry subscriptions', async () => {
    const client = createClient({ url: `${url}/graphql`.replace('http', 'ws'), webSocketImpl: WebSocket });
    const counts: unknown[] = [];
    for await (const { data } of client.iterate({ query: 'subscription { count }' }))
      counts.push(data!.count);
    await client.dispose();
    expect(counts).toEqual([1, 2, 3]);
  });

  it('of charts alone let nothing be changed, whoever asks, but let everybody log in', async () => {
    const ask = async (at: string, query: string) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${at}/graphql`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ query }),
      });
      const { data, errors } = (await answer.json()) as {
        data?: object;
        errors?: { extensions: { code: string } }[];
      };
      return errors ? errors[0].extensions.code : data;
    };
    expect(await ask(url, 'mutation { change }')).toEqual({ change: 2 });
    expect(await ask(visuals, '{ one }')).toEqual({ one: 1 });
    expect(await ask(visuals, 'mutation { enter }')).toEqual({ enter: 3 });
    expect(await ask(visuals, 'mutation { change }')).toBe('READ_ONLY');
    expect(await ask(visuals, 'mutation { enter change }')).toBe('READ_ONLY');
    expect(await ask(visuals, 'mutation { ...All } fragment All on Mutation { change }')).toBe('READ_ONLY');
    const upload = await fetch(`${visuals}/uploads`, { method: 'POST', body: 'a' });
    expect(await upload.text()).toBe('visuals /uploads');
  });

  it('turn foreign pages and foreign names away, websockets too', async () => {
    expect((await post({ origin: 'http://evil.example' })).status).toBe(403);
    const get = async (host: string) => {
      const asking = request(`${url}/livez`, { headers: { host } }).end();
      return ((await once(asking, 'response'))[0] as { statusCode: number }).statusCode;
    };
    expect([await get('evil.example'), await get('trading.lan:8050')]).toEqual([403, 200]);
    for (const [path, origin, status] of [
      ['/graphql', 'http://evil.example', 403],
      ['/elsewhere', url, 404],
    ] as const) {
      const socket = new WebSocket(url.replace('http', 'ws') + path, 'graphql-transport-ws', { origin });
      socket.on('error', () => undefined);
      const [, answer] = await once(socket, 'unexpected-response');
      expect(answer.statusCode).toBe(status);
    }
  });

  it('tell the health of the API as theirs', async () => {
    const answer = await fetch(`${url}/health`);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      {
        status: 'ok',
        state: 'UP',
        version: '1.2.3',
        components: [
          expect.objectContaining({ name: 'api', state: 'UP', detail: 'answers' }),
          { name: 'database', state: 'UP', detail: '10.0.0.7' },
        ],
      },
    ]);
    const strange = await fetch(`${url}/health`, { headers: { authorization: 'Bearer nobody' } });
    expect([strange.status, await strange.json()]).toEqual([
      200,
      {
        status: 'ok',
        state: 'UP',
        components: [
          { name: 'api', state: 'UP' },
          { name: 'database', state: 'UP' },
        ],
      },
    ]);
    isUp = false;
    const down = await fetch(`${url}/readyz`);
    isUp = true;
    const { status, components } = (await down.json()) as { status: string; components: object[] };
    expect([down.status, status, components.length]).toEqual([503, 'unavailable', 2]);
  });

  it('live on without the API and say where it should be', async () => {
    const socket = new WebSocket(`${url}/graphql`.replace('http', 'ws'), 'graphql-transport-ws');
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await stopApi();
    expect((await closed)[0]).toBe(1001);
    const answer = await post();
    const { errors } = (await answer.json()) as { errors: { message: string; extensions: object }[] };
    expect(answer.status).toBe(502);
    expect(errors[0].message).toMatch(
      /^The API at http:\/\/127\.0\.0\.1:\d+ does not answer: .*ECONNREFUSED/,
    );
    expect(errors[0].extensions).toEqual({ code: 'API_UNREACHABLE' });
    const health = await fetch(`${url}/health`);
    expect([health.status, await health.json()]).toMatchObject([
      503,
      { status: 'unavailable', state: 'DOWN', components: [{ name: 'api', state: 'DOWN' }] },
    ]);
    const late = new WebSocket(`${url}/graphql`.replace('http', 'ws'), 'graphql-transport-ws');
    late.on('error', () => undefined);
    expect((await once(late, 'unexpected-response'))[1].statusCode).toBe(502);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect(await (await fetch(`${url}/status`)).text()).toBe('web /status');
  });
});

describe('the proxy', () => {
  it('keeps end-to-end headers, repeated ones too, and ends with its reader', async () => {
    let asked: Record<string, unknown> = {};
    let isLeft = false;
    const api = createServer((incoming, response) => {
      asked = incoming.headers;
      response.on('close', () => (isLeft = !response.writableFinished));
      response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'], 'x-kept': 'yes' });
      response.write('first');
      if (incoming.url === '/graphql?end') response.end();
    }).listen(0, '127.0.0.1');
    await once(api, 'listening');
    const url = await listenPages((api.address() as AddressInfo).port);
    const whole = request(`${url}/graphql?end`, { headers: { 'x-own': '1', te: 'trailers' } }).end();
    const [answer] = await once(whole, 'response');
    expect(await text(answer)).toBe('first');
    expect(answer.headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], 'x-kept': 'yes' });
    expect(asked).toMatchObject({ 'x-own': '1', host: url.slice('http://'.length) });
    expect(asked).not.toHaveProperty('te');
    const left = request(`${url}/graphql`).end();
    const [part] = await once(left, 'response');
    await once(part, 'data');
    part.on('error', () => undefined);
    left.destroy();
    await expect.poll(() => isLeft).toBe(true);
    api.closeAllConnections();
    api.close();
  });
});
