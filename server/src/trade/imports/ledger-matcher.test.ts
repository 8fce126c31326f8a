import { expect, it } from 'vitest';
import { LedgerMatcher, type NewMove, type StoredMove } from './ledger-matcher.ts';

const DAY = Date.UTC(2024, 0, 2);
const deposit: StoredMove = {
  id: 'txn_1',
  accountId: 'acc_1',
  kind: 'DEPOSIT',
  instrumentId: null,
  timeMs: DAY,
  quantity: null,
  amount: '1000.000000000000000000',
  currency: 'USD',
  otherAmount: null,
  otherCurrency: null,
  externalId: null,
};
const exchange: StoredMove = {
  ...deposit,
  kind: 'CONVERSION',
  amount: '-1000',
  otherAmount: '900.00',
  otherCurrency: 'EUR',
};
const units: StoredMove = {
  ...deposit,
  kind: 'TRANSFER_IN',
  instrumentId: 'ins_1',
  quantity: '5',
  amount: '0',
};

function rowOf(stored: StoredMove, change: Partial<NewMove> = {}): NewMove {
  const { id: _id, ...same } = stored;
  return { ...same, isNewInstrument: false, hasTime: false, ...change };
}

it.each<[string, StoredMove, Partial<NewMove>, boolean]>([
  ['the same cash', deposit, { amount: '1000' }, true],
  ['as much of another currency', deposit, { currency: 'GBP' }, false],
  ['another amount', deposit, { amount: '1000.01' }, false],
  ['another day', deposit, { timeMs: DAY + 86_400_000 }, false],
  ['the same exchange', exchange, { otherAmount: '900' }, true],
  ['an exchange into another currency', exchange, { otherCurrency: 'GBP' }, false],
  ['an exchange for more', exchange, { otherAmount: '901' }, false],
  ['units, whose rows may name any currency', units, { currency: 'EUR', quantity: '5.0' }, true],
])('tells %s from what the ledger has', (_what, stored, change, isThere) => {
  const matcher = new LedgerMatcher([stored]);
  expect(matcher.take(rowOf(stored, change))).toBe(isThere ? 'txn_1' : null);
  // and what stands for a row stands for no other
  expect(matcher.take(rowOf(stored))).toBe(isThere ? null : 'txn_1');
});
