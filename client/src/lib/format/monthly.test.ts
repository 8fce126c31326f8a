import { expect, it } from 'vitest';
import { depthOf, monthlyReturns } from './monthly.ts';

it('puts the months of each year into a row, with why one has no return', () => {
  const reason = 'expected capital above 0, was 0';
  const years = [
    { label: '2023', value: 0.1 },
    { label: '2024', value: -0.2 },
  ];
  const months = [
    { label: '2023-12', value: 0.1 },
    { label: '2024-01', value: 0 },
    { label: '2024-02', value: null, reason },
    { label: '2024-03', value: -0.2 },
  ];
  const cell = (value: number | null) => ({ value, reason: null });
  const none = (count: number) =>
    Array<{ value: null; reason: null }>(count).fill({ value: null, reason: null });
  expect(monthlyReturns(years, months)).toEqual([
    { year: '2023', months: [...none(11), cell(0.1)], total: cell(0.1) },
    { year: '2024', months: [cell(0), { value: null, reason }, cell(-0.2), ...none(9)], total: cell(-0.2) },
  ]);
});

it('colours months by their size beside the greatest', () => {
  const rows = monthlyReturns(
    [{ label: '2024', value: 0.5 }],
    [
      { label: '2024-01', value: -0.2 },
      { label: '2024-02', value: 0.05 },
    ],
  );
  expect([-0.2, 0.05, 0, null].map((value) => depthOf(value, rows))).toEqual([55, 14, 0, 0]);
  expect(depthOf(0.1, [])).toBe(0);
});
