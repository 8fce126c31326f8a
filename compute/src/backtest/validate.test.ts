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
