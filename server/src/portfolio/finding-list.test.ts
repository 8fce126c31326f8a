import { describe, expect, it } from 'vitest';
import type { CheckedFinding } from './check.service.ts';
import { FINDING_SORT_FIELDS, listFindings } from './finding-list.ts';

const finding = (key: string, kind: string, severity: string, sinceMs: number, count: number) =>
  ({
    key,
    kind,
    severity,
    sinceMs,
    explanation: `About ${kind.toLowerCase()} since ${sinceMs}`,
    entryIds: Array.from({ length: count }, (_, index) => `txn_${index}`),
    dismissal: key === '3' ? { reason: 'so', by: 'owner', at: new Date(0) } : null,
  }) as unknown as CheckedFinding;
const ALL = [
  finding('1', 'NEGATIVE_CASH', 'ERROR', 30, 1),
  finding('2', 'DUPLICATE', 'WARNING', 10, 2),
  finding('3', 'STALE_PRICE', 'NOTICE', 20, 0),
  finding('4', 'MISSING_PRICE', 'ERROR', 40, 3),
];
const keys = (asked: Partial<Parameters<typeof listFindings>[1]>) =>
  listFindings(ALL, { first: 10, ...asked })
    .page.map(({ key }) => key)
    .join('');

describe('listFindings', () => {
  it('gives those that stand, in the order of the checks', () => {
    expect(keys({})).toBe('124');
    expect(keys({ filter: { includeDismissed: true } })).toBe('1234');
  });

  it.each([
    ['SEVERITY', '3214', '1423'],
    ['SINCE', '2314', '4132'],
    ['KIND', '2413', '3142'],
    ['TRANSACTION_COUNT', '3124', '4213'],
  ] as const)('orders by %s', (field, ascending, descending) => {
    const filter = { includeDismissed: true };
    expect(keys({ filter, orderBy: { field, direction: 'ASCENDING' } })).toBe(ascending);
    expect(keys({ filter, orderBy: { field, direction: 'DESCENDING' } })).toBe(descending);
  });

  it('has a test of every order', () => {
    expect(Object.keys(FINDING_SORT_FIELDS)).toEqual(['SEVERITY', 'SINCE', 'KIND', 'TRANSACTION_COUNT']);
  });

  it('filters by kind, severity and text', () => {
    expect(keys({ filter: { kinds: ['DUPLICATE', 'STALE_PRICE'] } })).toBe('2');
    expect(keys({ filter: { kinds: [] } })).toBe('124');
    expect(keys({ filter: { severity: 'ERROR' } })).toBe('14');
    expect(keys({ filter: { search: ' Missing_PRICE ' } })).toBe('4');
  });

  it('goes on from a cursor and counts all pages', () => {
    const first = listFindings(ALL, { first: 2 });
    expect([first.page.length, first.offset, first.totalCount]).toEqual([2, 0, 3]);
  });
});
