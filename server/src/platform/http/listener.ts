import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance } from 'fastify';
import { GraphQLError } from 'graphql';
import type { Registry } from 'prom-client';
import type { Asked, Gate } from '../graphql/admission.ts';
import type { Logger } from '../logging/logger.ts';
import { asViewer, UNAVAILABLE, UNKNOWN } from '../viewer.ts';
import { createBase } from './base.ts';
import { answerRefused } from './graphql.ts';
import { addDownloads, type DownloadRoute } from './downloads.ts';
import { type HealthBody, verdictsOf } from './health.ts';
import { type Caller, callerOf, type Credentials, credentialsOf, type LoginParts } from './caller.ts';
import type { AllowedHosts } from './origin.ts';
import { addPages, type PageHandler, type PagesSurface } from './pages.ts';
import { addPlayground, playgroundPage } from './playground.ts';
import { UploadRefused, type Uploads } from './uploads.ts';
import type { SubscriptionSockets } from './websocket.ts';

/** What every listener of the process offers. */
export interface ListenerParts<Context extends object> {
  readonly apollo: ApolloServer<Context>;
  readonly gate: Gate;
  readonly login: LoginParts;
  readonly createContext: (caller: Caller) => Context;
  readonly sockets: SubscriptionSockets<Context>;
  readonly uploads: Uploads;
  readonly downloads: readonly DownloadRoute<Context>[];
  readonly metrics: Registry;
  readonly logger: Logger;
  /** Names beside this machine's own under which it may be asked; null for any. */
  readonly allowedHosts?: AllowedHosts;
  /** Whether the parts without which nothing works do, in words for a person and a machine. */
  readonly health: () => Promise<{ isUp: boolean; body: HealthBody }>;
}

/** One listener: the API, the web pages, or the dashboard. */
export interface ListenerKind {
  readonly surface: 'api' | PagesSurface;
  /** Draws pages; absent on the API listener. */
  readonly pages?: PageHandler;
  /** The port of this machine where a browser that opens the API's root belongs. */
  readonly dashboardPort?: () => number;
}

/** Makes a listener; it does not listen yet. */
export function createListener<Context extends object>(
  parts: ListenerParts<Context>,
  kind: ListenerKind,
): FastifyInstance {
  const app = createBase(parts.logger, parts.allowedHosts, parts.login.proxies);
  addLogin(app, parts);
  addGraphql(app, parts, loginUrlOf(kind));
  addHealth(app, parts);
  addUploads(app, parts);
  addDownloads(app, parts.downloads, (request, reply) =>
    parts.createContext(callerOf(request, reply, parts.login)),
  );
  if (kind.surface === 'api') addRoot(app, kind.dashboardPort!);
  else addPages(app, kind.surface, kind.pages);
  parts.sockets.attach(app.server, parts.allowedHosts);
  return app;
}

/** Tells for every path who asks; only paths that say so answer those who have not logged in. */
function addLogin<Context extends object>(
  app: FastifyInstance,
  { login: { authenticate }, logger }: ListenerParts<Context>,
): void {
  const whoIs = (credentials: Credentials) =>
    authenticate(credentials).catch((problem) => {
      logger.warn({ err: problem }, 'a login could not be looked up');
      return UNKNOWN;
    });
  app.addHook('preHandler', (request, reply, done) => {
    const { isPublic } = request.routeOptions.config;
    whoIs(credentialsOf(request.headers)).then((who) => {
      request.viewer = who;
      const scope = request.method === 'GET' || request.method === 'HEAD' ? 'READ' : 'TRADE_WRITE';
      if (isPublic || who.scopes.has(scope)) return asViewer(who, done);
      if (who === UNKNOWN) return reply.code(503).send({ error: UNAVAILABLE });
      const isKnown = who.kind !== 'NOBODY';
      const error = isKnown
        ? `expected a token with the scope ${scope}, was one without`
        : 'expected somebody who is logged in, was nobody: log in first';
      return reply.code(isKnown ? 403 : 401).send({ error });
    }, done);
  });
}

/** Where somebody logs in who came to a listener: the API's own has no pages. */
function loginUrlOf({ surface, dashboardPort }: ListenerKind): (hostname: string) => string {
  return (hostname) =>
    `${surface === 'api' ? `http://${hostname}:${dashboardPort!()}` : ''}/login?next=/graphql`;
}

function addGraphql<Context extends object>(
  app: FastifyInstance,
  { apollo, gate, login, createContext }: ListenerParts<Context>,
  loginUrl: (hostname: string) => string,
): void {
  const handler = fastifyApolloHandler(apollo, {
    context: async (request, reply) => createContext(callerOf(request, reply, login)),
  });
  addPlayground(app);
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    config: { isPublic: true },
    handler: async (request, reply) => {
      const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
      if (wantsPage && request.viewer.kind === 'NOBODY') return reply.redirect(loginUrl(request.hostname));
      if (wantsPage) return reply.type('text/html; charset=utf-8').send(await playgroundPage());
      const refusal = gate.refusal(callerOf(request, reply, login)) ?? fillIn(gate, request.body);
      if (refusal) return answerRefused(reply, refusal);
      return handler.call(app as never, request as never, reply as never);
    },
  });
}

/** Puts the text of a persisted document where a query is expected; gives what is wrong with its id. */
function fillIn(gate: Gate, body: unknown): GraphQLError | null {
  const asked = body as (Asked & { query?: string; documentId?: unknown }) | null;
  if (typeof asked?.documentId !== 'string' || asked.query) return null;
  const text = gate.textOf(asked);
  if (text instanceof GraphQLError) return text;
  asked.query = text;
  return null;
}

function addHealth<Context extends object>(
  app: FastifyInstance,
  { health, metrics }: ListenerParts<Context>,
): void {
  const open = { config: { isPublic: true } };
  app.get('/livez', open, () => ({ status: 'ok' }));
  for (const url of ['/readyz', '/health']) {
    app.get(url, open, async ({ viewer: { kind } }, reply) => {
      const { isUp, body } = await health();
      const told = kind === 'NOBODY' ? verdictsOf(body) : body;
      return reply.code(isUp ? 200 : 503).send({ status: isUp ? 'ok' : 'unavailable', ...told });
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
        const lengthBytes = Number(request.headers['content-length'] ?? 0);
        return await reply.code(201).send({ uploadId: await uploads.store(request.raw, lengthBytes) });
      } catch (problem) {
        if (problem instanceof UploadRefused)
          return reply.code(problem.status).send({ error: problem.message });
        throw problem;
      }
    });
  });
}

function addRoot(app: FastifyInstance, dashboardPort: () => number): void {
  app.get('/', { config: { isPublic: true } }, async (request, reply) => {
    if ((request.headers.accept ?? '').includes('text/html')) {
      return reply.redirect(`http://${request.hostname}:${dashboardPort()}`);
    }
    return { product: 'AI Trading', graphql: '/graphql', health: '/health' };
  });
}
