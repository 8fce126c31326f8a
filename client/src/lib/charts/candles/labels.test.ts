import { expect, it } from 'vitest';
import { barAt, type Label, markedMs, nearestMarked, wholeRange, writtenLabels } from './labels.ts';

const label = (bar: number, side: Label['side'] = 'BUY', price = side === 'BUY' ? 90 : 110): Label => ({
  bar,
  side,
  price,
  widthPixels: 20,
});

it('writes labels that do not touch, and more of them the farther bars are apart', () => {
  const labels = [label(0), label(1), label(2), label(3)];
  expect(writtenLabels(labels, 24)).toEqual([true, true, true, true]);
  expect(writtenLabels(labels, 23)).toEqual([true, false, true, false]);
  expect(writtenLabels(labels, 8)).toEqual([true, false, false, true]);
  expect(writtenLabels(labels, 1)).toEqual([true, false, false, false]);
});

it('leaves out by width, apart above and below bars, whatever order the marks have', () => {
  const wide = { ...label(1), widthPixels: 60 };
  expect(writtenLabels([label(0), wide, label(2)], 25)).toEqual([true, false, true]);
  expect(writtenLabels([label(0), label(0, 'SELL'), label(0)], 25)).toEqual([true, true, false]);
  expect(writtenLabels([label(1), label(0)], 10)).toEqual([false, true]);
  expect(writtenLabels([], 10)).toEqual([]);
});

it('leaves out what is written above a bar that is lower than one with something below it', () => {
  // Sold at a high of 80, bought at a low of 90: both may be written at 85.
  expect(writtenLabels([label(0, 'SELL', 80), label(1, 'BUY', 90)], 20)).toEqual([true, false]);
  expect(writtenLabels([label(0, 'SELL', 80), label(1, 'BUY', 90)], 24)).toEqual([true, true]);
  expect(writtenLabels([label(0, 'BUY', 90), label(1, 'SELL', 80)], 20)).toEqual([true, false]);
  expect(writtenLabels([label(0, 'SELL', 90), label(1, 'BUY', 90)], 20)).toEqual([true, true]);
});

it('minds every label in reach of a wide one, not the newest alone', () => {
  const wide = { ...label(3, 'BUY', 120), widthPixels: 100 };
  // The newest before it is higher than it and stays clear of it; the one before that is lower.
  expect(writtenLabels([label(1, 'SELL', 100), label(2, 'SELL', 130), wide], 24)).toEqual([
    true,
    true,
    false,
  ]);
  expect(writtenLabels([label(1, 'SELL', 130), label(2, 'SELL', 130), wide], 24)).toEqual([true, true, true]);
});

it('shows all bars, with more room at an end where a label would be cut', () => {
  expect(wholeRange([], 10, 100)).toEqual({ from: 0, to: 9 });
  // 10 pixels a bar: half of a label and its gap need 13 on either side of a bar's middle.
  const wide = (bar: number) => ({ bar, widthPixels: 18 });
  expect(wholeRange([wide(1)], 10, 100)).toEqual({ from: 0, to: 9 });
  for (const [labels, edges] of [
    [[wide(0)], [0]],
    [[wide(9)], [9]],
    [
      [wide(0), wide(9)],
      [0, 9],
    ],
  ] as const) {
    const { from, to } = wholeRange(labels, 10, 100);
    const barPixels = 100 / (to - from + 1);
    for (const bar of edges)
      expect(Math.min(bar - from + 0.5, to - bar + 0.5) * barPixels).toBeCloseTo(13, 9);
    expect([from < 0, to > 9]).toEqual([edges[0] === 0, edges.at(-1) === 9]);
  }
  // One that is wider than the picture ends nowhere; bars keep half of it.
  const { from, to } = wholeRange([{ bar: 0, widthPixels: 900 }], 10, 100);
  expect((0.5 - from) / (to - from + 1)).toBeCloseTo(0.25, 9);
});

it('finds the bar of a time: the first that is not before it, or the last', () => {
  const times = [1_000, 2_000, 3_000];
  expect([0, 1_000, 1_001, 1_999, 2_000, 2_500, 9_000].map((time) => barAt(times, time))).toEqual([
    0, 0, 0, 0, 1, 1, 2,
  ]);
});

it('finds the nearest marked bar within reach', () => {
  expect(nearestMarked([3, 10], 5, 2)).toBe(3);
  expect(nearestMarked([3, 10], 9, 2)).toBe(10);
  expect(nearestMarked([3, 10], 6, 2)).toBeNull();
  expect(nearestMarked([], 6, 2)).toBeNull();
});

it('marks what is told by its date in the bar of that date', () => {
  const bars = (...hours: number[]) => hours.map((hour) => Date.UTC(2024, 0, 1, hour));
  // Closes of 1, 2 and 3 January at the midnight after, and at 21:00.
  expect(barAt(bars(24, 48, 72), markedMs(Date.UTC(2024, 0, 2)))).toBe(1);
  expect(barAt(bars(21, 45, 69), markedMs(Date.UTC(2024, 0, 2)))).toBe(1);
  expect(markedMs(Date.UTC(2024, 0, 2, 9))).toBe(Date.UTC(2024, 0, 2, 9));
});
