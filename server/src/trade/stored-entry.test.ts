import { describe, expect, it } from 'vitest';
import { ZERO } from '../platform/decimal.ts';
import { entryAt } from './ledger.ts';
import { EntryTexts } from './stored-entry.ts';

const row = (...cells: readonly string[][]) => cells.flat().join('\u001f');
const BUY = row(
  ['txn_1', 'acc_1', '', 'BUY', 'ins_1', '', 'USD', '', 'EUR', '', '1704189600000', '', '["txn_0"]'],
  ['2.5', '100.000000000000000001', '-12345678901234567890.123456789012345678', '1', '0'],
  ['', '', '', '', '', ''],
);
const RECEIVED = row(
  ['txn_2', 'acc_1', 'acc_2', 'TRANSFER_IN', 'ins_1', 'ins_2', 'USD', 'CHF', 'EUR', 'USD', '-1', '7', '[]'],
  ['1', '', '0', '0', '0.25', '3', '2', '0.5', '0.000000000000000001', '1.1', '-9'],
);

describe('stored entries', () => {
  it('hold every digit, and tell nothing from empty', () => {
    const [bought, received] = new EntryTexts().entries(`${BUY}\u001e${RECEIVED}`);
    const { id, counterAccountId, kind, otherInstrumentId, currency, quoteCurrency, timeMs, acquiredMs } =
      bought;
    expect([id, counterAccountId, kind, otherInstrumentId, currency, quoteCurrency]).toEqual([
      'txn_1',
      null,
      'BUY',
      null,
      'USD',
      'EUR',
    ]);
    expect([timeMs, acquiredMs, bought.lotIds]).toEqual([1_704_189_600_000, null, ['txn_0']]);
    expect([bought.quantity, bought.price, bought.amount, bought.fee].map((one) => one!.toFixed())).toEqual([
      '2.5',
      '100.000000000000000001',
      '-12345678901234567890.123456789012345678',
      '1',
    ]);
    expect([bought.tax, bought.units, bought.otherAmount]).toEqual([ZERO, null, null]);
    const { tax, units, perUnits, basisFraction, costBasis, exchangeRate, otherAmount } = received;
    expect(
      [tax, units, perUnits, basisFraction, costBasis, exchangeRate, otherAmount].map((one) =>
        one!.toFixed(),
      ),
    ).toEqual(['0.25', '3', '2', '0.5', '0.000000000000000001', '1.1', '-9']);
    expect([received.timeMs, received.acquiredMs, received.counterAccountId, received.price]).toEqual([
      -1,
      7,
      'acc_2',
      null,
    ]);
  });

  it('are the same at another time, decimals included', () => {
    const [bought] = new EntryTexts().entries(BUY);
    const moved = entryAt(bought, 5);
    expect([moved.timeMs, moved.id, moved.amount]).toEqual([5, 'txn_1', bought.amount]);
    expect(bought.timeMs).toBe(1_704_189_600_000);
  });

  it('are none of a question without rows', () => {
    expect(new EntryTexts().entries(null)).toEqual([]);
  });
});
