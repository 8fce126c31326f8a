import { expect, it } from 'vitest';
import { candles, signedBars, volumes } from './candles.ts';

const COLUMNS = {
  times: [0, 60_000],
  open: [1, 3],
  high: [4, 4],
  low: [1, 2],
  close: [3, 2],
  volume: [10, 20],
};

it('makes candles and coloured volumes of columns, from a bar on', () => {
  const last = { time: 60, open: 3, high: 4, low: 2, close: 2 };
  expect(candles(COLUMNS, 0)).toEqual([{ time: 0, open: 1, high: 4, low: 1, close: 3 }, last]);
  expect(candles(COLUMNS, 1)).toEqual([last]);
  expect(volumes(COLUMNS, 0, 'up', 'down')).toEqual([
    { time: 0, value: 10, color: 'up' },
    { time: 60, value: 20, color: 'down' },
  ]);
  expect(volumes(COLUMNS, 2, 'up', 'down')).toEqual([]);
});

it('colours bars by their sign, with gaps for what is missing', () => {
  const colours = { up: '#0a0', down: '#a00' };
  expect(signedBars([0, 1_000, 2_000, 3_000], [9, NaN, 1, -2], 1, colours)).toEqual([
    { time: 1 },
    { time: 2, value: 1, color: '#0a066' },
    { time: 3, value: -2, color: '#a0066' },
  ]);
});
