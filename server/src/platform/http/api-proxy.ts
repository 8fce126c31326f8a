import { Agent, type IncomingMessage, request as askApi, STATUS_CODES, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Logger } from '../logging/logger.ts';
import { READ_ONLY_HEADER } from './caller.ts';

const SILENCE_MAXIMUM_MS = 120_000;
const HEALTH_MAXIMUM_MS = 4_000;
/** Between two machines alone; never passed on. */
const HOP_HEADERS = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Passes requests and websockets on to the API's process, so that pages of another process reach it
 * under their own origin. Host and Origin arrive as the browser sent them: the API compares them too.
 */
export class ApiProxy {
  private readonly api: URL;
  private readonly logger: Logger;
  private readonly isReadOnly: boolean;
  private readonly agent = new Agent({ keepAlive: true });
  private readonly sockets = new Set<Duplex>();

  /** A read-only one has the API refuse whatever changes something, for everybody who comes through it. */
  constructor(apiUrl: string, logger: Logger, isReadOnly = false) {
    this.api = new URL(apiUrl);
    this.logger = logger;
    this.isReadOnly = isReadOnly;
  }

  /** Answers a request with what the API answers, as it comes; 502 where there is no answer. */
  forward(request: IncomingMessage, response: ServerResponse): void {
    const { method, url: path } = request;
    const headers = { ...endToEnd(request), ...comingFrom(request), ...this.limits };
    const upstream = askApi({ ...this.place, method, path, headers, agent: this.agent });
    upstream.setTimeout(SILENCE_MAXIMUM_MS, () => upstream.destroy(new Error('it is silent')));
    upstream.on('response', (answer) => {
      response.writeHead(answer.statusCode!, endToEnd(answer));
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    upstream.on('error', (problem) => {
      if (response.destroyed) return;
      this.logger.warn({ err: problem, path }, 'the API did not answer');
      if (response.headersSent) response.destroy();
      else response.writeHead(502, { 'content-type': 'application/json' }).end(this.unreachable(problem));
    });
    request.pipe(upstream);
    response.on('close', () => upstream.destroy());
  }

  /** Connects a websocket to the API, both ways. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { url: path } = request;
    const headers = { ...request.headers, ...comingFrom(request) };
    this.keep(socket);
    const upstream = askApi({ ...this.place, path, headers });
    upstream.on('upgrade', (answer, apiSocket, apiHead) => {
      this.keep(apiSocket);
      const lines = pairs(answer.rawHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
      socket.write(apiHead);
      apiSocket.write(head);
      socket.pipe(apiSocket).pipe(socket);
      socket.on('close', () => apiSocket.destroy());
      apiSocket.on('close', () => socket.destroy());
    });
    upstream.on('response', (answer) => {
      answer.resume();
      refuse(socket, answer.statusCode!);
    });
    upstream.on('error', () => refuse(socket, 502));
    socket.on('close', () => upstream.destroy());
    upstream.end();
  }

  /** What the API says of its health to whoever shows this; throws where it says nothing. */
  health(credentials: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      // A name that every listener takes for itself, whatever this process calls it.
      const headers = { ...credentials, host: 'localhost' };
      const asking = askApi({ ...this.place, path: '/health', headers, agent: this.agent }, (answer) => {
        text(answer)
          .then((body) => resolve(JSON.parse(body) as Record<string, unknown>))
          .catch(reject);
      });
      asking.setTimeout(HEALTH_MAXIMUM_MS, () => {
        asking.destroy(new Error(`no answer within ${HEALTH_MAXIMUM_MS / 1000} s`));
      });
      asking.on('error', reject);
      asking.end();
    });
  }

  /** Ends every connection. */
  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.agent.destroy();
  }

  private get limits(): Record<string, string> {
    return this.isReadOnly ? { [READ_ONLY_HEADER]: 'true' } : {};
  }

  private get place(): { hostname: string; port: string } {
    return { hostname: this.api.hostname, port: this.api.port };
  }

  private keep(socket: Duplex): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', (problem) => this.logger.debug({ err: problem }, 'a websocket broke off'));
  }

  private unreachable(problem: Error): string {
    const message = `The API at ${this.api.origin} does not answer: ${problem.message}.`;
    return JSON.stringify({ errors: [{ message, extensions: { code: 'API_UNREACHABLE' } }] });
  }
}

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\n\r\n`);
}

/** From where a request came, after what others said of it that passed it on before. */
function comingFrom({ headers, socket }: IncomingMessage): Record<string, string> {
  const before = [headers['x-forwarded-for']].flat().filter((one) => one !== undefined);
  return {
    'x-forwarded-for': [...before, socket.remoteAddress ?? ''].join(', '),
    'x-forwarded-proto': [headers['x-forwarded-proto']].flat()[0] ?? 'http',
  };
}

/** The headers of a message that are for its last reader, repeated ones as lists. */
function endToEnd({ rawHeaders }: IncomingMessage): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of pairs(rawHeaders)) {
    const key = name.toLowerCase();
    if (HOP_HEADERS.has(key)) continue;
    headers[key] = key in headers ? [headers[key], value].flat() : value;
  }
  return headers;
}

function pairs(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[index * 2], raw[index * 2 + 1]]);
}
