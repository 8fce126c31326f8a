import { describe, expect, it } from 'vitest';
import type { RunRow } from '../run/run.entity.ts';
import { tradeStatistics } from '../trade/trade-statistics.ts';
import { breakdownOf } from '../trade/trade-breakdown.ts';
import {
  finishedTrades,
  ordered,
  type SimulatedColumns,
  type SimulatedGrouping,
  simulatedTrades,
} from './simulated-trades.ts';

const columns = (of: Record<string, number[]>) =>
  Object.fromEntries(Object.entries(of).map(([name, values]) => [name, Float64Array.from(values)]));

const DAY_MS = 86_400_000;
const days = (...list: number[]) => list.map((day) => day * DAY_MS);

/** A long trade that is added to and left in two parts, a short one that is stopped, and one that stays open. */
const told: SimulatedColumns = {
  trades: columns({
    direction: [1, -1, 1],
    entryIndex: [0, 4, 6],
    exitIndex: [3, 5, -1],
    entryTimesMs: days(0, 4, 6),
    exitTimesMs: [...days(3, 5), NaN],
    quantity: [10, 4, 1],
    entryPrice: [101, 50, 70],
    exitPrice: [106, 52, NaN],
    profit: [46, -10, 3],
    fees: [4, 2, 0],
    returns: [46 / 1010, -0.05, 3 / 70],
    mae: [-0.02, -0.04, 0],
    mfe: [0.08, 0.01, 0.1],
  }),
  fills: columns({
    barIndex: [0, 1, 2, 3, 4, 5, 6],
    timesMs: days(0, 1, 2, 3, 4, 5, 6),
    side: [1, 1, -1, -1, -1, 1, 1],
    quantity: [5, 5, 4, 6, 4, 4, 1],
    price: [100, 102, 103, 108, 50, 52, 70],
    fee: [1, 1, 1, 1, 1, 1, 0],
    stop: [95, 98, NaN, NaN, 52, NaN, NaN],
  }),
};
const fillReasons = [
  'entry: breakout',
  'add: dip',
  'target',
  'exit: fade',
  'entry',
  'stop',
  'entry: breakout',
];
const run = { request: { symbol: 'AAA' }, result: { fillReasons, barCount: 9 } } as unknown as RunRow;
const brief = (grouping: SimulatedGrouping) =>
  simulatedTrades(run, told, grouping).map((one) =>
    [one.direction, one.quantity, one.entryPrice, one.exitPrice, one.profit, one.fees, one.barsHeld].join(
      ' ',
    ),
  );

describe('the trades of a backtest', () => {
  it('go from flat to flat with the risk of their first stop, the rule of their entry and why they were left', () => {
    const all = simulatedTrades(run, told, 'FLAT_TO_FLAT');
    expect(brief('FLAT_TO_FLAT')).toEqual([
      'LONG 10 101 106 46 4 3',
      'SHORT 4 50 52 -10 2 1',
      'LONG 1 70  3 0 2',
    ]);
    expect(
      all.map(({ initialRisk, rMultiple, tags, setup }) => ({ initialRisk, rMultiple, tags, setup })),
    ).toEqual([
      { initialRisk: 60, rMultiple: 46 / 60, tags: ['target', 'exit: fade'], setup: 'breakout' },
      { initialRisk: 8, rMultiple: -1.25, tags: ['stop'], setup: null },
      { initialRisk: null, rMultiple: null, tags: [], setup: 'breakout' },
    ]);
  });

  it('go by lots, the oldest first: each entry with what closed it', () => {
    expect(brief('PER_LOT')).toEqual([
      // 4 of the first 5 at 103, the last at 108; fees of its entry, of the first exit and a sixth of the second
      expect.stringMatching(/^LONG 5 100 104 17\.8333\d+ 2\.1666\d+ 3$/),
      expect.stringMatching(/^LONG 5 102 108 28\.1666\d+ 1\.8333\d+ 2$/),
      'SHORT 4 50 52 -10 2 1',
      'LONG 1 70  0 0 2',
    ]);
    const [first, second, short, open] = simulatedTrades(run, told, 'PER_LOT');
    expect([first.initialRisk, second.initialRisk, short.initialRisk, open.initialRisk]).toEqual([
      25,
      20,
      8,
      null,
    ]);
    expect([first.tags, second.tags]).toEqual([['target', 'exit: fade'], ['exit: fade']]);
    expect([first.setup, second.setup, open.isOpen]).toEqual(['breakout', 'dip', true]);
  });

  it('go by closings: each exit with the lots it closed', () => {
    const closings = simulatedTrades(run, told, 'PER_CLOSING');
    expect(closings.map(({ quantity, exitPrice, tags }) => [quantity, exitPrice, ...tags])).toEqual([
      [4, 103, 'target'],
      [6, 108, 'exit: fade'],
      [4, 52, 'stop'],
    ]);
    expect(closings[1].entryPrice).toBeCloseTo((100 + 5 * 102) / 6, 12);
  });

  it('come to the same profit and fees in every grouping', () => {
    for (const grouping of ['FLAT_TO_FLAT', 'PER_LOT', 'PER_CLOSING'] as const) {
      const statistics = tradeStatistics(finishedTrades(simulatedTrades(run, told, grouping)));
      expect(statistics.netProfit).toBeCloseTo(36, 12);
      expect(statistics.totalFees).toBeCloseTo(6, 12);
    }
  });

  it('are told apart by why they were left and by the rule of their entry', () => {
    const finished = finishedTrades(simulatedTrades(run, told, 'FLAT_TO_FLAT'));
    const groups = (by: 'TAG' | 'SETUP') =>
      breakdownOf(finished, by, 'UTC').map(({ label, statistics }) => [label, statistics.netProfit]);
    expect(groups('TAG')).toEqual([
      ['target', 46],
      ['exit: fade', 46],
      ['stop', -10],
    ]);
    expect(groups('SETUP')).toEqual([
      ['breakout', 46],
      ['no setup', -10],
    ]);
  });

  it('are ordered by R with those that have none last', () => {
    const all = simulatedTrades(run, told, 'FLAT_TO_FLAT');
    const order = (direction: 'ASCENDING' | 'DESCENDING') =>
      ordered(all, { field: 'R_MULTIPLE', direction }).map(({ index }) => index);
    expect([order('ASCENDING'), order('DESCENDING')]).toEqual([
      [1, 0, 2],
      [0, 1, 2],
    ]);
  });

  it('close lots whole where doubles leave dust in decimals, and keep instruments of a universe apart', () => {
    const universe = { symbols: ['AAA', 'BBB'] };
    const row = { ...run, result: { fillReasons: [], barCount: 4, universe } } as unknown as RunRow;
    const fills = columns({
      barIndex: [0, 0, 1, 2, 3],
      timesMs: days(0, 0, 1, 2, 3),
      symbol: [0, 1, 0, 0, 1],
      side: [1, 1, 1, -1, -1],
      quantity: [0.1, 7, 0.2, 0.1 + 0.2, 7],
      price: [10, 3, 10, 11, 4],
      fee: [0, 0, 0, 0, 0],
    });
    const trips = simulatedTrades(row, { trades: {}, fills }, 'PER_LOT');
    expect(
      trips.map(({ symbol, quantity, isOpen, initialRisk }) => [symbol, quantity, isOpen, initialRisk]),
    ).toEqual([
      ['AAA', 0.1, false, null],
      ['BBB', 7, false, null],
      ['AAA', 0.2, false, null],
    ]);
    expect(simulatedTrades(row, { trades: {}, fills: {} }, 'FLAT_TO_FLAT')).toEqual([]);
  });
});
