import { expect, it } from 'vitest';
import { linePoints, needTimesOfDay } from './points.ts';

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

it('needs times of day where there are many a day, not where instruments close at two times of one', () => {
  const hours = (...told: number[]) => told.map((hour) => hour * 3_600_000);
  expect(needTimesOfDay(hours(21, 24, 45, 48, 69, 72))).toBe(false);
  expect(needTimesOfDay(hours(15, 16, 17, 18, 19, 20, 21, 39, 40, 41, 42, 43, 44, 45))).toBe(true);
  expect(needTimesOfDay(hours(21))).toBe(false);
});
