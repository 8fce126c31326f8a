import { describe, expect, it } from 'vitest';
import { adjustedCloses, type StoredBars } from './bars.ts';

const closes = (timesMs: number[], close: number[]) => ({
  timesMs: Float64Array.from(timesMs),
  close: Float64Array.from(close),
});
const bars = (timesMs: number[], close: number[], adjustedClose: number[]) =>
  ({ ...closes(timesMs, close), adjustedClose: Float64Array.from(adjustedClose) }) as unknown as StoredBars;

describe('closes with the splits and dividends of their bars', () => {
  it.each([
    ['the adjusted closes where they are those of the bars', [1, 2, 3], [8, 4, 4], [4, 4, 4]],
    ['other closes scaled alike', [1, 2, 3], [6, 5, 4], [3, 5, 4]],
    ['those between two bars scaled as the next', [0, 0.5, 1.5, 2.5, 9], [8, 8, 8, 8, 8], [4, 4, 8, 8, 8]],
  ])('are %s', (_what, times, close, expected) => {
    const scaled = adjustedCloses(closes(times, close), bars([1, 2, 3], [8, 4, 4], [4, 4, 4]));
    expect([[...scaled.timesMs], [...scaled.close]]).toEqual([times, expected]);
  });

  it.each([
    ['there are no bars', null],
    ['there are none any more', bars([], [], [])],
    ['their adjusted closes are not known', bars([1, 2], [8, 4], [NaN, NaN])],
  ])('are as they are where %s', (_what, known) => {
    expect([...adjustedCloses(closes([1, 2], [8, 4]), known).close]).toEqual([8, 4]);
  });
});
