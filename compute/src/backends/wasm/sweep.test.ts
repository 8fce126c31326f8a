import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runsOf } from '../../../../tools/testing/runs.ts';
import {
  figuresByReference,
  figuresByWasm,
  withinPromise,
} from '../../../../tools/testing/sweep-backends.ts';
import { randomRequest } from '../../../../tools/testing/random-sweeps.ts';
import { axesOf, SWEEP_BASE, walk } from '../../../../tools/testing/sweeps.ts';
import { instrumentStrategies } from '../../../../tools/testing/strategies.ts';
import type { SweepRequest } from '../../service/contract.ts';
import { libraryStrategies } from '../../strategy/library.ts';

/** The plan that a sweep ran by, whose figures are those of the reference. */
function expectSame(request: SweepRequest): string {
  const [{ figures, plan }, expected] = [figuresByWasm(request), figuresByReference(request)];
  expect(withinPromise(figures, expected, plan)).toEqual(expected);
  return plan;
}

describe('the wasm backend', () => {
  it.each(instrumentStrategies().map(({ id, source }) => [id, source]))(
    'gives what the reference gives for %s, long and short in whole units',
    (_, source) => {
      const instruments = [{ symbol: 'X', bars: walk(700, 7) }];
      const backend = expectSame({ ...SWEEP_BASE, strategy: source, axes: axesOf(source, 6), instruments });
      expect(backend).toBe('wasm-bars');
    },
  );

  it.each(instrumentStrategies().map(({ id, source }) => [id, source]))(
    'gives what the reference gives for %s, long only and all in',
    (_, source) => {
      const instruments = [{ symbol: 'X', bars: walk(700, 8) }];
      const terms = { direction: 'LONG_ONLY', lotSize: 0, endRule: 'KEEP_OPEN' } as const;
      const backend = expectSame({
        ...SWEEP_BASE,
        ...terms,
        strategy: source,
        axes: axesOf(source, 6),
        instruments,
      });
      expect(backend).toMatch(/^wasm-/);
    },
  );

  it('uses range queries only where equity is proportional to the price', () => {
    const source = libraryStrategies().find(({ id }) => id === 'sma-cross')!.source;
    const request = {
      ...SWEEP_BASE,
      strategy: source,
      axes: axesOf(source, 12),
      instruments: [{ symbol: 'X', bars: walk(300, 1) }],
    };
    expect(expectSame({ ...request, direction: 'LONG_ONLY', lotSize: 0 })).toBe('wasm-events');
    expect(expectSame({ ...request, direction: 'LONG_ONLY' })).toBe('wasm-bars');
  });

  it('gives what the reference gives for random strategies, terms and data', () => {
    const backends = new Set<string>();
    const property = fc.property(randomRequest, (request) => void backends.add(expectSame(request)));
    fc.assert(property, runsOf(80, 11));
    expect(backends).toEqual(new Set(['wasm-bars', 'wasm-events']));
  });
});
