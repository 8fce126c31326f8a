import { describe, expect, it } from 'vitest';
import { Decimal } from '../platform/decimal.ts';
import { listPositions, type NamedHolding, POSITION_SORT_FIELDS } from './position-list.ts';

/** A holding of units that cost 10 each. */
function held(symbol: string, quantity: string, price: string, assetClass = 'EQUITY'): NamedHolding {
  const units = new Decimal(quantity);
  return {
    holding: {
      quantity: units,
      price: new Decimal(price),
      baseRate: new Decimal(1),
      cost: units.times(10),
      priceAt: new Date(Number(price) || 0),
      realisedProfit: units.negated(),
    } as unknown as NamedHolding['holding'],
    instrument: { symbol, name: `The ${symbol}`, assetClass } as NamedHolding['instrument'],
  };
}

const ALL = [
  held('AAA', '1', '12'),
  held('BBB', '-5', '8'),
  held('CCC', '0', '99'),
  held('DDD', '2', 'NaN', 'CRYPTO'),
  held('EEE', '3', '4'),
];
const symbols = (asked: Parameters<typeof listPositions>[1]) =>
  listPositions(ALL, asked).page.map(({ instrument }) => instrument.symbol);

describe('listPositions', () => {
  it('gives what is held, the largest first and what has no value last', () => {
    expect(symbols({})).toEqual(['BBB', 'AAA', 'EEE', 'DDD']);
  });

  it.each([
    ['MARKET_VALUE', ['AAA', 'EEE', 'BBB', 'DDD']],
    ['SYMBOL', ['AAA', 'BBB', 'DDD', 'EEE']],
    ['QUANTITY', ['BBB', 'AAA', 'DDD', 'EEE']],
    ['PRICE_AT', ['DDD', 'EEE', 'BBB', 'AAA']],
    ['UNREALISED_PROFIT', ['EEE', 'AAA', 'BBB', 'DDD']],
    ['UNREALISED_FRACTION', ['EEE', 'AAA', 'BBB', 'DDD']],
    ['REALISED_PROFIT', ['EEE', 'DDD', 'AAA', 'BBB']],
  ] as const)('orders by %s', (field, expected) => {
    expect(symbols({ orderBy: { field, direction: 'ASCENDING' } })).toEqual(expected);
  });

  it('has a test of every order', () => {
    expect(Object.keys(POSITION_SORT_FIELDS)).toHaveLength(7);
  });

  it('keeps what all conditions of a filter mean', () => {
    expect(symbols({ filter: { side: 'SHORT' } })).toEqual(['BBB']);
    expect(symbols({ filter: { assetClass: 'CRYPTO', side: 'LONG' } })).toEqual(['DDD']);
    expect(symbols({ filter: { search: ' the e' } })).toEqual(['EEE']);
    expect(symbols({ filter: { state: 'CLOSED' } })).toEqual(['CCC']);
    expect(symbols({ filter: { state: 'ALL', search: 'c' } })).toEqual(['CCC']);
  });

  it('gives pages of them and counts all', () => {
    const { page, offset, totalCount } = listPositions(ALL, { first: 3 });
    expect([page.length, offset, totalCount]).toEqual([3, 0, 4]);
    const after = Buffer.from('2').toString('base64url');
    expect(listPositions(ALL, { first: 3, after })).toMatchObject({ offset: 3, totalCount: 4 });
    expect(symbols({ first: 3, after })).toEqual(['DDD']);
    expect(symbols({ after })).toEqual(['DDD']);
  });

  it('refuses a page of no length', () => {
    expect(() => listPositions(ALL, { first: 0 })).toThrow('expected first from 1 to 100, was 0');
  });
});
