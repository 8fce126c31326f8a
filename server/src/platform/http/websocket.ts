import { type ExecutionArgs, GraphQLError, type GraphQLSchema, subscribe } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Cost, Gate } from '../graphql/admission.ts';
import { addressKey } from '../graphql/rate-limit.ts';
import type { Logger } from '../logging/logger.ts';
import { asViewer } from '../viewer.ts';
import { type Caller, credentialsOf, type LoginParts } from './caller.ts';
import { maskError } from './graphql.ts';
import { type AllowedHosts, originProblem } from './origin.ts';
import { SocketLogin, authorizationOf } from './socket-login.ts';

const SUBSCRIPTIONS_MAXIMUM = 50;
const MESSAGE_BYTES_MAXIMUM = 64 * 1024;
const INIT_WAIT_MS = 3_000;
const GOODBYE_MS = 2_000;
const FORBIDDEN = 4403;
const TRY_AGAIN_LATER = 1013;
/** How many sockets one caller has open, and how many of one address have not said yet who they are. */
const SOCKETS_MAXIMUM = 256;
/** What may wait for a client that does not read: each subscription waits for its last event, answers to nonsense do not. */
const UNREAD_BYTES_MAXIMUM = 4 * 1024 * 1024;

/** Subscriptions over websockets, for every listener of the process. */
export class SubscriptionSockets<Context extends object> {
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAXIMUM });
  private readonly logins = new Map<WebSocket, SocketLogin>();
  private readonly ofCallers = new Crowds(SOCKETS_MAXIMUM);
  private readonly strangers = new Crowds(SOCKETS_MAXIMUM);
  private readonly loginParts: LoginParts;
  private readonly disposable: { dispose: () => void | Promise<void> };

  constructor(
    schema: GraphQLSchema,
    gate: Gate,
    parts: {
      readonly login: LoginParts;
      readonly createContext: (caller: Caller, signal: AbortSignal) => Context;
      readonly logger: Logger;
    },
  ) {
    const { createContext, logger } = parts;
    this.loginParts = parts.login;
    this.disposable = useServer(
      {
        schema,
        isProd: true,
        connectionInitWaitTimeout: INIT_WAIT_MS,
        onConnect: ({ connectionParams, extra }) => this.welcome(extra as Extra, connectionParams),
        onSubscribe: async (
          { subscriptions, extra },
          _id,
          { query, operationName, variables, extensions },
        ) => {
          const { socket } = extra as Extra;
          if (socket.bufferedAmount > UNREAD_BYTES_MAXIMUM) socket.terminate();
          if (Object.keys(subscriptions).length > SUBSCRIPTIONS_MAXIMUM) {
            return [
              new GraphQLError(
                `expected at most ${SUBSCRIPTIONS_MAXIMUM} subscriptions on one socket, was more`,
              ),
            ];
          }
          const { documentId } = (extensions ?? {}) as { documentId?: string };
          const login = this.logins.get(socket)!;
          const { caller } = login;
          if (!(await login.holds()))
            return [new GraphQLError('expected a login that holds, was one that has ended')];
          const admitted = await gate.admitSubscription(caller, {
            query,
            documentId,
            operationName,
            variables,
          });
          if ('length' in admitted) return admitted.map((error) => toMasked(error, logger));
          const { document, cost } = admitted;
          const ending = new AbortController();
          const contextValue = createContext(caller, ending.signal);
          const args = { schema, document, operationName, variableValues: variables, contextValue };
          return { ...args, cost, ending, login, wire: (extra as Extra).request.socket } satisfies Prepared;
        },
        subscribe: (args) => run(args as Prepared, logger),
      },
      this.sockets,
    );
    this.sockets.on('connection', (client) => {
      // A client that breaks the protocol is closed by it; that is no error of ours to print.
      client.removeAllListeners('error');
      client.on('error', (problem) => logger.debug({ err: problem }, 'a websocket broke off'));
    });
  }

  /** Looks up who connects; what is false closes the socket with 4403. */
  private async welcome(
    { request, socket }: Extra,
    params: Readonly<Record<string, unknown>> | undefined,
  ): Promise<boolean> {
    const headers = { ...request.headers, ...authorizationOf(params) };
    const login = await SocketLogin.begin(this.loginParts, request, credentialsOf(headers)).catch(() => null);
    this.strangers.leave(socket);
    // Whoever left meanwhile will not leave again.
    if (socket.readyState !== socket.OPEN) return false;
    // Clients come again, where an error inside the server would be the end for them.
    if (!login) socket.close(TRY_AGAIN_LATER, 'try again later');
    else if (login.isRefused) return false;
    else if (!this.ofCallers.join(login.caller.key, socket))
      socket.close(TRY_AGAIN_LATER, `expected at most ${SOCKETS_MAXIMUM} websockets of one user, was more`);
    else {
      this.logins.set(socket, login);
      return true;
    }
    return false;
  }

  /** Takes websocket connections to /graphql on a listener; pages of other origins are turned away. */
  attach(server: Server, allowedHosts: AllowedHosts = []): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const isOurs = (request.url ?? '').split('?')[0] === '/graphql';
      const problem = originProblem(request, allowedHosts);
      const key = addressKey(this.loginParts.proxies?.addressOf(request) ?? request.socket.remoteAddress);
      if (!isOurs) return refuse(socket, 404);
      if (problem) return refuse(socket, 403, problem);
      if (this.strangers.isFull(key))
        return refuse(
          socket,
          429,
          `expected at most ${SOCKETS_MAXIMUM} websockets of one address that have not sent connection_init yet, was more`,
        );
      this.sockets.handleUpgrade(request, socket, head, (client) => {
        this.strangers.join(key, client);
        client.once('close', () => {
          this.strangers.leave(client);
          this.ofCallers.leave(client);
          this.logins.delete(client);
        });
        this.sockets.emit('connection', client, request);
      });
    });
  }

  /**
   * Closes the sockets of a user whose rights have changed: one whose login holds may connect again
   * and then subscribe to what is still theirs, the others are told that they may not.
   */
  accessChanged(userId: string): void {
    for (const [socket, login] of this.logins) {
      if (login.caller.viewer.userId !== userId) continue;
      void login.holdsNow().then(
        (holds) => (holds ? socket.close(1012, 'rights have changed') : socket.close(FORBIDDEN, 'Forbidden')),
        () => socket.close(1012, 'rights may have changed'),
      );
    }
  }

  /** How many are connected. */
  get count(): number {
    return this.sockets.clients.size;
  }

  /** How many bytes wait for clients to read them. */
  get bytesHeld(): number {
    return [...this.sockets.clients].reduce((sum, { bufferedAmount }) => sum + bufferedAmount, 0);
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

/** Sockets by whom they count for, of whom each may have so many. */
class Crowds {
  private readonly sizes = new Map<string, number>();
  private readonly keys = new Map<WebSocket, string>();
  private readonly maximum: number;

  constructor(maximum: number) {
    this.maximum = maximum;
  }

  isFull(key: string): boolean {
    return (this.sizes.get(key) ?? 0) >= this.maximum;
  }

  /** Counts a socket, unless there are as many as there may be. */
  join(key: string, socket: WebSocket): boolean {
    if (this.isFull(key)) return false;
    this.keys.set(socket, key);
    this.sizes.set(key, (this.sizes.get(key) ?? 0) + 1);
    return true;
  }

  leave(socket: WebSocket): void {
    const key = this.keys.get(socket);
    if (key === undefined) return;
    this.keys.delete(socket);
    const size = this.sizes.get(key)! - 1;
    if (size === 0) this.sizes.delete(key);
    else this.sizes.set(key, size);
  }
}

/** Answers a request for a websocket that does not get one. */
function refuse(socket: Duplex, status: number, reason = ''): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n${reason}`);
}

/** A subscription that was admitted. */
interface Prepared extends ExecutionArgs {
  readonly cost: Cost;
  readonly ending: AbortController;
  readonly login: SocketLogin;
  readonly wire: Duplex;
}

interface Extra {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
}

async function run({ cost, ending, login, wire, ...args }: Prepared, logger: Logger) {
  const mask = (error: GraphQLError) => toMasked(error, logger);
  const { viewer } = login.caller;
  const result = await asViewer(viewer, () => subscribe(args));
  if (!(Symbol.asyncIterator in result)) return { ...result, errors: result.errors?.map(mask) };
  const inner = result[Symbol.asyncIterator]();
  let extensions: { cost: Cost } | undefined = { cost };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      try {
        const step = await asViewer(viewer, () => inner.next());
        if (!(await login.holds())) return await this.return();
        writeTogether(wire);
        if (step.done || !(step.value.errors || extensions)) return step;
        const { data, errors } = step.value;
        const value = {
          data,
          ...(errors && { errors: errors.map(mask) }),
          ...(extensions && { extensions }),
        };
        // Told once, with the first event.
        extensions = undefined;
        return { done: false as const, value };
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

/** Holds back what is written until the events that are there at once are: one call of the system sends them all. */
function writeTogether(wire: Duplex): void {
  if (wire.writableCorked > 0) return;
  wire.cork();
  setImmediate(() => wire.uncork());
}

function toMasked(error: GraphQLError, logger: Logger): GraphQLError {
  const code = error.originalError ? 'INTERNAL_SERVER_ERROR' : 'BAD_USER_INPUT';
  const formatted = { ...error.toJSON(), extensions: { code, ...error.extensions } };
  const { message, path, extensions } = maskError(formatted, error, logger);
  return new GraphQLError(message, { path, extensions });
}
