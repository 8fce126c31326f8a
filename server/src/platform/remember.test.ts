import { expect, it, vi } from 'vitest';
import { remembered } from './remember.ts';

it('works once for an object, also where the answer is nothing', () => {
  const work = vi.fn((list: readonly number[]) => list[0]);
  const first = remembered(work);
  const [list, empty] = [[7], []];
  expect([first(list), first(list), first(empty), first(empty), first([7])]).toEqual([
    7,
    7,
    undefined,
    undefined,
    7,
  ]);
  expect(work).toHaveBeenCalledTimes(3);
});
