import { expect, it } from 'vitest';
import type { LotTotalsFragment } from '#lib/graphql/generated/graphql.ts';
import { methodRows } from './lot-methods.ts';

const totals = (method: LotTotalsFragment['method'], realised: string | null): LotTotalsFragment => ({
  method,
  realised,
  realisedShortTerm: realised,
  realisedLongTerm: '0',
  unrealisedShortTerm: '0',
  unrealisedLongTerm: '0',
});
const fifo = totals('FIFO', '150.5');
const hifo = totals('HIFO', '20');

it('sets every method against the one in use', () => {
  const rows = methodRows([fifo, hifo], fifo);
  expect(rows.map(({ title, isOwn, realised, difference }) => [title, isOwn, realised, difference])).toEqual([
    ['Oldest first (FIFO)', true, 150.5, 0],
    ['Smallest gain first (HIFO)', false, 20, -130.5],
  ]);
});

it('gives accounts with different methods a row of their own', () => {
  const rows = methodRows([fifo, hifo], totals(null, '90'));
  expect(rows.map(({ title, isOwn, realised, difference }) => [title, isOwn, realised, difference])).toEqual([
    ['Each account by its own', true, 90, 0],
    ['Oldest first (FIFO)', false, 150.5, 60.5],
    ['Smallest gain first (HIFO)', false, 20, -70],
  ]);
});

it('tells no difference where a rate is missing', () => {
  const [first, second] = methodRows([totals('FIFO', null), hifo], totals('FIFO', null));
  expect([first.realised, first.difference]).toEqual([null, null]);
  expect([second.realised, second.difference]).toEqual([20, null]);
});
