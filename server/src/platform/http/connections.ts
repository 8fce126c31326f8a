import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const CHECK_MS = 100;

/**
 * Lets a server close as soon as its answers are given. Node's own closing waits for connections
 * that are kept alive after an answer and for those that browsers open ahead of need and on which
 * nothing was asked yet. Websockets are left to whoever took them over.
 */
export function closePromptly(server: Server): { begin(): void } {
  const waiting = new Map<Socket, number>();
  server.on('connection', (socket: Socket) => {
    waiting.set(socket, 0);
    socket.once('close', () => waiting.delete(socket));
  });
  server.on('upgrade', (_request: IncomingMessage, socket: Socket) => waiting.delete(socket));
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const add = (count: number) => waiting.has(socket) && waiting.set(socket, waiting.get(socket)! + count);
    add(1);
    response.once('close', () => add(-1));
  });
  return {
    begin() {
      const destroyIdle = () => {
        for (const [socket, requests] of waiting) if (requests === 0) socket.destroy();
      };
      destroyIdle();
      const timer = setInterval(destroyIdle, CHECK_MS);
      server.once('close', () => clearInterval(timer));
    },
  };
}
