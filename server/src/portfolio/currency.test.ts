import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ledgerEntry } from '../../test/ledger-entry.ts';
import { pairOf } from '../market-data/currency-pair.ts';
import { ExchangeRates } from '../market-data/exchange-rates.ts';
import { Decimal, ZERO } from '../platform/decimal.ts';
import { externalFlowOf, type LedgerEntry } from '../trade/ledger.ts';
import { effectsOf, sumEffects } from './effects.ts';
import { incomeOf } from './income.ts';
import { figuresOf, measuredPeriod } from './performance.ts';
import { PortfolioRates, rateGapsOf } from './portfolio-rates.ts';
import { stateOf } from './portfolio-state.ts';
import { allEffectsOf, marketValueOf, statementOf, unrealisedEffectsOf, unrealisedOf } from './statement.ts';
import { balancesOf, equityColumns, holdingsOf, journalOf } from './valuation.ts';
import { flowAdjustedLevels } from './growth-levels.ts';

const DAY_MS = 86_400_000;
const day = (count: number) => count * DAY_MS;
const closes = (...told: readonly (readonly [day: number, price: number])[]) => ({
  timesMs: Float64Array.from(told, ([at]) => day(at)),
  close: Float64Array.from(told, ([, price]) => price),
});
const pair = (symbol: string, series: ReturnType<typeof closes>) => ({
  ...pairOf({ id: symbol, symbol, currency: 'USD', assetClass: 'FX' })!,
  ...series,
});
const ratesOf = (base: string, ...pairs: readonly ReturnType<typeof pair>[]) =>
  new PortfolioRates(new ExchangeRates(pairs), base);
const stateAt = (
  entries: readonly LedgerEntry[],
  rates: PortfolioRates,
  prices: Readonly<Record<string, ReturnType<typeof closes>>>,
  atMs: number | null = null,
) => {
  const held = holdingsOf(entries, rates);
  return stateOf({
    held,
    balances: balancesOf(entries, rates),
    income: incomeOf(entries, rates),
    series: held.map(({ instrumentId }) => prices[instrumentId] ?? null),
    rates,
    ...rateGapsOf(entries, rates),
    lastEventMs: entries.at(-1)?.timeMs ?? 0,
    atMs,
    nowMs: 0,
  });
};
const cash = (timeMs: number, amount: string, currency: string) =>
  ledgerEntry('DEPOSIT', timeMs, { amount, currency, instrumentId: null });
const text = (effects: { price: Decimal; currency: Decimal; cross: Decimal }) =>
  [effects.price, effects.currency, effects.cross].map((one) => one.toFixed());

describe('effectsOf', () => {
  const money = (base: number, quote: number) => ({ base: new Decimal(base), quote: new Decimal(quote) });

  it('tells the price from the currency, and both from what they make together', () => {
    // 100 at 0.5 become 120 at 0.75: 20 x 0.5, 100 x 0.25, 20 x 0.25
    expect(text(effectsOf(money(50, 100), money(90, 120)))).toEqual(['10', '25', '5']);
  });

  it('leaves all to the price where the currency is the same, or nothing was paid', () => {
    const [before, after] = [new Decimal(5), new Decimal(7)];
    expect(text(effectsOf({ base: before, quote: before }, { base: after, quote: after }))).toEqual([
      '2',
      '0',
      '0',
    ]);
    expect(text(effectsOf(money(0, 0), money(90, 120)))).toEqual(['90', '0', '0']);
    expect(text(effectsOf(money(50, 100), money(0, 0)))).toEqual(['-50', '0', '0']);
  });
});

describe('a portfolio in EUR with a share in USD', () => {
  // A dollar is worth 0.80, then 0.50, then 1 euro.
  const rates = ratesOf('EUR', pair('USDEUR', closes([11, 0.8], [21, 0.5], [31, 1])));
  const entries = [
    cash(day(10), '1000', 'EUR'),
    ledgerEntry('CONVERSION', day(10), {
      amount: '900',
      currency: 'EUR',
      otherAmount: '1100',
      otherCurrency: 'USD',
      fee: '1',
      instrumentId: null,
    }),
    ledgerEntry('BUY', day(10), { quantity: '10', price: '100', fee: '5', currency: 'USD' }),
    ledgerEntry('DIVIDEND', day(20), { amount: '20', tax: '3', currency: 'USD' }),
    ledgerEntry('SELL', day(20), { quantity: '4', price: '120', currency: 'USD' }),
  ];
  const prices = { a: closes([11, 100], [21, 120], [31, 90]) };
  const state = stateAt(entries, rates, prices);

  it('keeps cash by currency, worth what was given for it', () => {
    // 1100 - 1000 - 5 + 17 + 480 dollars; they came for 900 euros, and at the rates of their days
    expect(
      state.balances.map(({ currency, amount, cost, value }) => [
        currency,
        ...[amount, cost, value].map(String),
      ]),
    ).toEqual([
      ['EUR', '99', '99', '99'],
      ['USD', '592', String(900 - 805 * 0.8 - 195 * 0.8 - 5 * 0.8 + 497 * 0.5), '592'],
    ]);
  });

  it('costs what it cost on its day, and tells what the currency made of it', () => {
    const [holding] = state.holdings;
    expect([holding.quantity, holding.averageCost, holding.cost, marketValueOf(holding)].map(String)).toEqual(
      ['6', '100', '480', '540'],
    );
    // 6 x -10 at 0.80, 600 x 0.20, -60 x 0.20
    expect(text(unrealisedEffectsOf(holding))).toEqual(['-48', '120', '-12']);
    // 4 x 20 at 0.80, 400 x -0.30, 80 x -0.30
    expect(text(holding.realisedEffects)).toEqual(['64', '-120', '-24']);
    expect(holding.realisedProfit.toFixed()).toBe('-80');
    expect(holding.fees.toFixed()).toBe('4');
    expect(holding.exchangeRate).toMatchObject({ path: 'DIRECT', quotedMs: day(31), isStale: false });
  });

  it('adds up: flows and gains are what it is worth', () => {
    const statement = statementOf(state);
    const { equity, realisedProfit, unrealisedProfit, cashProfit, dividends, taxes, fees } = statement;
    expect([equity, dividends, taxes, fees].map(String)).toEqual(['1231', '10', '1.5', '5']);
    const gains = realisedProfit.plus(unrealisedProfit).plus(cashProfit);
    expect(gains.plus(1000).plus(dividends).minus(taxes).minus(fees).toFixed()).toBe(equity.toFixed());
    const { price, currency, cross } = allEffectsOf(state);
    expect(price.plus(currency).plus(cross).toFixed()).toBe(gains.toFixed());
  });

  it('has the same value over time, of which the currency made a part', () => {
    const columns = equityColumns(journalOf(entries, rates), new Map(Object.entries(prices)), rates);
    expect([...columns.timesMs].map((timeMs) => timeMs / DAY_MS)).toEqual([11, 21, 31]);
    // 99 + 0.8 x (95 + 1000), 99 + 0.5 x (592 + 720), 99 + 592 + 540
    expect([...columns.equity]).toEqual([975, 755, 1231]);
    expect([...columns.currencyEffect]).toEqual([0, expect.closeTo(1095 * -0.3, 9), 1312 * 0.5]);
    const flows = entries.map((entry) => externalFlowOf(entry, rates)).filter((flow) => flow !== null);
    const period = measuredPeriod(columns, flows, day(10), null, null)!;
    expect(period.currencyGain).toBeCloseTo(327.5, 9);
    expect(figuresOf(period).simple.value).toBeCloseTo(0.231, 12);
  });

  it('marks the values that take an old rate, while there is something in its currency', () => {
    const told = ratesOf('EUR', pair('USDEUR', closes([2, 0.5], [40, 1])));
    const steady = { x: closes([1, 1], [2, 1], [9, 1], [10, 1], [25, 1], [41, 1]) };
    const markedOf = (own: readonly LedgerEntry[], more: Record<string, ReturnType<typeof closes>> = {}) => {
      const series = new Map(Object.entries({ ...steady, ...more }));
      const { timesMs, hasStaleRate } = equityColumns(journalOf(own, told), series, told);
      return [...timesMs].filter((_, t) => hasStaleRate[t] === 1).map((timeMs) => timeMs / DAY_MS);
    };
    // A rate of the second day is old from after the ninth on, and not known on the first.
    const held = [cash(day(1), '5', 'EUR'), cash(day(1), '10', 'USD')];
    const taken = ledgerEntry('WITHDRAWAL', day(20), { amount: '10', currency: 'USD', instrumentId: null });
    expect(markedOf(held)).toEqual([10, 25]);
    expect(markedOf([...held, taken])).toEqual([10]);
    expect(markedOf(held.slice(0, 1))).toEqual([]);
    const share = ledgerEntry('TRANSFER_IN', day(1), { quantity: '1', costBasis: '1', currency: 'USD' });
    expect(markedOf([held[0], share], { a: closes([1, 7]) })).toEqual([10, 25]);
  });

  it('values at the rate of a time, and counts the change of the day in both', () => {
    const then = stateAt(entries.slice(0, 3), rates, prices, day(25));
    expect(statementOf(then).equity.toFixed()).toBe(String(99 + (95 + 1200) * 0.5));
    // 10 x 120 x 0.5 less 10 x 100 x 0.8
    expect(statementOf(then).dayChange.toFixed()).toBe('-200');
    expect(stateAt(entries, rates, prices, day(40)).holdings[0].exchangeRate!.isStale).toBe(true);
  });

  it('takes the rate that a transaction states', () => {
    const stated = ledgerEntry('BUY', day(10), {
      quantity: '1',
      price: '100',
      currency: 'USD',
      exchangeRate: '0.9',
    });
    expect(holdingsOf([stated], rates)[0].cost.toFixed()).toBe('90');
    expect(balancesOf([stated], rates)[0].cost.toFixed()).toBe('-90');
  });

  it('knows what a share cost in its own currency that was paid for in another', () => {
    const paid = ledgerEntry('BUY', day(10), { quantity: '10', price: '80', currency: 'EUR' });
    const [holding] = holdingsOf([paid], rates);
    expect([holding.cost, holding.quoteCost, holding.averageCost].map(String)).toEqual([
      '800',
      '1000',
      '100',
    ]);
  });
});

describe('a rate that is old', () => {
  const rates = ratesOf('EUR', pair('USDEUR', closes([11, 0.8], [90, 0.9])));
  const staleOf = (entries: readonly LedgerEntry[], atMs: number | null = null) =>
    stateAt(entries, rates, {}, atMs).stale.map(
      ({ from, to, fromMs, toMs, usedMs, rate, transactionIds }) => {
        const told = [rate.rate.toFixed(), rate.quotedMs / DAY_MS];
        return [from, to, fromMs / DAY_MS, toMs / DAY_MS, usedMs / DAY_MS, ...told, transactionIds];
      },
    );
  const fresh = cash(day(12), '1', 'USD');
  const old = cash(day(30), '1', 'USD');
  const older = cash(day(60), '1', 'USD');

  it('is named with its date and the transactions that were booked at it', () => {
    expect(staleOf([fresh])).toEqual([]);
    expect(staleOf([fresh, old, older])).toEqual([['USD', 'EUR', 30, 60, 60, '0.8', 11, [old.id, older.id]]]);
    // A rate that a transaction states is its own.
    const stated = ledgerEntry('DEPOSIT', day(30), {
      amount: '1',
      currency: 'USD',
      exchangeRate: '0.7',
      instrumentId: null,
    });
    expect(staleOf([stated])).toEqual([]);
  });

  it('counts for units on the day they were bought', () => {
    const brought = ledgerEntry('TRANSFER_IN', day(91), {
      quantity: '1',
      costBasis: '10',
      currency: 'USD',
      acquiredMs: day(50),
    });
    expect(staleOf([brought])).toEqual([['USD', 'EUR', 50, 50, 50, '0.8', 11, [brought.id]]]);
  });

  it('is named where values take it, and not of what is gone', () => {
    expect(staleOf([fresh], day(40))).toEqual([['USD', 'EUR', 40, 40, 40, '0.8', 11, []]]);
    expect(staleOf([fresh, old], day(70))).toEqual([['USD', 'EUR', 30, 70, 70, '0.8', 11, [old.id]]]);
    const gone = ledgerEntry('WITHDRAWAL', day(13), { amount: '1', currency: 'USD', instrumentId: null });
    expect(staleOf([fresh, gone], day(40))).toEqual([]);
  });
});

describe('a rate that is missing', () => {
  const rates = ratesOf('EUR', pair('USDEUR', closes([11, 0.8])));
  const early = ledgerEntry('BUY', day(5), { quantity: '1', price: '100', currency: 'USD' });
  const late = ledgerEntry('BUY', day(12), {
    quantity: '1',
    price: '100',
    currency: 'USD',
    instrumentId: 'b',
  });
  const pounds = cash(day(12), '7', 'GBP');
  const prices = { a: closes([4, 100], [12, 110]), b: closes([12, 50]) };

  it('is named with its dates and what needs it, and nothing is guessed', () => {
    const state = stateAt([cash(day(4), '1', 'EUR'), early, late, pounds], rates, prices);
    const [a, b] = state.holdings;
    expect([a.cost, unrealisedOf(a), marketValueOf(a)].map(String)).toEqual(['NaN', 'NaN', '88']);
    expect([b.cost, unrealisedOf(b), marketValueOf(b)].map(String)).toEqual(['80', '-40', '40']);
    expect(statementOf(state).equity.isNaN()).toBe(true);
    expect(
      state.missing.map(({ from, to, fromMs, transactionIds }) => [from, to, fromMs, transactionIds]),
    ).toEqual([
      ['USD', 'EUR', day(5), [early.id]],
      ['GBP', 'EUR', day(12), [pounds.id]],
    ]);
  });

  it('leaves holes in the value over time, after which figures begin', () => {
    const columns = equityColumns(
      journalOf([cash(day(4), '200', 'EUR'), early], rates),
      new Map(Object.entries({ a: prices.a })),
      rates,
    );
    expect([...columns.equity]).toEqual([200 - 80 + 80, 200 - 80 + 88]);
    expect([...flowAdjustedLevels(columns).levels]).toEqual([200, 208]);
    const unknown = equityColumns(journalOf([cash(day(4), '200', 'GBP')], rates), new Map(), rates);
    expect([[...unknown.timesMs], [...unknown.equity]]).toEqual([[day(5)], [NaN]]);
    const holes = equityColumns(
      journalOf([cash(day(4), '200', 'USD')], rates),
      new Map(Object.entries({ a: closes([5, 1], [12, 1], [13, 1]) })),
      rates,
    );
    expect([...holes.equity]).toEqual([NaN, 160, 160, 160]);
    expect([...flowAdjustedLevels(holes).timesMs]).toEqual([day(11), day(12), day(13)]);
    const period = measuredPeriod(holes, [], day(4), null, null)!;
    expect(figuresOf({ ...period, unknown: 'why' }).timeWeighted).toMatchObject({
      value: null,
      reason: 'why',
    });
  });
});

describe('the ledger in several currencies', () => {
  const amount = fc.integer({ min: 1, max: 100_000 }).map((cents) => new Decimal(cents).div(100).toFixed());
  const currency = fc.constantFrom('EUR', 'USD', 'GBP');
  const quoted = { a: 'USD', b: 'GBP', c: 'EUR' } as const;
  const anyEntry = fc
    .record({
      kind: fc.constantFrom(
        ...([
          'BUY',
          'SELL',
          'DIVIDEND',
          'FEE',
          'DEPOSIT',
          'WITHDRAWAL',
          'CONVERSION',
          'MERGER',
          'SPIN_OFF',
        ] as const),
        'RETURN_OF_CAPITAL' as const,
      ),
      instrumentId: fc.constantFrom('a', 'b', 'c'),
      otherInstrumentId: fc.constantFrom('a', 'b', 'c'),
      at: fc.integer({ min: 0, max: 30 }),
      currency,
      otherCurrency: currency,
      otherAmount: amount,
      quantity: amount,
      price: amount,
      amount,
      fee: amount,
      exchangeRate: fc.option(fc.constantFrom('0.5', '1.25', '3'), { nil: undefined }),
    })
    .filter((one) => one.currency !== one.otherCurrency && one.instrumentId !== one.otherInstrumentId)
    .map(({ kind, at, exchangeRate, otherAmount, otherCurrency, ...fields }) => {
      const isCash = ['DEPOSIT', 'WITHDRAWAL', 'CONVERSION'].includes(kind);
      const hasOther = ['MERGER', 'SPIN_OFF'].includes(kind);
      const { instrumentId, otherInstrumentId } = fields;
      return ledgerEntry(kind, day(at), {
        ...fields,
        ...(kind === 'CONVERSION' ? { otherAmount, otherCurrency } : {}),
        ...(kind === 'SPIN_OFF' ? { amount: undefined, fee: undefined, basisFraction: '0.25' } : {}),
        ...(hasOther ? { units: '2', perUnits: '3' } : {}),
        exchangeRate: fields.currency === 'EUR' ? undefined : exchangeRate,
        instrumentId: isCash ? null : instrumentId,
        otherInstrumentId: hasOther ? otherInstrumentId : undefined,
        quoteCurrency: quoted[instrumentId as 'a'],
        otherQuoteCurrency: quoted[otherInstrumentId as 'a'],
      });
    });
  const rate = fc.integer({ min: 10, max: 300 }).map((hundredths) => hundredths / 100);
  const track = fc.array(rate, { minLength: 4, maxLength: 4 });
  const seriesOf = (told: readonly number[]) =>
    closes(...told.map((value, index) => [index * 10, value] as const));

  it('accounts for every cent: flows, income, costs and gains are what it is worth, and effects are the gains', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 30 }), track, track, track, (some, usd, gbp, price) => {
        const entries = some.toSorted((a, b) => a.timeMs - b.timeMs);
        const rates = ratesOf('EUR', pair('USDEUR', seriesOf(usd)), pair('USDGBP', seriesOf(gbp)));
        const prices = { a: seriesOf(price), b: seriesOf(price), c: seriesOf(price) };
        const state = stateAt(entries, rates, prices, day(35));
        expect(state.missing).toEqual([]);
        const statement = statementOf(state);
        const flows = entries
          .map((entry) => externalFlowOf(entry, rates)?.cash ?? ZERO)
          .reduce((total, one) => total.plus(one), ZERO);
        const { realisedProfit, unrealisedProfit, cashProfit, dividends, taxes, fees, equity } = statement;
        const gains = realisedProfit.plus(unrealisedProfit).plus(cashProfit);
        const sum = flows.plus(gains).plus(dividends).minus(taxes).minus(fees);
        expect(sum.toDecimalPlaces(30).toFixed()).toBe(equity.toDecimalPlaces(30).toFixed());
        const { price: own, currency: change, cross } = sumEffects([allEffectsOf(state)]);
        expect(own.plus(change).plus(cross).minus(gains).toFixed()).toBe('0');
        const columns = equityColumns(journalOf(entries, rates), new Map(Object.entries(prices)), rates);
        const worth = equity.toNumber();
        const last = columns.equity.at(-1) ?? worth;
        expect((last - worth) / (Math.abs(worth) + 1)).toBeCloseTo(0, 6);
      }),
    );
  });
});
