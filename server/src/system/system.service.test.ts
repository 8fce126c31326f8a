import { describe, expect, it } from 'vitest';
import { SystemService } from './system.service.ts';

describe('the health of an installation', () => {
  it('is looked at once for all who ask at the same time, and anew for the next', async () => {
    let looks = 0;
    const answered: (() => void)[] = [];
    const database = {
      kind: 'embedded',
      ping: () => new Promise<void>((resolve) => (answered.push(resolve), (looks += 1))),
      fork: () => ({ execute: async () => [{ runsQueued: '0', runsRunning: '0' }] }),
    };
    const compute = { describe: async () => ({ threads: 1, busyThreads: 0 }) };
    const part = { kind: 'in this process', ping: async () => undefined };
    const settings = { computeKind: 'threads' };
    const all = [database, compute, part, part, () => 0, settings] as const;
    const system = new SystemService(...(all as unknown as ConstructorParameters<typeof SystemService>));
    const asked = [system.health(), system.health()];
    answered.forEach((answer) => answer());
    const [first, second] = await Promise.all(asked);
    expect(first.state).toBe('UP');
    expect(second).toBe(first);
    expect(looks).toBe(1);
    const next = system.health();
    answered.at(-1)!();
    expect(await next).not.toBe(first);
    expect(looks).toBe(2);
  });
});
