import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buy,
  calmWorld,
  checked,
  cleanWorld,
  dateOf,
  day,
  DAYS,
  type World,
} from '../../../test/checked-world.ts';
import { type Fields, ledgerEntry } from '../../../test/ledger-entry.ts';
import { Decimal } from '../../platform/decimal.ts';
import type { LedgerEntry } from '../../trade/ledger.ts';
import { findingsOf } from './checks.ts';
import type { Finding, FindingKind, Fix } from './finding.ts';
import { splitRatioOf } from './splits.ts';

/** Faults by what should be found; each changes a clean ledger. */
const FAULTS: Readonly<Record<FindingKind, (world: World) => void>> = {
  NEGATIVE_CASH: ({ entries }) =>
    void entries.push(ledgerEntry('WITHDRAWAL', day(200), { instrumentId: null, amount: '2000000' })),
  NEGATIVE_POSITION: ({ entries }) =>
    void entries.push(ledgerEntry('SELL', day(200), { quantity: '100000', price: '100' })),
  MISSING_PRICE: ({ entries, prices }) => {
    entries.push(buy(day(100)));
    prices.delete('a');
  },
  STALE_PRICE: ({ entries, prices }) => {
    entries.push(buy(day(100), { instrumentId: 'b' }));
    const { timesMs, close, adjustedClose } = prices.get('b')!;
    const part = (column: Float64Array) => column.subarray(0, DAYS - 20);
    prices.set('b', { timesMs: part(timesMs), close: part(close), adjustedClose: part(adjustedClose) });
  },
  UNRECORDED_SPLIT: (world) => {
    world.entries = world.entries.filter(({ instrumentId }) => instrumentId !== 'c');
    world.entries.push(buy(day(100), { instrumentId: 'c' }));
    const series = world.prices.get('c')!;
    world.prices.set('c', { ...series, close: series.close.map((_, index) => (index < 200 ? 90 : 31)) });
  },
  ORPHAN_DIVIDEND: (world) => {
    world.entries = world.entries.filter(
      ({ accountId, kind, instrumentId }) => accountId === 'main' || !instrumentId || kind === 'SPLIT',
    );
    world.entries.push(
      ledgerEntry('DIVIDEND', day(200), { accountId: 'other', instrumentId: 'b', amount: '12' }),
    );
  },
  MISSING_DIVIDEND: (world) => {
    world.entries = world.entries.filter(({ kind }) => kind !== 'DIVIDEND');
    world.entries.push(buy(day(330)));
    const told = { kind: 'DIVIDEND', date: dateOf(340), value: 0.25, source: 'yahoo:A' } as const;
    world.events = new Map([['a', [told]]]);
  },
  MISSING_RATE: (world) => {
    const transactionIds = [world.entries[0].id];
    world.missing = [{ from: 'EUR', to: 'USD', fromMs: day(3), toMs: day(9), transactionIds }];
  },
  STALE_RATE: (world) => {
    const [{ id }] = world.entries;
    const rate = {
      from: 'EUR',
      to: 'USD',
      rate: new Decimal('1.1'),
      quotedMs: day(1),
      isStale: true,
      path: 'DIRECT' as const,
      symbols: ['EURUSD'],
    };
    const used = { from: 'EUR', to: 'USD', fromMs: day(30), toMs: day(40), usedMs: day(40) };
    world.stale = [{ ...used, rate, transactionIds: [id] }];
  },
  DUPLICATE: ({ entries }) => void entries.push(buy(day(50)), buy(day(50) + 3_600_000)),
  FILL_AFTER_END: ({ entries }) => {
    entries.push(ledgerEntry('DELISTING', day(390), { instrumentId: 'a' }), buy(day(395)));
  },
  BEFORE_OPENING: ({ entries }) =>
    void entries.push(
      buy(day(50)),
      ledgerEntry('OPENING_BALANCE', day(120), { quantity: '5', costBasis: '500', price: '100' }),
    ),
};

function mended(world: World, fix: Fix): World {
  if (fix.kind === 'VOID')
    return { ...world, entries: world.entries.filter(({ id }) => !fix.transactionIds.includes(id)) };
  if (fix.kind === 'IMPORT_PRICES' || fix.kind === 'REFRESH_PRICES')
    throw new Error('prices come from elsewhere');
  const { kind, executedAt, symbol, accountId, quantity, price, amount, units, perUnits, costBasis } =
    fix.draft;
  const texts = Object.fromEntries(
    Object.entries({ quantity, price, amount, units, perUnits, costBasis }).filter(([, text]) => text),
  );
  const instrumentId = symbol ? symbol.toLowerCase() : null;
  const entry = ledgerEntry(kind, executedAt.getTime(), { accountId, instrumentId, ...texts });
  return { ...world, entries: [...world.entries, entry] };
}

const kindsOf = (findings: readonly Finding[]) => findings.map(({ kind }) => kind);

describe('checks', () => {
  it('find nothing in a clean ledger', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(findingsOf(checked(cleanWorld(seed)))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it.each(Object.entries(FAULTS))('find %s where it was planted, and its fixes mend it', (kind, plant) => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const world = cleanWorld(seed);
        plant(world);
        const findings = findingsOf(checked(world));
        const found = findings.find((one) => one.kind === kind)!;
        expect(kindsOf(findings)).toContain(kind);
        expect(new Set(findings.map(({ key }) => key)).size).toBe(findings.length);
        for (const fix of found.fixes.filter((one) => one.kind !== 'IMPORT_PRICES')) {
          const after = findingsOf(checked(mended(world, fix)));
          expect(after.map(({ key }) => key)).not.toContain(found.key);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('keep the key of a finding when something else is recorded', () => {
    const world = cleanWorld(1);
    FAULTS.ORPHAN_DIVIDEND(world);
    const [before] = findingsOf(checked(world));
    world.entries.push(ledgerEntry('DEPOSIT', day(3), { instrumentId: null, amount: '5' }));
    expect(findingsOf(checked(world))).toEqual([before]);
  });
});

describe('negative cash', () => {
  const cash = (...moves: [number, string][]): World => ({
    ...calmWorld(),
    entries: moves.map(([at, amount]) =>
      ledgerEntry(amount.startsWith('-') ? 'WITHDRAWAL' : 'DEPOSIT', at, {
        instrumentId: null,
        amount: amount.replace('-', ''),
      }),
    ),
  });

  it('says since when, how much and by which rows, and asks for what is missing', () => {
    const world = cash([day(0), '100'], [day(1), '-150'], [day(2), '-25.005'], [day(3), '500']);
    const [found, ...others] = findingsOf(checked(world));
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      kind: 'NEGATIVE_CASH',
      severity: 'ERROR',
      sinceMs: day(1),
      untilMs: day(3),
      entryIds: [world.entries[1].id, world.entries[2].id],
    });
    expect(found.explanation).toContain('at worst -75.005 USD on 2023-01-04');
    expect(found.fixes[0]).toMatchObject({ draft: { kind: 'DEPOSIT', amount: '75.01' } });
  });

  it('does not mind the order within a day, nor less than half a cent', () => {
    expect(findingsOf(checked(cash([day(1), '-150'], [day(1) + 1, '150'])))).toEqual([]);
    expect(findingsOf(checked(cash([day(1), '-0.005'])))).toEqual([]);
    expect(findingsOf(checked(cash([day(1), '-0.0051'])))).toHaveLength(1);
  });
});

describe('negative positions', () => {
  const world = (...entries: LedgerEntry[]): World => {
    const deposit = ledgerEntry('DEPOSIT', day(0), { instrumentId: null, amount: '100000' });
    return { ...calmWorld(), entries: [deposit, ...entries] };
  };

  it('are no fault where a short position came in or moved', () => {
    const short = ledgerEntry('SHORT', day(2), { quantity: '5', price: '10' });
    const moved = ledgerEntry('TRANSFER_OUT', day(3), { quantity: '-5', counterAccountId: 'other' });
    expect(findingsOf(checked(world(short, moved)))).toEqual([]);
    expect(findingsOf(checked(world(ledgerEntry('TRANSFER_IN', day(2), { quantity: '-5' }))))).toEqual([]);
  });

  it('are one where units left an account that was short of them', () => {
    const short = ledgerEntry('SHORT', day(2), { quantity: '5', price: '10' });
    const moved = ledgerEntry('TRANSFER_OUT', day(3), { quantity: '5', counterAccountId: 'other' });
    const [found, ...others] = findingsOf(checked(world(short, moved)));
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      kind: 'NEGATIVE_POSITION',
      accountId: 'main',
      entryIds: [moved.id],
      evidence: [
        { label: 'Units transferred', value: '5' },
        { label: 'Lowest', value: '-10 on 2023-01-05' },
      ],
      fixes: [{ kind: 'VOID', transactionIds: [moved.id] }],
    });
  });

  it('are no fault where they were sold short', () => {
    expect(findingsOf(checked(world(ledgerEntry('SHORT', day(2), { quantity: '5', price: '10' }))))).toEqual(
      [],
    );
  });

  it('lack units that are brought in before the sale, by a transfer where there were others', () => {
    const sale = (quantity: string) => ledgerEntry('SELL', day(5), { quantity, price: '12' });
    const [alone] = findingsOf(checked(world(sale('4'))));
    expect(alone.fixes).toMatchObject([
      { draft: { kind: 'OPENING_BALANCE', quantity: '4', costBasis: '48', executedAt: new Date(day(4)) } },
    ]);
    const [after] = findingsOf(checked(world(buy(day(2)), sale('14'))));
    expect(after.fixes).toMatchObject([{ draft: { kind: 'TRANSFER_IN', quantity: '4' } }]);
    expect(after.explanation).toContain('main account holds -4 A at worst, below zero since 2023-01-07');
  });
});

describe('splits', () => {
  it.each([
    [400, 101, [4, 1]],
    [10, 98, [1, 10]],
    [150, 101, [3, 2]],
    [100, 205, [1, 2]],
    [100, 96, null],
    [100, 75, null],
    [100, 55.5, null],
  ])('knows %d to %d', (before, after, ratio) => {
    expect(splitRatioOf(before, after)).toEqual(ratio);
  });

  const world = (adjustedClose: (close: number, index: number) => number, ...more: LedgerEntry[]) => {
    const close = Float64Array.from({ length: DAYS }, (_, index) => (index < 200 ? 400 : 100));
    const timesMs = Float64Array.from({ length: DAYS }, (_, index) => day(index + 1));
    const prices = new Map([['a', { timesMs, close, adjustedClose: close.map(adjustedClose) }]]);
    const entries = [
      ledgerEntry('DEPOSIT', day(0), { instrumentId: null, amount: '100000' }),
      buy(day(1)),
      ...more,
    ];
    return { entries, prices, origins: new Map() };
  };
  const unknown = () => NaN;

  it('are recorded after the last close before them, in every unit held', () => {
    const [found] = findingsOf(checked(world(unknown)));
    expect(found.explanation).toContain(
      'A went from 400 to 100 on 2023-07-21, as it does at a split 4 for 1',
    );
    expect(found.explanation).toContain('held 10 units and records no split; with one it would hold 40');
    expect(found.fixes).toMatchObject([
      { draft: { kind: 'SPLIT', units: '4', perUnits: '1', executedAt: new Date(day(200) + 1) } },
    ]);
  });

  it('are no fault where something near explains the jump, where nothing was held, or where the adjusted close falls too', () => {
    const recorded = ledgerEntry('SPLIT', day(204), { units: '4' });
    const sold = ledgerEntry('SELL', day(150), { quantity: '10', price: '400' });
    expect(findingsOf(checked(world(unknown, recorded)))).toEqual([]);
    expect(findingsOf(checked(world(unknown, sold)))).toEqual([]);
    expect(findingsOf(checked(world((close) => close * 0.9)))).toEqual([]);
    expect(kindsOf(findingsOf(checked(world((_, index) => (index < 200 ? 99 : 100)))))).toEqual([
      'UNRECORDED_SPLIT',
    ]);
  });
});

describe('duplicates', () => {
  const twice = (origins: [string | null, string | null][]) => {
    const rows = origins.map((_, index) => buy(day(50) + index));
    const deposit = ledgerEntry('DEPOSIT', day(0), { instrumentId: null, amount: '100000' });
    return checked({
      ...calmWorld(),
      entries: [deposit, ...rows],
      origins: new Map(
        rows.map(({ id }, index) => [id, { externalId: origins[index][0], importId: origins[index][1] }]),
      ),
    });
  };

  it.each([
    [
      'entered by hand',
      [
        [null, null],
        [null, null],
      ],
      ['WARNING'],
    ],
    [
      'of two files',
      [
        [null, 'run_1'],
        [null, 'run_2'],
      ],
      ['WARNING'],
    ],
    [
      'of one file',
      [
        [null, 'run_1'],
        [null, 'run_1'],
      ],
      ['NOTICE'],
    ],
    [
      'with an id each',
      [
        ['x', 'run_1'],
        ['y', 'run_1'],
      ],
      [],
    ],
    [
      'with one id',
      [
        ['x', 'run_1'],
        ['x', 'run_2'],
      ],
      ['WARNING'],
    ],
    [
      'one with an id',
      [
        ['x', 'run_1'],
        [null, null],
      ],
      ['WARNING'],
    ],
  ] as [string, [string | null, string | null][], string[]][])('%s', (_name, origins, severities) => {
    expect(findingsOf(twice(origins)).map(({ severity }) => severity)).toEqual(severities);
  });

  it('void all but the first', () => {
    const ledger = twice([
      [null, null],
      [null, null],
      [null, null],
    ]);
    const [, , second, third] = ledger.entries.map(({ id }) => id);
    expect(findingsOf(ledger)[0].fixes).toMatchObject([
      { label: 'Void the 2 later ones', transactionIds: [second, third] },
    ]);
  });
});

it('prices that are missing name the times', () => {
  const world = calmWorld([
    ledgerEntry('DEPOSIT', day(0), { instrumentId: null, amount: '100000' }),
    buy(day(10)),
    ledgerEntry('SELL', day(80), { quantity: '10', price: '100' }),
  ]);
  const { timesMs, close, adjustedClose } = world.prices.get('a')!;
  const isKept = (_: number, index: number) => index < 60 || index >= 90;
  const part = (column: Float64Array) => column.filter(isKept);
  world.prices.set('a', { timesMs: part(timesMs), close: part(close), adjustedClose: part(adjustedClose) });
  expect(findingsOf(checked(world))).toMatchObject([
    { kind: 'MISSING_PRICE', severity: 'WARNING', sinceMs: day(60), untilMs: day(80) + 1 },
  ]);
});

describe('duplicates of another currency or cost', () => {
  const twice = (kind: LedgerEntry['kind'], one: Fields, other: Fields): Finding[] => {
    const rich = ledgerEntry('DEPOSIT', day(0), { instrumentId: null, amount: '100000' });
    const entries = [rich, ...[one, other].map((fields) => ledgerEntry(kind, day(5), fields))];
    return findingsOf(checked({ ...calmWorld(), entries })).filter((found) => found.kind === 'DUPLICATE');
  };
  const cash = { instrumentId: null, amount: '1000' };
  const exchange = { ...cash, otherAmount: '900', otherCurrency: 'EUR' };
  const opening = { quantity: '5', costBasis: '500', price: '100' };

  it.each<[LedgerEntry['kind'], Fields, Fields]>([
    ['DEPOSIT', cash, { ...cash, currency: 'EUR' }],
    ['CONVERSION', exchange, { ...exchange, otherCurrency: 'GBP' }],
    ['CONVERSION', exchange, { ...exchange, otherAmount: '901' }],
    ['OPENING_BALANCE', opening, { ...opening, costBasis: '600' }],
  ])('are none: a %s differs', (kind, one, other) => {
    expect(twice(kind, one, other)).toEqual([]);
    expect(twice(kind, one, one).map(({ fixes }) => fixes[0].label)).toEqual(['Void the second one']);
  });
});
