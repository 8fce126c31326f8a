import { describe, expect, it } from 'vitest';
import { Decimal } from '../platform/decimal.ts';
import { type ListedLot, listLots, LOT_SORT_FIELDS } from './lot-list.ts';

type Named = ListedLot & { readonly name: string };

function closed(name: string, instrumentId: string, openedMs: number, figures: readonly string[]): Named {
  const [quantity, costBasis, proceeds, gain] = figures.map((text) => new Decimal(text));
  const isLongTerm = openedMs < 2;
  return {
    name,
    instrumentId,
    openedMs,
    closedMs: 9 - openedMs,
    quantity,
    costBasis,
    proceeds,
    gain,
    isLongTerm,
  };
}

const ALL = [
  closed('a', 'x', 1, ['3', '30', '20', '-10']),
  closed('b', 'y', 2, ['1', '10', 'NaN', 'NaN']),
  closed('c', 'x', 3, ['2', '40', '45', '5']),
];
const names = (asked: Partial<Parameters<typeof listLots>[1]>, instrumentId?: string) =>
  listLots(ALL, { first: 10, ...asked }, instrumentId)
    .page.map(({ name }) => name)
    .join('');

describe('listLots', () => {
  it('keeps the order that they have where none is asked for', () => {
    expect(names({})).toBe('abc');
  });

  it.each([
    ['OPENED_AT', 'abc', 'cba'],
    ['CLOSED_AT', 'cba', 'abc'],
    ['QUANTITY', 'bca', 'acb'],
    ['COST_BASIS', 'bac', 'cab'],
    ['WORTH', 'acb', 'cab'],
    ['GAIN', 'acb', 'cab'],
  ] as const)('orders by %s', (field, ascending, descending) => {
    expect(names({ orderBy: { field, direction: 'ASCENDING' } })).toBe(ascending);
    expect(names({ orderBy: { field, direction: 'DESCENDING' } })).toBe(descending);
  });

  it('has a test of every order', () => {
    expect(Object.keys(LOT_SORT_FIELDS)).toHaveLength(6);
  });

  it('keeps those of one instrument, and those of one term', () => {
    expect(names({}, 'x')).toBe('ac');
    expect(names({ isLongTerm: false })).toBe('bc');
    expect(names({ isLongTerm: true }, 'y')).toBe('');
  });

  it('gives pages of them and counts all', () => {
    const { page, offset, totalCount } = listLots(ALL, { first: 2 });
    expect([page.length, offset, totalCount]).toEqual([2, 0, 3]);
    expect(names({ first: 2, after: Buffer.from('1').toString('base64url') })).toBe('c');
  });
});
