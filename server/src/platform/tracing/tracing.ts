import type { ApolloServerPlugin } from '@apollo/server';
import { type Attributes, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

/** Spans of what this process does, for whoever collects them. */
export interface Tracing {
  /** Does some work within a span; a problem is noted at it and goes on. */
  span<Result>(name: string, attributes: Attributes, work: () => Promise<Result>): Promise<Result>;
  /** A span for every query and mutation. There is none for single fields: those cost more than the work that they measure. */
  readonly operations: ApolloServerPlugin<object>;
  /** Sends what waits. */
  close(): Promise<void>;
}

/**
 * Sends spans to an OpenTelemetry collector.
 * @param endpoint the collector, such as `http://localhost:4318`; spans go to its `/v1/traces`
 * @param service the name under which this process appears
 */
export function openTracing(endpoint: string, service: string, version: string): Tracing {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': version }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('ai-trading', version);
  return {
    async span(name, attributes, work) {
      const span = tracer.startSpan(name, { attributes });
      try {
        return await work();
      } catch (problem) {
        span.recordException(problem as Error);
        span.setStatus({ code: SpanStatusCode.ERROR, message: (problem as Error).message });
        throw problem;
      } finally {
        span.end();
      }
    },
    operations: operationSpans(tracer),
    close: () => provider.shutdown(),
  };
}

function operationSpans(tracer: Tracer): ApolloServerPlugin<object> {
  return {
    async requestDidStart() {
      const span = tracer.startSpan('graphql', { kind: SpanKind.SERVER });
      return {
        async willSendResponse({ operation, operationName, errors }) {
          const type = operation?.operation ?? 'unknown';
          span.updateName(operationName ? `${type} ${operationName}` : type);
          span.setAttributes({
            'graphql.operation.type': type,
            ...(operationName ? { 'graphql.operation.name': operationName } : {}),
          });
          if (errors?.length) span.setStatus({ code: SpanStatusCode.ERROR, message: errors[0].message });
          span.end();
        },
      };
    },
  };
}
