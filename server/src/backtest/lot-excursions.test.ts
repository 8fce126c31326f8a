import { describe, expect, it } from 'vitest';
import { withExcursions } from './lot-excursions.ts';
import type { SimulatedTrade } from './simulated-trade.type.ts';

const bars = {
  timesMs: Float64Array.of(1, 2, 3, 4),
  high: Float64Array.of(12, 15, 11, 30),
  low: Float64Array.of(9, 10, 8, 1),
};
const trade = (of: Partial<SimulatedTrade>) =>
  ({
    symbol: 'AAA',
    direction: 'LONG',
    entryAt: new Date(2),
    exitAt: new Date(4),
    entryPrice: 10,
    exitPrice: 12,
    isOpen: false,
    maximumAdverseExcursion: null,
    maximumFavourableExcursion: null,
    ...of,
  }) as SimulatedTrade;
const told = (of: Partial<SimulatedTrade>) => {
  const [one] = withExcursions([trade(of)], new Map([['AAA', bars]]));
  return [one.maximumAdverseExcursion, one.maximumFavourableExcursion];
};

describe('withExcursions', () => {
  it('counts the bars from the entry to the one before the exit, and of the exit its price', () => {
    expect(told({})).toEqual([-0.2, 0.5]);
    expect(told({ exitPrice: 7 })).toEqual([-0.3, 0.5]);
    expect(told({ exitPrice: 25 })).toEqual([-0.2, 1.5]);
  });

  it('turns them round for short trades, and gives 0 and not -0', () => {
    expect(told({ direction: 'SHORT' })).toEqual([-0.5, 0.2]);
    expect(told({ direction: 'SHORT', entryAt: new Date(3), entryPrice: 11, exitPrice: 11 })).toEqual([
      0,
      3 / 11,
    ]);
  });

  it('goes to the last bar while a trade is open, whatever was left of it for', () => {
    expect(told({ isOpen: true, exitAt: null, exitPrice: 99 })).toEqual([-0.9, 2]);
  });

  it('leaves a trade as it is without the bars of its instrument', () => {
    expect(told({ symbol: 'BBB' })).toEqual([null, null]);
  });
});
