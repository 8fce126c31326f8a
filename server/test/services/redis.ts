import { connect } from 'node:net';
import { findProgram, type Service, startService } from './processes.ts';

const program = findProgram('redis-server');

/** Whether a Redis server can be started here. */
export const hasRedis = program !== null;

/** Starts a Redis server that keeps what it acknowledged over a crash. */
export function startRedis(): Promise<Service> {
  return startService({
    name: 'redis',
    command: (folder, port) => [
      program!,
      ...`--port ${port} --bind 127.0.0.1 --dir ${folder} --appendonly yes --appendfsync always`.split(' '),
      ...'--maxmemory-policy noeviction --save'.split(' '),
      '',
    ],
    isReady: answersPing,
    url: (port) => `redis://127.0.0.1:${port}`,
  });
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (answer) => {
      socket.destroy();
      resolve(answer.toString().startsWith('+PONG'));
    });
    socket.once('error', reject);
  });
}
