import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GPU_SECTION } from './gpu-sweep.ts';
import { commit, machine, sectionOf, table } from './measure.ts';
import { benchRisk } from './risk.ts';
import { benchKernels, benchService } from './sweep.ts';
import { benchUniverse } from './universe.ts';

// `npm run bench` prints; `npm run bench -- --write` also writes docs/benchmarks.md.
const kernels = table(benchKernels());
const universe = table(benchUniverse());
const risk = table(benchRisk());
const service = table(await benchService());
const report = `# Benchmarks

Written by \`npm run bench -- --write\`. Every kernel is checked against the reference before it is timed. Times of one thread are
processor time, medians of seven rounds in which all contenders take turns; one bar-evaluation is one bar of one parameter set with
its return, Sharpe ratio, deepest drawdown and trades. The C program does the same work on the same closes with fills at the close;
numba, where it is installed, does that of the plain loop.

Machine: ${machine()}. Commit: ${commit()}.

## Kernels, one thread, 10,000 sets x 5,000 bars

${kernels}

## A universe in one account, one thread, 50 instruments x 2,520 bars

A kernel values what is held from one choice to the next; choosing and trading are code that both have in common, so the more often a universe is chosen, the less it gains.

${universe}

## Value at risk, one thread, 50 assets, 1,000,000 scenarios

Value at risk and expected shortfall at 99 % over ten days, from draws to tails. C and NumPy revalue every position; a linear book needs one
product a shock. NumPy draws by another generator.

${risk}

## The service, wall-clock time

${service}
`;
process.stdout.write(report);
if (process.argv.includes('--write')) {
  const file = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
  const onGpu = sectionOf(readFileSync(file, 'utf8'), GPU_SECTION);
  writeFileSync(file, onGpu ? `${report}\n${onGpu}` : report);
}
