import { expect, it } from 'vitest';
import type { LotTotalsFragment } from '#lib/graphql/generated/graphql.ts';
import { methodRows } from './lot-methods.ts';

const totals = (
  method: LotTotalsFragment['method'],
  short: string | null,
  long: string | null,
): LotTotalsFragment => ({
  method,
  realisedShortTerm: short,
  realisedLongTerm: long,
  unrealisedShortTerm: '0',
  unrealisedLongTerm: '0',
});
const fifo = totals('FIFO', '100', '50.5');
const hifo = totals('HIFO', '20', '0');

it('sets every method against the one in use', () => {
  const rows = methodRows([fifo, hifo], fifo);
  expect(rows.map(({ title, isOwn, realised, difference }) => [title, isOwn, realised, difference])).toEqual([
    ['Oldest first (FIFO)', true, 150.5, 0],
    ['Smallest gain first (HIFO)', false, 20, -130.5],
  ]);
});

it('gives accounts with different methods a row of their own', () => {
  const rows = methodRows([fifo, hifo], totals(null, '60', '30'));
  expect(rows.map(({ title, isOwn, realised, difference }) => [title, isOwn, realised, difference])).toEqual([
    ['Each account by its own', true, 90, 0],
    ['Oldest first (FIFO)', false, 150.5, 60.5],
    ['Smallest gain first (HIFO)', false, 20, -70],
  ]);
});

it('tells no difference where a rate is missing', () => {
  const [first, second] = methodRows([totals('FIFO', null, '1'), hifo], totals('FIFO', null, '1'));
  expect([first.realised, first.difference]).toEqual([null, null]);
  expect([second.realised, second.difference]).toEqual([20, null]);
});
