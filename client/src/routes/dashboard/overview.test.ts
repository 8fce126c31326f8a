import { expect, it } from 'vitest';
import { countUntil, currencyPart, endOfDay, isInSeveralCurrencies } from './overview.ts';

it('knows whether there is more than one currency', () => {
  const portfolio = (cash: string, held: string) => ({
    baseCurrency: 'EUR',
    valuation: { cashBalances: [{ currency: 'EUR' }, { currency: cash }] },
    positions: { nodes: [{ instrument: { currency: held } }] },
  });
  expect(isInSeveralCurrencies(portfolio('EUR', 'EUR'))).toBe(false);
  expect(isInSeveralCurrencies(portfolio('USD', 'EUR'))).toBe(true);
  expect(isInSeveralCurrencies(portfolio('EUR', 'USD'))).toBe(true);
});

it('adds what the rate made of the cost and of the gain', () => {
  expect(currencyPart({ currency: '10', cross: '-2.5' })).toBe('7.5');
  expect(currencyPart({ currency: null, cross: null })).toBeNull();
});

it('looks back to the end of a day', () => {
  expect([endOfDay(''), endOfDay('2024-02-29')]).toEqual([null, '2024-02-29T23:59:59.999Z']);
  const times = Float64Array.of(Date.UTC(2024, 0, 2), Date.UTC(2024, 0, 3), Date.UTC(2024, 0, 4));
  expect(countUntil(times, endOfDay('2024-01-03'))).toBe(2);
  expect(countUntil(times, endOfDay('2024-02-01'))).toBe(3);
  expect(countUntil(times, endOfDay('2023-12-31'))).toBe(0);
  expect(countUntil(times, null)).toBe(3);
});
