import type { GraphQLObjectType, GraphQLSchema } from 'graphql';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { Registry } from 'prom-client';
import type { Context, Services } from '../src/context.ts';
import type { LoginParts } from '../src/platform/http/caller.ts';
import { LOCAL } from '../src/platform/viewer.ts';
import {
  createApollo,
  createContext,
  createListener,
  createSchema,
  Documents,
  Gate,
  observeOperations,
  RateLimit,
  SubscriptionSockets,
  Uploads,
} from './built.ts';
import { PORTFOLIO } from './dashboard-data.ts';

const LOGIN: LoginParts = { authenticate: async () => LOCAL, sessionMaximumMs: 0, mayIntrospect: true };

/** The product's schema whose portfolio lies in memory. */
export async function schemaInMemory(): Promise<GraphQLSchema> {
  const schema = await createSchema();
  const fields = (name: string) => (schema.getType(name) as GraphQLObjectType).getFields();
  fields('Query').portfolio.resolve = () => PORTFOLIO;
  const { valuation, positions } = fields('Portfolio');
  for (const field of [valuation, positions, fields('Position').instrument]) delete field.resolve;
  return schema;
}

/** Serves the product's schema through its whole stack of HTTP, websockets and gate; gives the port. */
export async function serveStack(schema: GraphQLSchema, services: object): Promise<number> {
  const logger = pino({ level: 'silent' });
  const metrics = new Registry();
  const gate = new Gate(schema, new Documents(schema, new Map()), new RateLimit(1e15));
  const apollo = createApollo<Context>(schema, gate, logger, [observeOperations(metrics, logger)]);
  await apollo.start();
  const contextOf = (caller: Parameters<typeof createContext>[1], signal?: AbortSignal) =>
    createContext(services as Services, caller, signal);
  const sockets = new SubscriptionSockets<Context>(schema, gate, {
    login: LOGIN,
    createContext: contextOf,
    logger,
  });
  const uploads = new Uploads(join(tmpdir(), 'ai-trading-load'), Date.now);
  const health = async () => ({ isUp: true, body: {} });
  const listener = createListener<Context>(
    {
      apollo,
      gate,
      login: LOGIN,
      createContext: contextOf,
      sockets,
      uploads,
      downloads: [],
      metrics,
      logger,
      health,
    },
    { surface: 'api', dashboardPort: () => 8050 },
  );
  await listener.listen({ host: '127.0.0.1', port: 0 });
  return (listener.server.address() as AddressInfo).port;
}
