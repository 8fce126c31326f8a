import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { isProxy, TrustedProxies } from './trusted-proxies.ts';

const opened: TrustedProxies[] = [];
function trusting(...proxies: string[]): TrustedProxies {
  const made = new TrustedProxies(proxies);
  opened.push(made);
  return made;
}
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

const from = (remoteAddress: string, told?: string): IncomingMessage =>
  ({ headers: told === undefined ? {} : { 'x-forwarded-for': told }, socket: { remoteAddress } }) as never;

describe('trusted proxies', () => {
  it.each([
    ['loopback', '127.0.0.9', true],
    ['loopback', '::1', true],
    ['loopback', '::ffff:127.0.0.1', true],
    ['loopback', '10.0.0.1', false],
    ['uniquelocal', '172.31.255.255', true],
    ['uniquelocal', '172.32.0.0', false],
    ['uniquelocal', 'fd00::1', true],
    ['10.1.0.0/16', '10.1.2.3', true],
    ['10.1.0.0/16', '10.2.2.3', false],
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.7', 'nonsense', false],
  ])('by %s: whether %s is one is %s', (proxy, address, isOne) => {
    expect(trusting(proxy).trusts(address)).toBe(isOne);
  });

  it('are believed one after the other, and nobody behind the first stranger', () => {
    const proxies = trusting('127.0.0.1', '10.0.0.0/8');
    expect(proxies.addressOf(from('127.0.0.1'))).toBe('127.0.0.1');
    expect(proxies.addressOf(from('127.0.0.1', '203.0.113.9'))).toBe('203.0.113.9');
    expect(proxies.addressOf(from('127.0.0.1', '1.1.1.1, 203.0.113.9, 10.0.0.3'))).toBe('203.0.113.9');
    expect(proxies.addressOf(from('198.51.100.4', '203.0.113.9'))).toBe('198.51.100.4');
  });

  it('are found by a name, and one that is not found is none', async () => {
    const proxies = trusting('localhost', 'nowhere.invalid');
    await expect.poll(() => proxies.trusts('127.0.0.1') || proxies.trusts('::1')).toBe(true);
    expect(proxies.trusts('10.0.0.1')).toBe(false);
  });

  it.each([
    ['web_app', true],
    ['proxy-1.lan', true],
    ['10.0.0.0/8', true],
    ['::1', true],
    ['10.0.0.0/33', false],
    ['fd00::/129', false],
    ['10.0.0.0/8/8', false],
    ['name/8', false],
    ['10.0.0', false],
  ])('may be told as %s: %s', (text, isOne) => {
    expect(isProxy(text)).toBe(isOne);
  });
});
