import { expect, it } from 'vitest';
import { slices } from './slices.ts';

it('groups and weighs by the equity, what is short and owed below 0, so that weights add up to 1', () => {
  const items = [
    { key: 'a', value: 90 },
    { key: 'b', value: -50 },
    { key: 'a', value: 80 },
    { key: 'Cash', value: -20 },
  ];
  expect(slices(items, 100)).toEqual([
    { label: 'a', value: 170, weight: 1.7 },
    { label: 'b', value: -50, weight: -0.5 },
    { label: 'Cash', value: -20, weight: -0.2 },
  ]);
  expect(slices([], 0)).toEqual([]);
});

it('tells no weight of what is not known, nor of debts', () => {
  const unknown = [
    { key: 'a', value: null },
    { key: 'a', value: 5 },
    { key: 'b', value: 30 },
  ];
  expect(slices(unknown, null)).toEqual([
    { label: 'b', value: 30, weight: null },
    { label: 'a', value: null, weight: null },
  ]);
  expect(slices([{ key: 'a', value: 5 }], -10)).toEqual([{ label: 'a', value: 5, weight: null }]);
});
