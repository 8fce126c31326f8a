import Fastify, { type FastifyError, type FastifyInstance, LogController } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { Logger } from '../logging/logger.ts';
import { closePromptly } from './connections.ts';
import { type AllowedHosts, originProblem } from './origin.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

const BODY_BYTES_MAXIMUM = 4 * 1024 * 1024;

/** Sent with every answer. */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

/** Makes a listener without any path: it checks where requests come from, and closes as soon as its answers are given. */
export function createBase(
  logger: Logger,
  allowedHosts: AllowedHosts = [],
  proxies?: TrustedProxies,
): FastifyInstance {
  const app = Fastify({
    bodyLimit: BODY_BYTES_MAXIMUM,
    trustProxy: proxies ? (address) => proxies.trusts(address) : false,
    // At info it would tell what the start tells already.
    loggerInstance: logger.child({}, { level: logger.isLevelEnabled('debug') ? logger.level : 'warn' }),
    logController: new LogController({ disableRequestLogging: true }),
    // What is being answered is finished when the listener closes; see closePromptly.
    forceCloseConnections: false,
  }) as unknown as FastifyInstance;
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    const problem = originProblem(request.raw, allowedHosts);
    if (problem) await reply.code(403).send({ error: problem });
  });
  app.setErrorHandler<FastifyError>((problem, _request, reply) => {
    if ((problem.statusCode ?? 500) < 500) return reply.send(problem);
    const errorId = randomUUID();
    logger.error({ err: problem, errorId }, 'a request failed');
    return reply.code(500).send({ error: `an error inside the product; the log has it as ${errorId}` });
  });
  const closing = closePromptly(app.server);
  app.addHook('preClose', async () => closing.begin());
  return app;
}
