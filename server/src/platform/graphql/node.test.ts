import { expect, it } from 'vitest';
import { newId } from './node.ts';

it('makes ids that sort in the order of making, also within a millisecond', () => {
  const ids = Array.from({ length: 1000 }, (_, index) =>
    newId('x', () => 1_700_000_000_000 + Math.floor(index / 500)),
  );
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids).size).toBe(1000);
  expect(ids[0]).toMatch(/^x_[0-9a-f-]{36}$/);
});
