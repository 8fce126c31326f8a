import { expect, it } from 'vitest';
import { type Mapping, mappingInput, mappingOf, mappingProblem, type Preview, wordsOf } from './mapping.ts';

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
  expect(
    mappingInput({ ...mapping, fields: ['kind'], kinds: [{ word: 'Rest', kind: 'LEFT_OUT' }] }),
  ).toMatchObject({
    columns: [{ field: 'kind', index: 0 }],
    kinds: [{ word: 'Rest', kind: null }],
  });
});

const word = (text: string, kind: Preview['kinds'][number]['kind'], isChosen = false) => ({
  word: text,
  kind,
  isChosen,
});
const column = (index: number, field: 'date' | 'kind' | 'amount' | null, words: Preview['kinds']) => ({
  index,
  header: String(index),
  samples: [],
  field,
  words,
});
const preview = {
  __typename: 'ImportPreview',
  format: null,
  isDayFirst: true,
  hasDecimalComma: false,
  isAmountNet: true,
  isRemembered: true,
  columns: [
    column(0, 'date', []),
    column(1, 'kind', [word('Kauf', 'BUY'), word('Neu', null)]),
    column(2, null, [word('kauf', 'BUY'), word('Zins', 'INTEREST')]),
    column(3, 'amount', []),
  ],
  kinds: [word('Kauf', 'REWARD', true), word('Storno', null, true), word('Neu', null)],
} satisfies Preview;

it('asks for what a new word means, and leaves out only what was left out before', () => {
  const remembered = mappingOf(preview);
  expect(remembered.kinds).toEqual([
    { word: 'Kauf', kind: 'REWARD' },
    { word: 'Storno', kind: 'LEFT_OUT' },
    { word: 'Neu', kind: '' },
  ]);
  expect(mappingProblem(remembered)).toBe('Choose what “Neu” means, or leave its rows out.');
  expect(mappingInput(remembered).kinds).toEqual([
    { word: 'Kauf', kind: 'REWARD' },
    { word: 'Storno', kind: null },
  ]);
  expect(mappingProblem({ ...remembered, fields: ['date', '', '', 'amount'] })).toBe('');
});

it('gives the words of whichever column is chosen for kinds, and keeps what was chosen for them', () => {
  const other: Mapping = { ...mappingOf(preview), fields: ['date', '', 'kind', 'amount'] };
  expect(wordsOf(preview, other)).toEqual([
    { word: 'Kauf', kind: 'REWARD' },
    { word: 'Zins', kind: 'INTEREST' },
  ]);
  const none: Mapping = { ...mappingOf(preview), fields: ['date', '', '', 'amount'], kinds: [] };
  expect(wordsOf(preview, none)).toEqual([]);
  const back: Mapping = { ...none, fields: ['date', 'kind', '', 'amount'] };
  expect(wordsOf(preview, back).map(({ kind }) => kind)).toEqual(['REWARD', 'LEFT_OUT', '']);
});
