import { expect, it } from 'vitest';
import { linePoints } from './points.ts';

it('makes points in seconds, with gaps for missing values and one point a second', () => {
  expect(linePoints([0, 1_000, 1_500, 2_000], [1, NaN, 3, 4])).toEqual([
    { time: 0, value: 1 },
    { time: 1, value: 3 },
    { time: 2, value: 4 },
  ]);
  expect(linePoints([0, 1_000], [1, NaN])).toEqual([{ time: 0, value: 1 }, { time: 1 }]);
  expect(linePoints([0, 1_000, 2_000], [1, 2, 3], 2)).toEqual([{ time: 2, value: 3 }]);
});

it('shows a close at midnight on the day that it is of', () => {
  const times = [Date.UTC(2024, 0, 31, 21), Date.UTC(2024, 1, 1)];
  const days = linePoints(times, [1, 2], 0, true).map(({ time }) =>
    new Date(Number(time) * 1000).getUTCDate(),
  );
  expect(days).toEqual([31, 31]);
});
