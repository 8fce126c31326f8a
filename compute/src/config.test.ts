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
      cuda: { visibleDevices: 'all', memoryMaximumBytes: Infinity },
      logDirectory: null,
      notices: [],
    });
  });

  it('takes what is given', () => {
    const given = {
      COMPUTE_HOST: '0.0.0.0',
      COMPUTE_PORT: '9000',
      COMPUTE_TOKEN: 'secret',
      OMP_NUM_THREADS: '3',
      NVIDIA_VISIBLE_DEVICES: '1',
      PYTORCH_CUDA_ALLOC_CONF: 'max_split_size_mb:64',
      LOG_DIR: '/logs',
    };
    expect(parseComputeConfig(given)).toEqual({
      host: '0.0.0.0',
      port: 9000,
      token: 'secret',
      threads: 3,
      cuda: { visibleDevices: '1', memoryMaximumBytes: 64 * 2 ** 20 },
      logDirectory: '/logs',
      notices: ["PYTORCH_CUDA_ALLOC_CONF: a sweep or a simulation holds at most 64 MiB of a GPU's memory."],
    });
  });

  it('names every value that cannot be used, and a network without a secret', () => {
    expect(() =>
      parseComputeConfig({
        COMPUTE_HOST: '0.0.0.0',
        COMPUTE_PORT: 'x',
        OMP_NUM_THREADS: '0',
        PYTORCH_CUDA_ALLOC_CONF: 'max_split_size_mb:0',
      }),
    ).toThrow(
      [
        'The environment has values that cannot be used:',
        '  PYTORCH_CUDA_ALLOC_CONF: expected max_split_size_mb:N with a whole number of MiB from 1, was "max_split_size_mb:0"',
        '  COMPUTE_PORT: expected a whole number from 0 to 65535, was "x"',
        '  OMP_NUM_THREADS: expected a whole number from 1 to 1024, was "0"',
        '  COMPUTE_TOKEN: expected a secret where other machines can reach 0.0.0.0, was none',
      ].join('\n'),
    );
  });
});
