import { spawnSync } from 'node:child_process';
import { describe, expect } from 'vitest';
import { PATH_MODELS } from '../../../../tools/testing/path-models.ts';
import { axesOf, SWEEP_BASE, walk } from '../../../../tools/testing/sweeps.ts';
import { itWhere } from '../../../../tools/testing/services.ts';
import { instrumentStrategies } from '../../../../tools/testing/strategies.ts';
import { compiledForSweep } from '../../backtest/validate.ts';
import type { SweepRequest } from '../../service/contract.ts';
import { libraryStrategies } from '../../strategy/library.ts';
import { emitCovariance } from './emit-covariance.ts';
import { emitInterleave } from './emit-interleave.ts';
import { emitPaths } from './emit-paths.ts';
import { emitCount, emitGather } from './emit-select.ts';
import { emitWindows } from './emit-windows.ts';
import { emitPieces, emitRanges } from './emit-ranges.ts';
import { planCudaSweep } from './sweep.ts';

const TARGETS = ['sm_75', 'sm_80', 'sm_86', 'sm_89', 'sm_90', 'sm_100', 'sm_120'];
const hasAssembler = spawnSync('ptxas', ['--version']).status === 0;

const ALL_IN = { direction: 'LONG_ONLY', lotSize: 0 } as const;

/** Every module of a sweep, with terms where they are given. */
function kernelsOf({ source }: { readonly source: string }, terms: Partial<SweepRequest> = {}): string[] {
  const instruments = [{ symbol: 'X', bars: walk(300, 7) }];
  const request = { ...SWEEP_BASE, ...terms, strategy: source, axes: axesOf(source, 5), instruments };
  const plan = planCudaSweep(compiledForSweep(request), request);
  if (typeof plan === 'string') return [plan];
  if (!plan.tables) return [plan.text, plan.signals.text];
  const { text, conditions } = plan.signals;
  return [plan.text, text, ...conditions.slice(0, 1).map((each) => each.text)];
}

function assemble(text: string, target: string) {
  const { status, stderr } = spawnSync('ptxas', [`-arch=${target}`, '-v', '-o', '/dev/null', '-'], {
    input: text,
    encoding: 'utf8',
  });
  return { status, log: stderr };
}

describe('the assembler of CUDA', () => {
  itWhere(hasAssembler, 'ptxas').each(TARGETS)(
    'accepts a kernel for %s without keeping registers in memory',
    (target) => {
      const turtle = libraryStrategies().find(({ id }) => id === 'turtle')!;
      const { status, log } = assemble(kernelsOf(turtle)[0], target);
      expect(log).toMatch(/0 bytes spill stores, 0 bytes spill loads/);
      expect(status).toBe(0);
    },
    60_000,
  );

  itWhere(hasAssembler, 'ptxas').each(TARGETS)(
    'accepts kernels that go from event to event for %s without keeping registers in memory',
    (target) => {
      const reversion = libraryStrategies().find(({ id }) => id === 'rsi-mean-reversion')!;
      const found = [...kernelsOf(reversion, ALL_IN), emitPieces(), emitRanges()].map((text) =>
        assemble(text, target),
      );
      expect(found).toEqual(
        Array.from({ length: 5 }, () => ({
          status: 0,
          log: expect.stringMatching(/0 bytes spill stores, 0 bytes spill loads/) as string,
        })),
      );
    },
    60_000,
  );

  itWhere(hasAssembler, 'ptxas')(
    'accepts the kernels of strategies of every kind',
    () => {
      const texts = instrumentStrategies()
        .filter((_, index) => index % 6 === 0)
        .flatMap((each) => [...kernelsOf(each), ...kernelsOf(each, ALL_IN)]);
      expect(texts.map((each) => assemble(each, 'sm_75'))).toEqual(
        texts.map(() => ({ status: 0, log: expect.not.stringMatching(/error|warning/i) as string })),
      );
    },
    60_000,
  );

  itWhere(hasAssembler, 'ptxas').each(TARGETS)(
    'accepts kernels of paths, covariances, selection and windows for %s',
    (target) => {
      const kinds = PATH_MODELS.filter(({ name }) => /degrees|bootstrap, /.test(name));
      const texts = [
        ...kinds.map(({ model }) => emitPaths(model)),
        emitCovariance(50, 2_500),
        emitInterleave(),
        emitWindows(true),
        emitWindows(false),
        emitCount(),
        emitGather(),
      ];
      expect(texts.map((each) => assemble(each, target))).toEqual(
        texts.map(() => ({ status: 0, log: expect.not.stringMatching(/error|warning/i) as string })),
      );
    },
    120_000,
  );
});
