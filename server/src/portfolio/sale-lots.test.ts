import { describe, expect, it } from 'vitest';
import { Decimal } from '../platform/decimal.ts';
import { gainOf, lotsSold, type SaleableLot, withinGains } from './sale-lots.ts';

const decimal = (value: number | string) => new Decimal(value);
const NOW_MS = Date.UTC(2024, 5, 1);

function lot(id: string, quantity: number, costBasis: number, year = 2024, accountId = 'main'): SaleableLot {
  return {
    id,
    accountId,
    instrumentId: 'a',
    side: 'LONG',
    openedMs: Date.UTC(year, 0, 1),
    quantity: decimal(quantity),
    costBasis: decimal(costBasis),
  };
}

const sale = (quantity: number, price = 10, cost = 0) => ({
  instrumentId: 'a',
  quantity: decimal(quantity),
  price: decimal(price),
  cost: decimal(cost),
});

const told = (closings: ReturnType<typeof lotsSold>) =>
  closings.map(({ lotId, quantity, gain, isLongTerm }) => [lotId, `${quantity}`, `${gain}`, isLongTerm]);

describe('lotsSold', () => {
  const lots = [lot('old', 10, 40, 2020), lot('dear', 10, 120, 2023), lot('new', 10, 80)];

  it.each([
    [
      'FIFO',
      [
        ['old', '10', '60', true],
        ['dear', '2', '-4', true],
      ],
    ],
    [
      'LIFO',
      [
        ['new', '10', '20', false],
        ['dear', '2', '-4', true],
      ],
    ],
    [
      'HIFO',
      [
        ['dear', '10', '-20', true],
        ['new', '2', '4', false],
      ],
    ],
    [
      'AVERAGE',
      [
        ['old', '10', '20', true],
        ['dear', '2', '4', true],
      ],
    ],
  ] as const)('closes lots by %s', (method, expected) => {
    expect(told(lotsSold(lots, sale(12), method, NOW_MS))).toEqual(expected);
  });

  it('takes from the account with more units first, and shares the cost of the sale', () => {
    const both = [lot('x', 4, 40, 2024, 'small'), lot('y', 6, 30, 2024, 'large')];
    const closings = lotsSold(both, sale(8, 10, 4), 'FIFO', NOW_MS);
    expect(told(closings)).toEqual([
      ['y', '6', '27', false],
      ['x', '2', '-1', false],
    ]);
    expect(closings.map(({ accountId }) => accountId)).toEqual(['large', 'small']);
  });

  it('leaves shorts and other instruments alone', () => {
    const others = [
      { ...lot('s', 5, 50), side: 'SHORT' as const },
      { ...lot('o', 5, 50), instrumentId: 'b' },
    ];
    expect(lotsSold(others, sale(5), 'FIFO', NOW_MS)).toEqual([]);
  });
});

describe('withinGains', () => {
  const lots = [lot('a1', 10, 50), lot('a2', 10, 90)];
  const other = { ...lot('b1', 10, 130), instrumentId: 'b' };
  const of = (...instruments: string[]) =>
    instruments.map((instrumentId) => {
      const own = { ...sale(instrumentId === 'a' ? 20 : 10), instrumentId };
      return { sale: own, closings: lotsSold([...lots, other], own, 'FIFO', NOW_MS) };
    });

  it('bounds nothing where gains are within the limit', () => {
    expect([...withinGains(of('a'), decimal(60))]).toEqual([]);
    expect([...withinGains(of('a', 'b'), decimal(30))]).toEqual([]);
  });

  it('sells lots as far as there is room, and lets losses make room', () => {
    // The first lot gains 5 a unit, the second 1; b loses 30.
    expect(withinGains(of('a'), decimal(20)).get('a')?.toFixed()).toBe('4');
    expect(withinGains(of('a'), decimal(54)).get('a')?.toFixed()).toBe('14');
    const bounded = withinGains(of('a', 'b'), decimal(20));
    expect([...bounded].map(([id, units]) => [id, units.toFixed()])).toEqual([['a', '10']]);
    expect(withinGains(of('a'), decimal(0)).get('a')?.toFixed()).toBe('0');
  });

  it('keeps the gains of what is then sold within the limit', () => {
    const units = withinGains(of('a'), decimal(33)).get('a')!;
    const gain = gainOf(lotsSold(lots, { ...sale(1), quantity: units }, 'FIFO', NOW_MS));
    expect(gain.toFixed()).toBe('33');
  });
});
