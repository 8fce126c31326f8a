import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import type { Logger } from '../logging/logger.ts';
import { type Uploads, UploadTooLarge } from './uploads.ts';
import { closePromptly } from './connections.ts';
import { originProblem } from './origin.ts';
import type { SubscriptionSockets } from './websocket.ts';

const BODY_BYTES_MAXIMUM = 4 * 1024 * 1024;

/** Draws the pages of the web client. */
export type PageHandler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** What every listener of the process offers. */
export interface ListenerParts<Context extends object> {
  readonly apollo: ApolloServer<Context>;
  readonly createContext: () => Context;
  readonly sockets: SubscriptionSockets<Context>;
  readonly uploads: Uploads;
  readonly metrics: Registry;
  readonly logger: Logger;
  /** Whether the parts without which nothing works do, in words for a person and a machine. */
  readonly health: () => Promise<{ isUp: boolean; body: Record<string, unknown> }>;
}

/** One listener: the API, the web pages, or the dashboard. */
export interface ListenerKind {
  readonly surface: 'api' | 'web' | 'dashboard';
  /** Draws pages; absent on the API listener. */
  readonly pages?: PageHandler;
  /** Where a browser that opens the API's root belongs. */
  readonly dashboardUrl?: () => string;
}

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

/** Makes a listener; it does not listen yet. */
export function createListener<Context extends object>(
  parts: ListenerParts<Context>,
  kind: ListenerKind,
): FastifyInstance {
  const app = Fastify({
    bodyLimit: BODY_BYTES_MAXIMUM,
    // At info it would tell what the start tells already.
    loggerInstance: parts.logger.child(
      {},
      { level: parts.logger.isLevelEnabled('debug') ? parts.logger.level : 'warn' },
    ),
    logController: new LogController({ disableRequestLogging: true }),
    // What is being answered is finished when the listener closes; see closePromptly.
    forceCloseConnections: false,
  }) as unknown as FastifyInstance;
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    const problem = originProblem(request.raw);
    if (problem) await reply.code(403).send({ error: problem });
  });
  const closing = closePromptly(app.server);
  app.addHook('preClose', async () => closing.begin());
  addGraphql(app, parts);
  addHealth(app, parts);
  addUploads(app, parts);
  addPages(app, kind);
  parts.sockets.attach(app.server);
  return app;
}

function addGraphql<Context extends object>(
  app: FastifyInstance,
  { apollo, createContext }: ListenerParts<Context>,
): void {
  const handler = fastifyApolloHandler(apollo, { context: async () => createContext() });
  const playground = renderGraphiQL({
    title: 'AI Trading API',
    endpoint: '/graphql',
    subscriptionsProtocol: 'WS',
    defaultQuery: FIRST_QUERY,
  } as Parameters<typeof renderGraphiQL>[0]);
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    handler: async (request, reply) => {
      const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
      if (wantsPage) return reply.type('text/html; charset=utf-8').send(playground);
      return handler.call(app as never, request as never, reply as never);
    },
  });
}

function addHealth<Context extends object>(
  app: FastifyInstance,
  { health, metrics }: ListenerParts<Context>,
): void {
  app.get('/livez', () => ({ status: 'ok' }));
  for (const url of ['/readyz', '/health']) {
    app.get(url, async (_request, reply) => {
      const { isUp, body } = await health();
      return reply.code(isUp ? 200 : 503).send({ status: isUp ? 'ok' : 'unavailable', ...body });
    });
  }
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.metrics()),
  );
}

function addUploads<Context extends object>(app: FastifyInstance, { uploads }: ListenerParts<Context>): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // The body stays a stream: an upload may be larger than memory.
    scope.addContentTypeParser('*', (_request, stream, done) => done(null, stream));
    scope.post('/uploads', { bodyLimit: Number.MAX_SAFE_INTEGER }, async (request, reply) => {
      try {
        return await reply.code(201).send({ uploadId: await uploads.store(request.raw) });
      } catch (problem) {
        if (problem instanceof UploadTooLarge) return reply.code(413).send({ error: problem.message });
        throw problem;
      }
    });
  });
}

function addPages(app: FastifyInstance, { surface, pages, dashboardUrl }: ListenerKind): void {
  if (surface === 'api') {
    app.get('/', async (request, reply) => {
      if ((request.headers.accept ?? '').includes('text/html')) return reply.redirect(dashboardUrl!());
      return { product: 'AI Trading', graphql: '/graphql', health: '/health' };
    });
    return;
  }
  if (!pages) {
    app.setNotFoundHandler((_request, reply) =>
      reply
        .code(503)
        .type('text/plain')
        .send('The web pages are not built: run `npm run build`, then start again.'),
    );
    return;
  }
  // Before the body is read: it is for the pages to read.
  app.addHook('onRequest', async (request, reply) => {
    if (!request.is404 || reply.sent) return;
    reply.hijack();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) reply.raw.setHeader(name, value);
    request.raw.headers['x-ai-trading-surface'] = surface;
    pages(request.raw, reply.raw, () => {
      reply.raw.statusCode = 404;
      reply.raw.end('Not found');
    });
  });
}

const FIRST_QUERY = `# Instruments, portfolios and the state of this installation.
query Overview {
  system { state version profile }
  portfolios { name valuation { equity cash marketValue currency } }
  instruments(first: 10) { nodes { symbol name source lastPrice { price at } } }
}
`;
