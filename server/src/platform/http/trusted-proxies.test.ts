import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
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

  it('are not looked for anew while a name server is silent, and those that it told stay', async () => {
    vi.useFakeTimers();
    try {
      const asked: string[] = [];
      let answer = (_addresses: string[]) => undefined as void;
      const find = (name: string) => {
        asked.push(name);
        if (name === 'quick') return Promise.resolve([`10.0.0.${asked.length}`]);
        return new Promise<string[]>((resolve) => (answer = resolve));
      };
      const proxies = new TrustedProxies(['quick', 'silent'], find);
      opened.push(proxies);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(asked).toEqual(['quick', 'silent']);
      expect(proxies.trusts('10.0.0.1')).toBe(true);
      answer(['10.0.0.9']);
      await vi.advanceTimersByTimeAsync(4_999);
      expect([asked.length, proxies.trusts('10.0.0.9')]).toEqual([2, true]);
      await vi.advanceTimersByTimeAsync(1);
      expect(asked).toEqual(['quick', 'silent', 'quick', 'silent']);
      expect(['10.0.0.1', '10.0.0.3', '10.0.0.9'].map((one) => proxies.trusts(one))).toEqual([
        false,
        true,
        true,
      ]);
    } finally {
      vi.useRealTimers();
    }
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
