import { readFileSync } from 'node:fs';
import { getOperationAST, GraphQLError, parse, specifiedRules, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkLimits } from '../src/platform/graphql/gate.ts';
import { createSchema } from '../src/schema.ts';
import { createTestListener, DOCUMENTS_FILE, STATUS, type TestListener } from './create-test-listener.ts';
import { greet } from './talk.ts';

const documents = JSON.parse(readFileSync(DOCUMENTS_FILE, 'utf8')) as Record<string, string>;

function idOf(operation: string): string {
  return Object.keys(documents).find((id) => documents[id].includes(operation))!;
}

async function send(
  { url }: TestListener,
  body: object,
): Promise<{ status: number; headers: Headers; body: any }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

describe('the documents of the web pages', () => {
  it('are valid and within the limits', async () => {
    const schema = await createSchema();
    const texts = Object.values(documents);
    expect(texts.length).toBeGreaterThan(20);
    for (const text of texts) {
      const document = parse(text);
      expect(validate(schema, document, specifiedRules), text).toEqual([]);
      const operation = getOperationAST(document)!;
      const defaults = { first: 100, maxPoints: 2_000 };
      expect(checkLimits(schema, document, operation, defaults), text).not.toBeInstanceOf(GraphQLError);
    }
  });
});

describe('the gate', () => {
  let api: TestListener;
  beforeAll(async () => {
    api = await createTestListener({ mayIntrospect: false });
  });
  afterAll(() => api?.stop());

  it('takes persisted documents by their ids', async () => {
    const { status, body } = await send(api, { documentId: idOf('query Status') });
    expect([status, body.errors, body.data.system]).toEqual([
      200,
      undefined,
      { ...STATUS, startedAt: STATUS.startedAt.toISOString() },
    ]);
    const unknown = await send(api, { documentId: 'sha256:none' });
    expect([unknown.status, unknown.body.errors]).toEqual([
      400,
      [
        {
          message: 'expected the id of a persisted document, was sha256:none',
          extensions: { code: 'PERSISTED_DOCUMENT_NOT_FOUND' },
        },
      ],
    ]);
    // Nobody can add one.
    const sha256Hash = 'ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38';
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    const added = await send(api, { query: '{__typename}', extensions });
    expect(added.body.errors[0].extensions.code).toBe('PERSISTED_QUERY_NOT_SUPPORTED');
  });

  it('takes them over a websocket', async () => {
    const talk = await greet(api.url);
    const subscribe = (id: string, documentId: string) =>
      talk.send({
        id,
        type: 'subscribe',
        payload: { query: '', variables: { id: 'run_x' }, extensions: { documentId } },
      });
    subscribe('1', 'sha256:none');
    expect(await talk.next()).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'PERSISTED_DOCUMENT_NOT_FOUND' } }],
    });
    subscribe('2', idOf('subscription BacktestEvents'));
    expect(await talk.next()).toEqual({ id: '2', type: 'complete' });
    subscribe('3', idOf('query Status'));
    expect((await talk.next()).payload[0].message).toMatch(/^expected a subscription over the websocket/);
    talk.close();
  });

  it('answers no questions about the schema where it is told so', async () => {
    const answers = await Promise.all(
      ['{ __schema { queryType { name } } }', '{ a: __type(name: "Query") { name } }'].map((query) =>
        send(api, { query }),
      ),
    );
    for (const { status, body } of answers)
      expect([status, body.errors[0].extensions.code]).toEqual([400, 'INTROSPECTION_DISABLED']);
    expect((await send(api, { query: '{ __typename }' })).status).toBe(200);
  });

  it('does not help to guess names, over any transport', async () => {
    const talk = await greet(api.url);
    talk.send({ id: '1', type: 'subscribe', payload: { query: 'subscription { systemStatu { stat } }' } });
    const answers = [
      await talk.next(),
      (await send(api, { query: '{ syste { state } }' })).body,
      (await send(api, { query: 'query ($a: RangeInpu) { system { state } }' })).body,
      (await send(api, { query: 'mutation { createPortfolio(input: { nam: "x" }) { errors { code } } }' }))
        .body,
    ];
    talk.close();
    for (const answer of answers) {
      expect(JSON.stringify(answer)).toMatch(/errors|error/);
      expect(JSON.stringify(answer)).not.toContain('Did you mean');
    }
  });
});

describe('the limit of what a caller may spend in a minute', () => {
  let api: TestListener;
  beforeAll(async () => {
    api = await createTestListener({ costPerMinute: 400 });
  });
  afterAll(() => api?.stop());

  it('holds for queries, for what is not valid and for subscriptions together', async () => {
    const talk = await greet(api.url);
    const subscribe = (id: string) =>
      talk.send({ id, type: 'subscribe', payload: { query: 'subscription { systemStatus { state } }' } });
    subscribe('1');
    expect((await talk.next()).payload.extensions.cost.requested).toBe(2);
    // 2 so far; 50 each for these.
    for (let count = 0; count < 2; count += 1) expect((await send(api, { query: '{ no' })).status).toBe(400);
    // 102 so far; 208 for this, and then once more than is left.
    const many = [1, 2, 3, 4].map((n) => `s${n}: system { components { name kind state latencyMs detail } }`);
    const page = { query: `{ ${many.join(' ')} }` };
    const { status, body } = await send(api, page);
    expect([status, body.extensions.cost.requested]).toEqual([200, 4 * 52]);
    const refused = await send(api, page);
    expect([refused.status, refused.body.errors[0].extensions.code]).toEqual([429, 'RATE_LIMITED']);
    const { message, extensions } = refused.body.errors[0];
    expect(message).toMatch(/^expected a cost of at most 400 in a minute, was more; try again in \d+ s$/);
    expect(refused.headers.get('retry-after')).toBe(String(extensions.retryAfterSeconds));
    // Now nothing is read any more.
    const next = await send(api, { query: '{ no' });
    expect([next.status, next.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
    subscribe('2');
    expect(await talk.next()).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) } }],
    });
    talk.close();
  });

  it('is each one’s own behind a proxy, over websockets too', async () => {
    const subscribe = { id: '1', type: 'subscribe', payload: { query: 'query { nonsense }' } };
    const spend = async (address: string) => {
      const talk = await greet(api.url, { 'x-forwarded-for': address });
      const codes: (string | undefined)[] = [];
      for (let count = 0; count < 10; count += 1) {
        talk.send({ ...subscribe, id: String(count) });
        codes.push((await talk.next()).payload[0].extensions.code);
      }
      talk.close();
      return codes.filter((code) => code === 'RATE_LIMITED').length;
    };
    // 50 each: the ninth is more than 400.
    expect(await spend('203.0.113.1')).toBe(1);
    expect(await spend('203.0.113.1')).toBe(10);
    expect(await spend('203.0.113.2')).toBe(1);
    const one = (address: string) =>
      fetch(`${api.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
        body: JSON.stringify({ query: '{ __typename }' }),
      });
    expect((await one('203.0.113.2')).status).toBe(429);
    expect((await one('203.0.113.3')).status).toBe(200);
  });
});
