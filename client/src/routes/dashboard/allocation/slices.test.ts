import { expect, it } from 'vitest';
import { slices } from './slices.ts';

it('groups and weighs, shorts negative', () => {
  const items = [
    { key: 'a', value: 30 },
    { key: 'b', value: -50 },
    { key: 'a', value: 20 },
  ];
  expect(slices(items)).toEqual([
    { label: 'a', value: 50, weight: 0.5 },
    { label: 'b', value: -50, weight: -0.5 },
  ]);
  expect(slices([])).toEqual([]);
});
