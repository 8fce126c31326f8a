import { expect, it } from 'vitest';
import type { RunRow } from '../run/run.entity.ts';
import { finishedTradesOf } from './views.ts';

const columns = (of: Record<string, number[]>) =>
  Object.fromEntries(Object.entries(of).map(([name, values]) => [name, Float64Array.from(values)]));

const run = { request: { symbol: 'AAA' }, result: null } as unknown as RunRow;

const trades = columns({
  direction: [1, -1, 1],
  entryIndex: [0, 3, 6],
  exitIndex: [2, 5, -1],
  entryTimesMs: [0, 3, 6],
  exitTimesMs: [2, 5, NaN],
  quantity: [10, 4, 1],
  entryPrice: [100, 50, 70],
  profit: [50, -8, 3],
  fees: [1, 2, 0],
  returns: [0.05, -0.04, 0.01],
});

it('gives the finished trades of a run their R by the stop of their first entry', () => {
  // The first trade is added to; the second is short.
  const fills = columns({
    side: [1, 1, -1, -1, 1, 1],
    quantity: [5, 5, 10, 4, 4, 1],
    stop: [95, 98, NaN, 52, NaN, NaN],
  });
  const told = finishedTradesOf(run, trades, fills).map(({ side, closedMs, profit, rMultiple }) => [
    side,
    closedMs,
    profit,
    rMultiple,
  ]);
  expect(told).toEqual([
    ['LONG', 2, 50, 1],
    ['SHORT', 5, -8, -1],
  ]);
});

it('knows no R without stops', () => {
  const fills = columns({ side: [1, -1, -1, 1], quantity: [10, 10, 4, 4] });
  expect(finishedTradesOf(run, trades, fills).map(({ rMultiple }) => rMultiple)).toEqual([null, null]);
  expect(finishedTradesOf(run, {}, {})).toEqual([]);
});
