import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, ZERO } from '../platform/decimal.ts';
import { entryAt, type LedgerEntry } from './ledger.ts';
import { doubleOf, EntryReader, type EntryTexts } from './stored-entry.ts';

/** An answer of the database out of rows of cells, all of them with as many. */
const answer = (...rows: readonly (readonly string[])[]) =>
  Object.fromEntries(rows[0].map((_, place) => [`c${place}`, rows.map((row) => row[place]).join('\u001f')]));
const BUY = [
  ['txn_1', 'acc_1', '', 'BUY', 'ins_1', '', 'USD', '', '1704189600000', '', '["txn_0"]'],
  ['2.5', '100.000000000000000001', '-12345678901234567890.123456789012345678', '1', '0'],
  ['', '', '', '', '', ''],
].flat();
const RECEIVED = [
  ['txn_2', 'acc_1', 'acc_2', 'TRANSFER_IN', 'ins_1', 'ins_2', 'USD', 'CHF', '-1', '7', '[]'],
  ['1', '', '0', '0', '0.25', '3', '2', '0.5', '0.000000000000000001', '1.1', '-9'],
].flat();
const QUOTED = new Map([
  ['ins_1', 'EUR'],
  ['ins_2', 'USD'],
]);

function read(texts: EntryTexts, leftOut: readonly string[] = []) {
  return new EntryReader(async () => QUOTED).entries(texts, new Set(leftOut));
}

describe('stored entries', () => {
  it('hold every digit, and tell nothing from empty', async () => {
    const [bought, received] = await read(answer(BUY, RECEIVED));
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

  it('tell the doubles next to their amounts without making decimals', async () => {
    const [bought, received] = await read(answer(BUY, RECEIVED));
    expect([doubleOf(bought, 'price'), doubleOf(bought, 'units'), doubleOf(bought, 'tax')]).toEqual([
      100,
      null,
      0,
    ]);
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }),
        fc.integer({ min: 0, max: 18 }),
        (digits, decimals) => {
          const amount = new Decimal(`${digits}e-${decimals}`);
          const [texts, entry] = [amount.toFixed(), { ...received, amount } as LedgerEntry];
          expect(Number(texts)).toBe(doubleOf(entry, 'amount'));
        },
      ),
    );
  });

  it('leave out what does not count, and ask once for what each instrument is quoted in', async () => {
    const asked: string[][] = [];
    const reader = new EntryReader(async (ids) => (asked.push([...ids]), QUOTED));
    const shown = async (leftOut: readonly string[]) =>
      (await reader.entries(answer(BUY, RECEIVED), new Set(leftOut))).map(({ id }) => id);
    expect([await shown(['txn_1']), await shown([])]).toEqual([['txn_2'], ['txn_1', 'txn_2']]);
    expect(asked).toEqual([['ins_1', 'ins_2']]);
  });

  it('are the same at another time, decimals included', async () => {
    const [bought] = await read(answer(BUY));
    const moved = entryAt(bought, 5);
    expect([moved.timeMs, moved.id, moved.amount]).toEqual([5, 'txn_1', bought.amount]);
    expect(bought.timeMs).toBe(1_704_189_600_000);
  });

  it('are none of a question without rows', async () => {
    const nothing = Object.fromEntries(BUY.map((_, place) => [`c${place}`, null]));
    expect(await read(nothing)).toEqual([]);
  });
});
