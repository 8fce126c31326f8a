import { expect, it } from 'vitest';
import { areWithinDays } from './theme.ts';

const HOUR_MS = 3_600_000;

it('tells times of day where there are several in most days', () => {
  const days = [0, 24, 48, 72].map((hour) => hour * HOUR_MS);
  expect(areWithinDays(days)).toBe(false);
  // A deposit at midnight before the first close is no bar.
  expect(areWithinDays([0, 20 * HOUR_MS, ...days.slice(1).map((ms) => ms + 20 * HOUR_MS)])).toBe(false);
  expect(areWithinDays([0, 1, 2, 26, 27, 28].map((hour) => hour * HOUR_MS))).toBe(true);
  expect(areWithinDays([5])).toBe(false);
});
