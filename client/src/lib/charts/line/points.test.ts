import { expect, it } from 'vitest';
import { fallScale, linePoints, placeAt } from './points.ts';

it('makes points in seconds, with gaps for missing values and one point a second', () => {
  expect(linePoints([0, 1_000, 1_500, 2_000], [1, NaN, 3, 4])).toEqual([
    { time: 0, value: 1 },
    { time: 1, value: 3 },
    { time: 2, value: 4 },
  ]);
  expect(linePoints([0, 1_000], [1, NaN])).toEqual([{ time: 0, value: 1 }, { time: 1 }]);
  expect(linePoints([0, 1_000, 2_000], [1, 2, 3], 2)).toEqual([{ time: 2, value: 3 }]);
});

it('finds the place of a time', () => {
  const times = [1_000, 2_000, 2_400, 3_000];
  expect([0, 1_000, 1_999, 2_000, 2_999, 3_000, 9_000].map((time) => placeAt(times, time))).toEqual([
    0, 0, 0, 2, 2, 3, 3,
  ]);
});

it('leaves no room above 0 where something falls from it', () => {
  expect(fallScale({ priceRange: { minValue: -0.2, maxValue: 0.05 } })).toEqual({
    priceRange: { minValue: -0.2, maxValue: 0 },
  });
  expect(fallScale({ priceRange: { minValue: 0, maxValue: 0 } })).toEqual({
    priceRange: { minValue: -0.001, maxValue: 0 },
  });
  expect(fallScale(null)).toBeNull();
});

it('shows a close at midnight on the day that it is of', () => {
  const times = [Date.UTC(2024, 0, 31, 21), Date.UTC(2024, 1, 1)];
  const days = linePoints(times, [1, 2], 0, true).map(({ time }) =>
    new Date(Number(time) * 1000).getUTCDate(),
  );
  expect(days).toEqual([31, 31]);
});
