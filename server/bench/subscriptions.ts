import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { Child, quantile } from './child.ts';

const PER_SOCKET = 50;
const QUERY = 'subscription ($id: ID!) { runEvents(id: $id) { seq run { status progress } } }';

/** Many subscriptions with four events a second each: how late events come and what one costs. */
export async function measureSubscriptions(subscriptions: number, seconds: number): Promise<string[]> {
  const child = await Child.start('events');
  const latenciesMs: number[] = [];
  let received = 0;
  const take = (data: unknown) => {
    received += 1;
    const changedAtMs = Number(/"progress":([\d.]+)/.exec(String(data))?.[1]);
    latenciesMs.push(performance.timeOrigin + performance.now() - changedAtMs);
  };
  try {
    const sockets = await Promise.all(
      Array.from({ length: subscriptions / PER_SOCKET }, () => greeted(child.url)),
    );
    sockets.forEach((socket, place) => {
      socket.on('message', take);
      for (let own = 0; own < PER_SOCKET; own += 1) {
        const id = `run_${place * PER_SOCKET + own}`;
        const payload = { query: QUERY, variables: { id } };
        socket.send(JSON.stringify({ id, type: 'subscribe', payload }));
      }
    });
    // Every subscription begins with how things stand.
    while (received < subscriptions) await sleep(50);
    received = latenciesMs.length = 0;
    const before = await child.cpuMicros();
    child.process.send({ subscriptions, seconds });
    const { sent, elapsedMs } = await child.message<{ sent: number; elapsedMs: number }>();
    const cpuMicros = (await child.cpuMicros()) - before;
    await sleep(500);
    for (const socket of sockets) socket.terminate();
    return [
      `${subscriptions} subscriptions on ${sockets.length} websockets, ${((sent / elapsedMs) * 1_000).toFixed(0)} events a second:`,
      `  ${(cpuMicros / received).toFixed(0)} us CPU a message (wanted at most 55), ${received} of ${sent} received`,
      `  p50 ${quantile(latenciesMs, 0.5).toFixed(1)} ms, p99 ${quantile(latenciesMs, 0.99).toFixed(1)} ms (wanted below 100)`,
    ];
  } finally {
    child.stop();
  }
}

async function greeted(url: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  return socket;
}
