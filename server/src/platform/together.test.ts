import { expect, it } from 'vitest';
import { together, togetherOfLists } from './together.ts';

it('asks once for all of one tick, each key once, and anew for what comes later', async () => {
  const asked: string[][] = [];
  const doubled = together(async (keys: readonly string[]) => {
    asked.push([...keys]);
    return keys.map((key) => key + key);
  });
  expect(await Promise.all(['a', 'b', 'a'].map((key) => doubled.load(key)))).toEqual(['aa', 'bb', 'aa']);
  expect(await doubled.load('a')).toBe('aa');
  expect(asked).toEqual([['a', 'b'], ['a']]);
});

it('asks for no more at once than it is told', async () => {
  const sizes: number[] = [];
  const same = together(async (keys: readonly number[]) => {
    sizes.push(keys.length);
    return keys;
  }, 2);
  expect(await Promise.all([1, 2, 3].map((key) => same.load(key)))).toEqual([1, 2, 3]);
  expect(sizes).toEqual([2, 1]);
});

it('asks for the union of lists', async () => {
  const asked: string[][] = [];
  const lengths = togetherOfLists(async (keys) => {
    asked.push([...keys]);
    return new Map(keys.map((key) => [key, key.length]));
  });
  const [first] = await Promise.all([lengths.load(['a', 'bb']), lengths.load(['bb', 'ccc'])]);
  expect(first.get('bb')).toBe(2);
  expect(asked).toEqual([['a', 'bb', 'ccc']]);
});
