import { execute, parse, validate, type GraphQLSchema } from 'graphql';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { PubSub } from './built.ts';
import { schemaInMemory, serveStack } from './stack.ts';

/** The least that answers GraphQL over HTTP: execution by graphql-js with parsed and validated documents at hand. */
async function serveFloor(schema: GraphQLSchema): Promise<number> {
  const documents = new Map<string, ReturnType<typeof parse>>();
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { query, variables } = JSON.parse(await text(request)) as { query: string; variables: object };
    let document = documents.get(query);
    if (!document) {
      document = parse(query);
      if (validate(schema, document).length > 0) throw new Error('expected a valid query');
      documents.set(query, document);
    }
    const result = await execute({ schema, document, variableValues: { ...variables } });
    const body = JSON.stringify(result);
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const TICK_MS = 10;
const EVENTS_PER_SECOND = 4;

/** Runs `run_0` ... whose state changes four times a second, spread over time; each tells when it changed. */
async function serveEvents(): Promise<number> {
  const pubSub = new PubSub();
  const changedAtMs = new Map<string, number>();
  let seq = 0;
  const find = async (id: string) => {
    const createdAt = new Date(0);
    const row = { id, kind: 'IMPORT', status: 'RUNNING', seq, attempt: 1, createdAt, request: {} };
    return { ...row, label: id, progress: changedAtMs.get(id) ?? 0 };
  };
  const port = await serveStack(await schemaInMemory(), { pubSub, runs: { find }, backtests: {} });
  process.on('message', async (order: { subscriptions?: number; seconds?: number }) => {
    if (!order.subscriptions) return;
    const startedAtMs = performance.now();
    const endMs = startedAtMs + order.seconds! * 1_000;
    let next = 0;
    let due = 0;
    for (let lastMs = performance.now(); lastMs < endMs; await sleep(TICK_MS)) {
      const nowMs = performance.now();
      due += ((nowMs - lastMs) / 1_000) * order.subscriptions * EVENTS_PER_SECOND;
      lastMs = nowMs;
      for (; due >= 1; due -= 1) {
        const id = `run_${next % order.subscriptions}`;
        next += 1;
        seq += 1;
        changedAtMs.set(id, performance.timeOrigin + performance.now());
        pubSub.publish(`run/${id}`, { seq });
      }
    }
    process.send!({ sent: next, elapsedMs: performance.now() - startedAtMs });
  });
  return port;
}

const kind = process.argv[2];
const port =
  kind === 'events'
    ? await serveEvents()
    : kind === 'floor'
      ? await serveFloor(await schemaInMemory())
      : await serveStack(await schemaInMemory(), {});
process.on('message', (order) => {
  if (order === 'usage') process.send!({ cpuMicros: cpuMicros(), heapBytes: process.memoryUsage().heapUsed });
});
process.send!({ port });

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
