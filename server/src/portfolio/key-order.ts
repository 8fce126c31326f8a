import type { Decimal } from '../platform/decimal.ts';

/** What things can be ordered by; null and what is no number come last, whichever end is first. */
export type OrderKey = Decimal | number | string | null;

/** Things in the order of their keys, all of one kind; equals by their names, which are texts. */
export function inOrder<One>(
  list: readonly One[],
  direction: 'ASCENDING' | 'DESCENDING',
  keyOf: (one: One) => OrderKey,
  nameOf: (one: One) => string,
): One[] {
  const sign = direction === 'ASCENDING' ? 1 : -1;
  const keyed = list.map((one) => {
    const key = keyOf(one);
    return { one, key: key !== null && typeof key === 'object' && key.isNaN() ? null : key };
  });
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    return compared(a.key, b.key) * sign || compared(nameOf(a.one), nameOf(b.one));
  });
  return keyed.map(({ one }) => one);
}

function compared(a: NonNullable<OrderKey>, b: NonNullable<OrderKey>): number {
  if (typeof a === 'object') return a.comparedTo(b as Decimal);
  return a < b ? -1 : Number(a > b);
}
