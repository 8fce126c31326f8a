import { createHash } from 'node:crypto';
import { type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { readdirSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from './create-test-app.ts';

let app: TestApp;

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app?.stop());

const surfaces = ['api', 'web', 'dashboard'] as const;

/** A request with headers that fetch would not let through. */
function raw(
  url: string,
  headers: Record<string, string>,
  method = 'GET',
  body = '',
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** An answer as it is sent to those who take it packed. */
function packed(url: string): Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = { 'accept-encoding': 'gzip, deflate, br' };
    httpRequest(url, { headers }, async (response) =>
      resolve({
        status: response.statusCode!,
        headers: response.headers,
        body: await buffer(response),
      }),
    )
      .on('error', reject)
      .end();
  });
}

describe.each(surfaces)('the %s listener', (surface) => {
  it('answers queries', async () => {
    const response = await fetch(`${app.urls[surface]}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ __typename }"}',
    });
    expect([response.status, await response.json()]).toEqual([
      200,
      { data: { __typename: 'Query' }, extensions: { cost: { requested: 0, maximum: 25_000 } } },
    ]);
  });

  it('tells its health as JSON', async () => {
    for (const path of ['/health', '/readyz']) {
      const response = await fetch(app.urls[surface] + path);
      const body = await response.json();
      expect([response.status, body.status]).toEqual([200, 'ok']);
      expect(body.components.map(({ name, state }: any) => [name, state])).toContainEqual(['database', 'UP']);
    }
    const live = await fetch(`${app.urls[surface]}/livez`);
    expect([live.status, await live.json()]).toEqual([200, { status: 'ok' }]);
  });

  it('sends security headers', async () => {
    const { headers } = await fetch(`${app.urls[surface]}/livez`);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
  });

  it('turns away pages of other origins and names that are not this machine', async () => {
    const body = '{"query":"{ __typename }"}';
    const json = { 'content-type': 'application/json', 'content-length': String(body.length) };
    const host = new URL(app.urls[surface]).host;
    const foreign = await raw(
      `${app.urls[surface]}/graphql`,
      { ...json, host, origin: 'http://evil.example' },
      'POST',
      body,
    );
    expect(foreign.status).toBe(403);
    // A name that its owner lets point at this machine, so that Origin and Host agree.
    const rebound = await raw(
      `${app.urls[surface]}/graphql`,
      { ...json, host: 'evil.example', origin: 'http://evil.example' },
      'POST',
      body,
    );
    expect(rebound.status).toBe(403);
    expect(JSON.parse(rebound.body).error).toContain('expected localhost');
    const own = await raw(
      `${app.urls[surface]}/graphql`,
      { ...json, host, origin: app.urls[surface] },
      'POST',
      body,
    );
    expect(own.status).toBe(200);
  });
});

describe('the API', () => {
  it('sends a browser to the dashboard and tells programs what it is', async () => {
    const browser = await fetch(app.urls.api, { headers: { accept: 'text/html' }, redirect: 'manual' });
    expect([browser.status, browser.headers.get('location')]).toEqual([302, app.urls.dashboard]);
    const program = await fetch(app.urls.api, { headers: { accept: 'application/json' } });
    expect(await program.json()).toMatchObject({ graphql: '/graphql' });
  });

  it('says how to build the pages where there are none', async () => {
    const response = await fetch(`${app.urls.web}/dashboard`);
    expect([response.status, await response.text()]).toEqual([503, expect.stringContaining('npm run build')]);
  });

  it('has a small playground page whose parts browsers keep, without any address outside', async () => {
    const page = await fetch(`${app.urls.api}/graphql`, { headers: { accept: 'text/html' } });
    const html = await page.text();
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(html.length).toBeLessThan(5_000);
    expect(html.match(/https?:|["'(]\/\//)).toBeNull();
    const parts = [...new Set(html.match(/\/graphql\/playground\/[\w.]+/g))];
    expect(parts).toHaveLength(5);
    for (const path of parts) {
      const { status, headers, ...response } = await packed(app.urls.api + path);
      expect([status, headers['content-encoding']]).toEqual([200, 'gzip']);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
      const plain = await fetch(app.urls.api + path, { headers: { 'accept-encoding': 'identity' } });
      expect(plain.headers.get('content-encoding')).toBeNull();
      const text = await plain.text();
      expect(gunzipSync(response.body).toString()).toBe(text);
      expect(createHash('sha256').update(text).digest('hex').slice(0, 16)).toBe(/(\w+)\.\w+$/.exec(path)![1]);
    }
    expect((await fetch(`${app.urls.api}/graphql/playground/other.js`)).status).toBe(404);
  });

  it('answers unknown paths with 404', async () => {
    expect((await fetch(`${app.urls.api}/nothing`)).status).toBe(404);
  });

  it('gives metrics to Prometheus', async () => {
    await app.query('query Named { __typename }');
    const text = await (await fetch(`${app.urls.api}/metrics`)).text();
    expect(text).toMatch(/^process_cpu_seconds_total \d/m);
    expect(text).toMatch(/^ai_trading_runs\{status="queued"\} 0$/m);
    expect(text).toMatch(/^graphql_operation_duration_seconds_count\{type="query",status="ok"\} [1-9]/m);
  });

  it.each([
    ['what is no JSON', 'application/json', '{', 400],
    ['what is no query', 'application/json', '{"query":"{ nothing"}', 400],
    ['unknown fields', 'application/json', '{"query":"{ nothing }"}', 400],
    ['several operations at once', 'application/json', '[{"query":"{ __typename }"}]', 400],
    ['forms, which any page may send', 'application/x-www-form-urlencoded', 'query={__typename}', 415],
    ['plain text, which any page may send', 'text/plain', '{"query":"{ __typename }"}', 400],
  ])('meets %s with a clear answer', async (_what, type, body, status) => {
    const response = await fetch(`${app.urls.api}/graphql`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    expect(response.status).toBe(status);
    const text = await response.text();
    expect(text).not.toMatch(/node_modules|at \w+ \(/);
  });

  it('refuses operations beyond the limits with 400 and a sentence', async () => {
    const { status, body } = await app.post(
      `{ ${Array.from({ length: 30 }, (_, n) => `a${n}: __typename`).join(' ')} }`,
    );
    expect([status, body.errors[0].message]).toEqual([
      400,
      'expected at most 20 aliases in an operation, was more',
    ]);
    expect(body.errors[0].extensions).toEqual({ code: 'LIMIT' });
  });

  it('tells at most five problems of a document, and no more than it says', async () => {
    const { body } = await app.post(`{ ${Array.from({ length: 50 }, (_, n) => `no${n}`).join(' ')} }`);
    expect(body.errors.length).toBeLessThanOrEqual(6);
  });

  it('refuses a body that is too large, and lives on', async () => {
    const response = await fetch(`${app.urls.api}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `# ${'x'.repeat(5_000_000)}` }),
    }).catch(() => null);
    expect(response?.status ?? 413).toBe(413);
    expect((await app.post('{ __typename }')).status).toBe(200);
  });

  it('hides what went wrong inside behind an id', async () => {
    const { orm } = app.database;
    await orm.em.fork().execute('alter table portfolio rename to portfolio_hidden');
    try {
      const { body } = await app.post('{ portfolios(first: 100) { nodes { name } } }');
      expect(body.errors).toHaveLength(1);
      expect(body.errors[0].message).toMatch(
        /^an error inside the product; the log has it as [0-9a-f-]{36}$/,
      );
      expect(JSON.stringify(body)).not.toMatch(/relation|select|portfolio_hidden|stacktrace/);
    } finally {
      await orm.em.fork().execute('alter table portfolio_hidden rename to portfolio');
    }
  });
});

describe('texts that no database keeps', () => {
  const ASK = 'query ($filter: InstrumentFilter) { instruments(first: 1, filter: $filter) { totalCount } }';

  it.each([
    ['U+0000', 'a\u0000b'],
    ['half of a character', 'a\ud800'],
  ])('are refused with their place: %s', async (_what, search) => {
    const { status, body } = await app.post(ASK, { filter: { search } });
    expect([status, body.errors]).toEqual([
      400,
      [
        {
          message: `expected text of whole characters without U+0000 in variables.filter.search, was ${JSON.stringify(search)}`,
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    ]);
  });

  it('are told with a few of their kind, none of which is an error inside the product', async () => {
    const { status, body } = await app.post(ASK, { filter: { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 } });
    const codes = body.errors.map(({ extensions }: any) => extensions.code);
    expect([status, codes]).toEqual([400, Array(6).fill('BAD_USER_INPUT')]);
    expect(body.errors[5].message).toMatch(/^Too many errors/);
  });

  it('are told shortly, as are others that are refused', async () => {
    const { body } = await app.post(
      'query ($id: ID!, $at: DateTime) { portfolio(id: $id) { valuation(at: $at) { equity } } }',
      {
        id: 'x',
        at: 'x'.repeat(50_000),
      },
    );
    const [{ message }] = body.errors;
    expect(message).toHaveLength(1_000);
    expect(message).toMatch(/^Variable "\$at" got invalid value "x+…x+"; expected a date .*, was "x{79}…$/);
    const first = await app.post(
      '{ instruments(first: 1, after: "' + 'x'.repeat(5_000) + '") { totalCount } }',
    );
    expect(first.body.errors[0].message).toHaveLength(1_000);
  });
});

it('finds no download by a name that no database keeps', async () => {
  const response = await fetch(`${app.urls.api}/downloads/portfolios/%00/transactions.csv`);
  expect([response.status, await response.json()]).toEqual([
    404,
    { error: 'expected something to download, was nothing' },
  ]);
});

describe('uploads', () => {
  const folder = () => (app.uploads as unknown as { folder: string }).folder;

  it('store what was sent', async () => {
    const response = await fetch(`${app.urls.web}/uploads`, {
      method: 'POST',
      headers: { 'x-file-name': 'a.csv' },
      body: 'a,b\n1,2\n',
    });
    const { uploadId } = await response.json();
    expect(response.status).toBe(201);
    expect(await app.uploads.find(uploadId)).toMatchObject({ bytes: 8 });
  });

  it('are refused where there is no room, by POST and as the content of an import', async () => {
    const { limits } = app.uploads as unknown as { limits: { freeBytesMinimum: number } };
    const { freeBytesMinimum } = limits;
    limits.freeBytesMinimum = 2 ** 50;
    try {
      const expected = `expected at most 0 bytes, as the disk keeps ${2 ** 50} free, was 8`;
      const response = await fetch(`${app.urls.web}/uploads`, { method: 'POST', body: 'a,b\n1,2\n' });
      expect([response.status, await response.json()]).toEqual([507, { error: expected }]);
      const input = { idempotencyKey: newKey(), symbol: 'FULL', timeframe: 'DAY_1', content: 'a,b\n1,2\n' };
      const { importBars } = await app.query(
        'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } errors { code message path } } }',
        { input },
      );
      expect(importBars).toEqual({
        run: null,
        errors: [{ code: 'LIMIT', message: expected, path: ['input', 'content'] }],
      });
    } finally {
      limits.freeBytesMinimum = freeBytesMinimum;
    }
  });

  it('keep nothing of one that breaks off', async () => {
    const before = readdirSync(folder()).length;
    const { hostname, port } = new URL(app.urls.api);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          'POST /uploads HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: 1000000\r\n\r\nhalf',
        );
        setTimeout(() => socket.destroy(), 100);
      });
      socket.on('close', () => resolve());
    });
    await expect.poll(() => readdirSync(folder()).length).toBe(before);
    expect((await app.post('{ __typename }')).status).toBe(200);
  });

  it('are found by their own ids only', async () => {
    expect(await app.uploads.find('../../etc/passwd')).toBeNull();
    expect(await app.uploads.find('upl_00000000-0000-0000-0000-000000000000')).toBeNull();
  });
});
