import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { Logger } from '../logging/logger.ts';
import { createBase } from './base.ts';
import { type HealthBody, verdictsOf } from './health.ts';
import type { AllowedHosts } from './origin.ts';

/** What a process tells of itself that serves nothing else. */
export interface HealthParts {
  readonly health: () => Promise<{ isUp: boolean; body: HealthBody }>;
  /** Whether details are for those who have logged in, which nobody can here. */
  readonly isLoginNeeded: boolean;
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
  isLoginNeeded,
}: HealthParts): FastifyInstance {
  const app = createBase(logger, allowedHosts);
  app.get('/livez', () => ({ status: 'ok' }));
  for (const url of ['/readyz', '/health']) {
    app.get(url, async (_request, reply) => {
      const { isUp, body } = await health();
      const told = isLoginNeeded ? verdictsOf(body) : body;
      return reply.code(isUp ? 200 : 503).send({ status: isUp ? 'ok' : 'unavailable', ...told });
    });
  }
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.metrics()),
  );
  return app;
}
