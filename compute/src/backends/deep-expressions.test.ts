import { describe, expect, it } from 'vitest';
import { figuresByCuda, figuresByReference, figuresByWasm } from '../../../tools/testing/sweep-backends.ts';
import { SWEEP_BASE, walk } from '../../../tools/testing/sweeps.ts';
import { compiledForSweep } from '../backtest/validate.ts';
import type { SweepRequest } from '../service/contract.ts';
import { planSweep } from './wasm/sweep.ts';

function requestOf(lines: readonly string[], a: readonly number[]): SweepRequest {
  const strategy = ['strategy "T"', 'param a = 1 in -9..9', 'param b = 1 in -9..9', ...lines].join('\n');
  const axes = [
    { parameter: 'a', values: Float64Array.from(a) },
    { parameter: 'b', values: Float64Array.of(1, 2) },
  ];
  return { ...SWEEP_BASE, strategy, axes, instruments: [{ symbol: 'X', bars: walk(120, 7) }] };
}

/** Each name uses the one before it twice, so written out the last has more operations than there are atoms. */
const twice = (count: number, first: string, next: (before: string) => string) => [
  `let n0 = ${first}`,
  ...Array.from({ length: count }, (_, index) => `let n${index + 1} = ${next(`n${index}`)}`),
];

describe('expressions that use others again and again', () => {
  it.each([
    [
      'numbers',
      [
        ...twice(300, 'close * a / b', (n) => `(${n} + ${n}) / 2`),
        'enter long when n300 > close / b',
        'exit long when close < open',
      ],
    ],
    [
      'conditions',
      [
        ...twice(
          300,
          'close * a > open * b',
          (n) => `(${n} and close > low) or (${n} and high * a > low * b)`,
        ),
        'enter long when n300',
        'exit long when not n300',
      ],
    ],
  ])('are computed once each, on every backend: %s', (_, lines) => {
    const request = requestOf(lines, [1, 2]);
    const expected = figuresByReference(request);
    expect(expected.tradeCount.some((count) => count > 3)).toBe(true);
    expect(figuresByWasm(request).figures).toEqual(expected);
    expect(figuresByCuda(request).figures).toEqual(expected);
  });

  it('are part of a kernel as long as they are short', () => {
    const kindsOf = (count: number) => {
      const lines = [
        ...twice(count, 'close * a / b', (n) => `(${n} + ${n}) / 2`),
        `enter long when n${count} > close`,
      ];
      const request = requestOf(lines, [1, 2]);
      const { inputs } = planSweep(compiledForSweep(request), request, 1);
      return inputs.relations.map(({ a }) => a.kind);
    };
    expect(kindsOf(6)).toEqual(['operation']);
    expect(kindsOf(9)).toEqual(['row']);
  });
});
