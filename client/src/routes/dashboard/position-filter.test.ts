import { expect, it } from 'vitest';
import { everyPosition, nothingFound, positionFilterOf } from './position-filter.ts';

it('sends what was chosen, and nothing for the rest', () => {
  expect(positionFilterOf(everyPosition())).toEqual({
    search: null,
    assetClass: null,
    side: null,
    state: 'OPEN',
  });
  expect(positionFilterOf({ search: ' aa ', assetClass: 'ETF', side: 'SHORT', state: 'ALL' })).toEqual({
    search: 'aa',
    assetClass: 'ETF',
    side: 'SHORT',
    state: 'ALL',
  });
});

it('says why a table is empty', () => {
  expect(nothingFound(everyPosition())).toBe('Nothing is held.');
  expect(nothingFound({ ...everyPosition(), state: 'CLOSED' })).toBe('No position has been closed.');
  expect(nothingFound({ ...everyPosition(), side: 'SHORT' })).toBe('No position meets these conditions.');
});
