import { describe, expect, it } from 'vitest';
import { buy, calmWorld, checked, dateOf, day, NOW, type World } from '../../../test/checked-world.ts';
import { ledgerEntry } from '../../../test/ledger-entry.ts';
import type { KnownEvent } from '../../market-data/corporate-events.ts';
import type { LedgerEntry } from '../../trade/ledger.ts';
import { itWithShared, sharedText } from '../../../../tools/testing/services.ts';
import { findingsOf } from './checks.ts';
import { DAY_MS } from './finding.ts';

describe('splits and dividends that a provider tells of', () => {
  const told = (kind: 'SPLIT' | 'DIVIDEND', index: number, value: number): KnownEvent => ({
    kind,
    date: dateOf(index),
    value,
    source: 'yahoo:A',
  });
  const world = (events: KnownEvent[], ...more: LedgerEntry[]): World => {
    const deposit = ledgerEntry('DEPOSIT', day(0), { instrumentId: null, amount: '100000' });
    const entries = [deposit, buy(day(1)), ...more];
    return { ...calmWorld(), entries, events: new Map([['a', events]]) };
  };

  it.each([
    [4, '4', '1', '40'],
    [1.5, '3', '2', '15'],
    [0.1, '1', '10', '1'],
  ])('are found as splits of %d, whatever prices do', (value, units, perUnits, after) => {
    const [found, ...others] = findingsOf(checked(world([told('SPLIT', 200, value)])));
    expect(others).toEqual([]);
    expect(found.explanation).toBe(
      `yahoo:A tells of a split ${units} for ${perUnits} of A on 2023-07-21. main account held 10 units and records no split; with one it would hold ${after}.`,
    );
    expect(found.fixes).toMatchObject([
      { draft: { kind: 'SPLIT', units, perUnits, executedAt: new Date(day(200)) } },
    ]);
  });

  it('are one finding with the jump that they explain, and none where recorded or nothing was held', () => {
    const jumping = world([told('SPLIT', 201, 4)]);
    const series = jumping.prices.get('a')!;
    jumping.prices.set('a', { ...series, close: series.close.map((_, t) => (t < 200 ? 400 : 100)) });
    const found = findingsOf(checked(jumping));
    expect(found).toHaveLength(1);
    expect(found[0].evidence.map(({ label }) => label)).toEqual([
      'Split by yahoo:A',
      'Close of 2023-07-20',
      'Close of 2023-07-21',
      'Ratio',
      'Units held',
    ]);
    const recorded = ledgerEntry('SPLIT', day(203), { units: '4' });
    const sold = ledgerEntry('SELL', day(150), { quantity: '10', price: '100' });
    for (const more of [recorded, sold])
      expect(findingsOf(checked(world([told('SPLIT', 200, 4)], more)))).toEqual([]);
  });

  it('are found as dividends on what was held the day before, and recorded before tax', () => {
    const late = buy(day(300), { quantity: '7' });
    const [found, ...others] = findingsOf(checked(world([told('DIVIDEND', 300, 0.24)], late)));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ kind: 'MISSING_DIVIDEND', severity: 'NOTICE', sinceMs: day(300) });
    expect(found.fixes).toMatchObject([
      {
        draft: {
          kind: 'DIVIDEND',
          symbol: 'A',
          amount: '2.4',
          currency: 'USD',
          executedAt: new Date(day(300)),
        },
      },
    ]);
  });

  it('match each payment with the last dividend before it', () => {
    const events = [100, 190, 280].map((index) => told('DIVIDEND', index, 0.5));
    const paid = (index: number) => ledgerEntry('DIVIDEND', day(index), { amount: '5' });
    const dates = (...more: LedgerEntry[]) =>
      findingsOf(checked(world(events, ...more))).map(({ sinceMs }) => sinceMs);
    expect(dates(paid(110), paid(205), paid(290))).toEqual([]);
    expect(dates(paid(110), paid(290))).toEqual([day(190)]);
    // Who records no dividend at all is asked about the last year alone.
    expect(dates()).toEqual([day(100), day(190), day(280)]);
    expect(
      findingsOf(checked(world(events), NOW + 240 * DAY_MS)).filter(
        ({ kind }) => kind === 'MISSING_DIVIDEND',
      ),
    ).toHaveLength(1);
  });

  it('are not missed before they can have been paid, nor by who is short', () => {
    const [soon, due] = [365, 364].map((index) => [told('DIVIDEND', index, 1)]);
    const short = ledgerEntry('SHORT', day(2), { quantity: '30', price: '100' });
    expect(findingsOf(checked(world(soon), NOW - 1))).toEqual([]);
    expect(findingsOf(checked(world(due)))).toHaveLength(1);
    expect(findingsOf(checked(world(due, short)))).toEqual([]);
  });

  it('stand beside a dividend of what was not held', () => {
    const orphan = ledgerEntry('DIVIDEND', day(200), { accountId: 'other', amount: '12' });
    const evidenceOf = (events: KnownEvent[]) =>
      findingsOf(checked(world(events, orphan))).find(({ kind }) => kind === 'ORPHAN_DIVIDEND')!.evidence;
    expect(evidenceOf([])).toHaveLength(1);
    expect(evidenceOf([told('DIVIDEND', 190, 0.5)])[1]).toEqual({
      label: 'Dividend by yahoo:A',
      value: '0.5 a unit, from 2023-07-11 on without it',
    });
    expect(evidenceOf([told('DIVIDEND', 20, 0.5)])[1].value).toBe('none in the 90 days before');
  });

  itWithShared('are those that LEAN knows of AAPL, on four times the units once it was split', () => {
    const { n_dividends: count, dividends_implied: implied } = JSON.parse(
      sharedText('reference/corporate_actions/SHARE.json'),
    ).cases.AAPL as { n_dividends: number; dividends_implied: { ex_after: string; amount: number }[] };
    const [, ...rows] = sharedText('data/lean_daily/AAPL_factors.csv').trim().split(/\r?\n/);
    const factors = rows.map((row) => row.split(',').map(Number));
    const known = factors.flatMap(([date, price, , reference], index): KnownEvent[] => {
      const later = factors[index + 1]?.[1] ?? price;
      if (later === price) return [];
      const [year, month, dayOfMonth] = [Math.floor(date / 10_000), Math.floor(date / 100) % 100, date % 100];
      const ex = new Date(Date.UTC(year, month - 1, dayOfMonth) + DAY_MS).toISOString().slice(0, 10);
      const value = Number((reference * (1 - price / later)).toFixed(3));
      return [{ kind: 'DIVIDEND', date: ex, value, source: 'LEAN' }];
    });
    expect(known).toHaveLength(count);
    const at = (date: string) => Date.parse(date);
    const entries = [
      ledgerEntry('DEPOSIT', at('2019-04-01'), { instrumentId: null, amount: '10000' }),
      buy(at('2019-04-02'), { quantity: '1', price: '190' }),
      ledgerEntry('DIVIDEND', at('2019-05-16'), { amount: '0.77' }),
      ledgerEntry('SPLIT', at('2020-08-31'), { units: '4' }),
    ];
    const found = findingsOf(
      checked({ ...calmWorld(), entries, events: new Map([['a', known]]) }, at('2021-06-01')),
    ).filter(({ kind }) => kind === 'MISSING_DIVIDEND');
    const [paid, ...missing] = implied;
    expect([paid.amount, missing.length]).toEqual([0.77, 7]);
    const amounts = found
      .toSorted((a, b) => a.sinceMs! - b.sinceMs!)
      .map(({ sinceMs, fixes: [fix] }: any) => [sinceMs - DAY_MS, Number(fix.draft.amount)]);
    expect(amounts).toEqual(
      missing.map(({ ex_after: after, amount }) => [
        at(after),
        after > '2020-08-31' ? expect.closeTo(4 * amount, 10) : amount,
      ]),
    );
  });
});
