import { describe, expect, it } from 'vitest';
import { itWithShared, sharedRows, sharedText } from '../../../tools/testing/services.ts';
import { Decimal, ZERO } from '../platform/decimal.ts';
import { type LotEvent, runLots } from './lots.ts';
import { excursionsOf, initialRiskOf } from './excursions.ts';
import { flatToFlat, legsOf, mergeExecutions, perClosing, perLot, splitsOf } from './round-trips.ts';
import { tradeStatistics } from './trade-statistics.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

function trade(timeMs: number, quantity: number | string, price: number | string, fee = 0): LotEvent {
  return {
    id: `e${timeMs}`,
    accountId: 'main',
    instrumentId: 'a',
    timeMs,
    kind: 'TRADE',
    quantity: new Decimal(quantity),
    price: new Decimal(price),
    fee: new Decimal(fee),
  };
}

const fifo = (...events: LotEvent[]) => runLots(events, 'FIFO');

describe('flatToFlat', () => {
  it('joins all fills between two flat times, and turns into a new trip', () => {
    const ledger = fifo(
      trade(1, 10, 10, 1),
      trade(2, 10, 20, 1),
      trade(3, -5, 30, 1),
      trade(4, -20, 15, 4),
      trade(5, 5, 12),
    );
    const trips = flatToFlat(ledger).map((trip) => ({
      ...trip,
      ...Object.fromEntries(
        (['quantity', 'openQuantity', 'entryPrice', 'fees', 'profit'] as const).map((name) => [
          name,
          trip[name].toFixed(),
        ]),
      ),
      exitPrice: trip.exitPrice?.toFixed(),
    }));
    expect(trips).toMatchObject([
      // 20 units at 15, left at 30 and 15: 5 * 15 + 15 * 0 - 6.0 of fees
      {
        id: 'e1',
        side: 'LONG',
        openedMs: 1,
        closedMs: 4,
        quantity: '20',
        openQuantity: '0',
        entryPrice: '15',
        exitPrice: '18.75',
        fees: '6',
        profit: '69',
        returnFraction: 0.23,
      },
      // 5 units short at 15, bought back at 12
      { id: 'e4', side: 'SHORT', openedMs: 4, closedMs: 5, fees: '1', profit: '14' },
    ]);
  });

  it('keeps a trip open whose units are not all gone', () => {
    const [trip] = flatToFlat(fifo(trade(1, 10, 10), trade(2, -4, 12)));
    expect([trip.closedMs, trip.quantity.toFixed(), trip.openQuantity.toFixed()]).toEqual([null, '4', '6']);
    expect([trip.profit.toFixed(), trip.returnFraction]).toEqual(['8', 0.2]);
    const [open] = flatToFlat(fifo(trade(1, 10, 10)));
    expect([open.exitPrice, open.returnFraction]).toEqual([null, null]);
  });

  it('is one trip through a split', () => {
    const split = { kind: 'SPLIT' as const, units: new Decimal(2), per: new Decimal(1) };
    const trips = flatToFlat(fifo(trade(1, 10, 10), { ...trade(2, 0, 0), ...split }, trade(3, -20, 6)));
    expect(trips.map(({ profit, entryPrice }) => [profit.toFixed(), entryPrice.toFixed()])).toEqual([
      ['20', '5'],
    ]);
  });

  it('counts units that were closed before a split in units after it', () => {
    const [trip] = splitTrip(trade(2, -4, 12), trade(4, -12, 7));
    // 4 sold before are 8 after; 100 paid for 20; sold for 48 and 84
    expect([trip.quantity, trip.entryPrice, trip.exitPrice!, trip.profit].map(String)).toEqual([
      '20',
      '5',
      '6.6',
      '32',
    ]);
    const legs = legsOf(trip).map(({ isEntry, quantity, price }) => [isEntry, `${quantity}`, `${price}`]);
    expect(legs).toEqual([
      [true, '10', '10'],
      [false, '4', '12'],
      [false, '12', '7'],
    ]);
  });

  it('keeps its id when later fills arrive, and when an earlier trip is voided', () => {
    const earlier = [trade(1, 10, 10), trade(2, -10, 11)];
    const own = [trade(3, 5, 10), trade(4, 5, 12)];
    const later = [trade(5, -10, 13)];
    for (const events of [own, [...own, ...later], [...earlier, ...own, ...later]])
      expect(flatToFlat(fifo(...events)).at(-1)!.id).toBe('e3');
  });
});

/** 10 bought at 10, with a split of 2 for 1 at time 3 among what follows. */
function splitTrip(...after: LotEvent[]) {
  const split: LotEvent = {
    ...trade(3, 0, 0),
    kind: 'SPLIT',
    units: new Decimal(2),
    per: new Decimal(1),
  };
  const events = [trade(1, 10, 10), split, ...after].toSorted((a, b) => a.timeMs - b.timeMs);
  return flatToFlat(fifo(...events), splitsOf(events));
}

describe('perLot', () => {
  it('makes a trip of each lot, which add up to the whole', () => {
    const ledger = fifo(trade(1, 10, 10, 1), trade(2, 10, 20, 1), trade(3, -12, 30, 1.2), trade(4, -3, 15));
    const trips = perLot(ledger);
    expect(
      trips.map(({ id, tripId, quantity, openQuantity, profit }) => [
        id,
        tripId,
        ...[quantity, openQuantity, profit].map(String),
      ]),
    ).toEqual([
      ['e1', 'e1', '10', '0', '198'],
      // 2 * 10 - 0.2 - 0.2 and 3 * -5 - 0.3
      ['e2', 'e1', '5', '5', '4.3'],
    ]);
    const [whole] = flatToFlat(ledger);
    const total = trips.reduce((sum, { profit }) => sum.plus(profit), ZERO);
    expect(total.toFixed()).toBe(whole.profit.toFixed());
  });
});

describe('initialRiskOf', () => {
  const [long] = flatToFlat(fifo(trade(1, 10, 10), trade(2, -10, 13)));
  const [short] = flatToFlat(fifo(trade(1, -10, 10), trade(2, 4, 8)));

  it.each([
    ['a stop below a long trade', long, { stopPrice: '9' }, '10'],
    ['a stop above a short trade, open units included', short, { stopPrice: '10.5' }, '5'],
    ['an amount', long, { initialRisk: '7.5' }, '7.5'],
    ['a stop on the winning side', long, { stopPrice: '11' }, undefined],
    ['no note', long, null, undefined],
  ])('is known from %s', (_name, trip, note, risk) => {
    expect(initialRiskOf(trip, note, trip)?.toFixed()).toBe(risk);
  });

  it('shares an amount among lots by what they were opened for', () => {
    const ledger = fifo(trade(1, 10, 10), trade(2, 10, 30), trade(3, -20, 40));
    const [whole] = flatToFlat(ledger);
    const risks = perLot(ledger).map((trip) => initialRiskOf(trip, { initialRisk: '80' }, whole)?.toFixed());
    expect(risks).toEqual(['20', '60']);
  });

  it('takes a stop in prices of the opening through a split', () => {
    const [trip] = splitTrip(trade(4, -20, 6));
    expect(initialRiskOf(trip, { stopPrice: '8' }, trip)?.toFixed()).toBe('20');
  });
});

describe('excursionsOf', () => {
  const NO_ENDS = { opening: false, closing: false };
  const bars = {
    timesMs: Float64Array.of(1, 2, 3, 4, 5),
    high: Float64Array.of(99, 11, 14, 12, 99),
    low: Float64Array.of(1, 9, 10, 7, 1),
  };

  it.each([
    ['a long trip', 10, 12, -0.1, 0.4, 9, 14],
    ['a short trip', -10, 12, -0.4, 0.1, 14, 9],
    ['a long trip left below all bars', 10, 5, -0.5, 0.4, 5, 14],
  ])(
    'measures %s over the bars after its opening and before its closing',
    (_name, units, exit, mae, mfe, worstPrice, bestPrice) => {
      const [trip] = flatToFlat(fifo(trade(1, units, 10), trade(4, -units, exit)));
      expect(excursionsOf(trip, bars, NO_ENDS)).toEqual({ mae, mfe, worstPrice, bestPrice, barCount: 2 });
    },
  );

  it.each([
    [true, false, 1, 99, 3],
    [false, true, 7, 14, 3],
    [true, true, 1, 99, 4],
  ])(
    'counts the bar of the opening: %s, and of the closing: %s',
    (opening, closing, worstPrice, bestPrice, barCount) => {
      const [trip] = flatToFlat(fifo(trade(1, 1, 10), trade(4, -1, 12)));
      const found = excursionsOf(trip, bars, { opening, closing });
      expect(found).toMatchObject({ worstPrice, bestPrice, barCount });
    },
  );

  it('brings bars from before a split to the units after it', () => {
    const [trip] = splitTrip(trade(5, -20, 6));
    // Bought at 5 in units after it; 11 and 9 at time 2 are 5.5 and 4.5, 14 and 10 at time 3, when it is split, 7 and 5
    expect(excursionsOf(trip, bars, NO_ENDS)).toEqual({
      mae: expect.closeTo(-0.1, 12),
      mfe: expect.closeTo(12 / 5 - 1, 12),
      worstPrice: 4.5,
      bestPrice: 12,
      barCount: 3,
    });
  });

  it('goes on to the last bar while a trip is open', () => {
    const [trip] = flatToFlat(fifo(trade(3, 1, 10)));
    expect(excursionsOf(trip, bars, NO_ENDS)).toMatchObject({ mae: -0.9, mfe: 8.9, barCount: 2 });
  });

  it('is not defined without an entry price', () => {
    const [trip] = flatToFlat(fifo(trade(1, 1, 0), trade(3, -1, 5)));
    expect(excursionsOf(trip, bars, NO_ENDS)).toBeNull();
  });
});

describe('mergeExecutions', () => {
  it('joins near ones of a side at their average price', () => {
    const one = (timeMs: number, quantity: number, price: number) => ({
      timeMs,
      quantity: new Decimal(quantity),
      price: new Decimal(price),
    });
    const merged = mergeExecutions([one(0, 1, 10), one(5, 3, 20), one(20, 1, 9), one(21, -1, 9)], 10);
    expect(merged.map(({ quantity, price }) => [quantity.toFixed(), price.toFixed()])).toEqual([
      ['4', '17.5'],
      ['1', '9'],
      ['-1', '9'],
    ]);
  });
});

describe('reference cases', () => {
  itWithShared('agrees with pyfolio on its own cases', () => {
    const { cases } = JSON.parse(sharedText('reference/round_trips/SHARE.json')) as {
      cases: {
        transactions: [string, number, number][];
        expected: {
          open: string;
          close: string;
          pnl: number;
          rt_return: number;
          long: boolean;
          return_on_portfolio_value_100?: number;
        }[];
      }[];
    };
    expect(cases).toHaveLength(4);
    let ofPortfolio = 0;
    for (const { transactions, expected } of cases) {
      const events = transactions.map(([date, quantity, price]) => trade(Date.parse(date), quantity, price));
      const trips = perClosing(fifo(...events)).map(
        ({ openedMs, closedMs, profit, returnFraction, side }) => ({
          open: new Date(openedMs).toISOString().slice(0, 10),
          close: new Date(closedMs!).toISOString().slice(0, 10),
          pnl: profit.toNumber(),
          rt_return: returnFraction,
          long: side === 'LONG',
        }),
      );
      expect(trips).toMatchObject(
        expected.map(({ open, close, pnl, rt_return: part, long }) => ({
          open,
          close,
          pnl,
          rt_return: expect.closeTo(part, 12),
          long,
        })),
      );
      expected.forEach(({ return_on_portfolio_value_100: part }, index) => {
        if (part === undefined) return;
        ofPortfolio += 1;
        expect(trips[index].pnl / 100).toBe(part);
      });
    }
    expect(ofPortfolio).toBe(1);
  });

  itWithShared('agrees with pyfolio on the round trips of three stocks over six years', () => {
    const { real } = JSON.parse(sharedText('reference/round_trips/SHARE.json'));
    const rows = sharedRows('data/pyfolio/test_txn.csv.gz');
    const [header, ...positions] = sharedText('data/pyfolio/test_pos.csv.gz')
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(','));
    for (const [symbol, expected] of Object.entries<Record<string, number>>(real.per_symbol)) {
      const own = rows.filter((row) => row[4] === symbol);
      const last = own[own.length - 1];
      const executions = own.map((row) => ({
        timeMs: Date.parse(row[0]),
        quantity: new Decimal(row[1]),
        price: new Decimal(row[2]),
      }));
      const held = executions.reduce((total, { quantity }) => total.plus(quantity), ZERO);
      const value = new Decimal(positions[positions.length - 1][header.indexOf(symbol)]);
      const closing = {
        timeMs: Date.parse(last[0]) + HOUR_MS,
        quantity: held.negated(),
        price: value.div(held),
      };
      const merged = mergeExecutions([...executions, closing], 8 * HOUR_MS);
      const events = merged.map(({ timeMs, quantity, price }) =>
        trade(timeMs, quantity.toFixed(), price.toFixed()),
      );
      const trips = perClosing(fifo(...events));
      const statistics = tradeStatistics(
        trips.map(({ side, openedMs, closedMs, profit, returnFraction }) => ({
          symbol,
          side,
          // pandas' whole days
          openedMs: 0,
          closedMs: Math.floor((closedMs! - openedMs) / DAY_MS) * DAY_MS,
          profit: profit.toNumber(),
          fees: 0,
          returnFraction,
          rMultiple: null,
          tags: [],
          setup: null,
          rating: null,
        })),
      );
      expect({
        n: statistics.tradeCount,
        n_long: trips.filter(({ side }) => side === 'LONG').length,
        max_duration_days: statistics.longestHoldingDays,
        median_duration_days: statistics.medianHoldingDays,
      }).toEqual({
        n: expected.n,
        n_long: expected.n_long,
        max_duration_days: expected.max_duration_days,
        median_duration_days: expected.median_duration_days,
      });
      expect(statistics.netProfit).toBeCloseTo(expected.pnl_total, 4);
      expect(statistics.grossProfit).toBeCloseTo(expected.gross_profit, 4);
      expect(statistics.grossLoss).toBeCloseTo(expected.gross_loss, 4);
      expect(statistics.winRate).toBeCloseTo(expected.win_rate, 12);
      expect(statistics.profitFactor).toBeCloseTo(expected.profit_factor, 8);
      expect(statistics.expectancy).toBeCloseTo(expected.avg_pnl, 6);
      expect(statistics.averageWin).toBeCloseTo(expected.avg_win, 6);
      expect(statistics.averageLoss).toBeCloseTo(expected.avg_loss, 6);
      expect(statistics.largestWin).toBeCloseTo(expected.largest_win, 6);
      expect(statistics.largestLoss).toBeCloseTo(expected.largest_loss, 6);
      expect(statistics.averageHoldingDays).toBeCloseTo(expected.avg_duration_days, 6);
      expect(statistics.averageReturn).toBeCloseTo(expected.avg_rt_return, 10);
    }
  });
});
