import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ledgerEntry } from '../../test/ledger-entry.ts';
import { pairOf } from '../market-data/currency-pair.ts';
import { ExchangeRates } from '../market-data/exchange-rates.ts';
import { changeLedger, partLedger } from '../trade/ledger-parts.ts';
import { incomeOf } from './income.ts';
import { journalsOf, sumsOf } from './ledger-sums.ts';
import { PortfolioRates } from './portfolio-rates.ts';
import {
  balancesOf,
  equityColumns,
  equitySteps,
  holdingsOf,
  journalOf,
  type PriceSeries,
} from './valuation.ts';
import { valuationTimes } from './valuation-times.ts';

const DAY_MS = 86_400_000;
const DAYS = 12;
const column = (values: readonly number[]): PriceSeries => ({
  timesMs: Float64Array.from(values, (_, day) => day * DAY_MS),
  close: Float64Array.from(values),
});
const instrument = fc.constantFrom('a', 'b', 'c');
const QUOTED = { a: 'EUR', b: 'USD', c: 'USD' } as const;
const cents = fc.integer({ min: 1, max: 99_999 }).map((count) => (count / 100).toFixed(2));
const anyEntry = fc
  .record({
    kind: fc.constantFrom(
      'BUY' as const,
      'SELL' as const,
      'DEPOSIT' as const,
      'DIVIDEND' as const,
      'MERGER' as const,
    ),
    day: fc.integer({ min: 0, max: DAYS - 1 }),
    instrumentId: instrument,
    otherInstrumentId: instrument,
    quantity: cents,
    price: cents,
    amount: cents,
    currency: fc.constantFrom('EUR', 'USD'),
  })
  .filter(({ instrumentId, otherInstrumentId }) => instrumentId !== otherInstrumentId)
  .map(({ kind, day, instrumentId, otherInstrumentId, ...fields }) =>
    ledgerEntry(kind, day * DAY_MS, {
      ...fields,
      ...(kind === 'MERGER' ? { units: '2', otherInstrumentId } : {}),
      instrumentId: kind === 'DEPOSIT' ? null : instrumentId,
      quoteCurrency: QUOTED[instrumentId],
      otherQuoteCurrency: QUOTED[otherInstrumentId],
    }),
  );
const anyChange = fc.record({
  added: fc.array(anyEntry, { maxLength: 2 }),
  removed: fc.array(fc.nat(100), { maxLength: 1 }),
});
const anyPrices = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: DAYS, maxLength: DAYS });

const texts = (value: unknown) => JSON.parse(JSON.stringify(value));

async function valued(
  ledger: ReturnType<typeof partLedger>,
  prices: Map<string, PriceSeries>,
  rates: PortfolioRates,
) {
  const steps = equitySteps(await journalsOf(ledger.parts, rates), prices, rates, valuationTimes);
  let step = steps.next();
  while (!step.done) step = steps.next();
  const sums = await sumsOf(ledger.parts, rates);
  const held = sums.held.toSorted((a, b) => (a.instrumentId < b.instrumentId ? -1 : 1));
  return { held, balances: sums.balances, income: sums.income, columns: step.value };
}

it('values a ledger that changes as if it had always been so, to the last bit', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyEntry, { minLength: 1, maxLength: 20 }),
      fc.array(anyChange, { maxLength: 5 }),
      anyPrices,
      anyPrices,
      async (first, changes, closes, told) => {
        const prices = new Map(['a', 'b', 'c'].map((id) => [id, column(closes)]));
        const pair = pairOf({ id: 'x', symbol: 'USDEUR', currency: 'EUR', assetClass: 'FX' })!;
        const rates = new PortfolioRates(
          new ExchangeRates([{ ...pair, ...column(told.map((one) => one / 100)) }]),
          'EUR',
        );
        let ledger = partLedger(first);
        let counting = [...first];
        for (const { added, removed } of changes) {
          // Everything is worked out and kept before it changes.
          await valued(ledger, prices, rates);
          const removedIds = new Set(
            removed.flatMap((place) => (counting.length > 0 ? [counting[place % counting.length].id] : [])),
          );
          ledger = changeLedger(ledger, added, removedIds);
          counting = [...counting.filter(({ id }) => !removedIds.has(id)), ...added];
        }
        const [changed, anew] = [
          await valued(ledger, prices, rates),
          await valued(partLedger(counting.map((one) => ({ ...one }))), prices, rates),
        ];
        expect(texts(changed)).toEqual(texts(anew));
        expect(changed.columns).toEqual(anew.columns);
        // And as if it had never been taken apart.
        const { entries } = ledger;
        const whole = holdingsOf(entries, rates).toSorted((a, b) =>
          a.instrumentId < b.instrumentId ? -1 : 1,
        );
        expect(texts(changed.held)).toEqual(texts(whole));
        expect(texts(changed.income)).toEqual(texts(incomeOf(entries, rates)));
        const byCurrency = (all: readonly { currency: string }[]) =>
          texts(all.toSorted((a, b) => (a.currency < b.currency ? -1 : 1)));
        expect(byCurrency(changed.balances)).toEqual(byCurrency(balancesOf(entries, rates)));
        const { equity } = equityColumns(journalOf(entries, rates), prices, rates);
        equity.forEach((value, t) => expect(changed.columns.equity[t]).toBeCloseTo(value, 6));
      },
    ),
    { numRuns: 60 },
  );
});

it('lets others have the thread while a large ledger is added up', async () => {
  const trades = Array.from({ length: 12_000 }, (_, index) =>
    ledgerEntry('BUY', index, {
      instrumentId: `i${index % 300}`,
      quantity: '1.5',
      price: '10.25',
      fee: '0.1',
    }),
  );
  const { parts } = partLedger(trades);
  const state = { isOver: false, turns: 0 };
  const count = () => {
    state.turns += 1;
    if (!state.isOver) setImmediate(count);
  };
  setImmediate(count);
  const { held } = await sumsOf(parts, new PortfolioRates(new ExchangeRates([]), 'USD'));
  state.isOver = true;
  expect(held).toHaveLength(300);
  expect(state.turns).toBeGreaterThan(1);
});
