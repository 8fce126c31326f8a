import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ledgerEntry } from '../../test/ledger-entry.ts';
import { Decimal, ZERO } from '../platform/decimal.ts';
import { cashMovesOf, type LedgerEntry } from '../trade/ledger.ts';
import { TRANSACTION_KINDS, type TransactionKind } from '../trade/transaction-kinds.ts';
import { incomeOf } from './income.ts';
import { equityColumns, holdingsOf, journalOf } from './valuation.ts';
import { flowAdjustedLevels } from './growth-levels.ts';

const fill = (kind: 'BUY' | 'SELL', quantity: string, price: string, timeMs = 0, fee = '0'): LedgerEntry =>
  ledgerEntry(kind, timeMs, { quantity, price, fee });
const deposit = (timeMs: number, amount: string) =>
  ledgerEntry('DEPOSIT', timeMs, { amount, instrumentId: null });

describe('holdingsOf', () => {
  it.each([
    ['averages what is bought', [fill('BUY', '10', '10'), fill('BUY', '10', '20')], ['20', '15', '0']],
    ['realises against the average', [fill('BUY', '10', '10'), fill('SELL', '4', '15')], ['6', '10', '20']],
    ['is flat', [fill('BUY', '0.1', '3'), fill('SELL', '0.1', '2')], ['0', '0', '-0.1']],
    ['gains when a short falls', [fill('SELL', '10', '10'), fill('BUY', '10', '7')], ['0', '0', '30']],
    ['turns from long to short', [fill('BUY', '10', '10'), fill('SELL', '15', '12')], ['-5', '12', '20']],
    [
      'is exact where doubles are not',
      [fill('BUY', '0.1', '0.1'), fill('BUY', '0.2', '0.1')],
      ['0.3', '0.1', '0'],
    ],
    [
      'follows a split',
      [fill('BUY', '10', '30'), ledgerEntry('SPLIT', 1, { units: '3' }), fill('SELL', '6', '12', 2)],
      ['24', '10', '12'],
    ],
  ] as const)('%s', (_name, entries, [quantity, averageCost, realised]) => {
    const [holding] = holdingsOf(entries);
    expect([
      holding.quantity.toFixed(),
      holding.averageCost.toFixed(),
      holding.realisedProfit.toFixed(),
    ]).toEqual([quantity, averageCost, realised]);
  });

  it('keeps accounts apart and adds them up', () => {
    const other = { accountId: 'other', quantity: '10', price: '20' };
    const [holding] = holdingsOf([
      fill('BUY', '10', '10'),
      ledgerEntry('BUY', 1, other),
      fill('SELL', '5', '30', 2),
    ]);
    expect(
      [holding.quantity, holding.averageCost.toDecimalPlaces(4), holding.realisedProfit].map(String),
    ).toEqual(['15', '16.6667', '100']);
  });
});

describe('equityColumns', () => {
  const series = (...close: number[]) =>
    new Map([['a', { timesMs: Float64Array.from(close, (_, t) => t + 1), close: Float64Array.from(close) }]]);

  it('values cash and holdings at every price, and knows flows', () => {
    const entries = [deposit(1, '100'), fill('BUY', '5', '10', 2, '1'), deposit(3, '50')];
    const columns = equityColumns(journalOf(entries), series(10, 12, 9));
    expect([...columns.timesMs]).toEqual([1, 2, 3]);
    expect([...columns.cash]).toEqual([100, 49, 99]);
    expect([...columns.equity]).toEqual([100, 109, 144]);
    expect([...columns.inflow]).toEqual([100, 0, 50]);
    // What comes in counts from the start of its step.
    expect(flowAdjustedLevels(columns).levels[2]).toBeCloseTo(109 * (144 / 159), 12);
  });

  it('is not moved by a split that the price follows', () => {
    const entries = [deposit(1, '100'), fill('BUY', '10', '10', 1), ledgerEntry('SPLIT', 2, { units: '2' })];
    expect([...equityColumns(journalOf(entries), series(10, 5, 6)).equity]).toEqual([100, 100, 120]);
  });

  it.each([
    ['is not moved by a split before the next close', { units: '2' }, [10, 5], [100, 100, 100, 100]],
    ['nor by one that makes units fewer', { units: '1', perUnits: '10' }, [10, 110], [100, 100, 100, 110]],
    ['takes a close that has followed a split for one after it', { units: '2' }, [5, 5], [50, 100, 100, 100]],
  ] as const)('%s', (_name, ratio, [before, after], expected) => {
    // Bought at 10; a split between the second and the third time, of which another instrument tells.
    const prices = new Map([
      ['a', { timesMs: Float64Array.of(1, 2, 8), close: Float64Array.of(10, before, after) }],
      ['b', { timesMs: Float64Array.of(4, 6), close: Float64Array.of(1, 1) }],
    ]);
    const entries = [deposit(1, '100'), fill('BUY', '10', '10', 1), ledgerEntry('SPLIT', 3, ratio)];
    const columns = equityColumns(journalOf(entries), prices);
    expect([...columns.timesMs]).toEqual([1, 2, 4, 6, 8]);
    expect([...columns.equity]).toEqual([100, ...expected]);
  });

  it('takes a split that two accounts record for one, and values what leaves in its units', () => {
    const prices = series(10, 10);
    const entries = [
      ledgerEntry('TRANSFER_IN', 1, { quantity: '10', price: '10', costBasis: '100' }),
      ledgerEntry('TRANSFER_IN', 1, { accountId: 'other', quantity: '10', price: '10', costBasis: '100' }),
      ledgerEntry('SPLIT', 3, { units: '2' }),
      ledgerEntry('SPLIT', 4, { accountId: 'other', units: '2' }),
      ledgerEntry('TRANSFER_OUT', 5, { quantity: '4' }),
    ];
    const columns = equityColumns(journalOf(entries), prices);
    // After the last close days end on which something came or went: 36 units at 5.
    expect([...columns.equity]).toEqual([200, 200, 180]);
    expect([...columns.outflow]).toEqual([0, 0, 20]);
  });

  it.each(['SPLIT', 'STOCK_DIVIDEND'] as const)(
    'takes a %s of a date after the close of the day before',
    (kind) => {
      const DAY_MS = 86_400_000;
      const timesMs = Float64Array.of(1, 2, 3).map((day) => day * DAY_MS);
      const prices = new Map([['a', { timesMs, close: Float64Array.of(400, 400, 100) }]]);
      const fields = kind === 'SPLIT' ? { units: '4' } : { quantity: '30' };
      const bought = [deposit(0, '4000'), fill('BUY', '10', '400', 0)];
      const changed = ledgerEntry(kind, 2 * DAY_MS, fields);
      // What is bought on that date is bought after the change, and after that close.
      const later = [deposit(2 * DAY_MS, '100'), fill('BUY', '1', '100', 2 * DAY_MS)];
      expect([...equityColumns(journalOf([...bought, changed]), prices).equity]).toEqual([4000, 4000, 4000]);
      expect([...equityColumns(journalOf([...bought, changed, ...later]), prices).equity]).toEqual([
        4000, 4000, 4100,
      ]);
    },
  );

  it('takes what is of a date for what happened after the close of the day before', () => {
    // given: closes of 31 January and 1 February, each at the midnight after; all is known by its date alone
    const at = (day: string) => Date.parse(day);
    const timesMs = Float64Array.of(at('2024-02-01'), at('2024-02-02'));
    const prices = new Map([['a', { timesMs, close: Float64Array.of(100, 120) }]]);
    const entries = [
      deposit(at('2024-01-31'), '1000'),
      fill('BUY', '5', '95', at('2024-01-31')),
      deposit(at('2024-02-01'), '500'),
      fill('BUY', '5', '110', at('2024-02-01')),
    ];
    // when
    const columns = equityColumns(journalOf(entries), prices);
    // then: 525 and 5 units at 100; 475 and 10 units at 120
    expect([...columns.equity]).toEqual([1025, 1675]);
    expect([...columns.inflow]).toEqual([1000, 500]);
  });

  it('takes units that are transferred in for a flow at their price, or at the market', () => {
    const stated = ledgerEntry('TRANSFER_IN', 2, { quantity: '3', price: '11', costBasis: '1' });
    const market = ledgerEntry('TRANSFER_OUT', 3, { quantity: '1' });
    const columns = equityColumns(journalOf([deposit(1, '100'), stated, market]), series(10, 12, 9));
    expect([...columns.inflow]).toEqual([100, 33, 0]);
    expect([...columns.outflow]).toEqual([0, 0, 9]);
    expect([...columns.equity]).toEqual([100, 136, 118]);
  });
});

describe('the ledger', () => {
  const amount = fc.integer({ min: 1, max: 100_000 }).map((cents) => new Decimal(cents).div(100).toFixed());
  const kinds = (Object.keys(TRANSACTION_KINDS) as TransactionKind[]).filter(
    (kind) => !['TRANSFER_IN', 'TRANSFER_OUT', 'OPENING_BALANCE', 'CONVERSION'].includes(kind),
  );
  const anyEntry = fc
    .record({
      kind: fc.constantFrom(...kinds),
      instrumentId: fc.constantFrom('a', 'b'),
      accountId: fc.constantFrom('main', 'other'),
      quantity: amount,
      price: amount,
      amount,
      fee: amount,
      tax: amount,
      units: fc.constantFrom('1', '2', '3'),
      perUnits: fc.constantFrom('1', '2', '3'),
      basisFraction: fc.constantFrom('0', '0.25', '1'),
    })
    .map(({ kind, ...fields }) => {
      const isCash = ['DEPOSIT', 'WITHDRAWAL', 'ADJUSTMENT'].includes(kind);
      const hasOther = ['SPIN_OFF', 'MERGER', 'TICKER_CHANGE'].includes(kind);
      const hasNoAmount = ['SPLIT', 'SPIN_OFF', 'TICKER_CHANGE', 'STOCK_DIVIDEND'].includes(kind);
      return ledgerEntry(kind, 0, {
        ...fields,
        instrumentId: isCash ? null : fields.instrumentId,
        otherInstrumentId: hasOther ? (fields.instrumentId === 'a' ? 'b' : 'a') : undefined,
        ...(isCash ? { fee: undefined, tax: undefined } : {}),
        ...(hasNoAmount ? { amount: undefined } : {}),
      });
    });

  it('accounts for all cash: flows + realised gains + income - costs - what holdings cost, to the last digit', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 40 }), (entries) => {
        const sum = (values: readonly Decimal[]) => values.reduce((total, one) => total.plus(one), ZERO);
        const cash = sum(entries.flatMap((entry) => cashMovesOf(entry)).map((move) => move.amount));
        const flows = sum(
          entries.filter(({ kind }) => kind === 'DEPOSIT' || kind === 'WITHDRAWAL').map((one) => one.amount),
        );
        const holdings = holdingsOf(entries);
        const cost = sum(holdings.map((holding) => holding.cost));
        const realised = sum(holdings.map(({ realisedProfit, fees }) => realisedProfit.minus(fees)));
        const { dividends, interest, taxes, fees, adjustments } = incomeOf(entries);
        const gains = realised.plus(dividends).plus(interest).plus(adjustments).minus(taxes).minus(fees);
        expect(flows.plus(gains).minus(cost).toFixed()).toBe(cash.toFixed());
      }),
    );
  });
});
