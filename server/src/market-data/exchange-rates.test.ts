import { describe, expect, it } from 'vitest';
import { pairOf } from './currency-pair.ts';
import { ExchangeRates, type PairSeries, usefulPairs } from './exchange-rates.ts';

const DAY_MS = 86_400_000;
const pair = (symbol: string, ...rates: readonly (readonly [day: number, rate: number])[]): PairSeries => ({
  ...pairOf({ id: symbol, symbol, currency: symbol.slice(-3), assetClass: 'FX' })!,
  timesMs: Float64Array.from(rates, ([day]) => day * DAY_MS),
  close: Float64Array.from(rates, ([, rate]) => rate),
});

describe('pairOf', () => {
  it.each([
    ['EURUSD', 'USD', 'FX', 'EUR USD'],
    ['EURUSD=X', 'USD', 'FX', 'EUR USD'],
    ['EUR/USD', 'EUR', 'FX', 'EUR USD'],
    ['EUR.GBP', 'USD', 'FX', 'EUR GBP'],
    ['BTC-USD', 'USD', 'CRYPTO', 'BTC USD'],
    ['BTCUSDT', 'USDT', 'CRYPTO', 'BTC USDT'],
    ['EURGBP', 'USD', 'FX', 'EUR GBP'],
  ])('reads %s in %s of class %s', (symbol, currency, assetClass, expected) => {
    const found = pairOf({ id: 'i', symbol, currency, assetClass })!;
    expect(`${found.from} ${found.to}`).toBe(expected);
  });

  it.each([
    ['EURUSD', 'EQUITY'],
    ['BTC', 'CRYPTO'],
    ['DOLLAR', 'CRYPTO'],
  ])('finds none in %s of class %s', (symbol, assetClass) => {
    expect(pairOf({ id: 'i', symbol, currency: 'USD', assetClass })).toBeNull();
  });
});

describe('ExchangeRates', () => {
  const at = (rates: ExchangeRates, from: string, to: string, day: number) => {
    const found = rates.at(from, to, day * DAY_MS);
    return (
      found && {
        rate: found.rate.toNumber(),
        day: found.quotedMs / DAY_MS,
        isStale: found.isStale,
        path: found.path,
        symbols: found.symbols.join(' '),
      }
    );
  };

  it('takes the last rate that was told, never a later one, and marks an old one', () => {
    const rates = new ExchangeRates([pair('EURUSD', [10, 1.25], [12, 1.5])]);
    expect(at(rates, 'EUR', 'USD', 9)).toBeNull();
    expect(at(rates, 'EUR', 'USD', 11)).toEqual({
      rate: 1.25,
      day: 10,
      isStale: false,
      path: 'DIRECT',
      symbols: 'EURUSD',
    });
    expect(at(rates, 'EUR', 'USD', 19)).toMatchObject({ rate: 1.5, day: 12, isStale: false });
    expect(at(rates, 'EUR', 'USD', 20)).toMatchObject({ rate: 1.5, day: 12, isStale: true });
  });

  it('inverts a pair', () => {
    const rates = new ExchangeRates([pair('EURUSD', [10, 1.25])]);
    expect(at(rates, 'USD', 'EUR', 10)).toMatchObject({ rate: 0.8, path: 'INVERSE', symbols: 'EURUSD' });
  });

  it('goes through a common currency, as old as the older pair', () => {
    const rates = new ExchangeRates([pair('EURUSD', [10, 1.25], [12, 1.5]), pair('USDJPY', [11, 100])]);
    expect(at(rates, 'EUR', 'JPY', 10)).toBeNull();
    expect(at(rates, 'EUR', 'JPY', 12)).toEqual({
      rate: 150,
      day: 11,
      isStale: false,
      path: 'TRIANGULATED',
      symbols: 'EURUSD USDJPY',
    });
    expect(at(rates, 'JPY', 'EUR', 11)).toMatchObject({ rate: 0.008, path: 'TRIANGULATED' });
  });

  it('prefers a direct pair unless it is stale and another way is fresh', () => {
    const rates = new ExchangeRates([
      pair('EURCHF', [1, 2]),
      pair('EURUSD', [1, 1.5], [20, 1.5]),
      pair('USDCHF', [1, 1], [20, 2]),
    ]);
    expect(at(rates, 'EUR', 'CHF', 5)).toMatchObject({ rate: 2, path: 'DIRECT' });
    expect(at(rates, 'EUR', 'CHF', 20)).toMatchObject({ rate: 3, path: 'TRIANGULATED', day: 20 });
  });

  it('knows that pence are hundredths of pounds', () => {
    const rates = new ExchangeRates([pair('GBPUSD', [1, 1.25])]);
    expect(at(rates, 'GBX', 'GBP', 1)).toMatchObject({ rate: 0.01, path: 'SAME' });
    expect(at(rates, 'GBX', 'USD', 1)).toMatchObject({ rate: 0.0125, path: 'DIRECT' });
    expect(at(rates, 'USD', 'GBX', 1)).toMatchObject({ rate: 80, path: 'INVERSE' });
  });

  it('gives the same rates as a column', () => {
    const rates = new ExchangeRates([pair('EURUSD', [10, 1.25], [12, 1.5])]);
    const days = Float64Array.of(9, 10, 11, 12, 40);
    expect([
      ...rates.column(
        'EUR',
        'USD',
        days.map((day) => day * DAY_MS),
      ),
    ]).toEqual([NaN, 1.25, 1.25, 1.5, 1.5]);
    expect([...rates.timesOf('USD', 'EUR')]).toEqual([10 * DAY_MS, 12 * DAY_MS]);
  });
});

describe('usefulPairs', () => {
  it('leaves out what leads nowhere', () => {
    const pairs = ['EURUSD', 'EURGBP', 'USDJPY', 'GBPJPY', 'AUDNZD'].map((symbol) => pair(symbol));
    const symbols = (...currencies: string[]) =>
      usefulPairs(pairs, new Set(currencies)).map(({ symbol }) => symbol);
    expect(symbols('EUR')).toEqual([]);
    expect(symbols('USD', 'GBP')).toEqual(['EURUSD', 'EURGBP', 'USDJPY', 'GBPJPY']);
    expect(symbols('EUR', 'AUD')).toEqual([]);
  });
});
