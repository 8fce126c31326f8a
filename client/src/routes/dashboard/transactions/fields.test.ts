import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  TransactionFieldsFragment,
  TransactionInput,
  TransactionKind,
} from '#lib/graphql/generated/graphql.ts';
import { draftOf, emptyDraft, type Field, historyOf, inputOf, KINDS, lotSideOf } from './fields.ts';

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
    executedAt: '2024-01-02T10:30:00.000Z',
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
    recordedAt: '2024-01-03T08:00:00.000Z',
    recordedBy: 'anna',
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
    lotIds: [],
    externalId: null,
    note: null,
    instrument: { symbol: 'AAPL' },
    otherInstrument: null,
    account: { id: 'acc_1', name: 'Main account' },
    counterAccount: null,
    voided: null,
  };
  expect(inputOf('DIVIDEND', draftOf(row))).toEqual({
    kind: 'DIVIDEND',
    executedAt: '2024-01-02T10:30:00.000Z',
    accountId: 'acc_1',
    currency: 'USD',
    exchangeRate: '0.9',
    symbol: 'AAPL',
    amount: '10',
    tax: '1.5',
  });
});

const time = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((one) => one.toISOString());
const amount = fc
  .tuple(fc.bigInt(1n, 10n ** 18n), fc.integer({ min: 1, max: 18 }))
  .map(([digits, places]) => `${digits}.${String(digits).padStart(18, '0').slice(0, places)}`);
const valueOf = (field: Field): fc.Arbitrary<string> => {
  if (field === 'acquiredAt') return time;
  if (field === 'counterAccountId') return fc.constant('acc_2');
  if (field === 'otherCurrency') return fc.constantFrom('EUR', 'BTC');
  return field === 'symbol' || field === 'otherSymbol' ? fc.constantFrom('AAPL', 'BTC-USD') : amount;
};

/** A transaction as the API gives it back after it was recorded with an input. */
function rowOf(input: TransactionInput): TransactionFieldsFragment {
  const { accountId, symbol, otherSymbol, counterAccountId, amount: statedAmount, ...rest } = input;
  const account = (id: string) => ({ id, name: id });
  const nothing = Object.fromEntries(
    [
      'quantity price exchangeRate otherAmount otherCurrency units perUnits',
      'basisFraction costBasis acquiredAt externalId note voided',
    ]
      .join(' ')
      .split(' ')
      .map((name) => [name, null]),
  );
  return {
    ...nothing,
    id: 'txn_1',
    amount: '0',
    fee: '0',
    tax: '0',
    lotIds: [],
    statedAmount: statedAmount ?? null,
    ...rest,
    account: account(accountId!),
    instrument: symbol ? { symbol } : null,
    otherInstrument: otherSymbol ? { symbol: otherSymbol } : null,
    counterAccount: counterAccountId ? account(counterAccountId) : null,
  } as TransactionFieldsFragment;
}

describe('a correction in which nothing was changed', () => {
  it.each(Object.keys(KINDS) as TransactionKind[])('states the same %s again, whatever it has', (kind) => {
    // What a dividend was put back into is a row of its own.
    const names = KINDS[kind].fields.filter((name) => !name.startsWith('reinvested'));
    const closesLots = ['BUY', 'SELL', 'SHORT', 'COVER', 'TRANSFER_OUT'].includes(kind);
    const given = fc.record(Object.fromEntries(names.map((name) => [name, valueOf(name)])), {
      requiredKeys: [],
    });
    const rest = fc.record(
      {
        note: fc.constantFrom('first', 'a, "b"\u00e9'),
        exchangeRate: amount,
        externalId: fc.constantFrom(' T-1', '0042'),
      },
      { requiredKeys: [] },
    );
    const lots = fc.shuffledSubarray(['txn_3', 'txn_2', 'txn_1'], { minLength: 1 });
    fc.assert(
      fc.property(time, given, rest, lots, (executedAt, some, more, lotIds) => {
        const input = {
          kind,
          executedAt,
          accountId: 'acc_1',
          currency: 'USD',
          ...some,
          ...more,
          ...(closesLots && some.symbol ? { lotIds } : {}),
        } as TransactionInput;
        expect(inputOf(kind, draftOf(rowOf(input)))).toEqual(input);
      }),
      { numRuns: 60, seed: 4 },
    );
  });

  it('keeps the milliseconds of its time, and shows none where there are none', () => {
    const at = (executedAt: string) =>
      draftOf(rowOf({ kind: 'DEPOSIT', executedAt, accountId: 'acc_1', amount: '1' })).executedAt;
    expect(at('2024-01-02T15:30:45.123Z')).toBe('2024-01-02T15:30:45.123');
    expect(at('2024-01-02T15:30:45.000Z')).toBe('2024-01-02T15:30:45');
    expect(at('2024-01-02T15:00:00.000Z')).toBe('2024-01-02T15:00');
  });
});

it('tells who recorded a transaction, and who voided it when and why', () => {
  const recorded = { recordedBy: 'anna', recordedAt: '2024-01-02T10:00:00.000Z' };
  expect(historyOf({ ...recorded, voided: null })).toBe('Recorded by anna on 2024-01-02 10:00');
  const voided = { by: 'ben', at: '2024-02-03T11:30:00.000Z', reason: 'twice' };
  expect(historyOf({ ...recorded, voided })).toBe(
    'Recorded by anna on 2024-01-02 10:00; voided by ben on 2024-02-03 11:30: twice',
  );
});

it('sends what a dividend was put back into, and that of no other kind', () => {
  const draft = { ...emptyDraft('2024-01-02T10:30'), symbol: 'AAPL', amount: '10', reinvestedUnits: '0.5' };
  const filled = { ...draft, reinvestedPrice: '20', quantity: '1', price: '10' };
  expect(inputOf('DIVIDEND', filled)).toMatchObject({
    amount: '10',
    reinvestedUnits: '0.5',
    reinvestedPrice: '20',
  });
  expect(inputOf('BUY', filled)).not.toHaveProperty('reinvestedUnits');
});

it('offers the lots of the side that a transaction usually closes', () => {
  expect([lotSideOf('SELL'), lotSideOf('COVER'), lotSideOf('BUY')]).toEqual(['LONG', 'SHORT', null]);
  // Units below zero move a short position.
  expect([lotSideOf('TRANSFER_OUT'), lotSideOf('TRANSFER_OUT', true)]).toEqual(['LONG', 'SHORT']);
});
