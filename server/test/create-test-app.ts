import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import pino from 'pino';
import { WebSocket } from 'ws';
import { type App, startApp } from '../src/app.ts';
import { parseConfig } from '../src/config.ts';
import type { PriceProvider } from '../src/market-data/providers/provider.ts';
import type { Clock } from '../src/platform/clock.ts';
import { openMigrated } from './migrated-database.ts';

/** A whole installation for a test: real HTTP and websockets over a real embedded database. */
export interface TestApp extends App {
  /** Data of a query or mutation; throws where the answer has errors. */
  query<Data = any>(document: string, variables?: Record<string, unknown>): Promise<Data>;
  /** The whole answer. */
  post(document: string, variables?: Record<string, unknown>): Promise<{ status: number; body: any }>;
  /** Events of a subscription until it completes. */
  subscribe<Data = any>(document: string, variables?: Record<string, unknown>): AsyncGenerator<Data>;
}

/** Starts one on free ports; stop it in `afterAll`. */
export async function createTestApp(
  environment: Record<string, string> = {},
  clock: Clock = Date.now,
  providers?: readonly PriceProvider[],
): Promise<TestApp> {
  const folder = mkdtempSync(join(tmpdir(), 'ai-trading-test-'));
  const config = parseConfig({
    API_PORT: '0',
    WEB_PORT: '0',
    PORT: '0',
    DATA_DIR: folder,
    LOG_DIR: join(folder, 'logs'),
    SEED_SAMPLES: 'false',
    OMP_NUM_THREADS: '2',
    ...environment,
  });
  const logger = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });
  const app = await startApp(config, {
    clock,
    logger,
    ...(providers && { providers }),
    ...(config.databaseUrl ? {} : { openDatabase: openMigrated }),
  });
  const url = `${app.urls.api}/graphql`;
  const post = async (query: string, variables: Record<string, unknown> = {}) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, body: await response.json() };
  };
  return {
    ...app,
    post,
    async query(document, variables) {
      const { body } = await post(document, variables);
      if (body.errors) throw new Error(JSON.stringify(body.errors));
      return body.data;
    },
    async *subscribe(query, variables = {}) {
      const client = createClient({
        url: url.replace('http', 'ws'),
        webSocketImpl: WebSocket,
        retryAttempts: 0,
      });
      try {
        for await (const { data, errors } of client.iterate({ query, variables })) {
          if (errors) throw new Error(JSON.stringify(errors));
          yield data as never;
        }
      } finally {
        await client.dispose();
      }
    },
    async stop() {
      await app.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

let keys = 0;

/** A new idempotency key. */
export function newKey(): string {
  keys += 1;
  return `test-key-${process.pid}-${keys}`;
}
