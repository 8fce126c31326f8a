import { describe, expect, it } from 'vitest';
import { ledgerEntry } from '../../test/ledger-entry.ts';
import { Decimal } from '../platform/decimal.ts';
import { lotEventOf } from './ledger.ts';
import { priceSplitsOf, splitsAfter } from './price-splits.ts';
import { unitChanges } from './units.ts';

const DAY_MS = 86_400_000;
const split = (day: number, accountId = 'main', units = '2') =>
  ledgerEntry('SPLIT', day * DAY_MS, { accountId, units });
const eventsOf = (...entries: ReturnType<typeof ledgerEntry>[]) => entries.map((one) => lotEventOf(one)!);

describe('the splits that prices follow', () => {
  it.each([
    ['each of an account', [split(1), split(2)], [1, 2]],
    ['one that two accounts record on two days', [split(1), split(2, 'other')], [1]],
    ['another of each in turn', [split(1), split(1, 'other'), split(3), split(3, 'other')], [1, 3]],
    ['two ratios', [split(1), split(1, 'other', '3')], [1, 1]],
    ['what is too far apart to be one', [split(1), split(9, 'other')], [1, 9]],
    ['none that changes units in another way', [ledgerEntry('STOCK_DIVIDEND', 1, { quantity: '1' })], []],
  ])('are %s', (_name, entries, days) => {
    // A split of a date counts after the close at its midnight.
    expect([...priceSplitsOf(eventsOf(...entries)).values()].map(({ timeMs }) => timeMs)).toEqual(
      days.map((day) => day * DAY_MS + 1),
    );
  });

  it('tell the price after them once, whoever records them', () => {
    const bought = (accountId: string) => ledgerEntry('BUY', 0, { accountId, quantity: '1', price: '12' });
    const entries = [bought('main'), bought('other'), split(1), split(1, 'other')];
    const changes = unitChanges(eventsOf(...entries));
    expect(changes.map(({ price }) => price?.toFixed())).toEqual(['12', '12', '6', '6']);
  });
});

describe('the splits after a close', () => {
  const closesOf = (...close: number[]) => ({
    timesMs: Float64Array.from(close, (_, day) => day * DAY_MS),
    close: Float64Array.from(close),
  });
  const halving = { timeMs: 3 * DAY_MS + 1, factor: new Decimal(2) };

  it.each([
    ['one that no close shows', closesOf(10, 11, 9, 10), 3, 9, [halving]],
    ['none before it', closesOf(10, 10, 10, 10, 5), 4, 9, []],
    ['none after the time', closesOf(10, 10, 10), 2, 3, []],
    ['none that the close has followed already', closesOf(10, 10, 5.4), 2, 9, []],
    ['one that a later close alone has followed', closesOf(10, 10, 5.4), 1, 9, [halving]],
    ['one where the price fell by far less', closesOf(10, 10, 7), 2, 9, [halving]],
  ])('are %s', (_name, closes, index, untilDay, expected) => {
    expect(splitsAfter([halving], closes, index, untilDay * DAY_MS)).toEqual(expected);
  });

  it('are small ones whatever prices did, and jumps of long ago show nothing', () => {
    const small = { timeMs: 3 * DAY_MS + 1, factor: new Decimal('1.2') };
    expect(splitsAfter([small], closesOf(12, 12, 10), 2, 9 * DAY_MS)).toEqual([small]);
    const late = { ...halving, timeMs: 20 * DAY_MS };
    expect(splitsAfter([late], closesOf(10, 5, 5), 2, 30 * DAY_MS)).toEqual([late]);
  });
});
