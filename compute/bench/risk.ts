import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  encodePaths,
  pathReturns,
  planPaths,
  type Precision,
  WasmPaths,
  writeModel,
} from '../src/backends/wasm/monte-carlo.ts';
import { expectedShortfall } from '../src/risk/expected-shortfall.ts';
import { valueAtRisk } from '../src/risk/value-at-risk.ts';
import type { GaussianModel } from '../src/simulation/model.ts';
import { simulateReference } from '../src/simulation/reference.ts';
import { interleave, type Line } from './measure.ts';

const ASSETS = 50;
const HORIZON_BARS = 10;
const SCENARIOS = 1_000_000;
const CONFIDENCE = 0.99;
const SEED = 42;
const PATHS_CHECKED = 2_000;
const ROUNDS = 5;
/** What single precision declares, as a part of the spread of returns. */
const SINGLE_TOLERANCE = 1e-4;
const SOURCE = fileURLToPath(new URL('../../../shared/bench/mcvar.c', import.meta.url));

/** Fifty equal positions over ten days, 2 % a day each, correlated by 0.3. */
function book(isLinear: boolean): GaussianModel {
  const factor = new Float64Array(ASSETS * ASSETS);
  const covarianceAt = (row: number, column: number) => (row === column ? 1 : 0.3) * 4e-4 * HORIZON_BARS;
  for (let row = 0; row < ASSETS; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let rest = covarianceAt(row, column);
      for (let k = 0; k < column; k += 1) rest -= factor[row * ASSETS + k] * factor[column * ASSETS + k];
      factor[row * ASSETS + column] =
        row === column ? Math.sqrt(rest) : rest / factor[column * ASSETS + column];
    }
  }
  return {
    kind: 'gaussian',
    assetCount: ASSETS,
    isLinear,
    degreesOfFreedom: null,
    weights: new Float64Array(ASSETS).fill(1 / ASSETS),
    drift: new Float64Array(ASSETS).fill(3e-4 * HORIZON_BARS),
    factor,
  };
}

/** Simulates on one thread and measures both tails, as the other programs do. */
function contender(model: GaussianModel, precision: Precision): () => void {
  const plan = planPaths(model, precision, SCENARIOS, 1);
  const { module, constants } = encodePaths(plan);
  const memory = new WebAssembly.Memory({ initial: plan.layout.pages, maximum: 65_536, shared: true });
  writeModel(plan, constants, model, SEED, memory);
  const paths = new WasmPaths(plan, memory, new WebAssembly.Module(module));
  paths.run(0, PATHS_CHECKED, 0, () => undefined);
  checkParity(model, precision, pathReturns(plan, memory));
  return () => {
    paths.run(0, SCENARIOS, 0, () => undefined);
    const returns = pathReturns(plan, memory);
    valueAtRisk(returns, CONFIDENCE);
    expectedShortfall(returns, CONFIDENCE);
  };
}

/** Refuses to time what does not agree with the reference on the first paths. */
function checkParity(model: GaussianModel, precision: Precision, returns: ArrayLike<number>): void {
  const oracle = simulateReference(model, SEED, 0, PATHS_CHECKED);
  const spread = Math.sqrt(oracle.reduce((sum, value) => sum + value * value, 0) / PATHS_CHECKED);
  const tolerance = precision === 'DOUBLE' ? 0 : SINGLE_TOLERANCE * spread;
  oracle.forEach((wanted, path) => {
    if (!(Math.abs(returns[path] - wanted) <= tolerance))
      throw new Error(`${precision}: expected ${wanted} on path ${path}, was ${returns[path]}`);
  });
}

/** Milliseconds of processor time of the hand-written C program (AVX-512, single precision, full revaluation); a sentence where it can't run. */
function cMs(): number | string {
  if (!existsSync(SOURCE)) return 'its program is not beside this checkout';
  const folder = mkdtempSync(join(tmpdir(), 'ai-trading-bench-'));
  try {
    const [program, factor, drift] = ['mcvar', 'factor.f64', 'drift.f64'].map((name) => join(folder, name));
    const flags = ['-O3', '-march=native', '-ffast-math', '-fopenmp'];
    execFileSync('gcc', [...flags, SOURCE, '-o', program, '-lm'], { stdio: 'pipe' });
    const model = book(false);
    writeFileSync(factor, new Uint8Array(model.factor.buffer));
    writeFileSync(drift, new Uint8Array(model.drift.buffer));
    const line = execFileSync(program, [factor, drift, String(SCENARIOS), '1', String(ROUNDS)], {
      encoding: 'utf8',
    });
    return Number(/cpu med ([\d.]+) ms/.exec(line)?.[1]);
  } catch (problem) {
    return `not built or run here (${problem instanceof Error ? problem.message.split('\n')[0] : problem})`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const NUMPY = `
import time, numpy as np
K, n, h = ${ASSETS}, ${SCENARIOS}, ${HORIZON_BARS}
L = np.linalg.cholesky((np.eye(K) * 0.7 + 0.3) * 4e-4 * h)
def run(dt):
    rng, out, Lt, w = np.random.default_rng(1), np.empty(n, dt), L.astype(dt).T.copy(), np.full(K, 1 / K, dt)
    for i in range(0, n, 16384):
        b = min(16384, n - i); x = rng.standard_normal((b, K), dtype=dt) @ Lt; x += dt(3e-4 * h); np.expm1(x, out=x); out[i:i + b] = x @ w
    k = int(np.ceil(n * 0.01)); part = np.partition(out, k - 1)[:k]; return part.max(), part.mean()
for dt in (np.float32, np.float64):
    run(dt); times = []
    for _ in range(${ROUNDS}):
        start = time.process_time(); run(dt); times.append(time.process_time() - start)
    print(sorted(times)[len(times) // 2] * 1e3)
`;

/** Milliseconds of processor time of NumPy on one thread in both precisions; a sentence where it can't run. */
function numpyMs(): Record<Precision, number> | string {
  try {
    const threads = { OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
    const text = execFileSync(
      'env',
      [...Object.entries(threads).map(([name, count]) => `${name}=${count}`), 'python3', '-c', NUMPY],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const [SINGLE, DOUBLE] = text.trim().split('\n').map(Number);
    return { SINGLE, DOUBLE };
  } catch {
    return 'no Python with NumPy here';
  }
}

/** Value at risk and expected shortfall of fifty assets from a million scenarios, on one thread. */
export function benchRisk(): Line[] {
  const cases = (['SINGLE', 'DOUBLE'] as const).flatMap((precision) => [
    { what: `linear, ${precision.toLowerCase()}`, precision, isLinear: true },
    { what: `revalued, ${precision.toLowerCase()}`, precision, isLinear: false },
  ]);
  const timings = interleave(
    cases.map(({ isLinear, precision }) => contender(book(isLinear), precision)),
    ROUNDS,
  );
  const [c, numpy] = [cMs(), numpyMs()];
  const milliseconds = (value: number) => `${value.toFixed(0)} ms`;
  const ratio = (value: number, precision: Precision) =>
    [
      ...(typeof c === 'number' ? [`${(value / c).toFixed(2)}x the time of C`] : []),
      ...(typeof numpy === 'object' ? [`${(value / numpy[precision]).toFixed(2)}x NumPy`] : []),
    ].join(', ');
  const lines: Line[] = cases.map(({ what, precision }, index) => {
    const { medianMs } = timings[index];
    return { what, who: 'wasm-paths', value: milliseconds(medianMs), ratio: ratio(medianMs, precision) };
  });
  lines.push({
    what: 'revalued, single',
    who: 'C, AVX-512',
    value: typeof c === 'number' ? milliseconds(c) : 'not run',
    ratio: typeof c === 'number' ? '' : c,
  });
  for (const precision of ['SINGLE', 'DOUBLE'] as const) {
    lines.push({
      what: `revalued, ${precision.toLowerCase()}`,
      who: 'NumPy',
      value: typeof numpy === 'object' ? milliseconds(numpy[precision]) : 'not run',
      ratio: typeof numpy === 'object' ? '' : numpy,
    });
  }
  return lines;
}
