import type { FastifyInstance } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import type { Registry } from 'prom-client';
import type { Logger } from '../logging/logger.ts';
import { createBase } from './base.ts';
import { type HealthBody, verdictsOf } from './health.ts';
import { NOBODY } from '../viewer.ts';
import { type Authenticate, credentialsOf } from './caller.ts';
import type { AllowedHosts } from './origin.ts';

/** What a process tells of itself that serves nothing else. */
export interface HealthParts {
  readonly health: () => Promise<{ isUp: boolean; body: HealthBody }>;
  /** Details and figures are for those who have logged in: by a token, since there are no pages here. */
  readonly authenticate: Authenticate;
  readonly metrics: Registry;
  readonly logger: Logger;
  /** Names beside this machine's own under which it may be asked. */
  readonly allowedHosts: AllowedHosts;
}

/** The listener of a process that only works: how it is, for whoever watches over it. */
export function createHealthListener({
  health,
  metrics,
  logger,
  allowedHosts,
  authenticate,
}: HealthParts): FastifyInstance {
  const app = createBase(logger, allowedHosts);
  // Without the database nobody is known.
  const whoIs = (headers: IncomingHttpHeaders) => authenticate(credentialsOf(headers)).catch(() => NOBODY);
  app.get('/livez', () => ({ status: 'ok' }));
  for (const url of ['/readyz', '/health']) {
    app.get(url, async ({ headers }, reply) => {
      const [{ isUp, body }, { kind }] = await Promise.all([health(), whoIs(headers)]);
      const told = kind === 'NOBODY' ? verdictsOf(body) : body;
      return reply.code(isUp ? 200 : 503).send({ status: isUp ? 'ok' : 'unavailable', ...told });
    });
  }
  app.get('/metrics', async ({ headers }, reply) => {
    if ((await whoIs(headers)).scopes.has('READ'))
      return reply.type(metrics.contentType).send(await metrics.metrics());
    return reply.code(401).send({ error: 'expected a token with the scope READ, was none' });
  });
  return app;
}
