import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../../../shared/bench/sma.c', import.meta.url));

/**
 * Nanoseconds a bar-evaluation of the hand-written C sweep by variant (scalar, simd64, event), on the same closes and one thread;
 * a sentence instead where there is no compiler or no program.
 */
export function cProgram(closes: Float64Array): Map<string, number> | string {
  if (!existsSync(SOURCE)) return 'its program is not beside this checkout';
  const folder = mkdtempSync(join(tmpdir(), 'ai-trading-bench-'));
  try {
    const [program, prices] = [join(folder, 'sma'), join(folder, 'prices.f64')];
    execFileSync('gcc', ['-O3', '-march=native', '-fopenmp', SOURCE, '-o', program, '-lm'], {
      stdio: 'pipe',
    });
    writeFileSync(prices, new Uint8Array(closes.buffer, closes.byteOffset, closes.byteLength));
    const measure = (variant: string): [string, number] => {
      const args = [prices, String(closes.length), '2', '142', '0.001', variant, '1', '9'];
      const line = execFileSync(program, args, { encoding: 'utf8' });
      return [variant, Number(/([\d.]+) cpu\(main\) med/.exec(line)?.[1])];
    };
    return new Map(['scalar', 'simd64', 'event'].map(measure));
  } catch (problem) {
    return `no C compiler that builds it (${problem instanceof Error ? problem.message.split('\n')[0] : problem})`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
