import { Decimal } from '../../platform/decimal.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseShared } from '../../../test/broker-rows.ts';
import { itWithShared } from '../../../../tools/testing/services.ts';
import { BROKER_TRANSACTION_KINDS, type BrokerTransaction, transaction } from './broker-transaction.ts';
import { writePortableCsv } from './portable-csv.ts';
import { parseBrokerFile } from './registry.ts';

const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 28n), max: 10n ** 28n }), fc.integer({ min: 0, max: 28 }))
  .map(([digits, places]) => new Decimal(digits.toString()).times(new Decimal(10).pow(-places)));
const texts = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).map((text) => text.trim());
const codes = fc.stringMatching(/^[A-Z]{3}$/);
const transactions = fc
  .record({
    line: fc.constant(0),
    kind: fc.constantFrom(...BROKER_TRANSACTION_KINDS),
    hasTime: fc.boolean(),
    occurredAtMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    symbol: fc.option(texts),
    isin: fc.option(texts),
    name: fc.option(texts),
    quantity: fc.option(decimals),
    price: fc.option(decimals),
    priceCurrency: fc.option(codes),
    amount: decimals,
    currency: fc.option(codes),
    fee: fc.option(decimals),
    tax: fc.option(decimals),
    withholding: fc.option(decimals),
    fxRate: fc.option(fc.record({ from: codes, to: codes, rate: decimals.map((rate) => rate.toFixed()) })),
    original: fc.option(
      fc.record({
        currency: codes,
        gross: fc.option(decimals.map((value) => value.toFixed())),
        withholding: decimals.map((value) => value.toFixed()),
      }),
    ),
    account: fc.option(texts),
    externalId: fc.option(texts),
    group: fc.option(texts),
    description: fc.option(fc.tuple(texts, texts).map((two) => two.join('"\r\n,;\t').trim())),
  })
  .map((parts) =>
    transaction({
      ...parts,
      occurredAtMs: parts.hasTime
        ? parts.occurredAtMs
        : parts.occurredAtMs - (parts.occurredAtMs % 86_400_000),
    }),
  );

function withoutLines(rows: readonly BrokerTransaction[]) {
  return rows.map((row) => ({ ...row, line: 0 }));
}

describe('portable CSV', () => {
  it('is read back to equal transactions, whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(transactions, { maxLength: 8 }), (rows) => {
        const file = parseBrokerFile(writePortableCsv(rows));
        expect(file.format?.id).toBe('ai-trading');
        expect(file.errors).toEqual([]);
        expect(withoutLines(file.rows)).toEqual(rows);
      }),
    );
  });

  it('names the cell that cannot be used', () => {
    const header = writePortableCsv([]);
    const { errors } = parseBrokerFile(
      `${header}HOLD,2024-01-02,,,,,,,0\nBUY,yesterday,,,,,,,0\nBUY,2024-01-02,,,,x,,,0\nBUY,2024-01-02,,,,1,,,\n`,
    );
    expect(errors.map(({ line, column, value }) => [line, column, value])).toEqual([
      [2, 'kind', 'HOLD'],
      [3, 'time', 'yesterday'],
      [4, 'quantity', 'x'],
      [5, 'amount', ''],
    ]);
  });

  itWithShared.each([
    'portfolio-performance/TransactionExport01.csv',
    'portfolio-performance/testIBFlexStatementFile14.xml',
    'export-to-ghostfolio/degiro-export.csv',
    'export-to-ghostfolio/schwab-export.csv',
    'rotki/binance_history.csv',
    'capital-gains-calculator/freetrade.csv',
  ])('holds all of the real file %s', (path) => {
    const { rows } = parseShared(path);
    expect(withoutLines(parseBrokerFile(writePortableCsv(rows)).rows)).toEqual(withoutLines(rows));
  });
});
