import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../../test/create-test-app.ts';
import { openTracing } from './tracing.ts';

interface Sent {
  readonly resourceSpans: {
    readonly resource: { readonly attributes: { key: string; value: { stringValue: string } }[] };
    readonly scopeSpans: {
      readonly spans: { name: string; status: { code?: number; message?: string } }[];
    }[];
  }[];
}

describe('tracing', () => {
  const sent: { url: string; body: Sent }[] = [];
  let collector: Server;
  let url: string;
  let app: TestApp | null = null;

  beforeAll(async () => {
    collector = createServer(async (request, response) => {
      sent.push({ url: request.url!, body: (await json(request)) as Sent });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    await new Promise<void>((done) => collector.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await app?.stop();
    collector.close();
  });

  const spans = () =>
    sent.flatMap(({ body }) =>
      body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
    );

  it('sends spans of work with its problems to the collector', async () => {
    const tracing = openTracing(`${url}/`, 'worker', '0.1.0');
    expect(await tracing.span('run', { kind: 'SWEEP' }, async () => 7)).toBe(7);
    await expect(
      tracing.span('run', { kind: 'IMPORT' }, () => Promise.reject(new Error('no such file'))),
    ).rejects.toThrow('no such file');
    await tracing.close();
    expect(sent[0].url).toBe('/v1/traces');
    expect(sent[0].body.resourceSpans[0].resource.attributes).toContainEqual({
      key: 'service.name',
      value: { stringValue: 'worker' },
    });
    expect(spans().map(({ name, status }) => [name, status.message ?? null])).toEqual([
      ['run', null],
      ['run', 'no such file'],
    ]);
  });

  it('has a span for every operation of an installation that asks for it, and none of a field', async () => {
    sent.length = 0;
    app = await createTestApp({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
    await app.query('query Portfolios { portfolios(first: 5) { nodes { id name } } }');
    await app.post('query Wrong { nothing }');
    await app.stop();
    app = null;
    expect(spans().map(({ name }) => name)).toEqual([
      'query Portfolios',
      expect.stringMatching(/Wrong|unknown/),
    ]);
  });
});
