import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridParameters, gridSize } from '../backtest/sweep-grid.ts';
import type { SweepAxis } from './contract.ts';
import { gridParts, SetsOnce } from './grid-parts.ts';

const axes = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }).map((lengths) =>
  lengths.map((length, place) => ({
    parameter: `p${place}`,
    values: Float64Array.from({ length }, (_, index) => index * 10 + place),
  })),
);

describe('the parts of a grid', () => {
  it('are the whole grid in its order', () => {
    fc.assert(
      fc.property(axes, fc.integer({ min: 1, max: 20 }), (whole, count) => {
        const sets = (grid: readonly SweepAxis[]) =>
          Array.from({ length: gridSize(grid) }, (_, index) => gridParameters(grid, index));
        const parts = gridParts(whole, count);
        expect(parts.flatMap((part) => sets([...part.axes]))).toEqual(sets(whole));
        let next = 0;
        for (const part of parts) {
          expect(part.fromIndex).toBe(next);
          next += gridSize(part.axes);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it.each([
    [[40, 60], 8, 8],
    [[2, 60], 8, 8],
    [[1, 60], 8, 8],
    [[3, 1], 8, 3],
    [[1], 8, 1],
  ])('of %j, where %i are wanted, are %i', (lengths, count, expected) => {
    const grid = lengths.map((length, place) => ({
      parameter: `p${place}`,
      values: new Float64Array(length),
    }));
    expect(gridParts(grid, count)).toHaveLength(expected);
  });
});

describe('sets that are told again', () => {
  it('are passed on in the memory that they came in', () => {
    const once = new SetsOnce({ axes: [{ parameter: 'p', values: new Float64Array(8) }], fromIndex: 0 });
    const column = Float64Array.of(1, 2, 3, 4, 5);
    const columns = { totalReturn: column, sharpe: column, maxDrawdown: column, tradeCount: column };
    const [whole] = once.fresh({ fromIndex: 0, ...columns });
    expect([whole.sharpe.buffer === column.buffer, [...whole.sharpe]]).toEqual([true, [1, 2, 3, 4, 5]]);
    const [rest] = once.fresh({ fromIndex: 3, ...columns });
    expect([rest.fromIndex, rest.sharpe.buffer === column.buffer, [...rest.sharpe]]).toEqual([
      5,
      true,
      [3, 4, 5],
    ]);
  });

  it('are passed on once, however the tiles are cut', () => {
    const tiles = fc.array(fc.tuple(fc.nat(19), fc.integer({ min: 1, max: 9 })), { maxLength: 12 });
    fc.assert(
      fc.property(tiles, (cuts) => {
        const once = new SetsOnce({
          axes: [{ parameter: 'p', values: new Float64Array(20) }],
          fromIndex: 100,
        });
        const told = cuts.map(([from, length]) => ({ from, to: Math.min(20, from + length) }));
        const passed = told.flatMap(({ from, to }) => {
          const values = Float64Array.from({ length: to - from }, (_, i) => from + i);
          const tile = {
            fromIndex: from,
            totalReturn: values,
            sharpe: values,
            maxDrawdown: values,
            tradeCount: values,
          };
          return [...once.fresh(tile)].flatMap(({ fromIndex, sharpe }) =>
            [...sharpe].map((value, i) => [fromIndex + i, value]),
          );
        });
        const expected = new Set(
          told.flatMap(({ from, to }) => [...Array(to - from).keys()].map((i) => from + i)),
        );
        expect(passed.map(([place]) => place).toSorted((a, b) => a - b)).toEqual(
          [...expected].map((index) => 100 + index).toSorted((a, b) => a - b),
        );
        for (const [place, value] of passed) expect(value).toBe(place - 100);
        const bounds = once.seenStretches();
        const within = [...Array(20).keys()].filter(
          (place) => bounds.filter((bound) => bound <= place).length % 2 === 1,
        );
        expect(within).toEqual([...expected].toSorted((a, b) => a - b));
        expect(bounds).toEqual([...new Set(bounds)].toSorted((a, b) => a - b));
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
