import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parityCases, parityProblems } from '../../tools/testing/cuda-parity.ts';
import { openCuda } from '../src/backends/cuda/device.ts';
import { loadDriver } from '../src/backends/cuda/driver.ts';
import { loadComputeConfig } from '../src/config.ts';
import { commit, machine, table, withSection } from './measure.ts';
import { gpuRiskLines } from './gpu-risk.ts';
import { GPU_SECTION, gpuLines, gpuServiceLines, LARGE } from './gpu-sweep.ts';

// `npm run bench:gpu` checks a GPU against the reference and times it; `-- --write` also writes docs/benchmarks.md.
const calls = loadDriver();
const { devices, reason, version } = openCuda(calls, loadComputeConfig().cuda);
if (typeof calls === 'string' || devices.length === 0) {
  process.stderr.write(`There is no GPU to measure: ${reason}. npm run doctor:gpu says more.\n`);
  process.exit(1);
}
const names = devices.map(({ name, capability }) => `${name} (compute capability ${capability})`).join(', ');
process.stdout.write(`${names}, CUDA ${version}\n`);
// Random strategies need fast-check, a development package, which a machine that only measures may lack.
const random = await import('../../tools/testing/random-sweeps.ts').catch(
  (problem: NodeJS.ErrnoException) => {
    if (problem.code !== 'ERR_MODULE_NOT_FOUND') throw problem;
    process.stdout.write('Without fast-check parity is checked without random strategies.\n');
    return null;
  },
);
const cases = parityCases(100, random?.sampledRequests(100) ?? []);
const problems = parityProblems(devices, cases);
process.stdout.write(
  problems.length === 0
    ? `Parity: all ${cases.length} cases have the bits of the processor.\n\n`
    : `Parity: ${problems.length} of ${cases.length} cases differ.\n${problems.map((line) => `  ${line}\n`).join('')}`,
);
if (problems.length > 0) process.exit(1);
const lines = [
  ...(await gpuLines(calls, LARGE)),
  ...(await gpuServiceLines(LARGE)),
  ...(await gpuRiskLines(LARGE.rounds)),
];
const section = `${GPU_SECTION}

Written by \`npm run bench:gpu -- --write\` after ${cases.length} cases of sweeps, simulations, covariances and selections had the bits of the
reference, those of sweeps from event to event (\`cuda-events\`) the bits of \`wasm-events\`. Wall-clock time from the request to the last figure, the best of several; the processor's by the whole service on two threads of the
same machine. The limit is that of the kernels alone: how fast the device could begin its instructions, or do its arithmetic of doubles, if
its threads never waited and never parted.

Device: ${names}, CUDA ${version}. Machine: ${machine()}. Commit: ${commit()}.

${table(lines)}
`;
process.stdout.write(section);
if (process.argv.includes('--write')) {
  const file = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
  writeFileSync(file, withSection(readFileSync(file, 'utf8'), GPU_SECTION, section));
}
