import { describe, expect, it } from 'vitest';
import { originProblem } from './origin.ts';

const of = (method: string, host: string | undefined, origin?: string, upgrade?: string) =>
  originProblem({ method, headers: { host, origin, upgrade } });

describe('the origin of a request', () => {
  it.each(['localhost', 'localhost:8000', '127.0.0.1:5000', '[::1]:8050', 'LOCALHOST:8000'])(
    'may be for %s',
    (host) => {
      expect(of('POST', host)).toBeNull();
    },
  );

  it.each(['evil.example', 'localhost.evil.example:8000', '192.168.1.5:8000', '', undefined, 'a b'])(
    'may not be for %s',
    (host) => {
      expect(of('GET', host)).toMatch(/^expected localhost, 127.0.0.1, \[::1\] as the host, was/);
    },
  );

  it('may be for the names that the installation was told', () => {
    const request = { method: 'GET', headers: { host: 'trading.lan:8050' } };
    expect(originProblem(request, ['trading.lan'])).toBeNull();
    expect(originProblem({ ...request, headers: { host: 'other.lan' } }, ['trading.lan'])).toBe(
      'expected localhost, 127.0.0.1, [::1], trading.lan as the host, was other.lan',
    );
  });

  it('must be a page of the same host where something may change', () => {
    expect(of('POST', 'localhost:5000', 'http://localhost:5000')).toBeNull();
    expect(of('POST', 'localhost:5000', 'http://localhost:5001')).toContain(
      'was one of http://localhost:5001',
    );
    expect(of('POST', 'localhost:5000', 'null')).toContain('was one of null');
    expect(of('GET', 'localhost:5000', 'http://evil.example')).toBeNull();
    expect(of('GET', 'localhost:5000', 'http://evil.example', 'websocket')).toContain(
      'was one of http://evil.example',
    );
  });
});
