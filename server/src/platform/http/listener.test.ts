import 'reflect-metadata';
import type { FastifyInstance } from 'fastify';
import { buildSchema } from 'graphql';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import pino from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Gate } from '../graphql/admission.ts';
import { Documents } from '../graphql/documents.ts';
import { LOCAL } from '../viewer.ts';
import { createApollo } from './graphql.ts';
import type { Caller } from './caller.ts';
import { createListener, type ListenerParts } from './listener.ts';
import type { PageHandler } from './pages.ts';
import { Uploads } from './uploads.ts';
import { SubscriptionSockets } from './websocket.ts';

const logger = pino({ level: 'silent' });
const schema = buildSchema('type Query { one: Int } type Subscription { one: Int }');

const gate = new Gate(schema, new Documents(schema, new Map()), null);
const login = { authenticate: async () => LOCAL, sessionMaximumMs: 0, mayIntrospect: true };
const createContext = (caller: Caller) => ({ caller });
// Stands for the pages: tells what reached it.
const pages: PageHandler = (request, response, next) => {
  if (request.url === '/nowhere') return next();
  void text(request).then((body) => {
    const { method, url, headers } = request;
    response.end(JSON.stringify({ method, url, surface: headers['x-ai-trading-surface'], body }));
  });
};

describe('the pages of a listener', () => {
  let folder: string;
  let parts: ListenerParts<{ caller: Caller }>;
  let isUp = true;
  const open: FastifyInstance[] = [];

  async function listen(surface: 'web' | 'dashboard'): Promise<string> {
    const listener = createListener(parts, { surface, pages });
    open.push(listener);
    await listener.listen({ host: '127.0.0.1', port: 0 });
    return `http://127.0.0.1:${(listener.server.address() as AddressInfo).port}`;
  }

  beforeAll(async () => {
    folder = mkdtempSync(`${tmpdir()}/ai-trading-listener-`);
    const apollo = createApollo<{ caller: Caller }>(schema, gate, logger);
    await apollo.start();
    parts = {
      apollo,
      gate,
      login,
      createContext,
      sockets: new SubscriptionSockets(schema, gate, { login, createContext, logger }),
      uploads: new Uploads(folder, Date.now),
      downloads: [],
      metrics: new Registry(),
      logger,
      health: async () => ({ isUp, body: { components: [] } }),
    };
  });
  afterAll(async () => {
    await parts.sockets.close();
    for (const listener of open) await listener.close();
    await parts.apollo.stop();
    rmSync(folder, { recursive: true });
  });

  it.each(['web', 'dashboard'] as const)(
    'know that they are on the %s surface, whatever the browser says',
    async (surface) => {
      const url = await listen(surface);
      const response = await fetch(`${url}/any/page?a=b`, { headers: { 'x-ai-trading-surface': 'other' } });
      expect(await response.json()).toEqual({ method: 'GET', url: '/any/page?a=b', surface, body: '' });
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  it('read the bodies sent to them, of any type', async () => {
    const url = await listen('web');
    for (const type of ['application/x-www-form-urlencoded', 'application/json', 'text/odd']) {
      const response = await fetch(`${url}/form`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: 'a=1',
      });
      expect(await response.json()).toMatchObject({ method: 'POST', body: 'a=1' });
    }
  });

  it('leave the paths of the API alone and are told apart from what is nowhere', async () => {
    const url = await listen('web');
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ one }"}',
    });
    expect((await answer.json()).data).toEqual({ one: null });
    expect((await fetch(`${url}/nowhere`)).status).toBe(404);
  });

  it('are not drawn for a page of another origin', async () => {
    const url = await listen('web');
    const response = await fetch(`${url}/form`, {
      method: 'POST',
      headers: { origin: 'http://evil.example' },
    });
    expect([response.status, await response.json()]).toEqual([
      403,
      { error: expect.stringContaining('was one of http://evil.example') },
    ]);
  });

  it('stand beside a health that turns 503 while the process still lives', async () => {
    const url = await listen('dashboard');
    isUp = false;
    const answers = await Promise.all(
      ['/health', '/readyz', '/livez'].map(async (path) => (await fetch(url + path)).status),
    );
    isUp = true;
    expect(answers).toEqual([503, 503, 200]);
  });
});
