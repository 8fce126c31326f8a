import { expect, it } from 'vitest';
import { monthsOf, yearsOf } from './months.ts';

const columns = {
  days: [Date.UTC(2023, 11, 29), Date.UTC(2024, 1, 1), Date.UTC(2024, 1, 29)],
  profit: [-4, 16, -1],
  counts: [1, 2, 1],
};

it('lays the months in which something happened out as weeks from Monday', () => {
  expect(yearsOf(columns.days)).toEqual([2024, 2023]);
  const [february, ...rest] = monthsOf(2024, columns);
  expect(rest).toEqual([]);
  expect([february.label, february.total, february.weeks.length]).toEqual(['Feb', 15, 5]);
  // The first is a Thursday, the 29th too.
  expect(february.weeks[0].map((day) => day && new Date(day.timeMs).getUTCDate())).toEqual([
    null,
    null,
    null,
    1,
    2,
    3,
    4,
  ]);
  expect(february.weeks[0][3]).toMatchObject({ value: 16, count: 2, strength: 1 });
  expect(february.weeks[4][3]).toMatchObject({ value: -1, strength: 0.25 });
  expect(february.weeks[4].slice(4)).toEqual([null, null, null]);
  expect(february.weeks[0][4]).toMatchObject({ value: null, count: 0 });
});
