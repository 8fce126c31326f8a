import { expect, it } from 'vitest';
import { offeredWith } from './offered.ts';

it('offers what is chosen where a search has not found it, and once where it has', () => {
  const [one, two, three] = ['1', '2', '3'].map((id) => ({ id }));
  expect(offeredWith([one, two], three)).toEqual([three, one, two]);
  expect(offeredWith([one, two], { id: '2' })).toEqual([one, two]);
  expect(offeredWith([one], null)).toEqual([one]);
});
