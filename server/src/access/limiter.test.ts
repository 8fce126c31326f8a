import { describe, expect, it } from 'vitest';
import { LoginLimiter } from './limiter.ts';

describe('the limit of attempts', () => {
  it('counts all addresses of one network of IPv6 as one, because whoever has one has all', async () => {
    const limiter = new LoginLimiter(null);
    for (let host = 1; host <= 10; host += 1)
      await limiter.attempt(`2001:db8:1:2::${host}`, 'ada@example.org');
    await expect(limiter.attempt('2001:db8:1:2:a::1', 'ada@example.org')).rejects.toThrow(
      /^expected fewer attempts, were too many: try again in \d+ s$/,
    );
    await expect(limiter.attempt('2001:db8:1:3::1', 'ada@example.org')).resolves.toBeUndefined();
    await limiter.succeed('2001:db8:1:2::99', 'ada@example.org');
    await expect(limiter.attempt('2001:db8:1:2::1', 'ada@example.org')).resolves.toBeUndefined();
  });

  it('hears looks through links by network too', async () => {
    const limiter = new LoginLimiter(null);
    for (let host = 1; host <= 300; host += 1) await limiter.open(`2001:db8:1:2::${host}`);
    await expect(limiter.open('2001:db8:1:2::ffff')).rejects.toThrow(/^expected fewer attempts/);
    await expect(limiter.open('203.0.113.9')).resolves.toBeUndefined();
  });
});
