import { describe, expect, it } from 'vitest';
import { cashOf, parseShared, rowsOf } from '../../../test/broker-rows.ts';
import { itWithShared } from '../../../../tools/testing/services.ts';
import { Decimal } from '../../platform/decimal.ts';
import { checkDraft, netCashOf } from '../transaction-draft.ts';
import type { BrokerTransaction } from './broker-transaction.ts';
import { type BrokerDraft, draftsOf } from './ledger-drafts.ts';

const FILES = [
  'portfolio-performance/TransactionExport01.csv',
  'portfolio-performance/TransactionExport04.csv',
  'portfolio-performance/testIBFlexStatementFile01.xml',
  'portfolio-performance/testIBFlexStatementFile02.xml',
  'portfolio-performance/testIBFlexStatementFile14.xml',
  'portfolio-performance/testIBFlexStatementFile24.xml',
  'portfolio-performance/testIBFlexStatementFile28.xml',
  'export-to-ghostfolio/degiro-export.csv',
  'export-to-ghostfolio/schwab-export.csv',
  'export-to-ghostfolio/trading212-export.csv',
  'export-to-ghostfolio/etoro-export.csv',
  'export-to-ghostfolio/revolut-crypto-export.csv',
  'export-to-ghostfolio/revolut-invest-export.csv',
  'export-to-ghostfolio/coinbase-export.csv',
  'export-to-ghostfolio/bitvavo-export.csv',
  'export-to-ghostfolio/swissquote-export.csv',
  'export-to-ghostfolio/avanza-export.csv',
  'export-to-ghostfolio/parqet-export.csv',
  'export-to-ghostfolio/rabobank-export.csv',
  'export-to-ghostfolio/finpension-bvg-export.csv',
  'rotki/binance_history.csv',
  'rotki/coinbasepro.csv',
  'capital-gains-calculator/freetrade.csv',
  'capital-gains-calculator/ibkr_basic.csv',
  'capital-gains-calculator/vanguard_cash.csv',
];

function symbolOf({ symbol, isin, name }: BrokerTransaction): string | null {
  return symbol ?? isin ?? name;
}

/** All drafts and all errors of rows. */
function allOf(rows: readonly BrokerTransaction[], symbols: (row: BrokerTransaction) => string | null) {
  const results = draftsOf(rows, symbols);
  return {
    drafts: results.flatMap(({ drafts }) => drafts),
    errors: results.flatMap(({ error }) => error ?? []),
  };
}

const LEFT_OUT = ['kind', 'line', 'executedAt', 'externalId', 'note', 'currency'];

function brief(draft: BrokerDraft): string {
  const given = Object.entries(draft).filter(
    ([field, value]) => !LEFT_OUT.includes(field) && value !== null && value !== undefined,
  );
  return [draft.kind, ...given.map(([field, value]) => `${field} ${String(value)}`)].join(', ');
}

describe('draftsOf', () => {
  it.each([
    [
      'BUY,2024-01-02,A,,,3,,,-10.5,EUR,0.5',
      ['BUY, symbol A, quantity 3, price 3.333333333333333333333333333333333333333, fee 0.5'],
    ],
    [
      'SELL,2024-01-02,A,,,3,5,EUR,13.5,EUR,1,0.25,0.25',
      ['SELL, symbol A, quantity 3, price 5, fee 1, tax 0.5'],
    ],
    [
      'SELL,2024-01-02,A,,,3,5,EUR,16,EUR,0,-1',
      ['SELL, symbol A, quantity 3, price 5', 'TAX, symbol A, amount -1'],
    ],
    ['DIVIDEND,2024-01-02,A,,,,,,8.5,USD,0,0,1.5', ['DIVIDEND, symbol A, amount 10, tax 1.5']],
    [
      'DIVIDEND,2024-01-02,A,,,,,,-8.5,USD,0,0,-1.5',
      ['DIVIDEND, symbol A, amount -10', 'TAX, symbol A, amount -1.5'],
    ],
    ['DEPOSIT,2024-01-02,,,,,,,98,EUR,2', ['DEPOSIT, amount 100, fee 2']],
    ['WITHDRAWAL,2024-01-02,,,,,,,-102,EUR,2', ['WITHDRAWAL, amount 100, fee 2']],
    ['DEPOSIT,2024-01-02,,,,,,,-5,EUR', ['WITHDRAWAL, amount 5']],
    ['FEE,2024-01-02,,,,,,,3,EUR,-3', ['FEE, amount -3']],
    ['REWARD,2024-01-02,ETH,,,0.5,2000,EUR,0,', ['ADJUSTMENT, symbol ETH, quantity 0.5, price 2000']],
    ['REWARD,2024-01-02,,,,,,,5,EUR', ['ADJUSTMENT, amount 5']],
    ['CURRENCY_EXCHANGE,2024-01-02,,,,,,,-102,CHF,2', ['ADJUSTMENT, amount -100', 'FEE, amount 2']],
    ['SPLIT,2024-01-02,A,,,9,,,0,', ['STOCK_DIVIDEND, symbol A, quantity 9']],
    ['MERGER,2024-01-02,A,,,-12,,,34,CAD', ['MERGER, symbol A, amount 34']],
    ['TAX,2024-01-02,A,,,,,,0,EUR', []],
  ] as const)('takes %s', (line, expected) => {
    const { drafts, errors } = allOf(rowsOf(line), symbolOf);
    expect(errors).toEqual([]);
    expect(drafts.map(brief)).toEqual(expected);
  });

  it('joins the rows of an exchange of units', () => {
    const rows = rowsOf(
      'SPLIT,2024-01-02T10:00:00Z,A,,,-30,,,0,',
      'SPLIT,2024-01-02T10:00:01Z,A,,,7.5,,,0,',
      'MERGER,2024-01-03,OLD,,,-50,,,0,USD',
      'MERGER,2024-01-03,NEW,,,25,,,1.5,USD',
    );
    expect(allOf(rows, symbolOf).drafts.map(brief)).toEqual([
      'SPLIT, symbol A, units 7.5, perUnits 30',
      'MERGER, symbol OLD, units 25, perUnits 50, otherSymbol NEW',
      'ADJUSTMENT, amount 1.5',
    ]);
    expect(draftsOf(rows, symbolOf).map(({ joined }) => joined?.line)).toEqual([undefined, 2, undefined, 4]);
  });

  it('makes one conversion of the legs of an exchange of currencies', () => {
    const rows = rowsOf(
      'CURRENCY_EXCHANGE,2024-01-02T10:00:00Z,,,,,,,91.5,EUR,0.5',
      'CURRENCY_EXCHANGE,2024-01-02T10:00:00Z,,,,,,,-102,USD,2',
      'CURRENCY_EXCHANGE,2024-01-02T11:00:00Z,,,,,,,-50,USD',
      'CURRENCY_EXCHANGE,2024-01-02T11:00:00Z,,,,,,,-60,USD',
      'CURRENCY_EXCHANGE,2024-01-02T11:00:00Z,,,,,,,54,EUR',
    );
    expect(draftsOf(rows, symbolOf).map(({ drafts, joined }) => joined?.line ?? drafts.map(brief))).toEqual([
      3,
      ['CONVERSION, amount 100, fee 2, otherAmount 92, otherCurrency EUR', 'FEE, amount 0.5'],
      ['CONVERSION, amount 50, otherAmount 54, otherCurrency EUR'],
      ['ADJUSTMENT, amount -60'],
      4,
    ]);
  });

  it.each([
    ['BUY,2024-01-02,A,,,,,,-10,EUR', 'expected units of an instrument, was BUY A'],
    ['BUY,2024-01-02,A,,,1,,,10,EUR', 'expected cash that is paid, was BUY A'],
    ['DIVIDEND,2024-01-02,,,,,,,10,EUR', 'expected the instrument that paid, was DIVIDEND'],
    [
      'TICKER_CHANGE,2024-01-02,A,,,1,,,0,',
      'expected two rows, of the old and of the new units, was TICKER_CHANGE A',
    ],
    [
      'SPIN_OFF,2024-01-02,A,,,1,,,0,',
      'expected the instrument that it came from and the part of its cost, which are to be recorded by hand, was SPIN_OFF A',
    ],
    ['SELL,2024-01-02,UNKNOWN,,,1,,,10,EUR', 'expected an instrument of the ledger, was SELL UNKNOWN'],
  ])('refuses %s', (line, reason) => {
    const known = (row: BrokerTransaction) => (row.symbol === 'UNKNOWN' ? null : symbolOf(row));
    const { drafts, errors } = allOf(rowsOf(line), known);
    expect(drafts).toEqual([]);
    expect(errors.map((error) => error.reason)).toEqual([reason]);
  });

  itWithShared.each(FILES)('makes drafts of %s that the ledger takes and that move the same cash', (path) => {
    const { rows } = parseShared(path);
    const { drafts, errors } = allOf(rows, symbolOf);
    for (const draft of drafts) checkDraft(draft, Date.UTC(2030, 0, 1));
    const refused = new Set(errors.map(({ line }) => line));
    const expected = cashOf(rows.filter(({ line }) => !refused.has(line)));
    const sums: Record<string, Decimal> = {};
    const add = (currency: string, amount: Decimal) =>
      (sums[currency] = (sums[currency] ?? new Decimal(0)).plus(amount));
    for (const draft of drafts) {
      if (draft.currency) add(draft.currency, netCashOf(draft));
      if (draft.otherCurrency) add(draft.otherCurrency, new Decimal(draft.otherAmount!));
    }
    const rounded = Object.fromEntries(
      Object.entries(sums).map(([currency, sum]) => [currency, sum.toDecimalPlaces(28).toFixed()]),
    );
    expect(rounded).toEqual({
      ...Object.fromEntries(Object.keys(rounded).map((key) => [key, '0'])),
      ...expected,
    });
    expect(drafts.length).toBeGreaterThan(0);
  });
});
