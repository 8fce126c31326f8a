import { describe, expect, it } from 'vitest';
import { Decimal } from '../platform/decimal.ts';
import { runLots, type LotEvent } from '../trade/lots.ts';
import { flatToFlat } from '../trade/round-trips.ts';
import { inRisks, type JournalTrade, openProfitOf } from './journal-trade.ts';

const d = (value: number) => new Decimal(value);

/** A trade in a currency of which one is worth `rate` of the base currency. */
function trip(units: number, price: number, fee: number, rate: number) {
  const event: LotEvent = {
    kind: 'TRADE',
    id: 'one',
    accountId: 'main',
    instrumentId: 'a',
    timeMs: 1,
    quantity: d(units),
    price: d(price),
    fee: d(fee),
    baseRate: d(rate),
  };
  return flatToFlat(runLots([event], 'FIFO'))[0];
}

describe('openProfitOf', () => {
  it.each([
    ['a long position', 10, 12, 10 * 12 * 2 - 10 * 10 * 2 - 6],
    ['a short one', -10, 12, 10 * 10 * 2 - 10 * 12 * 2 - 6],
  ])('values %s in the base currency, after the fees of its opening', (_name, units, price, gain) => {
    expect(openProfitOf(trip(units, 10, 3, 2), d(price * 2)).toNumber()).toBe(gain);
  });
});

describe('inRisks', () => {
  it('measures against a risk in the base currency what went on in another', () => {
    // 10 units at 10 are 200 of the base currency; a fall by a tenth is 20, and 50 are at risk.
    const trade = { trip: trip(10, 10, 0, 2), initialRisk: d(50) } as unknown as JournalTrade;
    expect(inRisks(trade, -0.1)).toBe(-0.4);
    expect(inRisks({ ...trade, initialRisk: null }, -0.1)).toBeNull();
  });
});
