import { createClient } from 'graphql-ws';
import type { Readable } from 'node:stream';
import { WebSocket } from 'ws';
import { startApp } from '../app.ts';
import { watchRun } from '../backtest/run-events.ts';
import type { Config } from '../config.ts';
import type { ImportBarsInput } from '../market-data/import-run.type.ts';
import { toImportRun } from '../market-data/import-run.type.ts';
import { UserProblem } from '../platform/graphql/errors.ts';
import type { Logger } from '../platform/logging/logger.ts';
import type { ImportFillsInput } from '../portfolio/portfolio.type.ts';
import type { ImportState } from './report.ts';

/** Where an import is done: in this process, or by the server that holds the data directory. */
export interface ImportTarget {
  upload(file: Readable): Promise<string>;
  portfolioId(nameOrId: string): Promise<string>;
  /** Begins the import and gives its run; throws with the user's problem. */
  start(mutation: 'importBars' | 'importFills', input: Record<string, unknown>): Promise<string>;
  watch(id: string): AsyncIterable<ImportState>;
  close(): Promise<void>;
}

const STATE =
  'status progress errorMessage dryRun rowsRead rowsImported rowsDuplicate rowsRejected problems { line reason }';

/** Imports through a running server. */
export function remoteTarget(apiUrl: string, token: string | null): ImportTarget {
  const authorization: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const query = async (document: string, variables: Record<string, unknown> = {}) => {
    const headers = { 'content-type': 'application/json', ...authorization };
    const response = await fetch(`${apiUrl}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query: document, variables }),
    });
    const body = (await response.json()) as { data?: any; errors?: { message: string }[] };
    if (body.errors?.length) throw new Error(body.errors.map(({ message }) => message).join('\n'));
    return body.data;
  };
  return {
    async upload(file) {
      const response = await fetch(`${apiUrl}/uploads`, {
        method: 'POST',
        headers: authorization,
        body: file as unknown as BodyInit,
        duplex: 'half',
      } as RequestInit);
      const body = (await response.json()) as { uploadId?: string; error?: string };
      if (!body.uploadId) throw new Error(body.error ?? `the server answered ${response.status}`);
      return body.uploadId;
    },
    async portfolioId(nameOrId) {
      const { portfolios } = await query('{ portfolios { id name } }');
      return idOf(portfolios, nameOrId);
    },
    async start(mutation, input) {
      const type = mutation === 'importBars' ? 'ImportBarsInput' : 'ImportFillsInput';
      const data = await query(
        `mutation Start($input: ${type}!) { ${mutation}(input: $input) { run { id } errors { message } } }`,
        { input },
      );
      const { run, errors } = data[mutation];
      if (!run) throw new Error(errors[0].message);
      return run.id;
    },
    async *watch(id) {
      const client = createClient({
        url: `${apiUrl.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: authorization,
      });
      const document = `subscription Watch($id: ID!) { runEvents(id: $id) { run { ... on ImportRun { ${STATE} } } } }`;
      for await (const { data } of client.iterate<{ runEvents: { run: ImportState } }>({
        query: document,
        variables: { id },
      })) {
        if (data) yield data.runEvents.run;
      }
      await client.dispose();
    },
    close: () => Promise.resolve(),
  };
}

/** Imports in this process, with the same services, on ports nobody needs. */
export async function localTarget(config: Config, logger: Logger): Promise<ImportTarget> {
  const quiet = { ...config, apiPort: 0, webPort: 0, dashboardPort: 0, seedSamples: false };
  const app = await startApp(quiet, { clock: Date.now, logger });
  const { services } = app;
  return {
    upload: (file) => app.uploads.store(file),
    portfolioId: async (nameOrId) => idOf(await services.portfolios.list(), nameOrId),
    async start(mutation, input) {
      try {
        const run =
          mutation === 'importBars'
            ? await services.imports.startBars({ isStampedAtOpen: true, ...input } as ImportBarsInput)
            : await services.portfolios.importFills(input as unknown as ImportFillsInput);
        return run.id;
      } catch (problem) {
        if (problem instanceof UserProblem) throw new Error(problem.message, { cause: problem });
        throw problem;
      }
    },
    async *watch(id) {
      for await (const row of watchRun(services.runs, services.pubSub, id, -1)) yield toImportRun(row);
    },
    close: () => app.stop(),
  };
}

function idOf(
  portfolios: readonly { readonly id: string; readonly name: string }[],
  nameOrId: string,
): string {
  const found = portfolios.find(({ id, name }) => id === nameOrId || name === nameOrId);
  if (found) return found.id;
  throw new Error(
    `expected the name of a portfolio (${portfolios.map(({ name }) => name).join(', ') || 'there is none'}), was ${nameOrId}`,
  );
}
