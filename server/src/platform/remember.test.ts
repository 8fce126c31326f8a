import { expect, it } from 'vitest';
import { remembered } from './remember.ts';

it('works once for an object, also where the answer is nothing', () => {
  let calls = 0;
  const first = remembered((list: readonly number[]) => {
    calls += 1;
    return list[0];
  });
  const [list, empty] = [[7], []];
  expect([first(list), first(list), first(empty), first(empty), first([7])]).toEqual([
    7,
    7,
    undefined,
    undefined,
    7,
  ]);
  expect(calls).toBe(3);
});
