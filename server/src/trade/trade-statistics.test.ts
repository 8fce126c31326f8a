import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Breakdown, breakdownOf, BREAKDOWNS, dailyProfit } from './trade-breakdown.ts';
import { closedEquity, type FinishedTrade, rDistribution, tradeStatistics } from './trade-statistics.ts';

const [HOUR_MS, DAY_MS] = [3_600_000, 86_400_000];
/** A Monday. */
const START_MS = Date.UTC(2024, 0, 1);

let next = 0;
function finished(profit: number, fields: Partial<FinishedTrade> = {}): FinishedTrade {
  next += 1;
  const openedMs = fields.openedMs ?? START_MS + next * DAY_MS;
  return {
    symbol: 'AAA',
    side: 'LONG',
    openedMs,
    closedMs: openedMs + HOUR_MS,
    profit,
    fees: 1,
    returnFraction: profit / 1000,
    rMultiple: null,
    tags: [],
    setup: null,
    rating: null,
    ...fields,
  };
}

describe('tradeStatistics', () => {
  it('adds trades up', () => {
    const trades = [
      finished(100, { rMultiple: 2 }),
      finished(50, { rMultiple: 1 }),
      finished(-30, { rMultiple: -1 }),
      finished(0),
      finished(-20),
      finished(-10),
    ];
    expect(tradeStatistics(trades)).toEqual({
      tradeCount: 6,
      winCount: 2,
      lossCount: 3,
      breakEvenCount: 1,
      winRate: 2 / 6,
      netProfit: 90,
      grossProfit: 150,
      grossLoss: -60,
      averageWin: 75,
      averageLoss: -20,
      payoffRatio: 3.75,
      profitFactor: 2.5,
      expectancy: 15,
      expectancyR: 2 / 3,
      rCount: 3,
      largestWin: 100,
      largestLoss: -30,
      totalFees: 6,
      averageReturn: expect.closeTo(0.015, 12),
      averageHoldingDays: expect.closeTo(1 / 24, 12),
      medianHoldingDays: 1 / 24,
      longestHoldingDays: 1 / 24,
      longestWinningStreak: 2,
      longestLosingStreak: 2,
    });
  });

  it('has no averages of nothing, and no profit factor without a loss', () => {
    expect(tradeStatistics([])).toMatchObject({
      tradeCount: 0,
      winRate: null,
      expectancy: null,
      expectancyR: null,
      profitFactor: null,
      medianHoldingDays: null,
      netProfit: 0,
      longestLosingStreak: 0,
    });
    expect(tradeStatistics([finished(5)])).toMatchObject({
      profitFactor: null,
      payoffRatio: null,
      winRate: 1,
    });
  });

  it('counts streaks by the time of closing', () => {
    const at = (profit: number, day: number) =>
      finished(profit, { openedMs: START_MS, closedMs: START_MS + day * DAY_MS });
    const { longestWinningStreak, longestLosingStreak } = tradeStatistics([
      at(1, 5),
      at(-1, 3),
      at(1, 4),
      at(-1, 1),
      at(-1, 2),
      at(1, 6),
    ]);
    expect([longestWinningStreak, longestLosingStreak]).toEqual([3, 3]);
  });
});

describe('breakdownOf', () => {
  const of = (trades: readonly FinishedTrade[], by: Breakdown, timeZone = 'UTC') =>
    breakdownOf(trades, by, timeZone).map(({ label, statistics }) => [label, statistics.netProfit]);

  it('counts a trade in each of its tags, and names what has none', () => {
    const trades = [
      finished(10, { tags: ['news', 'gap'], setup: 'breakout' }),
      finished(-4, { tags: ['gap'] }),
      finished(3),
    ];
    expect(of(trades, 'TAG')).toEqual([
      ['news', 10],
      ['gap', 6],
      ['no tag', 3],
    ]);
    expect(of(trades, 'SETUP')).toEqual([
      ['breakout', 10],
      ['no setup', -1],
    ]);
  });

  it('takes weekday and hour of the opening, and the month of the closing, in a time zone', () => {
    const trade = finished(7, { openedMs: START_MS + 2 * HOUR_MS, closedMs: Date.UTC(2024, 1, 1, 3) });
    expect(of([trade], 'WEEKDAY')).toEqual([['Monday', 7]]);
    expect(of([trade], 'WEEKDAY', 'America/New_York')).toEqual([['Sunday', 7]]);
    expect(of([trade], 'HOUR')).toEqual([['02:00 to 02:59', 7]]);
    expect(of([trade], 'HOUR', 'America/New_York')).toEqual([['21:00 to 21:59', 7]]);
    expect(of([trade], 'MONTH')).toEqual([['2024-02', 7]]);
    expect(of([trade], 'MONTH', 'America/New_York')).toEqual([['2024-01', 7]]);
  });

  it.each([
    [299_999, 'under 5 minutes'],
    [300_000, '5 minutes to 1 hour'],
    [HOUR_MS, '1 to 4 hours'],
    [DAY_MS - 1, '4 to 24 hours'],
    [DAY_MS, '1 to 7 days'],
    [30 * DAY_MS, '30 to 180 days'],
    [999 * DAY_MS, '180 days or more'],
  ])('puts %d milliseconds into their class', (heldMs, label) => {
    const trade = finished(1, { openedMs: START_MS, closedMs: START_MS + heldMs });
    expect(of([trade], 'HOLDING_TIME')).toEqual([[label, 1]]);
  });

  it('orders ratings from the best, weekdays from Monday', () => {
    const trades = [finished(1, { rating: 2 }), finished(2, { rating: 5 }), finished(3)];
    expect(of(trades, 'RATING').map(([label]) => label)).toEqual(['★★★★★', '★★', 'not rated']);
    const week = [4, 0, 2].map((day) => finished(1, { openedMs: START_MS + day * DAY_MS }));
    expect(of(week, 'WEEKDAY').map(([label]) => label)).toEqual(['Monday', 'Wednesday', 'Friday']);
  });

  it('knows the streak a trade was opened in, by what had closed then', () => {
    const at = (profit: number, opened: number, closed: number) =>
      finished(profit, { openedMs: START_MS + opened * DAY_MS, closedMs: START_MS + closed * DAY_MS });
    const trades = [at(1, 0, 1), at(2, 0, 2), at(-4, 2, 3), at(8, 1.5, 9), at(16, 3, 4), at(-32, 3.5, 5)];
    expect(of(trades, 'STREAK')).toEqual([
      ['no trade closed before', 3],
      ['after 1 loss', -16],
      ['after 1 win', 8],
      ['after 2 wins', -4],
    ]);
  });

  it('loses no trade and no money in any of them but tags', () => {
    const trade = fc.record({
      symbol: fc.constantFrom('AAA', 'BBB'),
      side: fc.constantFrom('LONG' as const, 'SHORT' as const),
      openedMs: fc.integer({ min: 0, max: 1e12 }),
      heldMs: fc.integer({ min: 0, max: 1e10 }),
      profit: fc.integer({ min: -1000, max: 1000 }),
      rating: fc.constantFrom(null, 1, 3, 5),
      setup: fc.constantFrom(null, 'a', 'b'),
    });
    fc.assert(
      fc.property(fc.array(trade, { maxLength: 30 }), fc.constantFrom(...BREAKDOWNS), (drafts, by) => {
        const trades = drafts.map(({ heldMs, ...draft }) =>
          finished(draft.profit, { ...draft, closedMs: draft.openedMs + heldMs }),
        );
        const groups = breakdownOf(trades, by, 'Europe/Berlin').map(({ statistics }) => statistics);
        const whole = tradeStatistics(trades);
        const total = (of: (one: (typeof groups)[number]) => number) =>
          groups.reduce((sum, one) => sum + of(one), 0);
        expect(total((one) => one.tradeCount)).toBe(whole.tradeCount);
        expect(total((one) => one.netProfit)).toBe(whole.netProfit);
        expect(total((one) => one.winCount)).toBe(whole.winCount);
      }),
    );
  });
});

describe('columns', () => {
  it('runs a total with its fall from the peak, one point a time', () => {
    const at = (profit: number, day: number) => finished(profit, { openedMs: 0, closedMs: day });
    const { timesMs, equity, drawdown } = closedEquity([at(-5, 3), at(10, 1), at(2, 1), at(4, 4)]);
    expect([timesMs, equity, drawdown].map((column) => [...column])).toEqual([
      [1, 3, 4],
      [12, 7, 11],
      [0, -5, -1],
    ]);
    expect([...closedEquity([at(-5, 3)]).drawdown]).toEqual([-5]);
  });

  it('adds profit up by the day of closing in a time zone', () => {
    const closedMs = Date.UTC(2024, 5, 1, 2);
    const trades = [
      finished(3, { openedMs: 0, closedMs }),
      finished(4, { openedMs: 0, closedMs: closedMs + 6 * HOUR_MS }),
    ];
    const days = (timeZone: string) => {
      const { daysMs, profit, tradeCount } = dailyProfit(trades, timeZone);
      return [...daysMs].map((ms, index) => [
        new Date(ms).toISOString().slice(0, 10),
        profit[index],
        tradeCount[index],
      ]);
    };
    expect(days('UTC')).toEqual([['2024-06-01', 7, 2]]);
    expect(days('America/New_York')).toEqual([
      ['2024-05-31', 3, 1],
      ['2024-06-01', 4, 1],
    ]);
  });

  it('takes what is told by its date alone for that date in every zone', () => {
    // given: opened on Monday 29 January and closed on Thursday 1 February 2024, without times
    const [openedMs, closedMs] = [Date.UTC(2024, 0, 29), Date.UTC(2024, 1, 1)];
    const trades = [finished(5, { openedMs, closedMs })];
    for (const zone of ['UTC', 'America/New_York', 'Asia/Tokyo']) {
      const labels = (by: 'WEEKDAY' | 'MONTH' | 'HOUR') =>
        breakdownOf(trades, by, zone).map(({ label }) => label);
      expect([...labels('WEEKDAY'), ...labels('MONTH'), ...labels('HOUR')]).toEqual([
        'Monday',
        '2024-02',
        'a date alone, or midnight UTC',
      ]);
      expect([...dailyProfit(trades, zone).daysMs]).toEqual([closedMs]);
    }
  });

  it('counts R in halves, and all beyond ten in the outermost', () => {
    const trades = [-25, -1, -0.5, 0, 0.49, 0.5, 99].map((rMultiple) => finished(1, { rMultiple }));
    const { edges, counts } = rDistribution([...trades, finished(1)]);
    const filled = [...counts].flatMap((count, place) => (count > 0 ? [[edges[place], count]] : []));
    expect(filled).toEqual([
      [-10, 1],
      [-1, 1],
      [-0.5, 1],
      [0, 2],
      [0.5, 1],
      [9.5, 1],
    ]);
    expect([edges.length, edges[0], edges.at(-1)]).toEqual([41, -10, 10]);
    expect([...rDistribution([finished(1)]).counts]).toEqual([]);
  });
});
