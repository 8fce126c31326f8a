import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { parseComputeConfig } from './config.ts';

describe('the configuration of a compute service', () => {
  it('needs nothing', () => {
    const threads = availableParallelism();
    expect(parseComputeConfig({})).toEqual({
      host: '127.0.0.1',
      port: 8100,
      token: null,
      threads,
      visibleDevices: 'all',
    });
  });

  it('takes what is given', () => {
    const given = {
      COMPUTE_HOST: '0.0.0.0',
      COMPUTE_PORT: '9000',
      COMPUTE_TOKEN: 'secret',
      OMP_NUM_THREADS: '3',
    };
    expect(parseComputeConfig(given)).toEqual({
      host: '0.0.0.0',
      port: 9000,
      token: 'secret',
      threads: 3,
      visibleDevices: 'all',
    });
  });

  it('names every value that cannot be used, and a network without a secret', () => {
    expect(() =>
      parseComputeConfig({ COMPUTE_HOST: '0.0.0.0', COMPUTE_PORT: 'x', OMP_NUM_THREADS: '0' }),
    ).toThrow(
      [
        'The environment has values that cannot be used:',
        '  COMPUTE_PORT: expected a whole number from 0 to 65535, was "x"',
        '  OMP_NUM_THREADS: expected a whole number from 1 to 1024, was "0"',
        '  COMPUTE_TOKEN: expected a secret where other machines can reach 0.0.0.0, was none',
      ].join('\n'),
    );
  });
});
