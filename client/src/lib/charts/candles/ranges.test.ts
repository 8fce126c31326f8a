import { expect, it } from 'vitest';
import { rangesOf } from './ranges.ts';

const DAY_MS = 86_400_000;
const every = (stepMs: number, count: number) =>
  Float64Array.from({ length: count }, (_, bar) => bar * stepMs);

it('offers lengths of time with enough bars in them, up to the newest one', () => {
  expect(rangesOf(every(DAY_MS, 400))).toEqual([
    { text: '1M', from: 369 },
    { text: '3M', from: 308 },
    { text: '6M', from: 217 },
    { text: '1Y', from: 34 },
    { text: 'All', from: 0 },
  ]);
});

it('leaves out what is longer than all of it, too short to look at, or too long to draw', () => {
  expect(rangesOf(every(DAY_MS, 9))).toEqual([]);
  expect(rangesOf(every(DAY_MS, 12))).toEqual([{ text: 'All', from: 0 }]);
  const hours = rangesOf(every(DAY_MS / 24, 100_000));
  expect(hours.map(({ text }) => text)).toEqual(['1D', '5D', '1M', '3M', '6M', '1Y']);
  expect(hours[0].from).toBe(100_000 - 24);
});
