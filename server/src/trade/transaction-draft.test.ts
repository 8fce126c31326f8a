import { describe, expect, it } from 'vitest';
import { UserProblem } from '../platform/graphql/errors.ts';
import { checkDraft, netCashOf, rowsOf, statedAmountOf, type TransactionDraft } from './transaction-draft.ts';
import { KIND_FORMS, TRANSACTION_KINDS, type TransactionKind } from './transaction-kinds.ts';

const NOW_MS = Date.UTC(2024, 5, 1);
const executedAt = new Date(NOW_MS - 86_400_000);
const SAMPLE: Omit<TransactionDraft, 'kind' | 'executedAt'> = {
  symbol: 'AAA',
  otherSymbol: 'BBB',
  quantity: '3',
  price: '7',
  amount: '10',
  otherAmount: '9',
  otherCurrency: 'EUR',
  fee: '1',
  tax: '2',
  units: '2',
  perUnits: '1',
  basisFraction: '0.5',
  costBasis: '5',
  acquiredAt: new Date(0),
  counterAccountId: 'acc_2',
  lotIds: ['txn_1'],
  reinvestedUnits: '0.5',
  reinvestedPrice: '20',
};

describe('checkDraft', () => {
  it.each(
    Object.entries(KIND_FORMS).flatMap(([kind, forms]) =>
      forms.map((form) => [kind, form.needs, form] as const),
    ),
  )('takes %s of %s, with all it may have', (kind, _needs, { needs, may }) => {
    const of = (fields: readonly string[]) =>
      Object.fromEntries(Object.entries(SAMPLE).filter(([name]) => fields.includes(name)));
    const draft = { kind: kind as TransactionKind, executedAt };
    expect(() => checkDraft({ ...draft, ...of(needs) }, NOW_MS)).not.toThrow();
    expect(() => checkDraft({ ...draft, ...of([...needs, ...may]) }, NOW_MS)).not.toThrow();
  });

  it('takes the largest and the smallest numbers that are stored, and the price of a share of a cent', () => {
    const draft = { kind: 'BUY', executedAt, symbol: 'AAA' } as const;
    const most = '99999999999999999999.999999999999999999';
    for (const [quantity, price] of [
      [most, '1'],
      ['0.000000000000000001', most],
      ['3', '0.33333333333333333333'],
    ])
      expect(() => checkDraft({ ...draft, quantity, price }, NOW_MS)).not.toThrow();
  });

  const paid = { kind: 'DIVIDEND', executedAt, symbol: 'AAA', amount: '10' } as const;
  const trade = { kind: 'BUY', executedAt, symbol: 'AAA', quantity: '1', price: '1' } as const;
  it.each<[TransactionDraft, string[], string]>([
    [
      { ...trade, price: undefined },
      ['transaction'],
      'expected symbol, quantity, price for BUY, was symbol, quantity',
    ],
    [
      { ...trade, symbol: '' },
      ['transaction'],
      'expected symbol, quantity, price for BUY, was quantity, price',
    ],
    [{ ...trade, quantity: '0' }, ['transaction', 'quantity'], 'expected units above 0, was 0'],
    [{ ...trade, fee: '-1' }, ['transaction', 'fee'], 'expected 0 or more, was -1'],
    [
      { ...paid, reinvestedUnits: '1' },
      ['transaction', 'reinvestedPrice'],
      'expected a price of the reinvested units, was none',
    ],
    [
      { ...paid, reinvestedPrice: '1' },
      ['transaction', 'reinvestedUnits'],
      'expected units that were bought at the price, was none',
    ],
    [
      { ...paid, reinvestedUnits: '0', reinvestedPrice: '1' },
      ['transaction', 'reinvestedUnits'],
      'expected a number above 0, was 0',
    ],
    [
      { ...paid, amount: '-10', reinvestedUnits: '1', reinvestedPrice: '1' },
      ['transaction', 'amount'],
      'expected an amount above 0 to reinvest, was -10',
    ],
    [
      { ...trade, reinvestedUnits: '1' },
      ['transaction', 'reinvestedUnits'],
      'expected no reinvestedUnits for BUY, was 1',
    ],
    [{ ...trade, units: '2' }, ['transaction', 'units'], 'expected no units for BUY, was 2'],
    [
      { ...trade, quantity: '99999999999', price: '99999999999' },
      ['transaction', 'amount'],
      'expected less than 20 digits before the point, was -9999999999800000000001',
    ],
    [
      { ...trade, quantity: '1e30', price: '0' },
      ['transaction', 'quantity'],
      'expected at most 20 digits before the point for quantity, was 1e+30',
    ],
    [
      { ...trade, fee: '99999999999999999999.9999999999999999996' },
      ['transaction', 'fee'],
      'expected at most 20 digits before the point for fee, was 99999999999999999999.9999999999999999996',
    ],
    [
      { ...trade, price: '1e-30' },
      ['transaction', 'price'],
      'expected at most 18 digits after the point for price, was 1e-30',
    ],
    [
      { ...trade, exchangeRate: '100000000000000000000' },
      ['transaction', 'exchangeRate'],
      'expected at most 20 digits before the point for exchangeRate, was 100000000000000000000',
    ],
    [
      { ...trade, executedAt: new Date('2024-06-03') },
      ['transaction', 'executedAt'],
      'expected a time that has passed, was 2024-06-03T00:00:00.000Z',
    ],
    [
      { kind: 'DEPOSIT', executedAt, amount: '-1' },
      ['transaction', 'amount'],
      'expected an amount above 0, was -1',
    ],
    [
      { kind: 'INTEREST', executedAt, amount: '0' },
      ['transaction', 'amount'],
      'expected an amount other than 0, was 0',
    ],
    [
      { kind: 'TRANSFER_IN', executedAt },
      ['transaction'],
      'expected symbol, quantity or amount for TRANSFER_IN, was none of them',
    ],
    [
      { kind: 'TICKER_CHANGE', executedAt, symbol: 'AAA', otherSymbol: 'aaa' },
      ['transaction', 'otherSymbol'],
      'expected another symbol, was aaa',
    ],
    [
      { kind: 'SPIN_OFF', executedAt, symbol: 'A', otherSymbol: 'B', units: '1', basisFraction: '1.1' },
      ['transaction', 'basisFraction'],
      'expected a fraction from 0 to 1, was 1.1',
    ],
  ])('refuses %o', (draft, path, message) => {
    const check = () => {
      try {
        checkDraft(draft, NOW_MS);
      } catch (problem) {
        return (problem as UserProblem).error;
      }
      return null;
    };
    expect(check()).toMatchObject({ code: 'INVALID', path: ['input', ...path], message });
  });
});

describe('netCashOf', () => {
  const trade = { quantity: '3', price: '7', fee: '1', tax: '2' };
  const cash = { amount: '10', fee: '1', tax: '2' };
  it.each<[TransactionKind, Partial<TransactionDraft>, string]>([
    ['BUY', trade, '-24'],
    ['COVER', trade, '-24'],
    ['SELL', trade, '18'],
    ['SHORT', trade, '18'],
    ['DIVIDEND', cash, '7'],
    ['INTEREST', { amount: '-10' }, '-10'],
    ['FEE', { amount: '10' }, '-10'],
    ['TAX', { amount: '-10' }, '10'],
    ['DEPOSIT', { amount: '10', fee: '1' }, '9'],
    ['WITHDRAWAL', { amount: '10', fee: '1' }, '-11'],
    ['TRANSFER_IN', { amount: '10' }, '10'],
    ['TRANSFER_OUT', { amount: '10' }, '-10'],
    ['TRANSFER_OUT', { quantity: '3', price: '7', fee: '1' }, '-1'],
    ['SPLIT', {}, '0'],
  ])('of %s %o is %s', (kind, fields, expected) => {
    expect(netCashOf({ kind, ...fields }).toFixed()).toBe(expected);
  });

  it('keeps every digit', () => {
    const draft = { quantity: '12345678901234567890.123456789012345678', price: '0.000000000000000001' };
    expect(netCashOf({ kind: 'SELL', ...draft }).toFixed()).toBe('12.345678901234567890123456789012345678');
  });

  it.each<[TransactionKind, Partial<TransactionDraft>, string | null]>([
    ['DIVIDEND', cash, '10'],
    ['FEE', { amount: '-10' }, '-10'],
    ['WITHDRAWAL', { amount: '10', fee: '1' }, '10'],
    ['BUY', trade, null],
    ['SPLIT', {}, null],
  ])('of %s %o was stated as %s', (kind, fields, expected) => {
    const { fee = '0', tax = '0' } = fields;
    const amount = netCashOf({ kind, ...fields }).toFixed();
    expect(statedAmountOf({ kind, amount, fee: fee!, tax: tax! })).toBe(expected);
  });

  it('knows every kind', () => {
    expect(Object.keys(KIND_FORMS).toSorted()).toEqual(Object.keys(TRANSACTION_KINDS).toSorted());
  });
});

describe('rowsOf', () => {
  it('makes a purchase of what a dividend was put back into, at no cost but the price', () => {
    const stated = { executedAt, symbol: 'AAA', currency: 'EUR', note: 'DRIP' };
    const paid = { ...stated, kind: 'DIVIDEND', amount: '10', tax: '1', externalId: 'x1' } as const;
    const [dividend, ...none] = rowsOf<TransactionDraft>(paid);
    expect([dividend, none]).toEqual([paid, []]);
    expect(rowsOf<TransactionDraft>({ ...paid, reinvestedUnits: '0.5', reinvestedPrice: '18' })).toEqual([
      paid,
      {
        ...stated,
        kind: 'BUY',
        quantity: '0.5',
        price: '18',
        amount: null,
        fee: null,
        tax: null,
        externalId: null,
      },
    ]);
  });
});
