import { expect, it } from 'vitest';
import { currencyPart, isInSeveralCurrencies } from './overview.ts';

it('knows whether there is more than one currency', () => {
  const portfolio = (cash: string, held: string) => ({
    baseCurrency: 'EUR',
    valuation: { cashBalances: [{ currency: 'EUR' }, { currency: cash }] },
    positions: [{ instrument: { currency: held } }],
  });
  expect(isInSeveralCurrencies(portfolio('EUR', 'EUR'))).toBe(false);
  expect(isInSeveralCurrencies(portfolio('USD', 'EUR'))).toBe(true);
  expect(isInSeveralCurrencies(portfolio('EUR', 'USD'))).toBe(true);
});

it('adds what the rate made of the cost and of the gain', () => {
  expect(currencyPart({ currency: '10', cross: '-2.5' })).toBe('7.5');
  expect(currencyPart({ currency: null, cross: null })).toBeNull();
});
