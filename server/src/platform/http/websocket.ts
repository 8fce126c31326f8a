import {
  type ExecutionArgs,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  subscribe,
  validate,
} from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { checkLimits, TOKENS_MAXIMUM, VALIDATION_ERRORS_MAXIMUM } from '../graphql/gate.ts';
import type { Logger } from '../logging/logger.ts';
import { maskError } from './graphql.ts';
import { originProblem } from './origin.ts';

const SUBSCRIPTIONS_MAXIMUM = 50;
const MESSAGE_BYTES_MAXIMUM = 64 * 1024;
const INIT_WAIT_MS = 3_000;
const GOODBYE_MS = 2_000;

/** Subscriptions over websockets, for every listener of the process. */
export class SubscriptionSockets<Context extends object> {
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAXIMUM });
  private readonly disposable: { dispose: () => void | Promise<void> };

  constructor(schema: GraphQLSchema, createContext: (signal: AbortSignal) => Context, logger: Logger) {
    this.disposable = useServer(
      {
        schema,
        isProd: true,
        connectionInitWaitTimeout: INIT_WAIT_MS,
        onSubscribe: (socket, _id, { query, operationName, variables }) => {
          if (Object.keys(socket.subscriptions).length > SUBSCRIPTIONS_MAXIMUM) {
            return [
              new GraphQLError(
                `expected at most ${SUBSCRIPTIONS_MAXIMUM} subscriptions on one socket, was more`,
              ),
            ];
          }
          return prepare(schema, query, operationName, variables);
        },
        subscribe: (args) => run(args as ExecutionArgs, createContext, logger),
      },
      this.sockets,
    );
    this.sockets.on('connection', (client) => {
      // A client that breaks the protocol is closed by it; that is no error of ours to print.
      client.removeAllListeners('error');
      client.on('error', (problem) => logger.debug({ err: problem }, 'a websocket broke off'));
    });
  }

  /** Takes websocket connections to /graphql on a listener; pages of other origins are turned away. */
  attach(server: Server, allowedHosts: readonly string[] = []): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const isOurs = (request.url ?? '').split('?')[0] === '/graphql';
      const problem = originProblem(request, allowedHosts);
      if (!isOurs || problem) {
        socket.end(
          `HTTP/1.1 ${isOurs ? '403 Forbidden' : '404 Not Found'}\r\nConnection: close\r\n\r\n${problem ?? ''}`,
        );
        return;
      }
      this.sockets.handleUpgrade(request, socket, head, (client) =>
        this.sockets.emit('connection', client, request),
      );
    });
  }

  /** How many are connected. */
  get count(): number {
    return this.sockets.clients.size;
  }

  /** Says goodbye to everyone; those who do not answer are cut off. */
  async close(): Promise<void> {
    const clients = [...this.sockets.clients];
    const cut = setTimeout(() => clients.forEach((client) => client.terminate()), GOODBYE_MS);
    const gone = clients.map((client) => new Promise((resolve) => client.once('close', resolve)));
    for (const client of clients) client.close(1001, 'the server is stopping');
    await Promise.all(gone);
    clearTimeout(cut);
    await this.disposable.dispose();
  }
}

function prepare(
  schema: GraphQLSchema,
  query: string,
  operationName?: string | null,
  variableValues?: Record<string, unknown> | null,
): ExecutionArgs | GraphQLError[] {
  try {
    const document = parse(query, { maxTokens: TOKENS_MAXIMUM });
    const errors = validate(schema, document, specifiedRules, { maxErrors: VALIDATION_ERRORS_MAXIMUM });
    if (errors.length > 0) return [...errors];
    const operation = getOperationAST(document, operationName);
    if (operation?.operation !== 'subscription') {
      return [
        new GraphQLError('expected a subscription over the websocket; queries and mutations go by POST'),
      ];
    }
    const problem = checkLimits(schema, document, operation, variableValues);
    return problem ? [problem] : { schema, document, operationName, variableValues };
  } catch (problem) {
    if (problem instanceof GraphQLError) return [problem];
    throw problem;
  }
}

async function run<Context extends object>(
  args: ExecutionArgs,
  createContext: (signal: AbortSignal) => Context,
  logger: Logger,
) {
  const ending = new AbortController();
  const mask = (error: GraphQLError) => toMasked(error, logger);
  const result = await subscribe({ ...args, contextValue: createContext(ending.signal) });
  if (!(Symbol.asyncIterator in result)) return { ...result, errors: result.errors?.map(mask) };
  const inner = result[Symbol.asyncIterator]();
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      try {
        const step = await inner.next();
        if (step.done || !step.value.errors) return step;
        return { done: false as const, value: { ...step.value, errors: step.value.errors.map(mask) } };
      } catch (problem) {
        const originalError = problem instanceof Error ? problem : new Error(String(problem));
        throw toMasked(new GraphQLError(originalError.message, { originalError }), logger);
      }
    },
    // A generator that waits for its next message ends by the signal alone.
    async return() {
      ending.abort();
      await inner.return?.();
      return { done: true as const, value: undefined };
    },
  };
}

function toMasked(error: GraphQLError, logger: Logger): GraphQLError {
  const code = error.originalError ? 'INTERNAL_SERVER_ERROR' : 'BAD_USER_INPUT';
  const { message, path, extensions } = maskError({ ...error.toJSON(), extensions: { code } }, error, logger);
  return new GraphQLError(message, { path, extensions });
}
