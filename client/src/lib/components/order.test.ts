import { expect, it } from 'vitest';
import { orderedBy } from './order.ts';

it('orders by the largest first, and turns round what is clicked again', () => {
  const first = orderedBy({ field: 'SYMBOL', direction: 'ASCENDING' }, 'VALUE');
  expect(first).toEqual({ field: 'VALUE', direction: 'DESCENDING' });
  const second = orderedBy(first, 'VALUE');
  expect(second).toEqual({ field: 'VALUE', direction: 'ASCENDING' });
  expect(orderedBy(second, 'VALUE')).toEqual(first);
});
