import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fetch } from '../src/market-data/providers/provider.ts';

/** A server on this machine that answers in place of services, and a `fetch` that sends every request to it. */
export function replaying() {
  /** What is answered to the first path that a pattern fits; `{}` with 404 where none does. */
  const answers = new Map<RegExp, { readonly status?: number; readonly body: string }>();
  /** What was asked for: host, path and query. */
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    const [, found] = [...answers].find(([path]) => path.test(request.url!)) ?? [];
    response
      .writeHead(found?.status ?? (found ? 200 : 404), { 'content-type': 'application/json' })
      .end(found?.body ?? '{}');
  });
  const here: Fetch = (input, init) => {
    const { host, pathname, search } = new URL(String(input));
    const { port } = server.address() as AddressInfo;
    return fetch(`http://127.0.0.1:${port}/${host}${pathname}${search}`, init);
  };
  return {
    answers,
    asked,
    here,
    start: () => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)),
    stop: () => new Promise<unknown>((done) => server.close(done)),
  };
}
