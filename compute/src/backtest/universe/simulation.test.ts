import { expect, it } from 'vitest';
import { describeOnEveryBackend } from '../../../../tools/testing/every-backend.ts';
import { NO_COSTS } from '../../../../tools/testing/simulations.ts';
import { fillTexts, openClose, universeRequest } from '../../../../tools/testing/universes.ts';
import type { BacktestRequest, BarColumns } from '../../service/contract.ts';

const flat = (...closes: (number | null)[]) =>
  openClose(closes.map((close) => (close === null ? null : ([close, close] as const))));

describeOnEveryBackend('a universe in one account', ({ backtest }) => {
  const run = (
    lines: string,
    bars: Readonly<Record<string, BarColumns>>,
    settings: Partial<BacktestRequest> = {},
  ) => backtest(universeRequest(`strategy "T"\n${lines}`, bars, settings));

  it('is chosen at a close and filled at the next open, sales before purchases', () => {
    const result = run('hold top(1) by close\nrebalance daily', {
      A: openClose([
        [10, 10],
        [10, 10],
        [11, 12],
      ]),
      B: openClose([
        [5, 5],
        [5, 20],
        [22, 25],
      ]),
    });
    expect(fillTexts(result)).toEqual(['1 A +100 @ 10 entry', '2 A -100 @ 11 exit', '2 B +50 @ 22 entry']);
    expect([...result.equity]).toEqual([1000, 1000, 1250]);
    expect(result.universe!.weights.map((column) => [...column])).toEqual([
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect([...result.universe!.profit]).toEqual([100, 150]);
    expect([...result.position]).toEqual([0, 1, 1]);
    expect([...result.trades.profit]).toEqual([100, 150]);
    expect([...result.universe!.tradeSymbols]).toEqual([0, 1]);
  });

  it('buys, adds and sells decimal lots whole, and nothing of what rounding makes of them', () => {
    // A tenth of the equity in A: 100 of 1000, 93.1 of 931 twice, 95.8 of 958.
    const result = run(
      'hold all\ncash 90\nrebalance daily',
      { A: flat(1000, 1000, 310, 310, 400, 400) },
      { lotSize: 0.1 },
    );
    expect(fillTexts(result)).toEqual([
      '1 A +0.1 @ 1000 entry',
      '2 A +0.2 @ 310 add',
      '4 A -0.1 @ 400 reduce',
    ]);
  });

  it('buys whole lots with all of its cash, which may then be short by rounding', () => {
    // A lot of 0.1 at 1.1 costs 0.11000000000000001 in doubles.
    const result = run('hold all', { A: flat(1.1, 1.1, 2.2) }, { lotSize: 0.1, initialCash: 0.11 });
    expect(fillTexts(result)).toEqual(['1 A +0.1 @ 1.1 entry']);
    expect(result.equity[2]).toBeCloseTo(0.22, 15);
  });

  it('is put back to its weights at the first open of a month, by what was known at the close before', () => {
    // From 1970-01-29 on: the fourth bar is the first of February.
    const [A, B] = [
      [10, 20, 30, 30, 30],
      [10, 10, 10, 10, 10],
    ].map((closes) =>
      openClose(
        closes.map((close) => [close, close]),
        28,
      ),
    );
    const result = run('hold all', { A, B });
    expect(fillTexts(result)).toEqual([
      '1 A +25 @ 20 entry',
      '1 B +50 @ 10 entry',
      `3 A ${-(25 - 625 / 30)} @ 30 reduce`,
      '3 B +12.5 @ 10 add',
    ]);
    expect([...result.equity]).toEqual([1000, 1000, 1250, 1250, 1250]);
    const { rebalances } = result.universe!;
    expect([...rebalances.barIndex]).toEqual([1, 3]);
    expect([...rebalances.equity]).toEqual([1000, 1250]);
    expect(rebalances.traded[1]).toBeCloseTo(250, 10);
    expect([...rebalances.heldCount]).toEqual([2, 2]);
  });

  it.each([
    ['daily', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['weekly', [1, 4]],
    ['monthly', [1, 3]],
    ['quarterly', [1]],
    ['every 3 bars', [1, 4, 7]],
  ])('is chosen anew %s', (rebalance, bars) => {
    // From Thursday, 1970-01-29 on: Monday is the fifth bar, the first of February the fourth.
    const A = openClose(
      Array.from({ length: 9 }, (_, t) => [t + 1, t + 1] as const),
      28,
    );
    const result = run(`hold all\nrebalance ${rebalance}`, { A });
    expect([...result.universe!.rebalances.barIndex]).toEqual(bars);
  });

  it('waits until something has a value, and leaves what meets its condition no more', () => {
    const result = run('hold all where close > close[2]\nrebalance daily', { A: flat(5, 5, 6, 7, 4, 4) });
    expect(fillTexts(result)).toEqual([`3 A +${1000 / 7} @ 7 entry`, `5 A ${-1000 / 7} @ 4 exit`]);
  });

  it('waits for the next bar of what has none, and for the cash of such a sale', () => {
    const result = run('hold top(1) by close\nrebalance every 2 bars', {
      A: flat(10, 10, 10, null, 10, 10),
      B: flat(5, 5, 20, 20, 20, 20),
    });
    // Decided at the close of bar 2; B could be bought in bar 3, but A is sold in bar 4.
    expect(fillTexts(result)).toEqual(['1 A +100 @ 10 entry', '4 A -100 @ 10 exit', '4 B +50 @ 20 entry']);
  });

  it('values what has no bar at its last close', () => {
    const result = run('hold all', { A: flat(10, 10, null, 20), B: flat(10, 10, 30, 30) });
    expect([...result.equity]).toEqual([1000, 1000, 2000, 2500]);
  });

  it('sells what is no longer traded at its last close, and buys nothing before it is traded', () => {
    const result = run('hold all\nrebalance every 2 bars', {
      A: flat(10, 10, 20, null, null, null, null),
      B: flat(null, null, 5, 5, 5, 5, 5),
    });
    expect(fillTexts(result)).toEqual(['1 A +100 @ 10 entry', '3 A -100 @ 20 ended', '3 B +400 @ 5 entry']);
    expect([...result.equity]).toEqual([1000, 1000, 2000, 2000, 2000, 2000, 2000]);
    expect(result.trades.exitIndex[0]).toBe(3);
  });

  it('buys less of everything, by one share, where costs leave too little cash', () => {
    const costs = { ...NO_COSTS, commissionBps: 100 };
    const result = run('hold all', { A: flat(10, 10), B: flat(20, 20) }, { costs });
    const [a, b] = result.fills.quantity;
    expect(a).toBeCloseTo(500 / 10.1, 9);
    expect(b).toBeCloseTo(500 / 20.2, 9);
    expect(result.equity[1]).toBeCloseTo(1000 / 1.01, 9);
    expect([...result.universe!.fees].map((fee) => fee.toFixed(9))).toEqual(
      Array(2).fill((500 / 101).toFixed(9)),
    );
  });

  it('trades whole lots, each instrument its own where it has one', () => {
    const request = universeRequest('strategy "T"\nhold all', { A: flat(300, 300), B: flat(7, 7) });
    const [a, b] = request.instruments;
    const result = backtest({ ...request, lotSize: 1, instruments: [a, { ...b, lotSize: 0.5 }] });
    expect(fillTexts(result)).toEqual(['1 A +1 @ 300 entry', '1 B +71 @ 7 entry']);
    expect([...result.equity]).toEqual([1000, 1000]);
  });

  it.each([
    ['LONG_AND_SHORT', 1, [-50, 50], 'both legs share the equity'],
    ['LONG_AND_SHORT', 1.5, [-75, 75], 'as far as the leverage allows'],
    ['LONG_AND_SHORT', 4, [-100, 100], 'and each takes at most all of it'],
    ['LONG_ONLY', 1, [0, 100], 'one leg takes all'],
    ['SHORT_ONLY', 1, [-100, 0], 'one leg takes all'],
  ] as const)('with %s and a leverage of %d holds %j: %s', (direction, leverage, units, _why) => {
    const bars = { A: flat(10, 10), B: flat(10.5, 10) };
    const result = run('hold top(1) by close\nshort bottom(1) by close', bars, { direction, leverage });
    const held = [0, 0];
    result.fills.quantity.forEach((quantity, i) => {
      held[result.universe!.fillSymbols[i]] += result.fills.side[i] * quantity;
    });
    expect(held).toEqual(units);
    expect([...result.equity]).toEqual([1000, 1000]);
  });

  it('turns a long into a short by two fills', () => {
    const result = run('hold top(1) by close\nshort bottom(1) by close\nrebalance daily', {
      A: flat(10, 10, 10),
      B: flat(11, 8, 8),
    });
    expect(fillTexts(result)).toEqual([
      '1 A -50 @ 10 entry',
      '1 B +62.5 @ 8 entry',
      '2 A +50 @ 10 exit',
      '2 B -62.5 @ 8 exit',
      '2 A +50 @ 10 entry',
      '2 B -62.5 @ 8 entry',
    ]);
    expect([...result.trades.direction]).toEqual([-1, 1, 1, -1]);
  });

  it('pays and earns interest between closes, which belongs to no instrument', () => {
    const costs = { ...NO_COSTS, cashRate: 0.365 };
    const result = run('hold all\ncash 50', { A: flat(10, 10, 10) }, { costs });
    expect(result.universe!.interest).toBeCloseTo(1 + 0.5005, 9);
    expect(result.equity[2]).toBeCloseTo(1000 + 1.5005, 9);
    expect([...result.universe!.profit]).toEqual([0]);
  });

  it('closes everything after a margin call, and comes back when it is chosen anew', () => {
    const bars = { A: flat(9, 10, 8, 8, 8), B: flat(10, 10, 13, 13, 13) };
    const lines = 'hold bottom(1) by close\nshort top(1) by close\nrebalance every 3 bars';
    const result = run(lines, bars, { leverage: 2, maintenanceMargin: 0.4 });
    const reasons = fillTexts(result).map((text) => text.split(' ').at(-1));
    expect(reasons.slice(2, 4)).toEqual(['margin', 'margin']);
    expect(result.fills.barIndex[2]).toBe(3);
    expect([...result.universe!.rebalances.barIndex]).toEqual([1, 4]);
  });

  it('ends with an account that is ruined, and trades no more', () => {
    const result = run('short all\nrebalance daily', { A: flat(10, 10, 25, 1) });
    expect(fillTexts(result)).toEqual(['1 A -100 @ 10 entry', '2 A +100 @ 25 ruin']);
    expect([...result.fills.isAtClose]).toEqual([0, 1]);
    expect([...result.equity]).toEqual([1000, 1000, -500, -500]);
    expect(result.statistics.totalReturn.value).toBe(-1.5);
  });

  it.each([
    ['CLOSE_AT_LAST_OPEN', [1000, 1000, 1500], '2 A -100 @ 15 end', 0],
    ['CLOSE_AT_LAST_CLOSE', [1000, 1000, 2000], '2 A -100 @ 20 end', 1],
  ] as const)('with %s ends in cash', (endRule, equity, last, isAtClose) => {
    const A = openClose([
      [10, 10],
      [10, 10],
      [15, 20],
    ]);
    const result = run('hold all', { A }, { endRule });
    expect([...result.equity]).toEqual(equity);
    expect(fillTexts(result).at(-1)).toBe(last);
    expect([...result.fills.isAtClose]).toEqual([0, isAtClose]);
    expect([...result.position]).toEqual([0, 1, 0]);
  });

  it('is measured against equal parts of all that was chosen from, each from its first close on', () => {
    const { universe, statistics } = run('hold top(1) by close', {
      A: flat(10, 20, 30),
      B: flat(null, 5, 10),
    });
    expect([...universe!.benchmark]).toEqual([1000, 1500, 2500]);
    expect(statistics.buyAndHoldReturn.value).toBe(1.5);
  });

  it('does not depend on the order in which instruments are given', () => {
    const bars = { B: flat(5, 6, 9, 8), A: flat(5, 6, 9, 7), C: flat(1, 6, 9, 5) };
    const turned = Object.fromEntries(Object.entries(bars).toReversed());
    const lines = 'hold top(2) by close\nweights by 1 / close\nrebalance daily';
    const [one, other] = [run(lines, bars), run(lines, turned)];
    expect(one.universe!.symbols).toEqual(['A', 'B', 'C']);
    expect({ ...one, contentHash: '' }).toEqual({ ...other, contentHash: '' });
  });
});

describeOnEveryBackend('what is asked of a universe', ({ backtest }) => {
  const run = (
    lines: string,
    bars: Readonly<Record<string, BarColumns>>,
    settings: Partial<BacktestRequest> = {},
  ) => backtest(universeRequest(`strategy "T"\n${lines}`, bars, settings));

  const bars = { A: flat(1, 2), B: flat(2, 1) };
  it.each([
    ['hold all', { universe: [] }, 'expected at least one instrument to choose from, was none'],
    ['hold all', { universe: ['A', 'C'] }, 'expected the bars of C, was none'],
    ['hold all\nrest "BIL"', {}, 'expected the bars of BIL, was none'],
    ['universe "A"\nhold all', {}, 'expected the universe of T itself (A), was another'],
    [
      'enter long when close > 1',
      {},
      'expected a strategy that holds a universe, was T, which trades one instrument',
    ],
    ['hold all\ncash 120', {}, 'expected a part in cash of 0 to 100 percent, was 120'],
    [
      'param c = 20 in 0..200\nhold all\ncash c',
      { parameters: { c: 120 } },
      'expected a part in cash of 0 to 100 percent, was 120',
    ],
    [
      'param n = 2 in 0..5\nhold top(n) by close',
      { parameters: { n: 1.5 } },
      'expected a whole number from 1, was 1.5',
    ],
  ])('refuses %s with %j', (lines, settings, message) => {
    expect(() => run(lines, bars, settings)).toThrow(message);
  });

  it('is checked for each instrument once', () => {
    const request = universeRequest('strategy "T"\nhold all', bars);
    const instruments = [...request.instruments, request.instruments[0]];
    expect(() => backtest({ ...request, instruments })).toThrow(
      'expected each instrument once, was one twice',
    );
  });

  it('runs what the text names, whatever else is there', () => {
    const request = universeRequest('strategy "T"\nuniverse "B"\nhold all', bars, { universe: [] });
    expect(backtest(request).universe!.symbols).toEqual(['B']);
  });
});
