import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { Logger } from '../logging/logger.ts';
import { createBase } from './base.ts';
import type { AllowedHosts } from './origin.ts';

/** What a process tells of itself that serves nothing else. */
export interface HealthParts {
  readonly health: () => Promise<{ isUp: boolean; body: Record<string, unknown> }>;
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
}: HealthParts): FastifyInstance {
  const app = createBase(logger, allowedHosts);
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
  return app;
}
