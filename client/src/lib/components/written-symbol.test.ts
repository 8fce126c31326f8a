import { expect, it } from 'vitest';
import { writtenSymbol } from './written-symbol.ts';

it.each([
  [' aapl ', false, false, 'AAPL'],
  ['aap', false, false, null],
  ['aap', true, false, 'AAP'],
  ['', false, true, ''],
  ['  ', true, true, ''],
  ['', true, false, null],
])('of %j, left: %s, optional: %s, %j is chosen', (text, isLeft, isOptional, expected) => {
  expect(writtenSymbol(text, { offered: ['AAPL', 'MSFT'], isLeft, isOptional })).toBe(expected);
});
