import { describe, expect, it } from 'vitest';
import { encodePaths, planPaths } from '../backends/wasm/monte-carlo.ts';
import type { SimulationRequest } from '../service/contract.ts';
import type { SharedPaths } from '../service/messages.ts';
import { shapeOf } from '../simulation/history.ts';
import { performPaths } from './paths.ts';

const levels = [7, 11].map((pace) =>
  Float64Array.from({ length: 80 }, (_, t) => 100 + 10 * Math.sin(t / pace) + Math.cos(pace * t)),
);
const base: SimulationRequest = {
  levels,
  weights: Float64Array.of(0.5, 0.5),
  method: 'NORMAL',
  revaluation: 'FULL',
  precision: 'DOUBLE',
  degreesOfFreedom: 5,
  blockBars: 3,
  horizonBars: 7,
  scenarios: 200,
  confidence: 0.9,
  seed: 5,
};

function simulated(request: SimulationRequest, hasKernel: boolean) {
  const plan = planPaths(shapeOf(request), request.precision, request.scenarios, 1);
  const { module, constants } = encodePaths(plan);
  const paths: SharedPaths = {
    id: `${request.method} ${hasKernel}`,
    request,
    threads: 1,
    memory: new WebAssembly.Memory({ initial: plan.layout.pages, maximum: 65_536, shared: true }),
    kernel: hasKernel ? { module: new WebAssembly.Module(module), constants } : null,
  };
  const check = () => undefined;
  performPaths({ kind: 'pathsPrepare', paths }, check);
  // Paths 96 to 111 twice, as after a thread that died.
  for (const [from, to] of [
    [96, 200],
    [0, 112],
  ])
    performPaths({ kind: 'pathsRun', paths, scratchIndex: 0, from, to }, check);
  return performPaths({ kind: 'pathsMeasure', paths }, check);
}

describe('a thread that simulates', () => {
  it.each(['NORMAL', 'STUDENT_T', 'BOOTSTRAP'] as const)(
    'gives the same by the reference as by the kernel: %s',
    (method) => {
      const result = simulated({ ...base, method }, false);
      expect(result).toEqual(simulated({ ...base, method }, true));
      expect(result!.standardDeviation).toBeGreaterThan(0);
    },
  );

  it('stops where it is told to', () => {
    const plan = planPaths(shapeOf(base), 'DOUBLE', 200, 1);
    const { module, constants } = encodePaths(plan);
    const paths: SharedPaths = {
      id: 'stopped',
      request: base,
      threads: 1,
      memory: new WebAssembly.Memory({ initial: plan.layout.pages, maximum: 65_536, shared: true }),
      kernel: { module: new WebAssembly.Module(module), constants },
    };
    const stop = () => {
      throw new Error('stopped');
    };
    expect(() => performPaths({ kind: 'pathsRun', paths, scratchIndex: 0, from: 0, to: 200 }, stop)).toThrow(
      'stopped',
    );
  });
});
