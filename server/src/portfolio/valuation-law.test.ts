import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdingsAfter, type Stated, worthOf } from '../../test/ledger-model.ts';
import { ledgerEntry } from '../../test/ledger-entry.ts';
import { Decimal, ZERO } from '../platform/decimal.ts';
import { changeLedger, compareEntries, partLedger } from '../trade/ledger-parts.ts';
import type { LedgerEntry, LedgerRates } from '../trade/ledger.ts';
import { TRANSACTION_KINDS, type TransactionKind } from '../trade/transaction-kinds.ts';
import { incomeOf } from './income.ts';
import { balancesOf, equityColumns, holdingsOf, journalOf, type RateColumns } from './valuation.ts';

const DAY_MS = 86_400_000;
const DAYS = 10;
const RUNS = process.env['RUN_SLOW_TESTS'] === '1' ? 2_000 : 100;
// Most of it in one place, so that much of it meets.
const ACCOUNTS = ['main', 'main', 'other', 'third'] as const;
const SYMBOLS = ['a', 'a', 'b', 'c'] as const;
/** What each instrument is quoted in. */
const QUOTED = { a: 'USD', b: 'EUR', c: 'GBP' } as const;
type Symbol = keyof typeof QUOTED;

const cents = fc.integer({ min: 1, max: 50_000 }).map((count) => new Decimal(count).div(100).toFixed());
const cost = fc.constantFrom('0', '0', '0.35', '2');
const kinds = Object.keys(TRANSACTION_KINDS) as TransactionKind[];

/** Any transaction of any kind, in three accounts, instruments and currencies. */
const anyEntry = fc
  .record({
    kind: fc.constantFrom(...kinds),
    // Never at a close, and no two at one time.
    at: fc.integer({ min: 0, max: DAYS * 1_000 - 2 }),
    accountId: fc.constantFrom(...ACCOUNTS),
    counter: fc.constantFrom(...ACCOUNTS),
    symbol: fc.constantFrom(...SYMBOLS),
    otherSymbol: fc.constantFrom(...SYMBOLS),
    currency: fc.constantFrom('USD', 'EUR', 'GBP'),
    otherCurrency: fc.constantFrom('USD', 'EUR', 'GBP'),
    ownRate: fc.option(fc.constantFrom('0.9', '1.3'), { freq: 5 }),
    isCash: fc.boolean(),
    isNegative: fc.boolean(),
    quantity: cents,
    price: cents,
    amount: cents,
    otherAmount: cents,
    costBasis: cents,
    fee: cost,
    tax: cost,
    units: fc.constantFrom('1', '2', '3'),
    perUnits: fc.constantFrom('1', '2', '3'),
    basisFraction: fc.constantFrom('0', '0.25', '1'),
    acquiredDay: fc.option(fc.integer({ min: 0, max: DAYS - 1 })),
  })
  .filter((one) => one.symbol !== one.otherSymbol && one.currency !== one.otherCurrency)
  .map(entryOf);

type Drawn = { kind: TransactionKind; at: number; symbol: Symbol; otherSymbol: Symbol } & Record<
  'accountId' | 'counter' | 'currency' | 'otherCurrency' | 'quantity' | 'price' | 'amount' | 'otherAmount',
  string
> &
  Record<'costBasis' | 'fee' | 'tax' | 'units' | 'perUnits' | 'basisFraction', string> & {
    ownRate: string | null;
    isCash: boolean;
    isNegative: boolean;
    acquiredDay: number | null;
  };

function entryOf(drawn: Drawn): Stated {
  const { kind, symbol, otherSymbol, isCash, fee, tax } = drawn;
  const timeMs = Math.floor((drawn.at / 1_000) * DAY_MS) + 1;
  const sign = drawn.isNegative ? '-' : '';
  const isInternal = kind === 'TRANSFER_OUT' && drawn.counter !== drawn.accountId;
  const place = {
    accountId: drawn.accountId,
    currency: drawn.currency,
    exchangeRate: drawn.currency === 'USD' ? undefined : (drawn.ownRate ?? undefined),
    ...(isInternal ? { counterAccountId: drawn.counter } : {}),
  };
  const ofUnits = { ...place, instrumentId: symbol, quoteCurrency: QUOTED[symbol] };
  const ofOther = { ...ofUnits, otherInstrumentId: otherSymbol, otherQuoteCurrency: QUOTED[otherSymbol] };
  const make = (fields: Parameters<typeof ledgerEntry>[2] & object): Stated =>
    Object.assign(ledgerEntry(kind, timeMs, fields), { statedAmount: new Decimal(fields.amount ?? 0) });
  const { quantity, price, amount, units, perUnits, basisFraction, costBasis } = drawn;
  const isSigned = kind === 'OPENING_BALANCE' || kind === 'ADJUSTMENT';
  switch (kind) {
    case 'BUY':
    case 'SELL':
    case 'SHORT':
    case 'COVER':
      return make({ ...ofUnits, quantity, price, fee, tax });
    case 'TRANSFER_IN':
    case 'TRANSFER_OUT':
    case 'OPENING_BALANCE':
    case 'ADJUSTMENT': {
      const ownFee = isSigned ? {} : { fee };
      // Units below zero are of a short position.
      const unitSign = isSigned || kind === 'TRANSFER_IN' || kind === 'TRANSFER_OUT' ? sign : '';
      if (isCash)
        return make({ ...place, ...ownFee, instrumentId: null, amount: `${isSigned ? sign : ''}${amount}` });
      const bought = kind === 'TRANSFER_OUT' || kind === 'ADJUSTMENT' ? null : drawn.acquiredDay;
      return make({
        ...ofUnits,
        ...ownFee,
        quantity: `${unitSign}${quantity}`,
        ...(kind === 'TRANSFER_OUT' ? {} : { costBasis }),
        ...(bought === null ? {} : { acquiredMs: Math.min(bought * DAY_MS, timeMs) }),
      });
    }
    case 'DEPOSIT':
    case 'WITHDRAWAL':
      return make({ ...place, instrumentId: null, amount, fee });
    case 'CONVERSION':
      return make({
        ...place,
        instrumentId: null,
        amount,
        fee,
        otherAmount: drawn.otherAmount,
        otherCurrency: drawn.otherCurrency,
      });
    case 'DIVIDEND':
    case 'RETURN_OF_CAPITAL':
    case 'DELISTING':
      return make({ ...ofUnits, amount: `${sign}${amount}`, fee, tax });
    case 'INTEREST':
    case 'FEE':
    case 'TAX': {
      const about = isCash ? { ...place, instrumentId: null } : ofUnits;
      return make({ ...about, amount: `${sign}${amount}`, ...(kind === 'INTEREST' ? { fee, tax } : {}) });
    }
    case 'SPLIT':
      return make({ ...ofUnits, units, perUnits });
    case 'STOCK_DIVIDEND':
      return make({ ...ofUnits, quantity, tax });
    case 'SPIN_OFF':
      return make({ ...ofOther, units, perUnits, basisFraction });
    case 'TICKER_CHANGE':
      return make(ofOther);
    case 'MERGER':
      return isCash
        ? make({ ...ofUnits, amount: `${sign}${amount}`, fee, tax })
        : make({ ...ofOther, units, perUnits, amount: `${sign}${amount}`, fee, tax });
  }
}

const anyEntries = fc
  .array(anyEntry, { minLength: 1, maxLength: 40 })
  .map((entries) => entries.toSorted(compareEntries))
  .filter((entries) => entries.every(({ timeMs }, index) => timeMs !== entries[index - 1]?.timeMs));
const perDay = (min: number, max: number) =>
  fc.array(
    fc.integer({ min, max }).map((count) => count / 100),
    { minLength: DAYS, maxLength: DAYS },
  );
const anyMarket = fc.record({
  a: perDay(100, 40_000),
  b: perDay(100, 40_000),
  c: perDay(100, 40_000),
  EUR: perDay(80, 150),
  GBP: perDay(80, 150),
});
type Market = typeof anyMarket extends fc.Arbitrary<infer Value> ? Value : never;

const dayOf = (timeMs: number) => Math.min(Math.floor(timeMs / DAY_MS), DAYS - 1);
const closes = Float64Array.from({ length: DAYS }, (_, day) => (day + 1) * DAY_MS - 1);

/** Rates that change every day. */
function ratesOf(market: Market): LedgerRates & RateColumns {
  const rate = (currency: string, timeMs: number) =>
    currency === 'USD' ? 1 : market[currency as 'EUR' | 'GBP'][dayOf(timeMs)];
  return {
    base: 'USD',
    on: (from, to, timeMs) => new Decimal(rate(from, timeMs)).div(rate(to, timeMs)).toSignificantDigits(18),
    column: (currency, timesMs) => timesMs.map((timeMs) => rate(currency, timeMs)),
    staleColumn: (_, timesMs) => new Float64Array(timesMs.length),
    timesOf: () => closes,
  };
}

function pricesOf(market: Market) {
  const column = (symbol: Symbol) => ({ timesMs: closes, close: Float64Array.from(market[symbol]) });
  return new Map((['a', 'b', 'c'] as const).map((symbol) => [symbol as string, column(symbol)]));
}

/** Gains and costs of all transactions until a time, by lots, cash and income: none of it knows of the columns. */
function profitsOf(
  entries: readonly Stated[],
  rates: LedgerRates & RateColumns,
  market: Market,
  timeMs: number,
) {
  const rateOf = (currency: string) => rates.column(currency, Float64Array.of(timeMs))[0];
  const worth = (symbol: Symbol, quantity: Decimal) =>
    quantity.times(market[symbol][dayOf(timeMs)]).times(rateOf(QUOTED[symbol]));
  const held = holdingsOf(entries, rates);
  const open = held.map(({ instrumentId, quantity, cost: paid }) =>
    worth(instrumentId as Symbol, quantity).minus(paid),
  );
  const closed = held.map(({ realisedProfit, fees }) => realisedProfit.minus(fees));
  const cash = balancesOf(entries, rates).map(({ currency, amount, cost: paid }) =>
    amount.times(rateOf(currency)).minus(paid),
  );
  const { dividends, interest, adjustments, taxes, fees } = incomeOf(entries, rates);
  const earned = dividends.plus(interest).plus(adjustments).minus(taxes).minus(fees);
  return [...open, ...closed, ...cash].reduce((total, one) => total.plus(one), earned);
}

/** What the books are of a ledger: what lots cost with their fees, less what was realised. */
function bookOf(entries: readonly Stated[], rates: LedgerRates): Decimal {
  return holdingsOf(entries, rates).reduce(
    (total, { cost: paid, fees, realisedProfit }) => total.plus(paid).plus(fees).minus(realisedProfit),
    ZERO,
  );
}

/** What an investor brought with each transaction, in the base currency: cash at its rate, units at what they cost. */
function flowsOf(entries: readonly Stated[], rates: LedgerRates): Decimal[] {
  return entries.map((entry, index) => {
    const { kind, statedAmount, currency, exchangeRate, instrumentId, timeMs, counterAccountId } = entry;
    const isFlow = ['DEPOSIT', 'WITHDRAWAL', 'TRANSFER_IN', 'TRANSFER_OUT', 'OPENING_BALANCE'].includes(kind);
    const isOut = kind === 'WITHDRAWAL' || kind === 'TRANSFER_OUT';
    if (counterAccountId !== null || (!isFlow && kind !== 'ADJUSTMENT')) return ZERO;
    if (instrumentId === null) {
      if (!isFlow) return ZERO;
      const rate = exchangeRate ?? rates.on(currency, 'USD', timeMs);
      return statedAmount.times(isOut ? -1 : 1).times(rate);
    }
    const { quantity, costBasis, acquiredMs } = entry;
    if (kind !== 'TRANSFER_OUT' && !(kind === 'ADJUSTMENT' && quantity!.isNegative())) {
      const rate = exchangeRate ?? rates.on(currency, 'USD', acquiredMs ?? timeMs);
      return costBasis!.times(rate).times(quantity!.isNegative() ? -1 : 1);
    }
    // Units that leave take along what their lots cost, which the lots alone know.
    return bookOf(entries.slice(0, index + 1), rates).minus(bookOf(entries.slice(0, index), rates));
  });
}

/** Kinds at one time of which every account and instrument has at most one each, so that nothing is left to when they were recorded. */
const anyTies = anyEntries.map((entries) => {
  const taken = new Set<string>();
  return entries.flatMap((entry) => {
    const timeMs = dayOf(entry.timeMs) * DAY_MS;
    // Mergers and the like tie the instruments of an account together.
    const key = `${timeMs} ${entry.otherInstrumentId ? 'exchange' : `${entry.kind} ${entry.instrumentId}`}`;
    if (taken.has(key)) return [];
    taken.add(key);
    return [{ ...entry, timeMs }];
  });
});

describe('a ledger of all kinds in several accounts and currencies', () => {
  it('has at every date in cash and positions what a count by hand has', () => {
    fc.assert(
      fc.property(anyEntries, anyMarket, (entries, market) => {
        const rates = ratesOf(market);
        const columns = equityColumns(journalOf(entries, rates), pricesOf(market), rates);
        for (const [t, timeMs] of columns.timesMs.entries()) {
          const until = entries.filter((entry) => entry.timeMs <= timeMs);
          const rateOf = (currency: string) => rates.column(currency, Float64Array.of(timeMs))[0];
          const priceOf = (symbol: string) =>
            market[symbol as Symbol][dayOf(timeMs)] * rateOf(QUOTED[symbol as Symbol]);
          const worth = worthOf(holdingsAfter(until), priceOf, rateOf);
          expect(columns.cash[t]).toBeCloseTo(worth.cash, 4);
          expect(columns.marketValue[t]).toBeCloseTo(worth.units, 4);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('is at every date worth what was brought in and what was gained', () => {
    fc.assert(
      fc.property(anyEntries, anyMarket, (entries, market) => {
        const rates = ratesOf(market);
        const columns = equityColumns(journalOf(entries, rates), pricesOf(market), rates);
        const flows = flowsOf(entries, rates);
        for (const [t, timeMs] of columns.timesMs.entries()) {
          const until = entries.filter((entry) => entry.timeMs <= timeMs);
          const brought = flows.slice(0, until.length).reduce((total, one) => total.plus(one), ZERO);
          const expected = brought.plus(profitsOf(until, rates, market, timeMs)).toNumber();
          expect(columns.cash[t] + columns.marketValue[t]).toBeCloseTo(expected, 4);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('has the same lots whatever the order that what has one time was recorded in', () => {
    const anyOrder = fc.array(fc.nat(), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(anyTies, anyMarket, anyOrder, (entries, market, order) => {
        const rates = ratesOf(market);
        const shown = (list: readonly LedgerEntry[]) => {
          const held = holdingsOf(partLedger(list).entries, rates);
          return held.map((one) => JSON.stringify({ ...one, lastPrice: null })).toSorted();
        };
        // Ids tell the order of recording.
        const ids = entries.map(({ id }) => id);
        const places = entries.map((_, index) => index).toSorted((a, b) => order[a] - order[b] || a - b);
        const recorded = entries.map((entry, index) => ({ ...entry, id: ids[places[index]] }));
        expect(shown(recorded)).toEqual(shown(entries));
      }),
      { numRuns: RUNS },
    );
  });

  it('is the same whatever the order it was recorded and corrected in', () => {
    const anySteps = fc.array(fc.record({ next: fc.nat(), isVoided: fc.boolean() }), { minLength: 40 });
    fc.assert(
      fc.property(anyEntries, anyMarket, anySteps, (entries, market, steps) => {
        const rates = ratesOf(market);
        const valueOf = (list: readonly Stated[]) => {
          const columns = equityColumns(journalOf(list, rates), pricesOf(market), rates);
          return [columns.timesMs, columns.equity, columns.inflow, columns.outflow].map((one) => [...one]);
        };
        const waiting = [...entries];
        let ledger = partLedger([]);
        for (const { next, isVoided } of steps) {
          if (waiting.length === 0) break;
          const [entry] = waiting.splice(next % waiting.length, 1);
          ledger = changeLedger(ledger, [entry], new Set());
          // What was voided is recorded anew later, as a correction does.
          if (!isVoided) continue;
          ledger = changeLedger(ledger, [], new Set([entry.id]));
          waiting.push(entry);
        }
        for (const entry of waiting) ledger = changeLedger(ledger, [entry], new Set());
        const once = partLedger(entries);
        expect(ledger.entries.map(({ id }) => id)).toEqual(once.entries.map(({ id }) => id));
        expect(valueOf(ledger.entries as readonly Stated[])).toEqual(
          valueOf(once.entries as readonly Stated[]),
        );
      }),
      { numRuns: RUNS },
    );
  });
});
