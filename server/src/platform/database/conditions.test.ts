import { expect, it } from 'vitest';
import { allOf, orderOf } from './conditions.ts';

it('holds where all conditions do, with their values in order', () => {
  expect(allOf([['a = ?', 1], null, ['b in (?, ?)', 2, 3]])).toEqual({
    text: 'a = ? and b in (?, ?)',
    values: [1, 2, 3],
  });
});

it('orders by every column the same way, what is missing last in both', () => {
  expect(orderOf(['lower(a)', 'id'], 'ASCENDING')).toBe('lower(a) asc, id asc');
  expect(orderOf(['lower(a)', 'id'], 'DESCENDING')).toBe('lower(a) desc, id desc');
  expect(orderOf(['a', 'id'], 'ASCENDING', { isNullable: true })).toBe('a asc nulls last, id asc nulls last');
  expect(orderOf(['a', 'id'], 'DESCENDING', { isNullable: true })).toBe(
    'a desc nulls last, id desc nulls last',
  );
});
