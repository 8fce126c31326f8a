import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import { closePromptly } from './connections.ts';

describe('a server that closes', () => {
  let server: Server;
  let port: number;
  let answers: ServerResponse[];
  let closing: { begin(): void };

  beforeEach(async () => {
    answers = [];
    server = createServer((_request, response) => void answers.push(response));
    closing = closePromptly(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });

  async function open(): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  }

  const ask = (socket: Socket) => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');

  it('does not wait for connections on which nothing was asked', async () => {
    const socket = await open();
    const ended = once(socket, 'close');
    const closed = once(server, 'close');
    server.close();
    closing.begin();
    await Promise.all([ended, closed]);
    expect(server.listening).toBe(false);
  });

  it('gives the answers it owes and then does not wait for connections kept alive', async () => {
    const socket = await open();
    ask(socket);
    await expect.poll(() => answers.length).toBe(1);
    const closed = once(server, 'close');
    server.close();
    closing.begin();
    await new Promise((resolve) => setTimeout(resolve, 250));
    answers[0].end('late');
    expect(await text(socket)).toContain('late');
    await closed;
  });
});
