import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SweepMetric, SweepTile } from '../service/contract.ts';
import { BestSets } from './sweep.ts';

function tileOf(fromIndex: number, values: Float64Array): SweepTile {
  return { fromIndex, totalReturn: values, sharpe: values, maxDrawdown: values, tradeCount: values };
}

describe('the best sets of a sweep', () => {
  const score = fc.oneof(
    fc.constantFrom(0, 1, 1, 2, NaN, Infinity, -Infinity),
    fc.double({ min: -3, max: 3, noNaN: true }),
  );
  const given = fc.record({
    scores: fc.array(score, { maxLength: 60 }),
    objective: fc.constantFrom<SweepMetric>('sharpe', 'maxDrawdown'),
    limit: fc.integer({ min: 1, max: 7 }),
    each: fc.integer({ min: 1, max: 60 }),
    isBackwards: fc.boolean(),
  });

  it('are those of all sets in order, however the tiles are cut and in whatever order they come', () => {
    const property = fc.property(given, ({ scores, objective, limit, each, isBackwards }) => {
      const best = new BestSets(objective, limit);
      const starts = Array.from({ length: Math.ceil(scores.length / each) }, (_, tile) => tile * each);
      for (const from of isBackwards ? starts.toReversed() : starts)
        best.add(tileOf(from, Float64Array.from(scores.slice(from, from + each))));
      const sign = objective === 'maxDrawdown' ? -1 : 1;
      const expected = scores
        .map((value, index) => ({ index, score: sign * value }))
        .filter((set) => !Number.isNaN(set.score))
        .toSorted((a, b) => (a.score === b.score ? a.index - b.index : b.score - a.score))
        .slice(0, limit);
      expect(best.sets).toEqual(expected);
    });
    fc.assert(property, { numRuns: 500, seed: 3 });
  });

  it('are found in one large tile without putting all of its sets in order', () => {
    const best = new BestSets('sharpe', 3);
    let comparisons = 0;
    const original = Array.prototype.sort;
    Array.prototype.sort = function counted<Item>(this: Item[], compare: (a: Item, b: Item) => number) {
      return original.call(this, (a: Item, b: Item) => {
        comparisons += 1;
        return compare(a, b);
      }) as Item[];
    };
    try {
      best.add(
        tileOf(
          0,
          Float64Array.from({ length: 10_000 }, (_, index) => (index * 7_919) % 10_000),
        ),
      );
    } finally {
      Array.prototype.sort = original;
    }
    expect(best.sets.map(({ score: value }) => value)).toEqual([9_999, 9_998, 9_997]);
    expect(comparisons).toBeLessThan(1_000);
  });
});
