import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pino from 'pino';
import { Registry } from 'prom-client';
import { ROOT } from '../src/config.ts';
import { type Context, createContext, type Services } from '../src/context.ts';
import { Gate } from '../src/platform/graphql/admission.ts';
import { Documents, readPersistedDocuments } from '../src/platform/graphql/documents.ts';
import { RateLimit } from '../src/platform/graphql/rate-limit.ts';
import { createApollo } from '../src/platform/http/graphql.ts';
import { createListener } from '../src/platform/http/listener.ts';
import { Uploads } from '../src/platform/http/uploads.ts';
import { TrustedProxies } from '../src/platform/http/trusted-proxies.ts';
import { SubscriptionSockets } from '../src/platform/http/websocket.ts';
import { LOCAL } from '../src/platform/viewer.ts';
import { PubSub } from '../src/platform/pub-sub/pub-sub.ts';
import { createSchema } from '../src/schema.ts';

/** Where the texts of the web pages' documents are. */
export const DOCUMENTS_FILE = resolve(ROOT, 'client/src/lib/graphql/generated/persisted-documents.json');

/** What the state of the installation is there. */
export const STATUS = {
  state: 'UP',
  version: '1.2.3',
  profile: 'embedded',
  startedAt: new Date('2024-01-02T03:04:05Z'),
  uptimeSeconds: 60,
  memoryBytes: 1e9,
  runsQueued: 0,
  runsRunning: 0,
  components: [],
};

/** A listener with the whole schema and its gate, and nothing behind them but a state and no runs. */
export interface TestListener {
  readonly url: string;
  readonly pubSub: PubSub;
  /** What waits for clients of websockets to read. */
  bytesHeld(): number;
  stop(): Promise<void>;
}

/** Starts one on a free port. */
export async function createTestListener({
  costPerMinute = 0,
  mayIntrospect = true,
  services: more = {},
}: {
  readonly costPerMinute?: number;
  readonly mayIntrospect?: boolean;
  /** What else is behind it. */
  readonly services?: object;
}): Promise<TestListener> {
  const logger = pino({ level: 'silent' });
  const folder = mkdtempSync(join(tmpdir(), 'ai-trading-test-listener-'));
  const pubSub = new PubSub();
  const services = {
    system: { status: async () => STATUS },
    runs: { find: async () => null },
    pubSub,
    ...more,
  } as unknown as Services;
  const schema = await createSchema();
  const rates = costPerMinute > 0 ? new RateLimit(costPerMinute) : null;
  const gate = new Gate(schema, new Documents(schema, readPersistedDocuments(DOCUMENTS_FILE)), rates);
  const proxies = new TrustedProxies(['loopback']);
  const login = { authenticate: async () => LOCAL, sessionMaximumMs: 0, mayIntrospect, proxies };
  const apollo = createApollo<Context>(schema, gate, logger);
  await apollo.start();
  const sockets = new SubscriptionSockets<Context>(schema, gate, {
    login,
    createContext: (caller, signal) => createContext(services, caller, signal),
    logger,
  });
  const listener = createListener<Context>(
    {
      apollo,
      gate,
      login,
      createContext: (caller) => createContext(services, caller),
      sockets,
      uploads: new Uploads(folder, Date.now),
      downloads: [],
      metrics: new Registry(),
      logger,
      health: async () => ({ isUp: true, body: {} }),
    },
    { surface: 'api', dashboardPort: () => 8050 },
  );
  await listener.listen({ host: '127.0.0.1', port: 0 });
  return {
    url: `http://127.0.0.1:${(listener.server.address() as AddressInfo).port}`,
    pubSub,
    bytesHeld: () => sockets.bytesHeld,
    async stop() {
      await sockets.close();
      await listener.close();
      await apollo.stop();
      rates?.close();
      rmSync(folder, { recursive: true });
    },
  };
}
