import { expect, it } from 'vitest';
import { rowWindow } from './window.ts';

it.each([
  ['at the top', 0, 50_000, { start: 0, end: 30 }],
  ['in the middle', 36_000, 50_000, { start: 990, end: 1030 }],
  ['at the end', 36 * 49_980, 50_000, { start: 49_970, end: 50_000 }],
  ['of few rows', 0, 5, { start: 0, end: 5 }],
  ['of fewer rows than it was scrolled to', 36_000, 5, { start: 5, end: 5 }],
])('draws the rows in sight %s', (_name, scrollTop, rowCount, expected) => {
  expect(rowWindow(scrollTop, 20 * 36, 36, rowCount)).toEqual(expected);
});
