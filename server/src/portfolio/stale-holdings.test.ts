import { expect, it } from 'vitest';
import { ledgerEntry } from '../../test/ledger-entry.ts';
import { pairOf } from '../market-data/currency-pair.ts';
import { ExchangeRates } from '../market-data/exchange-rates.ts';
import { type LedgerEntry, lotEventOf } from '../trade/ledger.ts';
import { unitChanges } from '../trade/units.ts';
import { PortfolioRates } from './portfolio-rates.ts';
import { staleHoldingsOf } from './stale-holdings.ts';

const DAY_MS = 86_400_000;
const pair = (symbol: string, ...days: readonly number[]) => ({
  ...pairOf({ id: symbol, symbol, currency: 'EUR', assetClass: 'FX' })!,
  timesMs: Float64Array.from(days, (day) => day * DAY_MS),
  close: Float64Array.from(days, (day) => day / 10),
});
const cash = (day: number, amount: string) =>
  ledgerEntry(amount.startsWith('-') ? 'WITHDRAWAL' : 'DEPOSIT', day * DAY_MS, {
    amount: amount.replace('-', ''),
    currency: 'USD',
    instrumentId: null,
  });

function staleOf(entries: readonly LedgerEntry[], ...pairs: readonly ReturnType<typeof pair>[]) {
  const units = unitChanges(entries.flatMap((entry) => lotEventOf(entry) ?? []));
  return staleHoldingsOf(entries, units, new PortfolioRates(new ExchangeRates(pairs), 'EUR')).map(
    ({ from, to, fromMs, toMs, usedMs, rate, transactionIds }) => {
      expect([to, usedMs <= toMs, transactionIds]).toEqual(['EUR', true, []]);
      return [from, fromMs - 1, toMs + 1, usedMs + 1, rate.quotedMs].map((one) =>
        typeof one === 'number' ? one / DAY_MS : one,
      );
    },
  );
}

it('names a rate that was old while there was cash or a position in its currency', () => {
  const told = pair('USDEUR', 1, 8, 30, 60, 65);
  // Old from day 15 and from day 37 on.
  expect(staleOf([cash(2, '5')], told)).toEqual([['USD', 15, 60, 60, 30]]);
  expect(staleOf([cash(2, '5'), cash(20, '-5')], told)).toEqual([['USD', 15, 20, 20, 8]]);
  expect(staleOf([cash(2, '5'), cash(15, '-5')], told)).toEqual([]);
  const bought = ledgerEntry('BUY', 61 * DAY_MS, { quantity: '1', price: '5', currency: 'EUR' });
  expect(staleOf([bought], told)).toEqual([]);
  expect(staleOf([{ ...bought, timeMs: 40 * DAY_MS }], told)).toEqual([
    ['USD', expect.anything(), 60, 60, 30],
  ]);
});

it('names none where another way to it is fresh, nor what is in the base currency', () => {
  const told = pair('USDEUR', 1, 30);
  const inverse = pair('EURUSD', 1, 7, 14, 21, 28);
  expect(staleOf([cash(2, '5')], told)).toEqual([['USD', 8, 30, 30, 1]]);
  expect(staleOf([cash(2, '5')], told, inverse)).toEqual([]);
  expect(staleOf([ledgerEntry('DEPOSIT', 1, { amount: '5', currency: 'EUR', instrumentId: null })])).toEqual(
    [],
  );
});
