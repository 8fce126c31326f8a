import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { createBase } from './base.ts';

const lines: Record<string, any>[] = [];
const logger = pino({ level: 'error' }, { write: (line: string) => void lines.push(JSON.parse(line)) });

describe('a path that fails', () => {
  it('tells an id, and the log what it was', async () => {
    const app = createBase(logger);
    app.get('/broken', () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.3:5432')));
    const answer = await app.inject('/broken');
    expect(answer.statusCode).toBe(500);
    const id = /^an error inside the product; the log has it as ([0-9a-f-]{36})$/.exec(
      answer.json().error,
    )?.[1];
    expect(lines).toMatchObject([{ errorId: id, err: { message: 'connect ECONNREFUSED 10.0.0.3:5432' } }]);
    await app.close();
  });

  it('says what is wrong with a request', async () => {
    const app = createBase(logger);
    app.post('/read', () => 'read');
    const headers = { 'content-type': 'application/json' };
    const answer = await app.inject({ method: 'POST', url: '/read', headers, body: '{' });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().message).toMatch(/JSON/);
    await app.close();
  });
});
