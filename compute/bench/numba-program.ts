import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SweepRequest } from '../src/service/contract.ts';

const PROGRAM = fileURLToPath(new URL('./numba_sweep.py', import.meta.url));

/** What a program of another language found, and the nanoseconds that a bar-evaluation took it. */
export interface PeerRun {
  readonly totalReturn: Float64Array;
  readonly perEvaluationNs: number;
}

/** The sweep of two moving averages by numba, on one thread; a sentence instead where it is not installed. */
export function numbaProgram(request: SweepRequest, rounds: number): PeerRun | string {
  if (!isInstalled('numba')) return 'not installed: python3 with numba';
  const folder = mkdtempSync(join(tmpdir(), 'ai-trading-bench-'));
  try {
    const { open, close } = request.instruments[0].bars;
    const [fast, slow] = request.axes.map(({ values }) => values);
    for (const [name, column] of Object.entries({ open, close, fast, slow }))
      writeFileSync(join(folder, name), new Uint8Array(Float64Array.from(column).buffer));
    const cost = request.costs.commissionBps / 10_000;
    const printed = execFileSync('python3', [PROGRAM, folder, String(cost), String(rounds)], {
      encoding: 'utf8',
    });
    const totalReturn = new Float64Array(new Uint8Array(readFileSync(join(folder, 'totalReturn'))).buffer);
    return { totalReturn, perEvaluationNs: Number(printed) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function isInstalled(module: string): boolean {
  try {
    execFileSync('python3', ['-c', `import ${module}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
