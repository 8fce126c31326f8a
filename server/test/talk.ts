import { WebSocket } from 'ws';

/** A websocket at the level of its protocol. */
export interface Talk {
  readonly socket: WebSocket;
  send(message: object): void;
  /** The next message, or how the socket was closed. */
  next(): Promise<any>;
  close(): void;
}

/** Opens one. */
export function open(
  url: string,
  headers: Record<string, string> = {},
  protocol = 'graphql-transport-ws',
): Talk {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, protocol, { headers });
  const arrived: unknown[] = [];
  const waiting: ((value: unknown) => void)[] = [];
  const deliver = (value: unknown) => (waiting.length > 0 ? waiting.shift()!(value) : arrived.push(value));
  socket.on('message', (data) => deliver(JSON.parse(String(data))));
  socket.on('close', (code, reason) => deliver({ closed: code, reason: String(reason) }));
  socket.on('unexpected-response', (_request, response) => deliver({ refused: response.statusCode }));
  socket.on('error', () => undefined);
  return {
    socket,
    send: (message) => socket.send(JSON.stringify(message)),
    next: () =>
      new Promise((resolve) => (arrived.length > 0 ? resolve(arrived.shift()) : waiting.push(resolve))),
    close: () => socket.terminate(),
  };
}

/** Opens one that may subscribe. */
export async function greet(url: string, headers: Record<string, string> = {}): Promise<Talk> {
  const talk = open(url, headers);
  await new Promise((resolve) => talk.socket.once('open', resolve));
  talk.send({ type: 'connection_init' });
  const { type } = await talk.next();
  if (type !== 'connection_ack') throw new Error(`expected connection_ack, was ${type}`);
  return talk;
}
