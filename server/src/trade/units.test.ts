import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ledgerEntry } from '../../test/ledger-entry.ts';
import { Decimal, ZERO } from '../platform/decimal.ts';
import { lotEventOf } from './ledger.ts';
import { runLots } from './lots.ts';
import { unitChanges } from './units.ts';

const whole = fc.integer({ min: 1, max: 40 }).map(String);
const anyEvent = fc
  .record({
    kind: fc.constantFrom(
      'BUY',
      'SELL',
      'SPLIT',
      'STOCK_DIVIDEND',
      'SPIN_OFF',
      'MERGER',
      'DELISTING',
      'TRANSFER_IN',
      'TRANSFER_OUT',
      'ADJUSTMENT',
      'RETURN_OF_CAPITAL',
    ),
    instrumentId: fc.constantFrom('a', 'b'),
    accountId: fc.constantFrom('main', 'other'),
    isInternal: fc.boolean(),
    quantity: whole,
    price: whole,
    units: whole,
    perUnits: whole,
  })
  .map(({ kind, isInternal, ...fields }) => {
    const other = fields.instrumentId === 'a' ? 'b' : 'a';
    const event = ledgerEntry(kind, 1, {
      ...fields,
      amount: kind === 'RETURN_OF_CAPITAL' ? '5' : undefined,
      otherInstrumentId: kind === 'SPIN_OFF' || kind === 'MERGER' ? other : undefined,
      basisFraction: '0.5',
      counterAccountId:
        kind === 'TRANSFER_OUT' && isInternal ? (fields.accountId === 'main' ? 'other' : 'main') : undefined,
    });
    return lotEventOf(event)!;
  });

it('holds as many units as lots do, whatever happens', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 25 }), (events) => {
      const { lots } = runLots(events, 'FIFO');
      const changes = unitChanges(events);
      for (const instrumentId of ['a', 'b']) {
        const sum = (values: Decimal[]) => values.reduce((total, one) => total.plus(one), ZERO).toFixed();
        const own = lots.filter((lot) => lot.instrumentId === instrumentId);
        expect(
          sum(changes.filter((one) => one.instrumentId === instrumentId).map(({ change }) => change)),
        ).toBe(sum(own.map(({ side, quantity }) => (side === 'LONG' ? quantity : quantity.negated()))));
      }
    }),
  );
});

it('tells the price after a split, a stock dividend and an exchange', () => {
  const events = [
    ledgerEntry('BUY', 1, { quantity: '10', price: '12' }),
    ledgerEntry('SPLIT', 2, { units: '3' }),
    ledgerEntry('STOCK_DIVIDEND', 3, { quantity: '10' }),
    ledgerEntry('MERGER', 4, { otherInstrumentId: 'b', units: '1', perUnits: '2' }),
  ].map((entry) => lotEventOf(entry)!);
  expect(
    unitChanges(events).map(({ instrumentId, change, price }) => [
      instrumentId,
      change.toFixed(),
      price?.toFixed() ?? null,
    ]),
  ).toEqual([
    ['a', '10', '12'],
    ['a', '20', '4'],
    ['a', '10', '3'],
    ['a', '-40', null],
    ['b', '20', '6'],
  ]);
});

it('tells the prices after a spin-off, which add up to the one before, and what they came from', () => {
  const events = [
    ledgerEntry('BUY', 1, { quantity: '10', price: '12' }),
    ledgerEntry('SPIN_OFF', 2, { otherInstrumentId: 'b', units: '1', perUnits: '2', basisFraction: '0.25' }),
  ].map((entry) => lotEventOf(entry)!);
  expect(
    unitChanges(events).map(({ instrumentId, change, price, from }) => [
      instrumentId,
      change.toFixed(),
      price?.toFixed(),
      from && [from.instrumentId, from.part.toFixed(), from.units.toFixed(), from.isWhole],
    ]),
  ).toEqual([
    ['a', '10', '12', undefined],
    ['b', '5', '6', ['a', '0.5', '1', false]],
    ['a', '0', '9', ['a', '0.75', '1', true]],
  ]);
});
