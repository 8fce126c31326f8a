import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ledgerEntry } from '../../test/ledger-entry.ts';
import type { LedgerEntry } from './ledger.ts';
import { changeLedger, partLedger, type PartedLedger } from './ledger-parts.ts';

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
