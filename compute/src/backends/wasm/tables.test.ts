import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runsOf } from '../../../../tools/testing/runs.ts';
import { closesWithTies } from '../../../../tools/testing/closes.ts';
import { writeRangeLevel } from './tables.ts';

/** What the table says of bars, by the definition: the least rounded quotient of a close and any at or before it. */
function byDefinition(close: readonly number[]): readonly [number, number, number] {
  const quotients = close.flatMap((later, at) => close.slice(0, at + 1).map((earlier) => later / earlier));
  return [Math.min(...close), Math.max(...close), Math.min(...quotients)];
}

function tableOf(close: Float64Array, levels: number): Float64Array {
  const table = new Float64Array(3 * levels * close.length);
  for (let level = 0; level < levels; level += 1) writeRangeLevel(table, close, level);
  return table;
}

describe('the table of ranges', () => {
  it('has the least and the greatest close and the least rounded quotient from each bar to the middle', () => {
    const property = fc.property(closesWithTies({ maxLength: 40 }), (close) => {
      const table = tableOf(close, 6);
      for (let level = 0; level < 6; level += 1) {
        const half = 2 ** level;
        for (let bar = 0; bar < close.length; bar += 1) {
          const from = Math.floor(bar / half) * half;
          const isLeft = (bar / half) % 2 < 1;
          const range = isLeft ? close.slice(bar, from + half) : close.slice(from, bar + 1);
          const at = 3 * (level * close.length + bar);
          expect([...table.subarray(at, at + 3)]).toEqual(byDefinition([...range]));
        }
      }
    });
    fc.assert(property, runsOf(100, 1));
  });

  it('finds a quotient that is less by its last digit alone', () => {
    // The product of the ratio and the peak is the last close when it is rounded, whose quotient is less than the ratio all the same.
    const [peak, low, higherPeak, last] = [50.04, 5.82, 72.15, 8.391546762589929];
    expect(last).toBe((low / peak) * higherPeak);
    expect(last / higherPeak).toBeLessThan(low / peak);
    const table = tableOf(Float64Array.of(1, 1, 1, 1, peak, low, higherPeak, last), 3);
    expect(table[3 * (2 * 8 + 7) + 2]).toBe(last / higherPeak);
  });
});
