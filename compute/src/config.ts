import { availableParallelism } from 'node:os';
import {
  type CudaSettings,
  MEMORY_EXPECTED,
  memoryMaximumOf,
  memoryNotice,
} from './backends/cuda/settings.ts';

/** How a compute service of its own runs; read once, at the start. */
export interface ComputeConfig {
  readonly host: string;
  readonly port: number;
  /** The secret that callers must send; null for none. */
  readonly token: string | null;
  readonly threads: number;
  readonly cuda: CudaSettings;
  /** Where its log files go; null for the console alone. */
  readonly logDirectory: string | null;
  /** What to tell the person who started it. */
  readonly notices: readonly string[];
}

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** Validates the environment; one error names every bad variable, its value and what was expected. */
export function parseComputeConfig(environment: Readonly<Record<string, string | undefined>>): ComputeConfig {
  const problems: string[] = [];
  const wholeNumber = (name: string, fallback: number, minimum: number, maximum: number): number => {
    const given = environment[name] || String(fallback);
    const value = Number(given);
    if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
    problems.push(
      `  ${name}: expected a whole number from ${minimum} to ${maximum}, was ${JSON.stringify(given)}`,
    );
    return fallback;
  };
  const host = environment.COMPUTE_HOST || '127.0.0.1';
  const token = environment.COMPUTE_TOKEN || null;
  const allocation = environment.PYTORCH_CUDA_ALLOC_CONF;
  const memoryMaximumBytes = memoryMaximumOf(allocation);
  if (Number.isNaN(memoryMaximumBytes))
    problems.push(
      `  PYTORCH_CUDA_ALLOC_CONF: expected ${MEMORY_EXPECTED}, was ${JSON.stringify(allocation)}`,
    );
  const port = wholeNumber('COMPUTE_PORT', 8100, 0, 65_535);
  const threads = wholeNumber('OMP_NUM_THREADS', availableParallelism(), 1, 1_024);
  if (token === null && !LOOPBACK.includes(host))
    problems.push(`  COMPUTE_TOKEN: expected a secret where other machines can reach ${host}, was none`);
  if (problems.length > 0)
    throw new Error(`The environment has values that cannot be used:\n${problems.join('\n')}`);
  return Object.freeze({
    host,
    port,
    token,
    threads,
    cuda: { visibleDevices: environment.NVIDIA_VISIBLE_DEVICES || 'all', memoryMaximumBytes },
    logDirectory: environment.LOG_DIR || null,
    notices: [memoryNotice(allocation)].filter((notice) => notice !== null),
  });
}

/** The configuration of this process. */
export function loadComputeConfig(): ComputeConfig {
  return parseComputeConfig(process.env);
}
