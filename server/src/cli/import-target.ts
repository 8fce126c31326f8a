import type { Readable } from 'node:stream';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { startApp } from '../app.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../platform/logging/logger.ts';

/** The API that an import is done by: of this process, or of the server that holds the data directory. */
export interface ImportTarget {
  upload(file: Readable): Promise<string>;
  /** Data of a query or mutation; throws what went wrong. */
  query<Data = any>(document: string, variables?: Record<string, unknown>): Promise<Data>;
  subscribe<Data>(document: string, variables: Record<string, unknown>): AsyncIterable<Data>;
  close(): Promise<void>;
}

/** Imports through a running server. */
export function remoteTarget(apiUrl: string, token: string | null): ImportTarget {
  const authorization: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  return {
    async upload(file) {
      const response = await fetch(`${apiUrl}/uploads`, {
        method: 'POST',
        headers: authorization,
        body: file as unknown as RequestInit['body'],
        duplex: 'half',
      } as RequestInit);
      const body = (await response.json()) as { uploadId?: string; error?: string };
      if (!body.uploadId) throw new Error(body.error ?? `the server answered ${response.status}`);
      return body.uploadId;
    },
    async query(query, variables = {}) {
      const response = await fetch(`${apiUrl}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...authorization },
        body: JSON.stringify({ query, variables }),
      });
      const body = (await response.json()) as { data?: any; errors?: { message: string }[] };
      if (body.errors?.length) throw new Error(body.errors.map(({ message }) => message).join('\n'));
      return body.data;
    },
    async *subscribe<Data>(query: string, variables: Record<string, unknown>) {
      const url = `${apiUrl.replace('http', 'ws')}/graphql`;
      const client = createClient({ url, webSocketImpl: WebSocket, connectionParams: authorization });
      try {
        for await (const { data } of client.iterate<Record<string, unknown>>({ query, variables }))
          if (data) yield data as Data;
      } finally {
        await client.dispose();
      }
    },
    close: () => Promise.resolve(),
  };
}

/** Imports in this process, on ports that nobody else knows; who may read the data folder need not log in. */
export async function localTarget(config: Config, logger: Logger): Promise<ImportTarget> {
  const quiet: Config = {
    ...config,
    surface: 'all',
    host: '127.0.0.1',
    apiPort: 0,
    webPort: 0,
    dashboardPort: 0,
    isLoginNeeded: false,
    role: 'both',
    seedSamples: false,
  };
  const app = await startApp(quiet, { clock: Date.now, logger });
  return { ...remoteTarget(app.urls.api, null), close: () => app.stop() };
}
