import { expect, it } from 'vitest';
import { emptyFilter, filterOf, isFiltering } from './filter.ts';

it('sends what was chosen, and nothing for the rest', () => {
  expect(filterOf(emptyFilter())).toEqual({
    search: null,
    side: null,
    isOpen: null,
    outcome: null,
    tags: null,
    setup: null,
    from: null,
    to: null,
  });
  expect(
    filterOf({ ...emptyFilter(), search: ' aa ', outcome: 'LOSS', tag: 'gap', to: '2024-03-01' }),
  ).toMatchObject({
    search: 'aa',
    outcome: 'LOSS',
    isOpen: null,
    tags: ['gap'],
    to: '2024-03-01T23:59:59.999Z',
  });
  expect(filterOf({ ...emptyFilter(), outcome: 'OPEN' })).toMatchObject({ outcome: null, isOpen: true });
  expect([isFiltering(emptyFilter()), isFiltering({ ...emptyFilter(), setup: 'x' })]).toEqual([false, true]);
});
