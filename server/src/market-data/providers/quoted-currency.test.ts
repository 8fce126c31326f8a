import { describe, expect, it } from 'vitest';
import type { PriceHistory } from './provider.ts';
import { inCurrency } from './quoted-currency.ts';

const history = (currency: string | null): PriceHistory => ({
  currency,
  prices: [
    { date: '2024-01-02', open: 812, high: 830.5, low: 801, close: 829, adjustedClose: 700, volume: 9 },
  ],
  events: [
    { kind: 'DIVIDEND', date: '2024-01-02', value: 12.5 },
    { kind: 'SPLIT', date: '2024-01-02', value: 4 },
  ],
});

describe('inCurrency', () => {
  it.each([
    ['GBX', 'GBP'],
    ['ZAC', 'ZAR'],
    ['ILA', 'ILS'],
  ])('makes hundredths (%s) whole units of %s, dividends too', (quoted, currency) => {
    expect(inCurrency(history(quoted), currency)).toEqual({
      currency,
      prices: [
        { date: '2024-01-02', open: 8.12, high: 8.305, low: 8.01, close: 8.29, adjustedClose: 7, volume: 9 },
      ],
      events: [
        { kind: 'DIVIDEND', date: '2024-01-02', value: 0.125 },
        { kind: 'SPLIT', date: '2024-01-02', value: 4 },
      ],
    });
  });

  it('makes whole units hundredths for an instrument that is kept in them', () => {
    expect(inCurrency(history('GBP'), 'GBX').prices[0]).toMatchObject({ close: 82_900, volume: 9 });
  });

  it.each([['GBP'], [null]])('leaves prices of %s as they are for an instrument in GBP', (quoted) => {
    expect(inCurrency(history(quoted), 'GBP').prices[0].close).toBe(829);
  });

  it('names both where they are of different currencies', () => {
    expect(() => inCurrency(history('GBX'), 'EUR')).toThrow(
      'expected prices in EUR as the instrument is kept in, was GBX',
    );
  });
});
