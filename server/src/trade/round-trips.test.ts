import { describe, expect, it } from 'vitest';
import { itWithShared, sharedRows, sharedText } from '../../../tools/testing/services.ts';
import { Decimal, ZERO } from '../platform/decimal.ts';
import { type LotEvent, runLots } from './lots.ts';
import { excursionsOf, flatToFlat, mergeExecutions, perClosing } from './round-trips.ts';

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
});

describe('excursionsOf', () => {
  const bars = {
    timesMs: Float64Array.of(1, 2, 3, 4, 5),
    high: Float64Array.of(99, 11, 14, 12, 99),
    low: Float64Array.of(1, 9, 10, 7, 1),
  };

  it.each([
    ['a long trip', 10, 12, -0.1, 0.4],
    ['a short trip', -10, 12, -0.4, 0.1],
    ['a long trip left below all bars', 10, 5, -0.5, 0.4],
  ])('measures %s over the bars after its opening and before its closing', (_name, units, exit, mae, mfe) => {
    const [trip] = flatToFlat(fifo(trade(1, units, 10), trade(4, -units, exit)));
    expect(excursionsOf(trip, bars)).toEqual({ mae, mfe });
  });

  it('goes on to the last bar while a trip is open', () => {
    const [trip] = flatToFlat(fifo(trade(3, 1, 10)));
    expect(excursionsOf(trip, bars)).toEqual({ mae: -0.9, mfe: 8.9 });
  });

  it('is not defined without an entry price', () => {
    const [trip] = flatToFlat(fifo(trade(1, 1, 0), trade(3, -1, 5)));
    expect(excursionsOf(trip, bars)).toBeNull();
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
        expected: { open: string; close: string; pnl: number; rt_return: number; long: boolean }[];
      }[];
    };
    expect(cases).toHaveLength(4);
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
    }
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
      const profits = trips.map(({ profit }) => profit.toNumber());
      const days = trips.map(({ openedMs, closedMs }) => Math.floor((closedMs! - openedMs) / DAY_MS));
      const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
      expect({
        n: trips.length,
        n_long: trips.filter(({ side }) => side === 'LONG').length,
        max_duration_days: Math.max(...days),
      }).toEqual({ n: expected.n, n_long: expected.n_long, max_duration_days: expected.max_duration_days });
      expect(total(profits)).toBeCloseTo(expected.pnl_total, 4);
      expect(total(profits.filter((one) => one > 0))).toBeCloseTo(expected.gross_profit, 4);
      expect(Math.max(...profits)).toBeCloseTo(expected.largest_win, 6);
      expect(Math.min(...profits)).toBeCloseTo(expected.largest_loss, 6);
      expect(total(days) / days.length).toBeCloseTo(expected.avg_duration_days, 2);
      const returns = trips.map(({ returnFraction }) => returnFraction!);
      expect(total(returns) / returns.length).toBeCloseTo(expected.avg_rt_return, 6);
    }
  });
});
