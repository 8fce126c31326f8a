import type { ApolloServerPlugin } from '@apollo/server';
import { Histogram, type Registry } from 'prom-client';
import type { Logger } from '../logging/logger.ts';

const SLOW_MS = 1_000;

/** Measures every query and mutation, and writes the slow ones to the log. */
export function observeOperations(metrics: Registry, logger: Logger): ApolloServerPlugin<object> {
  // Names of operations are free text of callers: as labels they would grow without bound.
  const durations = new Histogram({
    name: 'graphql_operation_duration_seconds',
    help: 'How long queries and mutations took.',
    labelNames: ['type', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [metrics],
  });
  return {
    async requestDidStart() {
      const startedAtMs = performance.now();
      return {
        async willSendResponse({ operation, operationName, errors }) {
          const durationMs = performance.now() - startedAtMs;
          const labels = { type: operation?.operation ?? 'unknown', status: errors?.length ? 'error' : 'ok' };
          durations.observe(labels, durationMs / 1000);
          const line = { operationName, ...labels, durationMs: Math.round(durationMs) };
          if (durationMs > SLOW_MS) logger.warn(line, 'slow operation');
          else logger.debug(line, 'operation');
        },
      };
    },
  };
}
