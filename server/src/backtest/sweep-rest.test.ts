import { gridParameters, gridSize, type SweepAxis, type SweepTile } from '@ai-trading/compute';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addTile,
  bestOf,
  type RestPart,
  restOf,
  setsDoneIn,
  type Surface,
  unknownSurface,
} from './sweep-rest.ts';

const axis = (parameter: string, length: number): SweepAxis => ({
  parameter,
  values: Float64Array.from({ length }, (_, place) => place * 10 + parameter.length),
});

/** Where the sets of a part are in the whole grid. */
const placesOf = ({ rowStarts, rowLength }: RestPart): number[] =>
  rowStarts.flatMap((start) => Array.from({ length: rowLength }, (_, set) => start + set));

function surfaceWith(setsTotal: number, isDone: (index: number) => boolean): Surface {
  const surface = unknownSurface(setsTotal);
  for (let index = 0; index < setsTotal; index += 1) if (isDone(index)) surface.tradeCount[index] = index;
  return surface;
}

const tileOf = (fromIndex: number, sets: readonly number[]): SweepTile => {
  const metric = (factor: number) => Float64Array.from(sets, (set) => set * factor);
  return {
    fromIndex,
    totalReturn: metric(1),
    sharpe: metric(2),
    maxDrawdown: metric(3),
    tradeCount: metric(4),
  };
};

describe('what is left of a sweep', () => {
  it('is the rows that are not done', () => {
    const axes = [axis('a', 1), axis('bb', 4), axis('ccc', 100)];
    // The first row is done, of the second a part; rows of a quarter of the grid are worth going into.
    const parts = restOf(
      axes,
      surfaceWith(400, (index) => index < 150),
    );
    expect(parts.map(({ axes: [, b, c] }) => [[...b.values], c.values.length])).toEqual([
      [[12], 50],
      [[22, 32], 100],
    ]);
    expect(parts.flatMap(placesOf)).toEqual(Array.from({ length: 250 }, (_, set) => 150 + set));
  });

  it('is whole rows where they are short', () => {
    const [part, ...others] = restOf(
      [axis('a', 200), axis('b', 3)],
      surfaceWith(600, (index) => index < 100),
    );
    expect(others).toEqual([]);
    expect([part.rowStarts[0], part.rowStarts.length]).toEqual([99, 167]);
  });

  it('is nothing where all is done', () => {
    expect(
      restOf(
        [axis('a', 3)],
        surfaceWith(3, () => true),
      ),
    ).toEqual([]);
    expect(
      restOf(
        [axis('a', 1)],
        surfaceWith(1, () => true),
      ),
    ).toEqual([]);
    expect(
      restOf(
        [axis('a', 1)],
        surfaceWith(1, () => false),
      ),
    ).toHaveLength(1);
  });

  const grids = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }).chain((lengths) => {
    const axes = lengths.map((length, place) => axis('p'.repeat(place + 1), length));
    const sets = fc.array(fc.boolean(), { minLength: gridSize(axes), maxLength: gridSize(axes) });
    return sets.map((done) => ({ axes, done }));
  });

  it('holds every set that is missing, once, with its own parameters', () => {
    fc.assert(
      fc.property(grids, ({ axes, done }) => {
        const parts = restOf(
          axes,
          surfaceWith(done.length, (index) => done[index]),
        );
        const places = parts.flatMap(placesOf);
        expect(new Set(places).size).toBe(places.length);
        done.forEach((isDone, index) => expect(isDone || places.includes(index)).toBe(true));
        for (const part of parts) {
          expect(gridSize(part.axes)).toBe(part.rowStarts.length * part.rowLength);
          placesOf(part).forEach((place, set) =>
            expect(gridParameters(part.axes, set)).toEqual(gridParameters(axes, place)),
          );
        }
      }),
    );
  });

  it('comes together to the whole surface from tiles of any length', () => {
    fc.assert(
      fc.property(grids, fc.integer({ min: 1, max: 9 }), ({ axes, done }, length) => {
        const surface = unknownSurface(done.length);
        const all = tileOf(
          0,
          done.map((_, index) => index + 1),
        );
        const known = (index: number) => (done[index] ? all.tradeCount[index] : NaN);
        surface.tradeCount.set(Float64Array.from(done, (_, index) => known(index)));
        for (const name of ['totalReturn', 'sharpe', 'maxDrawdown'] as const)
          surface[name].set(Float64Array.from(done, (isDone, index) => (isDone ? all[name][index] : NaN)));
        for (const part of restOf(axes, surface)) {
          const sets = placesOf(part).map((place) => place + 1);
          for (let from = 0; from < sets.length; from += length)
            addTile(surface, part, tileOf(from, sets.slice(from, from + length)));
        }
        expect(setsDoneIn(surface)).toBe(done.length);
        const { fromIndex: _fromIndex, ...columns } = all;
        expect(surface).toEqual(columns);
      }),
    );
  });
});

describe('the best sets of a surface', () => {
  const surface = {
    ...unknownSurface(5),
    sharpe: Float64Array.of(1, 3, NaN, 3, 2),
    maxDrawdown: Float64Array.of(0.1, 0.3, 0.2, NaN, 0.1),
  };

  it.each([
    ['sharpe', 2, [1, 3]],
    ['sharpe', 9, [1, 3, 4, 0]],
    ['maxDrawdown', 3, [0, 4, 2]],
    ['tradeCount', 3, []],
  ] as const)('by %s, at most %i, are %j', (objective, limit, expected) => {
    expect(bestOf(surface, objective, limit)).toEqual(expected);
  });
});
