import { expect, it } from 'vitest';
import { draftOf, emptyDraft, inputOf } from './fields.ts';

it('sends what is filled in of the fields that the kind has', () => {
  const draft = {
    ...emptyDraft('2024-01-02T10:30'),
    symbol: ' AAPL ',
    quantity: '1.5',
    price: '10',
    units: '2',
    note: ' first ',
  };
  expect(inputOf('BUY', draft)).toEqual({
    kind: 'BUY',
    executedAt: '2024-01-02T10:30:00Z',
    symbol: 'AAPL',
    quantity: '1.5',
    price: '10',
    note: 'first',
  });
});

it('fills a form that states the same transaction again', () => {
  const row = {
    id: 'txn_1',
    kind: 'DIVIDEND' as const,
    executedAt: '2024-01-02T10:30:00.000Z',
    quantity: null,
    price: null,
    amount: '8.5',
    statedAmount: '10',
    fee: '0',
    tax: '1.5',
    currency: 'USD',
    exchangeRate: '0.9',
    otherAmount: null,
    otherCurrency: null,
    units: null,
    perUnits: null,
    basisFraction: null,
    costBasis: null,
    acquiredAt: null,
    note: null,
    instrument: { symbol: 'AAPL' },
    otherInstrument: null,
    account: { id: 'acc_1', name: 'Main account' },
    counterAccount: null,
    voided: null,
  };
  expect(inputOf('DIVIDEND', draftOf(row))).toEqual({
    kind: 'DIVIDEND',
    executedAt: '2024-01-02T10:30:00Z',
    accountId: 'acc_1',
    currency: 'USD',
    exchangeRate: '0.9',
    symbol: 'AAPL',
    amount: '10',
    tax: '1.5',
  });
});
