import { expect, it } from 'vitest';
import { chosenOf, lengthsOf, textOf } from './chosen.ts';

it('reads indicators with their lengths, and writes them again', () => {
  const chosen = chosenOf('sma.10.30.200,rsi,none,macd.5.35.5');
  expect(chosen).toEqual([
    { name: 'sma', lengths: [10, 30, 200] },
    { name: 'rsi', lengths: [14] },
    { name: 'macd', lengths: [5, 35, 5] },
  ]);
  expect(textOf(chosen)).toBe('sma.10.30.200,rsi,macd.5.35.5');
  expect(chosenOf('none')).toEqual([]);
});

it.each([
  ['sma', '20, 50', [20, 50]],
  ['sma', ' 9 ', [9]],
  ['sma', '', [20, 50]],
  ['sma', '1', [20, 50]],
  ['sma', '5 6 7 8 9', [20, 50]],
  ['rsi', '1001', [14]],
  ['rsi', '7.5x', [14]],
  ['macd', '26, 12, 9', [12, 26, 9]],
  ['macd', '3, 10', [12, 26, 9]],
  ['macd', '3, 10, 16', [3, 10, 16]],
] as const)('takes lengths of %s as written %o, or those at first', (name, text, expected) => {
  expect(lengthsOf(name, text)).toEqual(expected);
});
