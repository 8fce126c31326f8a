import { expect, it } from 'vitest';
import { type Mapping, mappingInput, mappingProblem } from './mapping.ts';

const mapping: Mapping = {
  fields: ['date', '', 'quantity', 'price'],
  isDayFirst: true,
  hasDecimalComma: false,
  isAmountNet: true,
  kinds: [{ word: 'Kauf', kind: 'BUY' }],
};

it('names what a mapping lacks', () => {
  expect(mappingProblem(mapping)).toBe('');
  expect(mappingProblem({ ...mapping, fields: ['date', 'amount'] })).toBe('');
  expect(mappingProblem({ ...mapping, fields: ['quantity', 'price'] })).toBe(
    'Choose the column that holds the date.',
  );
  expect(mappingProblem({ ...mapping, fields: ['date', 'price'] })).toBe(
    'Choose the column of the amount, or those of units and price.',
  );
  expect(mappingProblem({ ...mapping, fields: ['date', 'amount', 'amount'] })).toBe(
    'Two columns are taken for the amount: choose one.',
  );
});

it('gives the chosen columns by their places, and words only with their column', () => {
  expect(mappingInput(mapping)).toEqual({
    columns: [
      { field: 'date', index: 0 },
      { field: 'quantity', index: 2 },
      { field: 'price', index: 3 },
    ],
    isDayFirst: true,
    hasDecimalComma: false,
    isAmountNet: true,
    kinds: [],
  });
  expect(mappingInput({ ...mapping, fields: ['kind'], kinds: [{ word: 'Rest', kind: '' }] })).toMatchObject({
    columns: [{ field: 'kind', index: 0 }],
    kinds: [{ word: 'Rest', kind: null }],
  });
});
