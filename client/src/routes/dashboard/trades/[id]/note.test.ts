import { expect, it } from 'vitest';
import { chartRange, isEdited, noteDraftOf, noteInputOf } from './note.ts';

it('turns a form into what is sent and back', () => {
  const draft = { ...noteDraftOf(null), tags: ' gap,, news ', setup: ' ', rating: 3, stopPrice: ' 9.5 ' };
  const input = noteInputOf(draft);
  expect(input).toEqual({
    tags: ['gap', 'news'],
    setup: null,
    notes: '',
    rating: 3,
    stopPrice: '9.5',
    initialRisk: null,
  });
  const note = { ...input, tags: ['gap', 'news'], notes: '', version: 1, updatedBy: 'owner', updatedAt: '' };
  expect(noteDraftOf(note)).toMatchObject({ tags: 'gap, news', setup: '', rating: 3, stopPrice: '9.5' });
});

it('knows what a person has changed', () => {
  const note = {
    tags: ['gap'],
    setup: null,
    notes: 'late',
    rating: 3,
    stopPrice: null,
    initialRisk: null,
    version: 1,
    updatedBy: 'owner',
    updatedAt: '',
  };
  expect(isEdited(noteDraftOf(null), null)).toBe(false);
  expect(isEdited(noteDraftOf(note), note)).toBe(false);
  expect(isEdited({ ...noteDraftOf(note), notes: 'lat' }, note)).toBe(true);
  expect(isEdited({ ...noteDraftOf(note), rating: null }, note)).toBe(true);
});

it('shows a trade with bars on both sides', () => {
  const day = (date: number) => Date.UTC(2024, 0, date);
  const daily = 86_400_000;
  expect(chartRange(day(100), day(104), daily, 0)).toEqual({
    from: new Date(day(58)).toISOString(),
    to: new Date(day(146)).toISOString(),
  });
  expect(chartRange(day(1), null, daily, day(401)).to).toBe(new Date(day(501)).toISOString());
});
