import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itWithShared, sharedText } from '../../../tools/testing/services.ts';
import { ledgerEntry } from '../../test/ledger-entry.ts';
import { externalFlowOf, type LedgerEntry } from '../trade/ledger.ts';
import { contributionsOf } from './contribution.ts';
import { incomeParts } from './income-parts.ts';
import { figuresOf, intervalsOf, measuredPeriod, returnOf } from './performance.ts';
import { segmentsOf } from './segments.ts';
import { equityColumns, journalOf, ONE_RATE } from './valuation.ts';

const DAY_MS = 86_400_000;
const DAYS = 12;
const amount = fc.integer({ min: 1, max: 50 }).map(String);

/** Anything that can happen in two accounts with two instruments. */
const anyEntry = fc
  .record({
    kind: fc.constantFrom(
      ...([
        'BUY',
        'SELL',
        'DIVIDEND',
        'INTEREST',
        'FEE',
        'TAX',
        'DEPOSIT',
        'WITHDRAWAL',
        'TRANSFER_IN',
      ] as const),
      ...([
        'TRANSFER_OUT',
        'SPLIT',
        'SPIN_OFF',
        'MERGER',
        'TICKER_CHANGE',
        'DELISTING',
        'ADJUSTMENT',
      ] as const),
      ...(['RETURN_OF_CAPITAL', 'STOCK_DIVIDEND', 'OPENING_BALANCE'] as const),
    ),
    at: fc.integer({ min: 0, max: DAYS * 24 - 1 }),
    accountId: fc.constantFrom('main', 'other'),
    instrumentId: fc.constantFrom('a', 'b'),
    isCash: fc.boolean(),
    isInternal: fc.boolean(),
    quantity: amount,
    price: amount,
    amount,
    fee: fc.constantFrom('0', '1'),
    tax: fc.constantFrom('0', '2'),
    units: fc.constantFrom('1', '2', '3'),
  })
  .map(({ at, isCash, isInternal, ...rest }) => entryOf(rest, at * 3_600_000, isCash, isInternal));

type Rest = { kind: LedgerEntry['kind']; accountId: string; instrumentId: string } & Record<
  'quantity' | 'price' | 'amount' | 'fee' | 'tax' | 'units',
  string
>;

function entryOf(rest: Rest, timeMs: number, isCash: boolean, isInternal: boolean): LedgerEntry {
  const { kind, accountId, instrumentId, quantity, price, amount: cash, fee, tax, units } = rest;
  const other = instrumentId === 'a' ? 'b' : 'a';
  const place = { accountId, instrumentId };
  const counterAccountId =
    kind === 'TRANSFER_OUT' && isInternal ? (accountId === 'main' ? 'other' : 'main') : undefined;
  const withoutInstrument = { accountId, instrumentId: null, amount: cash, fee, counterAccountId };
  switch (kind) {
    case 'BUY':
    case 'SELL':
      return ledgerEntry(kind, timeMs, { ...place, quantity, price, fee, tax });
    case 'DEPOSIT':
    case 'WITHDRAWAL':
      return ledgerEntry(kind, timeMs, withoutInstrument);
    case 'TRANSFER_IN':
    case 'TRANSFER_OUT':
    case 'OPENING_BALANCE':
    case 'ADJUSTMENT':
      if (isCash) return ledgerEntry(kind, timeMs, withoutInstrument);
      return ledgerEntry(kind, timeMs, {
        ...place,
        quantity,
        price: isInternal ? undefined : price,
        fee,
        counterAccountId,
        costBasis: cash,
      });
    case 'FEE':
    case 'TAX':
    case 'INTEREST':
      return ledgerEntry(kind, timeMs, {
        ...place,
        instrumentId: isCash ? null : instrumentId,
        amount: cash,
      });
    case 'STOCK_DIVIDEND':
      return ledgerEntry(kind, timeMs, { ...place, quantity, tax });
    case 'SPLIT':
      return ledgerEntry(kind, timeMs, { ...place, units, perUnits: '2' });
    case 'SPIN_OFF':
    case 'TICKER_CHANGE':
      return ledgerEntry(kind, timeMs, { ...place, otherInstrumentId: other, units, basisFraction: '0.5' });
    case 'MERGER':
      return ledgerEntry(kind, timeMs, {
        ...place,
        otherInstrumentId: isCash ? undefined : other,
        units,
        amount: cash,
        fee,
      });
    default:
      return ledgerEntry(kind, timeMs, { ...place, amount: cash, tax });
  }
}

/** Random walks of `a` from the first day and of `b` from the fourth. */
const anyPrices = fc
  .array(
    fc.tuple(
      fc.double({ min: 0.8, max: 1.25, noNaN: true }),
      fc.double({ min: 0.8, max: 1.25, noNaN: true }),
    ),
    {
      minLength: DAYS,
      maxLength: DAYS,
    },
  )
  .map((steps) => {
    const walk = (place: 0 | 1) => {
      let price = 20;
      return Float64Array.from(steps, (step) => (price *= step[place]));
    };
    const timesMs = Float64Array.from(steps, (_, index) => (index + 1) * DAY_MS);
    return new Map([
      ['a', { timesMs, close: walk(0) }],
      ['b', { timesMs: timesMs.subarray(3), close: walk(1).subarray(3) }],
    ]);
  });

const GROUPINGS = {
  INSTRUMENT: (_: string, instrumentId: string | null) => [instrumentId ?? 'cash'],
  ACCOUNT: (accountId: string) => [accountId],
  PLACE: (accountId: string, instrumentId: string | null) => [`${accountId} ${instrumentId}`],
  WHOLE: () => ['all'],
} as const;

const total = (values: Iterable<number>) => [...values].reduce((sum, one) => sum + one, 0);

/** Equal but for rounding, which is as large as what was added up. */
function expectSum(parts: readonly number[], whole: number): void {
  const scale = Math.max(1, ...parts.map(Math.abs));
  expect(Math.abs(total(parts) - whole)).toBeLessThan(1e-9 * scale);
}

/** A ledger in order that starts with enough cash to stay above zero. */
const anyLedger = fc
  .array(anyEntry, { maxLength: 20 })
  .map((entries) =>
    [
      ledgerEntry('DEPOSIT', 0, { instrumentId: null, amount: '10000000' }),
      ledgerEntry('DEPOSIT', 0, { accountId: 'other', instrumentId: null, amount: '10000000' }),
      ...entries,
    ].toSorted((a, b) => a.timeMs - b.timeMs),
  );

describe('the parts of a portfolio', () => {
  it.each(Object.entries(GROUPINGS))('by %s add up to it in value, gain and return', (_name, keysOf) => {
    fc.assert(
      fc.property(anyLedger, anyPrices, fc.integer({ min: -1, max: DAYS - 2 }), (entries, prices, start) => {
        const columns = equityColumns(journalOf(entries), prices);
        const { timesMs, flowAmounts, equity, inflow, outflow } = columns;
        const segments = segmentsOf({ entries, timesMs, flowAmounts, prices, keysOf });
        equity.forEach((value, t) =>
          expectSum(
            segments.map((one) => one.value[t]),
            value,
          ),
        );
        inflow.forEach((value, t) =>
          expectSum(
            segments.flatMap((one) => [one.inflow[t], -one.outflow[t]]),
            value - outflow[t],
          ),
        );
        const end = timesMs.length - 1;
        const { parts, timeWeighted, reason } = contributionsOf({ ...columns, segments }, { start, end });
        const flows = total(inflow.subarray(start + 1)) - total(outflow.subarray(start + 1));
        const movements = parts.flatMap((part) => [part.endValue, -part.startValue, -part.netFlow]);
        expectSum(movements, equity[end] - (equity[start] ?? 0) - flows);
        expectSum(movements, total(parts.map(({ gain }) => gain)));
        expect(reason).toBeNull();
        expectSum(
          parts.map(({ contribution }) => contribution!),
          timeWeighted,
        );
      }),
    );
  });

  it('take the whole as one part with the flows of the whole', () => {
    fc.assert(
      fc.property(anyLedger, anyPrices, (entries, prices) => {
        const columns = equityColumns(journalOf(entries), prices);
        const { timesMs, flowAmounts } = columns;
        const [whole] = segmentsOf({ entries, timesMs, flowAmounts, prices, keysOf: GROUPINGS.WHOLE });
        columns.inflow.forEach((value, t) => expect(whole.inflow[t]).toBeCloseTo(value, 6));
        columns.outflow.forEach((value, t) => expect(whole.outflow[t]).toBeCloseTo(value, 6));
      }),
    );
  });

  it('measure the whole as one part, and as one year, as the whole is', () => {
    fc.assert(
      fc.property(anyLedger, anyPrices, fc.integer({ min: -1, max: DAYS - 2 }), (entries, prices, start) => {
        const columns = equityColumns(journalOf(entries), prices);
        const { timesMs, flowAmounts } = columns;
        const flows = entries.map((entry) => externalFlowOf(entry, ONE_RATE)).filter((flow) => flow !== null);
        const period = measuredPeriod(columns, flows, 0, start < 0 ? null : timesMs[start], null)!;
        const segments = segmentsOf({ entries, timesMs, flowAmounts, prices, keysOf: GROUPINGS.WHOLE });
        const { parts } = contributionsOf({ ...columns, segments }, { start, end: timesMs.length - 1 });
        const [year] = intervalsOf(period, 'YEAR');
        const figures = figuresOf(period);
        for (const stretch of [{ ...parts[0], fromMs: period.fromMs, toMs: period.toMs }, year])
          for (const measure of ['moneyWeighted', 'modifiedDietz', 'simple'] as const) {
            const { value, reason } = returnOf(measure, stretch);
            expect(Math.abs(value! - figures[measure].value!)).toBeLessThan(1e-9);
            expect(reason).toBeNull();
          }
      }),
    );
  });
});

describe('contributions', () => {
  const at = (day: number) => day * DAY_MS;
  const prices = new Map([
    ['a', { timesMs: Float64Array.of(at(1), at(2), at(3)), close: Float64Array.of(10, 12, 6) }],
    ['b', { timesMs: Float64Array.of(at(1), at(2), at(3)), close: Float64Array.of(20, 20, 30) }],
  ]);
  const partsOf = (entries: LedgerEntry[], start: number) => {
    const columns = equityColumns(journalOf(entries), prices);
    const { timesMs, flowAmounts } = columns;
    const segments = segmentsOf({ entries, timesMs, flowAmounts, prices, keysOf: GROUPINGS.INSTRUMENT });
    return contributionsOf({ ...columns, segments }, { start, end: timesMs.length - 1 });
  };

  it('of one step are gains over capital', () => {
    const entries = [
      ledgerEntry('DEPOSIT', 0, { instrumentId: null, amount: '1000' }),
      ledgerEntry('BUY', 0, { quantity: '40', price: '10', fee: '10' }),
      ledgerEntry('BUY', 0, { instrumentId: 'b', quantity: '10', price: '20' }),
      ledgerEntry('DIVIDEND', at(2), { instrumentId: 'b', amount: '19' }),
    ];
    const { parts, timeWeighted } = partsOf(entries, 1);
    // On the second day a is worth 480, b 200 and cash 390: 1070. On the third 240, 300 and 409.
    expect(timeWeighted).toBeCloseTo(949 / 1070 - 1, 12);
    expect(parts).toEqual([
      expect.objectContaining({
        key: 'cash',
        startValue: 390,
        endValue: 409,
        netFlow: 19,
        gain: 0,
        contribution: 0,
      }),
      expect.objectContaining({
        key: 'a',
        gain: -240,
        timeWeighted: -0.5,
        contribution: expect.closeTo(-240 / 1070, 12),
      }),
      expect.objectContaining({
        key: 'b',
        netFlow: -19,
        gain: 119,
        timeWeighted: expect.closeTo(0.595, 12),
        contribution: expect.closeTo(119 / 1070, 12),
        averageWeight: expect.closeTo(200 / 1070, 12),
      }),
    ]);
  });

  it.each([
    ['held', []],
    ['covered', [ledgerEntry('COVER', at(2) + 1, { instrumentId: 'b', quantity: '10', price: '30' })]],
  ])('of what is sold short and %s have no return of their own, as no capital is in it', (_name, covers) => {
    // given: 10 sold short at 20, at 20 two days and at 30 on the third
    const entries = [
      ledgerEntry('DEPOSIT', 0, { instrumentId: null, amount: '1000' }),
      ledgerEntry('SHORT', 0, { instrumentId: 'b', quantity: '10', price: '20' }),
      ...covers,
    ];
    // when
    const { parts } = partsOf(entries, -1);
    // then
    expect(parts.map(({ key, gain, timeWeighted }) => [key, gain, timeWeighted])).toEqual([
      ['cash', 0, 0],
      ['b', -100, null],
    ]);
    expect(parts[1].contribution).toBeCloseTo(-0.1, 12);
  });

  it('are not told where everything was lost', () => {
    const entries = [
      ledgerEntry('DEPOSIT', 0, { instrumentId: null, amount: '100' }),
      ledgerEntry('SHORT', 0, { instrumentId: 'b', quantity: '20', price: '20' }),
    ];
    const { parts, reason } = partsOf(entries, -1);
    expect(reason).toBe('expected the value to stay above 0 in every step, was lost or more in one');
    expect(parts.map(({ gain, contribution }) => [gain, contribution])).toEqual([
      [0, null],
      [-200, null],
    ]);
  });
});

describe('income', () => {
  itWithShared('keeps dividends apart from the gain as Ghostfolio does', () => {
    const { cases } = JSON.parse(sharedText('reference/ledger/positions_share.json')) as {
      cases: {
        transactions: {
          date: string;
          type: 'BUY' | 'SELL' | 'DIVIDEND';
          qty: number;
          price: number;
          fee: number;
        }[];
        published: { dividend?: number; fees: number };
      }[];
    };
    const paying = cases.filter(({ transactions }) => transactions.some(({ type }) => type === 'DIVIDEND'));
    expect(paying).toHaveLength(1);
    for (const { transactions, published } of paying) {
      const entries = transactions.map(({ date, type, qty, price, fee }) =>
        ledgerEntry(
          type,
          Date.parse(date),
          type === 'DIVIDEND'
            ? { amount: String(qty * price), fee: String(fee) }
            : { quantity: String(qty), price: String(price), fee: String(fee) },
        ),
      );
      const { dividends, fees } = incomeParts(entries, GROUPINGS.INSTRUMENT).get('a')!;
      expect({ dividends, fees }).toEqual({ dividends: published.dividend, fees: published.fees });
      expect(published.dividend).toBe(0.62);
    }
  });
});
