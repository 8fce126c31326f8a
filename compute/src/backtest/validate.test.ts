import { describe, expect, it } from 'vitest';
import { SWEEP_BASE, walk } from '../../../tools/testing/sweeps.ts';
import type { SweepRequest } from '../service/contract.ts';
import { compiledForSweep } from './validate.ts';

const request = (level: number): SweepRequest => ({
  ...SWEEP_BASE,
  strategy: `strategy "Level ${level}"\nenter long when close > ${level}`,
  axes: [],
  instruments: [{ symbol: 'X', bars: walk(10, 1) }],
});

describe('a request', () => {
  const { costs } = SWEEP_BASE;

  it.each<[string, Partial<SweepRequest>, string]>([
    ['cash without end', { initialCash: Infinity }, 'expected an initial cash above 0, was Infinity'],
    ['lots without end', { lotSize: Infinity }, 'expected a lot size of 0 or more, was Infinity'],
    ['endless periods', { periodsPerYear: Infinity }, 'expected periods per year above 0, was Infinity'],
    ['a rate that is none', { riskFreeRate: NaN }, 'expected a risk-free rate above -1, was NaN'],
    ['a rate that takes all', { riskFreeRate: -1 }, 'expected a risk-free rate above -1, was -1'],
    [
      'costs above the price',
      { costs: { ...costs, slippageBps: 9_000, spreadBps: 2_000 } },
      'expected slippage and half the spread below 10000 bps, was 10000',
    ],
  ])('is refused for %s', (_, change, message) => {
    const changed = { ...request(1), ...change };
    expect(() => compiledForSweep(changed)).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMETER', message }),
    );
  });

  it.each([
    ['timesMs', 9, Infinity, /^X: expected a time at bar 9, was Infinity$/],
    ['timesMs', 0, -Infinity, /^X: expected a time at bar 0, was -Infinity$/],
    ['timesMs', 0, NaN, /^X: expected a time at bar 0, was NaN$/],
    ['timesMs', 3, NaN, /^X: expected ascending times, was \d+ then NaN at bar 3$/],
    ['timesMs', 3, -1, /^X: expected ascending times, was \d+ then -1 at bar 3$/],
    ['open', 4, Infinity, /^X: expected positive prices with low <= high at bar 4, was open Infinity, /],
    ['open', 0, 0, /^X: expected positive prices with low <= high at bar 0, was open 0, /],
    [
      'high',
      4,
      Infinity,
      /^X: expected positive prices with low <= high at bar 4, was open .*, high Infinity, /,
    ],
    ['high', 4, 0.01, /^X: expected positive prices with low <= high at bar 4, was open .*, high 0.01, /],
    ['low', 9, -1, /^X: expected positive prices with low <= high at bar 9, was open .*, low -1, /],
    ['low', 5, NaN, /^X: expected positive prices with low <= high at bar 5, was open .*, low NaN, /],
    ['close', 4, Infinity, /^X: expected positive prices with low <= high at bar 4, was .*, close Infinity$/],
    ['close', 9, NaN, /^X: expected positive prices with low <= high at bar 9, was .*, close NaN$/],
  ] as const)('is refused for a bar whose %s at bar %d is %d', (name, bar, value, message) => {
    const bars = walk(10, 1);
    bars[name][bar] = value;
    const changed = { ...request(1), instruments: [{ symbol: 'X', bars }] };
    expect(() => compiledForSweep(changed)).toThrow(message);
  });
});

describe('the strategy of a request', () => {
  it('is compiled once while it is asked for, and again after many others', () => {
    const first = compiledForSweep(request(100));
    for (let level = 0; level < 31; level += 1) compiledForSweep(request(level));
    expect(compiledForSweep(request(100))).toBe(first);
    for (let level = 0; level < 32; level += 1) compiledForSweep(request(level));
    const again = compiledForSweep(request(100));
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
  });

  it('is refused again where it was refused before', () => {
    const wrong = { ...request(1), strategy: 'strategy "Wrong"' };
    const message = /^line 1, column 1: expected at least one rule/;
    expect(() => compiledForSweep(wrong)).toThrow(message);
    expect(() => compiledForSweep(wrong)).toThrow(message);
  });
});
