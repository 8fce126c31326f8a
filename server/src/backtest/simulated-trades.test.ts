import { describe, expect, it } from 'vitest';
import type { RunRow } from '../run/run.entity.ts';
import { tradeStatistics } from '../trade/trade-statistics.ts';
import { breakdownOf } from '../trade/trade-breakdown.ts';
import { finishedTrades, type Grouping, openProfitOf } from '../portfolio/journal-trade.ts';
import { ordered, type TradeSortField } from '../portfolio/trade-query.ts';
import { simulatedMarket, simulatedTrades } from './simulated-trades.ts';

const columns = (of: Record<string, number[]>) =>
  Object.fromEntries(Object.entries(of).map(([name, values]) => [name, Float64Array.from(values)]));

const DAY_MS = 86_400_000;
const days = (...list: number[]) => list.map((day) => day * DAY_MS);

/** A long trade that is added to and left in two parts, a short one that is stopped, and one that stays open. */
const fills = columns({
  barIndex: [0, 1, 2, 3, 4, 5, 6],
  timesMs: days(0, 1, 2, 3, 4, 5, 6),
  side: [1, 1, -1, -1, -1, 1, 1],
  quantity: [5, 5, 4, 6, 4, 4, 1],
  price: [100, 102, 103, 108, 50, 52, 70],
  fee: [1, 1, 1, 1, 1, 1, 0],
  stop: [95, 98, NaN, NaN, 52, NaN, NaN],
});
const fillReasons = [
  'entry: breakout',
  'add: dip',
  'reduce',
  'exit: fade',
  'entry',
  'stop',
  'entry: breakout',
];
const run = { request: { symbol: 'AAA' }, result: { fillReasons, barCount: 9 } } as unknown as RunRow;
const brief = async (grouping: Grouping) =>
  (await simulatedTrades(run, fills, grouping)).map(({ trip, barsHeld }) => {
    const { side, quantity, openQuantity, entryPrice, exitPrice } = trip;
    const [profit, fees] = [trip.profit.toDecimalPlaces(4), trip.fees.toDecimalPlaces(4)];
    return [side, quantity, openQuantity, entryPrice, exitPrice, profit, fees, barsHeld].join(' ');
  });

describe('the trades of a backtest', () => {
  it('go from flat to flat with the risk of their first stop, the rule of their entry and why they were left', async () => {
    expect(await brief('FLAT_TO_FLAT')).toEqual([
      'LONG 10 0 101 106 46 4 3',
      'SHORT 4 0 50 52 -10 2 1',
      'LONG 0 1 70  0 0 2',
    ]);
    const all = await simulatedTrades(run, fills, 'FLAT_TO_FLAT');
    expect(
      all.map(({ id, initialRisk, rMultiple, tags, setup }) => [
        id,
        initialRisk?.toNumber(),
        rMultiple,
        setup,
        ...tags,
      ]),
    ).toEqual([
      ['0', 60, 46 / 60, 'breakout', 'reduce', 'exit: fade'],
      ['4', 8, -1.25, null, 'stop'],
      ['6', undefined, null, 'breakout'],
    ]);
  });

  it('go by lots, the oldest first: each entry with what closed it', async () => {
    expect(await brief('PER_LOT')).toEqual([
      // 4 of the first 5 at 103, the last at 108; fees of its entry, of the first exit and a sixth of the second
      'LONG 5 0 100 104 17.8333 2.1667 3',
      'LONG 5 0 102 108 28.1667 1.8333 2',
      'SHORT 4 0 50 52 -10 2 1',
      'LONG 0 1 70  0 0 2',
    ]);
    const trades = await simulatedTrades(run, fills, 'PER_LOT');
    expect(trades.map(({ initialRisk }) => initialRisk?.toNumber() ?? null)).toEqual([25, 20, 8, null]);
    expect(trades.map(({ tags }) => tags)).toEqual([['reduce', 'exit: fade'], ['exit: fade'], ['stop'], []]);
    expect(trades.map(({ setup }) => setup)).toEqual(['breakout', 'dip', null, 'breakout']);
  });

  it('go by closings: each exit with the lots it closed', async () => {
    expect(await brief('PER_CLOSING')).toEqual([
      'LONG 4 0 100 103 10.2 1.8 2',
      expect.stringMatching(/^LONG 6 0 101\.6666\d+ 108 35\.8 2\.2 3$/),
      'SHORT 4 0 50 52 -10 2 1',
    ]);
    const closings = await simulatedTrades(run, fills, 'PER_CLOSING');
    expect(closings.map(({ tags }) => tags)).toEqual([['reduce'], ['exit: fade'], ['stop']]);
  });

  it('come to the same profit and fees in every grouping', async () => {
    for (const grouping of ['FLAT_TO_FLAT', 'PER_LOT', 'PER_CLOSING'] as const) {
      const statistics = tradeStatistics(finishedTrades(await simulatedTrades(run, fills, grouping)));
      expect(statistics.netProfit).toBeCloseTo(36, 12);
      expect(statistics.totalFees).toBeCloseTo(6, 12);
    }
  });

  it('are told apart by why they were left and by the rule of their entry', async () => {
    const finished = finishedTrades(await simulatedTrades(run, fills, 'FLAT_TO_FLAT'));
    const groups = (by: 'TAG' | 'SETUP') =>
      breakdownOf(finished, by, 'UTC').map(({ label, statistics }) => [label, statistics.netProfit]);
    expect(groups('TAG')).toEqual([
      ['reduce', 46],
      ['exit: fade', 46],
      ['stop', -10],
    ]);
    expect(groups('SETUP')).toEqual([
      ['breakout', 46],
      ['no setup', -10],
    ]);
  });

  it('are ordered by R with those that have none last', async () => {
    const all = await simulatedTrades(run, fills, 'FLAT_TO_FLAT');
    const unasked = simulatedMarket(
      'DAY_1',
      () => Promise.reject(new Error('an order by R asks for no bars')),
      () => Promise.resolve(null),
    );
    const order = async (direction: 'ASCENDING' | 'DESCENDING') =>
      (await ordered(all, { field: 'R_MULTIPLE', direction }, unasked)).map(({ id }) => id);
    expect([await order('ASCENDING'), await order('DESCENDING')]).toEqual([
      ['4', '0', '6'],
      ['0', '4', '6'],
    ]);
  });

  it('close lots whole where doubles leave dust in decimals, and keep instruments of a universe apart', async () => {
    const universe = { symbols: ['AAA', 'BBB'] };
    const row = { ...run, result: { fillReasons: [], barCount: 4, universe } } as unknown as RunRow;
    const own = columns({
      barIndex: [0, 0, 1, 2, 3],
      timesMs: days(0, 0, 1, 2, 3),
      symbol: [0, 1, 0, 0, 1],
      side: [1, 1, 1, -1, -1],
      quantity: [0.1, 7, 0.2, 0.1 + 0.2, 7],
      price: [10, 3, 10, 11, 4],
      fee: [0, 0, 0, 0, 0],
    });
    const trades = await simulatedTrades(row, own, 'PER_LOT');
    expect(trades.map(({ symbol, trip }) => [symbol, trip.quantity.toNumber(), trip.closedMs])).toEqual([
      ['AAA', 0.1, 2 * DAY_MS],
      ['BBB', 7, 3 * DAY_MS],
      ['AAA', 0.2, 2 * DAY_MS],
    ]);
    expect(await simulatedTrades(row, {}, 'FLAT_TO_FLAT')).toEqual([]);
  });

  it('end with what leaves all of them, where doubles of whole lots do not add up to nothing', async () => {
    const row = { ...run, result: { fillReasons: ['entry', 'add', 'stop', 'entry'], barCount: 4 } };
    const own = columns({
      barIndex: [0, 1, 2, 3],
      timesMs: days(0, 1, 2, 3),
      side: [1, 1, -1, -1],
      quantity: [0.1, 0.2, 0.3, 0.5],
      price: [10, 10, 11, 12],
      fee: [0, 0, 0, 0],
    });
    const trades = await simulatedTrades(row as unknown as RunRow, own, 'FLAT_TO_FLAT');
    const told = trades.map(({ trip }) => [
      trip.side,
      trip.quantity.toNumber(),
      trip.openQuantity.toNumber(),
      trip.profit.toNumber(),
    ]);
    expect(told).toEqual([
      ['LONG', 0.3, 0, 0.3],
      ['SHORT', 0, 0.5, 0],
    ]);
  });
});

describe('the market of a backtest', async () => {
  const bars = {
    timesMs: Float64Array.from(days(0, 1, 2, 3, 4, 5, 6, 7, 8)),
    high: Float64Array.of(103, 104, 105, 200, 51, 60, 71, 77, 72),
    low: Float64Array.of(99, 90, 100, 1, 48, 1, 69, 70, 63),
    close: Float64Array.of(1, 1, 1, 1, 1, 1, 1, 1, 75),
  };
  const market = (known: Record<string, typeof bars>) =>
    simulatedMarket(
      'DAY_1',
      () => Promise.resolve(new Map(Object.entries(known))),
      () => Promise.resolve(null),
    );
  const [long, short, open] = await simulatedTrades(run, fills, 'FLAT_TO_FLAT');

  it('counts the bars from the entry to the one before the exit, and of the exit its price', async () => {
    const { excursions } = market({ AAA: bars });
    expect(await excursions(long)).toMatchObject({
      timeframe: 'DAY_1',
      barCount: 3,
      worstPrice: 90,
      bestPrice: 106,
    });
    expect(await excursions(short)).toMatchObject({ barCount: 1, mae: -0.04, mfe: 0.04, worstPrice: 52 });
    expect(await excursions(open)).toMatchObject({
      barCount: 3,
      worstPrice: 63,
      bestPrice: 77,
      mae: -0.1,
      mfe: 0.1,
    });
  });

  it('counts bars that end with a fill where it is an exit at the close, and not where it is an entry', async () => {
    // The first is bought at a close and sold at one, the second is sold at one, and the third is bought at one.
    const atClose = { ...fills, isAtClose: Float64Array.of(1, 0, 0, 1, 0, 1, 1) };
    const { excursions } = market({ AAA: bars });
    const found = async (grouping: Grouping) =>
      Promise.all((await simulatedTrades(run, atClose, grouping)).map((trade) => excursions(trade)));
    expect(await found('FLAT_TO_FLAT')).toMatchObject([
      { barCount: 3, worstPrice: 1, bestPrice: 200 },
      { barCount: 2, worstPrice: 60, bestPrice: 1 },
      { barCount: 2, worstPrice: 63, bestPrice: 77 },
    ]);
    expect(await found('PER_CLOSING')).toMatchObject([
      { barCount: 1, worstPrice: 90, bestPrice: 104 },
      { barCount: 3, worstPrice: 1, bestPrice: 200 },
      { barCount: 2, worstPrice: 60, bestPrice: 1 },
    ]);
  });

  it('orders trades by their excursions and these in R, those without them last both ways', async () => {
    const others = { request: { symbol: 'BBB' }, result: run.result } as unknown as RunRow;
    // MAE of AAA: -11/101, -4 %, -10 %; MFE: 5/101, 4 %, 10 %; in R only the first (60) and the second (8) have any.
    const all = [...(await simulatedTrades(others, fills, 'FLAT_TO_FLAT')), long, short, open];
    const order = async (field: TradeSortField, direction: 'ASCENDING' | 'DESCENDING') =>
      (await ordered(all, { field, direction }, market({ AAA: bars })))
        .map(({ symbol, id }) => `${symbol[0]}${id}`)
        .join(' ');
    expect(await order('MAE', 'ASCENDING')).toBe('A0 A6 A4 B0 B4 B6');
    expect(await order('MAE', 'DESCENDING')).toBe('A4 A6 A0 B0 B4 B6');
    expect(await order('MFE', 'ASCENDING')).toBe('A4 A0 A6 B0 B4 B6');
    expect(await order('MFE', 'DESCENDING')).toBe('A6 A0 A4 B0 B4 B6');
    // 10 units that fell by 11 for a risk of 60; 4 that rose by 2 for one of 8, and fell by 2 and rose by 5.
    expect(await order('MAE_R', 'ASCENDING')).toBe('A0 A4 B0 B4 B6 A6');
    expect(await order('MAE_R', 'DESCENDING')).toBe('A4 A0 B0 B4 B6 A6');
    expect(await order('MFE_R', 'ASCENDING')).toBe('A0 A4 B0 B4 B6 A6');
    expect(await order('MFE_R', 'DESCENDING')).toBe('A4 A0 B0 B4 B6 A6');
  });

  it('values what is open at the last close, after the fees of its opening', async () => {
    const price = await market({ AAA: bars }).price('AAA');
    expect(price?.toNumber()).toBe(75);
    expect(openProfitOf(open.trip, price!).toNumber()).toBe(5);
    expect(openProfitOf(long.trip, price!).toNumber()).toBe(0);
  });

  it('reads the bars once, and tells nothing of trades whose bars have changed', async () => {
    let count = 0;
    const changed = simulatedMarket(
      'DAY_1',
      () => Promise.resolve(((count += 1), new Map())),
      () => Promise.resolve(null),
    );
    expect(
      await Promise.all([changed.excursions(long), changed.excursions(open), changed.price('AAA')]),
    ).toEqual([null, null, null]);
    expect(count).toBe(1);
  });
});
