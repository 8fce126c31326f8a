import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Clock } from '../src/platform/clock.ts';
import { createTestApp, type TestApp } from './create-test-app.ts';

/** Somebody at an installation with logins: a browser with its cookie, or a program with its token. */
export class Visitor {
  private readonly url: string;
  readonly headers: Record<string, string>;

  constructor(url: string, headers: Record<string, string> = {}) {
    this.url = url;
    this.headers = headers;
  }

  /** The whole answer; a cookie that it sets is kept. */
  async post(query: string, variables: Record<string, unknown> = {}): Promise<{ status: number; body: any }> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.headers },
      body: JSON.stringify({ query, variables }),
    });
    const [cookie] = response.headers.getSetCookie();
    if (cookie) this.headers.cookie = cookie.split(';')[0];
    return { status: response.status, body: await response.json() };
  }

  /** The data of an answer without errors. */
  async query(document: string, variables: Record<string, unknown> = {}): Promise<any> {
    const { body } = await this.post(document, variables);
    if (body.errors) throw new Error(JSON.stringify(body.errors));
    return body.data;
  }

  /** The code of the first error of an answer, whichever way it is told; null where there is none. */
  async codeOf(document: string, variables: Record<string, unknown> = {}): Promise<string | null> {
    const { body } = await this.post(document, variables);
    if (body.errors) return body.errors[0].extensions.userErrorCode ?? body.errors[0].extensions.code;
    const [payload] = Object.values<any>(body.data);
    return payload?.errors?.[0]?.code ?? null;
  }

  async get(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...this.headers, ...(init.headers as Record<string, string>) };
    return fetch(`${this.url}${path}`, { redirect: 'manual', ...init, headers });
  }

  /** The first event of a subscription, or the code of the error that came instead; null where it just ends. */
  async firstEvent(query: string, variables: Record<string, unknown> = {}): Promise<any> {
    const { cookie, authorization } = this.headers;
    class Socket extends WebSocket {
      constructor(url: string, protocol: string) {
        super(url, protocol, { headers: cookie ? { cookie } : {} });
      }
    }
    const client = createClient({
      url: `${this.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: Socket,
      connectionParams: authorization ? { authorization } : {},
      retryAttempts: 0,
    });
    try {
      for await (const { data, errors } of client.iterate({ query, variables })) {
        const { code, userErrorCode } = (errors?.[0]?.extensions ?? {}) as Record<string, string>;
        return errors ? (userErrorCode ?? code) : data;
      }
      return null;
    } catch (problem) {
      return Array.isArray(problem)
        ? (problem[0].extensions?.userErrorCode ?? problem[0].extensions?.code)
        : 'CLOSED';
    } finally {
      await client.dispose();
    }
  }
}

export const PASSWORD = 'correct horse battery';
const LOG_IN =
  'mutation ($input: LogInInput!) { logIn(input: $input) { user { id email } errors { code message path } } }';
const SET_UP =
  'mutation ($input: SetUpInput!) { setUp(input: $input) { user { id email isAdmin } errors { code message path } } }';

/** An installation with logins and its first admin. */
export interface AccountsApp extends TestApp {
  readonly admin: Visitor;
  /** Somebody who has not logged in. */
  nobody(): Visitor;
  setUp(visitor: Visitor, token: string): Promise<any>;
  logIn(visitor: Visitor, email: string, password?: string): Promise<any>;
}

/** Starts one; with `isSetUp` false the first account is still to be made. */
export async function createAccountsApp(
  environment: Record<string, string> = {},
  isSetUp = true,
  clock: Clock = Date.now,
): Promise<AccountsApp> {
  const app = await createTestApp({ LOGIN: 'required', ...environment }, clock);
  const admin = new Visitor(app.urls.api);
  const setUp = async (visitor: Visitor, token: string) => {
    const input = { token, email: 'Ada@Example.org', name: 'Ada', password: PASSWORD };
    return (await visitor.query(SET_UP, { input })).setUp;
  };
  if (isSetUp) {
    const { errors } = await setUp(admin, app.setUpToken!);
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
  }
  return {
    ...app,
    admin,
    nobody: () => new Visitor(app.urls.api),
    setUp,
    logIn: async (visitor, email, password = PASSWORD) =>
      (await visitor.query(LOG_IN, { input: { email, password } })).logIn,
  };
}
