import { describe, expect, it } from 'vitest';
import { Decimal } from '../platform/decimal.ts';
import type { AccountRow } from './account.entity.ts';
import { ACCOUNT_SORT_FIELDS, asksForValues, listAccounts } from './account-list.ts';
import type { AccountValue } from './account.service.ts';

const row = (id: string, name: string, lotMethod: string, isOpen = true) =>
  ({ id, name, lotMethod, closedAt: isOpen ? null : new Date(0) }) as AccountRow;
const value = (currency: string, cash: string, held: string): AccountValue => ({
  cash: new Map([[currency, new Decimal(cash)]]),
  cashValue: new Decimal(cash),
  marketValue: new Decimal(held),
  lotCount: 0,
});

const ALL = [
  row('1', 'Savings', 'FIFO'),
  row('2', 'broker', 'LIFO'),
  row('3', 'Old bank', 'HIFO', false),
  row('4', 'Abroad', 'FIFO'),
];
// Nothing ever touched the third, and no rate is known for the fourth.
const VALUES = new Map([
  ['1', value('USD', '50', '0')],
  ['2', value('EUR', '-20', '100')],
  ['4', value('SEK', 'NaN', '5')],
]);
const ids = (asked: Parameters<typeof listAccounts>[2]) =>
  listAccounts(ALL, VALUES, asked)
    .page.map(({ id }) => id)
    .join('');

describe('listAccounts', () => {
  it('gives all of them, the oldest first', () => {
    expect(ids({})).toBe('1234');
  });

  it.each([
    ['CREATED', '1234', '4321'],
    ['NAME', '4231', '1324'],
    ['VALUE', '3124', '2134'],
    ['MARKET_VALUE', '1342', '2413'],
    ['CASH_VALUE', '2314', '1324'],
    ['LOT_METHOD', '1432', '2314'],
  ] as const)('orders by %s', (field, ascending, descending) => {
    expect(ids({ orderBy: { field, direction: 'ASCENDING' } })).toBe(ascending);
    expect(ids({ orderBy: { field, direction: 'DESCENDING' } })).toBe(descending);
  });

  it('has a test of every order', () => {
    expect(Object.keys(ACCOUNT_SORT_FIELDS)).toHaveLength(6);
  });

  it('keeps what all conditions of a filter mean', () => {
    expect(ids({ filter: { search: ' BRO ' } })).toBe('24');
    expect(ids({ filter: { isOpen: false } })).toBe('3');
    expect(ids({ filter: { isOpen: true, lotMethod: 'FIFO' } })).toBe('14');
    expect(ids({ filter: { currency: 'EUR' } })).toBe('2');
    expect(ids({ filter: { search: 'bro', currency: 'USD' } })).toBe('');
  });

  it('gives pages of them and counts all', () => {
    const { page, offset, totalCount } = listAccounts(ALL, VALUES, { first: 3 });
    expect([page.length, offset, totalCount]).toEqual([3, 0, 4]);
    const after = Buffer.from('2').toString('base64url');
    expect(ids({ first: 3, after })).toBe('4');
    expect(() => ids({ first: 101 })).toThrow('expected first from 1 to 100, was 101');
  });

  it('needs what is in them only where that decides', () => {
    expect(
      asksForValues({ filter: { search: 'a' }, orderBy: { field: 'NAME', direction: 'ASCENDING' } }),
    ).toBe(false);
    expect(asksForValues({ orderBy: { field: 'CASH_VALUE', direction: 'ASCENDING' } })).toBe(true);
    expect(asksForValues({ filter: { currency: 'EUR' } })).toBe(true);
  });
});
