import type { FastifyInstance } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import type { Logger } from '../logging/logger.ts';
import type { ApiProxy } from './api-proxy.ts';
import { createBase } from './base.ts';
import { type AllowedHosts, originProblem } from './origin.ts';
import type { HealthBody } from './health.ts';
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
    app.get(url, async ({ headers }, reply) => {
      const { isUp, body } = await healthOf(parts, headers);
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

/** Who asks is for the API to know: it gives details to those who have logged in. Without it all are strangers. */
async function healthOf(
  { proxy, version, logger }: PagesListenerParts,
  { cookie, authorization }: IncomingHttpHeaders,
): Promise<{ isUp: boolean; body: HealthBody }> {
  const startedAtMs = performance.now();
  try {
    const answer = await proxy.health({ ...(cookie && { cookie }), ...(authorization && { authorization }) });
    const { status, state, components = [] } = answer;
    const latencyMs = performance.now() - startedAtMs;
    const isKnown = answer.version !== undefined;
    const details = { kind: 'another process, by API_URL', latencyMs, detail: 'answers' };
    const api = { name: 'api', state: 'UP', ...(isKnown && details) };
    const all = [api, ...(components as object[])];
    return { isUp: status === 'ok', body: { status, state, ...(isKnown && { version }), components: all } };
  } catch (problem) {
    logger.warn({ err: problem }, 'the API did not answer');
    const components = [{ name: 'api', state: 'DOWN' }];
    return { isUp: false, body: { status: 'unavailable', state: 'DOWN', components } };
  }
}
