import { expect, it } from 'vitest';
import { monthlyReturns } from './monthly.ts';

it('compounds months into years', () => {
  const times = ['2023-11-30', '2023-12-15', '2023-12-29', '2024-01-31'].map((day) => Date.parse(day));
  const rows = monthlyReturns(Float64Array.from(times), Float64Array.of(100, 150, 110, 99));
  expect(rows.map(({ year }) => year)).toEqual([2023, 2024]);
  expect(rows[0].months[10]).toBe(0);
  expect(rows[0].months[11]).toBeCloseTo(0.1, 12);
  expect(rows[0].total).toBeCloseTo(0.1, 12);
  expect(rows[1].months[0]).toBeCloseTo(-0.1, 12);
  expect(rows[1].months[5]).toBeNull();
});
