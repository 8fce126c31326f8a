import { expect, it } from 'vitest';
import { monthlyReturns } from './monthly.ts';

it('puts the months of each year into a row', () => {
  const years = [
    { label: '2023', timeWeighted: 0.1 },
    { label: '2024', timeWeighted: -0.2 },
  ];
  const months = [
    { label: '2023-12', timeWeighted: 0.1 },
    { label: '2024-01', timeWeighted: 0 },
    { label: '2024-03', timeWeighted: -0.2 },
  ];
  const none = (count: number) => Array<null>(count).fill(null);
  expect(monthlyReturns(years, months)).toEqual([
    { year: '2023', months: [...none(11), 0.1], total: 0.1 },
    { year: '2024', months: [0, null, -0.2, ...none(9)], total: -0.2 },
  ]);
});
