import type { FastifyInstance } from 'fastify';
import type { Logger } from '../logging/logger.ts';
import type { ApiProxy } from './api-proxy.ts';
import { createBase } from './base.ts';
import { type AllowedHosts, originProblem } from './origin.ts';
import { addPages, type PageHandler, type PagesSurface } from './pages.ts';

/** Paths that the API's process answers on every listener, with what is under them. */
const API_PATHS = ['/graphql', '/uploads', '/downloads', '/metrics'];
/** Those of a listener that shows charts alone. */
const READ_ONLY_PATHS = ['/graphql'];

/** A listener of a process that draws pages and has the API in another process. */
export interface PagesListenerParts {
  readonly surface: PagesSurface;
  readonly pages: PageHandler | undefined;
  readonly proxy: ApiProxy;
  readonly version: string;
  readonly allowedHosts: AllowedHosts;
  readonly logger: Logger;
}

/** Makes a listener that draws pages and passes everything else on to the API; it does not listen yet. */
export function createPagesListener(parts: PagesListenerParts): FastifyInstance {
  const { surface, pages, proxy, allowedHosts, logger } = parts;
  const app = createBase(logger, allowedHosts);
  // Before the body is read: it is for the API to read.
  app.addHook('onRequest', async (request, reply) => {
    if (reply.sent || !isForApi(surface, request.raw.url)) return;
    reply.hijack();
    proxy.forward(request.raw, reply.raw);
  });
  app.get('/livez', () => ({ status: 'ok' }));
  for (const url of ['/readyz', '/health']) {
    app.get(url, async (_request, reply) => {
      const { isUp, body } = await healthOf(parts);
      return reply.code(isUp ? 200 : 503).send(body);
    });
  }
  addPages(app, surface, pages);
  app.server.on('upgrade', (request, socket, head) => {
    const problem = originProblem(request, allowedHosts);
    if (isForApi(surface, request.url) && !problem) return proxy.upgrade(request, socket, head);
    const status = problem ? '403 Forbidden' : '404 Not Found';
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n${problem ?? ''}`);
  });
  app.addHook('preClose', async () => proxy.close());
  return app;
}

function isForApi(surface: PagesSurface, url = '/'): boolean {
  const path = url.split('?')[0];
  const paths = surface === 'visuals' ? READ_ONLY_PATHS : API_PATHS;
  return paths.some((one) => path === one || path.startsWith(`${one}/`));
}

async function healthOf({
  proxy,
  version,
}: PagesListenerParts): Promise<{ isUp: boolean; body: Record<string, unknown> }> {
  const startedAtMs = performance.now();
  const api = { name: 'api', kind: 'another process, by API_URL' };
  try {
    const { status, state, components = [] } = await proxy.health();
    const isUp = status === 'ok';
    const component = { ...api, state: 'UP', latencyMs: performance.now() - startedAtMs, detail: 'answers' };
    return { isUp, body: { status, state, version, components: [component, ...(components as object[])] } };
  } catch (problem) {
    const component = { ...api, state: 'DOWN', latencyMs: null, detail: (problem as Error).message };
    return { isUp: false, body: { status: 'unavailable', state: 'DOWN', version, components: [component] } };
  }
}
