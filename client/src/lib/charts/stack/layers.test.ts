import { describe, expect, it } from 'vitest';
import { nearestIndex, outline, stackLayers, stackRange } from './layers.ts';

const columns = [
  { name: 'A', values: [0.5, 0.2] },
  { name: 'B', values: [-0.5, NaN] },
  { name: 'C', values: [0.25, -0.1] },
];

describe('a stack of columns', () => {
  it('piles values up from 0, those below it downwards', () => {
    expect(stackLayers(columns).map(({ name, from, to }) => [name, [...from], [...to]])).toEqual([
      ['A', [0, 0], [0.5, 0.2]],
      ['B', [0, 0.2], [-0.5, 0.2]],
      ['C', [0.5, 0], [0.75, -0.1]],
    ]);
    expect(stackLayers([])).toEqual([]);
  });

  it('reaches from the least to the greatest level, and at least from 0 to 1', () => {
    expect(stackRange(stackLayers(columns))).toEqual([-0.5, 1]);
    expect(stackRange(stackLayers([{ name: 'A', values: [1.5] }]))).toEqual([0, 1.5]);
  });

  it('is outlined forth along the top and back along the bottom', () => {
    const [, , layer] = stackLayers(columns);
    expect(
      outline(
        layer,
        (t) => 10 * t,
        (level) => 100 * (1 - level),
      ),
    ).toBe('0.0,25.0 10.0,110.0 10.0,100.0 0.0,50.0');
  });

  it('is read at the nearest time', () => {
    expect([nearestIndex([0, 10, 20], 14), nearestIndex([0, 10, 20], 99), nearestIndex([5], 0)]).toEqual([
      1, 2, 0,
    ]);
  });
});
