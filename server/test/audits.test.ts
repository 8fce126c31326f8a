import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestListener, type TestListener } from './create-test-listener.ts';
import { greet } from './talk.ts';

/** Recommendations that are not followed, with the reason. */
const GET =
  'a page of another site can have a browser send a GET: without a sign that it may, none is answered';
const STATUS = 'a status of 400 tells programs that know nothing of GraphQL that it did not work';
const ACCEPTED: Readonly<Record<string, { readonly status: 'notice' | 'warn'; readonly reason: string }>> = {
  '5A70': { status: 'notice', reason: GET },
  D6D5: { status: 'notice', reason: GET },
  '6A70': { status: 'notice', reason: GET },
  '572B': { status: 'warn', reason: STATUS },
  FDE2: { status: 'warn', reason: STATUS },
  '7B9B': { status: 'warn', reason: STATUS },
};

describe('GraphQL over HTTP, as graphql-http audits it', () => {
  let api: TestListener;
  beforeAll(async () => {
    api = await createTestListener({});
  });
  afterAll(() => api?.stop());

  const audits = serverAudits({ url: () => `${api.url}/graphql` });

  it('is audited whole', () => {
    expect(audits).toHaveLength(61);
  });

  it.each(audits.map((audit) => [audit.id, audit.name, audit] as const))(
    '%s %s',
    async (id, _name, audit) => {
      const result = await audit.fn();
      const reason = result.status === 'ok' ? '' : result.reason;
      expect(result.status, reason).toBe(ACCEPTED[id]?.status ?? 'ok');
    },
  );
});

/** The checks of graphql-cop, each with what it would find. */
describe('the API, as graphql-cop checks it', () => {
  let api: TestListener;
  beforeAll(async () => {
    api = await createTestListener({ mayIntrospect: false });
  });
  afterAll(() => api?.stop());

  async function ask(
    payload: object | string,
    { path = '/graphql', ...init }: RequestInit & { path?: string } = {},
  ): Promise<{ status: number; text: string; body: any }> {
    const response = await fetch(api.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof payload === 'string' ? payload : JSON.stringify(payload),
      ...init,
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return { status: response.status, text, body: isJson ? JSON.parse(text) : null };
  }
  const query = (text: string) => ask({ query: text, operationName: 'cop' });
  const get = (search: string, path = '/graphql') =>
    ask('', { path: path + search, method: 'GET', headers: {}, body: null });

  async function subscribe(text: string): Promise<any> {
    const talk = await greet(api.url);
    talk.send({ id: '1', type: 'subscribe', payload: { query: text } });
    const answer = await talk.next();
    talk.close();
    return answer;
  }

  it.each([
    ['aliases', `query cop { ${Array.from({ length: 101 }, (_, n) => `alias${n}:__typename`).join(' ')} }`],
    ['duplicated fields', `query cop { ${'__typename \n'.repeat(500)} }`],
    [
      'circular fragments',
      'query cop { __schema { ...A } } fragment A on __Schema { __typename ...B } fragment B on __Schema { ...A }',
    ],
    [
      'circular introspection',
      `query cop { __schema { types { ${'fields { type { '.repeat(4)} name ${'} }'.repeat(4)} } } }`,
    ],
    ['introspection', 'query cop { __schema { types { name fields { name } } } }'],
  ])('does not do what many or circular %s ask for', async (_what, text) => {
    const { status, body } = await query(text);
    expect([status, body.data]).toEqual([400, undefined]);
    expect(body.errors.length).toBeLessThanOrEqual(6);
  });

  it.each([
    ['aliases', Array.from({ length: 101 }, (_, n) => `alias${n}:state`).join(' ')],
    ['duplicated fields', 'state \n'.repeat(500)],
    ['circular fragments', '...A } } fragment A on SystemStatus { ...B } fragment B on SystemStatus { ...A'],
    ['directives', `state ${'@aa'.repeat(10)}`],
    ['suggestions', 'stat'],
  ])('does not do what many or circular %s ask for over a websocket', async (what, selection) => {
    const end = what === 'circular fragments' ? ' }' : ' } }';
    const { type, payload } = await subscribe(`subscription cop { systemStatus { ${selection}${end}`);
    expect(type).toBe('error');
    expect(payload.length).toBeLessThanOrEqual(6);
    expect(JSON.stringify(payload)).not.toMatch(/Did you mean|stacktrace/i);
  });

  it('takes no batches', async () => {
    const { status, body } = await ask(Array.from({ length: 10 }, () => ({ query: '{ __typename }' })));
    expect([status, body.data]).toEqual([400, undefined]);
  });

  it('does not tell of every one of many unknown directives', async () => {
    const { body } = await query('query cop { __typename @aa@aa@aa@aa@aa@aa@aa@aa@aa@aa }');
    expect(body.errors.length).toBeLessThan(10);
  });

  it('does not suggest names', async () => {
    const { text } = await query('query cop { __schema { directive } }');
    expect(text).not.toContain('Did you mean');
  });

  it.each([
    ['queries', '?query=query cop {__typename}'],
    ['mutations', '?query=mutation cop {__typename}'],
  ])('takes no %s by GET', async (_what, search) => {
    const { status, body } = await get(search);
    expect([status >= 400, body?.data]).toEqual([true, undefined]);
  });

  it('takes no queries out of the address or a form of a POST', async () => {
    const inAddress = await ask('', { path: '/graphql?query={__typename}', headers: {}, body: null });
    const form = await ask('query={__typename}', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    for (const { status, body } of [inAddress, form])
      expect([status >= 400 && status < 500, body?.data]).toEqual([true, undefined]);
  });

  it('shows no playground to who does not ask for a page', async () => {
    for (const path of ['/graphiql', '/playground', '/console', '/graphql'])
      expect((await get('', path)).text).not.toMatch(
        /graphiql\.min\.css|GraphQL Playground|GraphiQL|graphql-playground/,
      );
  });

  it.each(['query cop { __typename }', 'qwerty cop { abc }', 'query cop { system { state(a: 1) } }'])(
    'tells nothing of its inside: %s',
    async (text) => {
      const answer = await query(text);
      expect(answer.text).not.toMatch(/tracing|exception|stacktrace|node_modules/i);
    },
  );
});
