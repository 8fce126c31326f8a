import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { random } from '../../tools/testing/random.ts';
import { startProduct } from '../test/services/product.ts';
import { quantile } from './child.ts';
import { ACTIONS, SAMPLE_PORTFOLIO } from './users-data.ts';

const THINK_MS = 1_000;

/** Mixed users of an embedded installation with the sample data: errors, times and memory. */
export async function measureUsers(count: number, minutes: number): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ai-trading-load-'));
  const product = startProduct({
    DATA_DIR: folder,
    LOG_DIR: join(folder, 'logs'),
    SEED_SAMPLES: 'true',
    COST_PER_MINUTE: '0',
  });
  const { api } = await product.ready;
  const portfolioId = await sampleOf(api);
  const timesMs: number[] = [];
  const problems = new Map<string, number>();
  const endMs = performance.now() + minutes * 60_000;
  const use = async (user: number) => {
    const next = random(user);
    for (let turn = 0; performance.now() < endMs; turn += 1) {
      await sleep(THINK_MS * (0.5 + next()));
      const problem = await act(api, portfolioId, next() * 100, `${user}-${turn}`, timesMs);
      if (problem) problems.set(problem, (problems.get(problem) ?? 0) + 1);
    }
  };
  try {
    const users = Array.from({ length: count }, (_, user) => use(user));
    await sleep(minutes * 20_000);
    const [early, earlyCpu] = [await memoryOf(api), await metricOf(api, 'process_cpu_seconds_total')];
    const earlyCount = timesMs.length;
    await Promise.all(users);
    const late = await memoryOf(api);
    const cpuMicros = ((await metricOf(api, 'process_cpu_seconds_total')) - earlyCpu) * 1e6;
    return [
      `${count} mixed users for ${minutes} minutes on the embedded database with its sample data:`,
      `  ${timesMs.length} operations, p50 ${quantile(timesMs, 0.5).toFixed(0)} ms, p99 ${quantile(timesMs, 0.99).toFixed(0)} ms, ${(cpuMicros / (timesMs.length - earlyCount)).toFixed(0)} us CPU each with its runs`,
      `  errors: ${[...problems].map(([text, count]) => `${count} x ${text}`).join('; ') || 'none'} (wanted none)`,
      `  memory after a third of the time and at the end: resident ${early.resident} and ${late.resident} MB, heap ${early.heap} and ${late.heap} MB (wanted flat)`,
    ];
  } finally {
    product.child.kill('SIGTERM');
    await product.ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function act(
  api: string,
  portfolioId: string,
  choice: number,
  key: string,
  timesMs: number[],
): Promise<string | null> {
  let rest = choice;
  const [, query, variablesOf] = ACTIONS.find(([share]) => (rest -= share) < 0) ?? ACTIONS[0];
  const startedAtMs = performance.now();
  try {
    const response = await fetch(`${api}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: variablesOf(key, portfolioId) }),
    });
    const { data, errors } = (await response.json()) as {
      data?: Record<string, { errors?: { message: string }[] }>;
      errors?: { message: string }[];
    };
    timesMs.push(performance.now() - startedAtMs);
    const [problem] = errors ?? Object.values(data!).flatMap((part) => part.errors ?? []);
    return problem?.message ?? null;
  } catch (problem) {
    return (problem as Error).message;
  }
}

async function sampleOf(api: string): Promise<string> {
  const response = await fetch(`${api}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: SAMPLE_PORTFOLIO }),
  });
  const { data } = (await response.json()) as { data: { portfolios: { nodes: { id: string }[] } } };
  return data.portfolios.nodes[0].id;
}

async function memoryOf(api: string): Promise<{ resident: number; heap: number }> {
  const megabytes = async (name: string) => Math.round((await metricOf(api, name)) / 2 ** 20);
  return {
    resident: await megabytes('process_resident_memory_bytes'),
    heap: await megabytes('nodejs_heap_size_used_bytes'),
  };
}

async function metricOf(api: string, name: string): Promise<number> {
  const text = await (await fetch(`${api}/metrics`)).text();
  return Number(new RegExp(`^${name} ([\\d.e+]+)$`, 'm').exec(text)?.[1]);
}
