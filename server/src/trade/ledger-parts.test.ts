import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ledgerEntry } from '../../test/ledger-entry.ts';
import { type LedgerEntry, lotEventOf } from './ledger.ts';
import { changeLedger, partLedger, type PartedLedger } from './ledger-parts.ts';
import { runLots } from './lots.ts';
import type { TransactionKind } from './transaction-kinds.ts';

const instrument = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const anyEntry = fc
  .record({
    kind: fc.constantFrom('BUY' as const, 'DEPOSIT' as const, 'OPENING_BALANCE' as const, 'MERGER' as const),
    at: fc.integer({ min: 0, max: 20 }),
    instrumentId: instrument,
    otherInstrumentId: instrument,
  })
  .map(({ kind, at, instrumentId, otherInstrumentId }) =>
    ledgerEntry(kind, at, {
      amount: '1',
      quantity: kind === 'BUY' ? '1' : undefined,
      price: kind === 'BUY' ? '1' : undefined,
      instrumentId: kind === 'BUY' || kind === 'MERGER' ? instrumentId : null,
      otherInstrumentId: kind === 'MERGER' ? otherInstrumentId : undefined,
    }),
  );
/** Entries to add, and how many of those that are there to leave out, by their place. */
const anyChange = fc.record({
  added: fc.array(anyEntry, { maxLength: 3 }),
  removed: fc.array(fc.nat(200), { maxLength: 2 }),
});

const shown = ({ entries, parts, partOf }: PartedLedger) => {
  const idsOf = (list: readonly LedgerEntry[]) => list.map(({ id, timeMs }) => `${id} ${timeMs}`).join(', ');
  return {
    entries: idsOf(entries),
    parts: parts.map(idsOf),
    partOf: [...partOf]
      .filter(([, list]) => list.length > 0)
      .map(([name, list]) => `${name}: ${idsOf(list)}`)
      .toSorted(),
  };
};

describe('transactions of one time', () => {
  const of = (kind: TransactionKind, fields: Parameters<typeof ledgerEntry>[2] = {}) =>
    ledgerEntry(kind, 1, { quantity: '10', price: '10', ...fields });
  const lotsOf = (entries: readonly LedgerEntry[]) => {
    const events = partLedger(entries).entries.flatMap((entry) => lotEventOf(entry) ?? []);
    const { lots, closings } = runLots(events, 'FIFO');
    return {
      lots: lots.map(({ side, quantity }) => `${side} ${quantity.toFixed()}`),
      closings: closings.map(({ side, quantity, gain }) => `${side} ${quantity.toFixed()} ${gain.toFixed()}`),
    };
  };
  const held = ledgerEntry('BUY', 0, { quantity: '10', price: '10' });

  it.each<[string, () => LedgerEntry[], { lots: string[]; closings: string[] }]>([
    [
      'change units before they are bought',
      () => [held, of('BUY', { quantity: '20' }), of('SPLIT', { units: '2' })],
      { lots: ['LONG 20', 'LONG 20'], closings: [] },
    ],
    [
      'are bought before they are sold',
      () => [of('SELL', { price: '12' }), of('BUY')],
      { lots: [], closings: ['LONG 10 20'] },
    ],
    [
      'are sold short before they are covered',
      () => [of('COVER', { price: '7' }), of('SHORT')],
      { lots: [], closings: ['SHORT 10 30'] },
    ],
    [
      'are sold before they end',
      () => [held, of('DELISTING'), of('SELL', { price: '9' })],
      { lots: [], closings: ['LONG 10 -10', 'LONG 0 0'] },
    ],
    [
      'move to another account before they are sold there',
      () => [
        of('SELL', { accountId: 'other', price: '11' }),
        of('TRANSFER_OUT', { price: undefined, counterAccountId: 'other' }),
        of('BUY'),
      ],
      { lots: [], closings: ['LONG 10 10'] },
    ],
    [
      'open before all else',
      () => [
        of('SELL', { price: '15' }),
        of('SPLIT', { units: '2' }),
        of('OPENING_BALANCE', { quantity: '5', costBasis: '100' }),
      ],
      { lots: [], closings: ['LONG 10 50'] },
    ],
  ])('%s, however they were recorded', (_name, make, expected) => {
    expect(lotsOf(make())).toEqual(expected);
    // The same recorded the other way round: ids are given as they are made.
    const reversed = make().map((entry, index, all) => ({ ...entry, id: all[all.length - 1 - index].id }));
    expect(lotsOf(reversed)).toEqual(expected);
  });
});

describe('a ledger in parts', () => {
  it('is the same after any changes as taken apart anew', () => {
    fc.assert(
      fc.property(
        fc.array(anyEntry, { maxLength: 25 }),
        fc.array(anyChange, { maxLength: 6 }),
        (first, changes) => {
          let ledger = partLedger(first);
          let counting = [...first];
          for (const { added, removed } of changes) {
            const removedIds = new Set(
              removed.flatMap((place) => (counting.length > 0 ? [counting[place % counting.length].id] : [])),
            );
            ledger = changeLedger(ledger, added, removedIds);
            counting = [...counting.filter(({ id }) => !removedIds.has(id)), ...added];
            expect(shown(ledger)).toEqual(shown(partLedger(counting)));
          }
        },
      ),
    );
  });

  it('keeps the lists that a change does not touch', () => {
    const entries = ['a', 'b', 'c', 'd', 'e'].map((instrumentId, at) =>
      ledgerEntry('BUY', at, { instrumentId, quantity: '1' }),
    );
    const before = partLedger(entries);
    const after = changeLedger(
      before,
      [ledgerEntry('BUY', 2, { instrumentId: 'b', quantity: '1' })],
      new Set(),
    );
    expect(after.parts.filter((part) => before.parts.includes(part))).toHaveLength(4);
    expect(after.partOf.get('b')!.map(({ timeMs }) => timeMs)).toEqual([1, 2]);
  });
});
