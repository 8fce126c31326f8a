import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Product, startProduct } from './services/product.ts';
import { freePort, unprivileged } from './services/processes.ts';
import { makeSampleData } from './services/sample-data.ts';

describe('the process', () => {
  let folder: string;
  let started: Product[] = [];
  const start = (variables: Record<string, string> = {}, user = {}): Product => {
    const product = startProduct(
      { DATA_DIR: join(folder, 'data'), LOG_DIR: join(folder, 'logs'), ...variables },
      user,
    );
    started.push(product);
    return product;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ai-trading-process-'));
  });
  afterEach(async () => {
    for (const { child, ended } of started) {
      child.kill('SIGKILL');
      await ended;
    }
    started = [];
    rmSync(folder, { recursive: true, force: true });
  });

  it('names every bad variable and ends', async () => {
    const product = start({ API_PORT: 'x', LOG_LEVEL: 'loud' });
    expect(await product.ended).toBe(1);
    expect(product.output()).toContain('API_PORT: expected a port from 0 to 65535, was "x"');
    expect(product.output()).toContain('LOG_LEVEL: expected trace, debug');
    expect(product.output()).not.toMatch(/^\s+at /m);
  });

  it('names a busy port and its variable before anything else is done', async () => {
    const port = await freePort();
    const other: Server = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    const product = start({ WEB_PORT: String(port) });
    expect(await product.ended).toBe(1);
    expect(product.output()).toContain(
      `Port ${port} is in use by another program: stop it, or set WEB_PORT to another port.`,
    );
    expect(product.output()).not.toContain('Opening the embedded database');
    other.close();
  });

  it('names a folder that may not be written', async () => {
    const user = unprivileged();
    chmodSync(folder, 0o555);
    const product = start({}, user);
    expect(await product.ended).toBe(1);
    expect(product.output()).toMatch(
      new RegExp(
        `The folder ${folder}\\S* may not be written by this user \\(\\d+\\): change its permissions, or set`,
      ),
    );
    chmodSync(folder, 0o755);
  });

  it('keeps its data, guards its folder and stops when told to', async () => {
    const first = start();
    const urls = await first.ready;
    const create =
      'mutation { createPortfolio(input: { idempotencyKey: "process-1", name: "Kept", baseCurrency: "USD" }) { portfolio { id } errors { message } } }';
    const created = await post(urls.api, create);
    expect(created.createPortfolio.errors).toEqual([]);

    const second = start();
    expect(await second.ended).toBe(1);
    expect(second.output()).toMatch(
      new RegExp(`in use by process ${first.child.pid}\\. .*set DATA_DIR`, 's'),
    );

    // Killed, it leaves its lock behind and nothing acknowledged undone.
    first.child.kill('SIGKILL');
    await first.ended;
    const third = start();
    const { api } = await third.ready;
    // Asked again with the same key, the answer is the same and nothing is done twice.
    expect(await post(api, create)).toEqual(created);
    expect(await post(api, '{ portfolios(first: 100) { nodes { name } } }')).toEqual({
      portfolios: { nodes: [{ name: 'Kept' }] },
    });

    third.child.kill('SIGINT');
    expect(await third.ended).toBe(0);
    expect(third.output()).toMatch(/Stopping \(SIGINT\).*\nStopped\.\n$/s);
    expect(readdirSync(join(folder, 'data'))).not.toContain('database.lock');
    const [log] = readdirSync(join(folder, 'logs'));
    expect(
      readFileSync(join(folder, 'logs', log), 'utf8')
        .trim()
        .split('\n')
        .at(-1),
    ).toContain('"msg":"stopped"');
  }, 150_000);

  it('finishes what it is answering, says goodbye to websockets and takes nothing new', async () => {
    await makeSampleData(join(folder, 'data'));
    const product = start();
    const { api } = await product.ready;
    const socket = new WebSocket(`${api.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    const closed = once(socket, 'close');
    // An upload whose second half comes after the signal.
    const uploading = request(`${api}/uploads`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', 'content-length': 8 },
    });
    const answer = once(uploading, 'response');
    uploading.write('a,b\n');
    await new Promise((resolve) => setTimeout(resolve, 300));
    product.child.kill('SIGTERM');
    expect((await closed)[0]).toBe(1001);
    await expect(fetch(`${api}/livez`)).rejects.toThrow(/fetch failed/);
    uploading.end('1,2\n');
    expect((await answer)[0].statusCode).toBe(201);
    expect(await product.ended).toBe(0);
  }, 150_000);

  it('may serve the API alone, with the pages in a process of their own', async () => {
    await makeSampleData(join(folder, 'data'));
    const api = start({ SURFACE: 'api', PORT: '0', DASHBOARD_PORT: '8051' });
    const { api: apiUrl, ...others } = await api.ready;
    expect(others).toEqual({ web: '', dashboard: '' });
    const root = await fetch(apiUrl, { headers: { accept: 'text/html' }, redirect: 'manual' });
    expect(root.headers.get('location')).toBe('http://localhost:8051');
    const web = start({ SURFACE: 'web', PORT: '0', API_URL: apiUrl });
    const { web: webUrl } = await web.ready;
    expect(await post(webUrl, '{ __typename }')).toEqual({ __typename: 'Query' });
    expect((await fetch(`${webUrl}/health`)).status).toBe(200);
    for (const { child, ended } of [api, web]) {
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    }
    expect(readdirSync(join(folder, 'logs')).toSorted()).toEqual(['api.1.log', 'web_app.1.log']);
  }, 150_000);

  it('ends at once at the second signal', async () => {
    await makeSampleData(join(folder, 'data'));
    const product = start();
    const { api } = await product.ready;
    const hanging = request(`${api}/uploads`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', 'content-length': 8 },
    });
    hanging.on('error', () => undefined);
    hanging.write('a,b\n');
    await new Promise((resolve) => setTimeout(resolve, 300));
    product.child.kill('SIGTERM');
    await expect.poll(() => product.output()).toContain('Stopping (SIGTERM)');
    product.child.kill('SIGTERM');
    expect(await product.ended).toBe(1);
  }, 150_000);
});

async function post(api: string, query: string): Promise<any> {
  const response = await fetch(`${api}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}
