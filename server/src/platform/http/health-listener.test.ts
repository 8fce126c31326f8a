import pino from 'pino';
import { Counter, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { LOCAL, NOBODY } from '../viewer.ts';
import type { Credentials } from './caller.ts';
import { createHealthListener } from './health-listener.ts';

const metrics = new Registry();
new Counter({ name: 'ai_trading_counted', help: 'Counted.', registers: [metrics] });
const components = [{ name: 'database', state: 'UP', detail: 'in this process' }];
const parts = {
  health: async () => ({ isUp: true, body: { state: 'UP', version: '1.2.3', components } }),
  metrics,
  logger: pino({ level: 'silent' }),
  allowedHosts: null,
};
const known = async ({ bearer }: Credentials) => (bearer === 'good' ? LOCAL : NOBODY);

describe('the listener of a worker where one must log in', () => {
  const app = createHealthListener({ ...parts, authenticate: known });
  const headers = { authorization: 'Bearer good' };

  it('tells strangers verdicts alone', async () => {
    expect((await app.inject('/livez')).json()).toEqual({ status: 'ok' });
    expect((await app.inject('/health')).json()).toEqual({
      status: 'ok',
      state: 'UP',
      components: [{ name: 'database', state: 'UP' }],
    });
    const refused = await app.inject('/metrics');
    expect([refused.statusCode, refused.json()]).toEqual([
      401,
      { error: 'expected a token with the scope READ, was none' },
    ]);
  });

  it('tells whoever has a token all of it', async () => {
    expect((await app.inject({ url: '/health', headers })).json()).toMatchObject({
      version: '1.2.3',
      components,
    });
    expect((await app.inject({ url: '/metrics', headers })).body).toContain('ai_trading_counted 0');
  });

  it('answers where nobody can be looked up', async () => {
    const away = createHealthListener({ ...parts, authenticate: () => Promise.reject(new Error('away')) });
    expect((await away.inject({ url: '/health', headers })).statusCode).toBe(200);
    expect((await away.inject({ url: '/metrics', headers })).statusCode).toBe(401);
  });
});
