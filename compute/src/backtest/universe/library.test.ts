import { describe, expect, it } from 'vitest';
import { flatBars } from '../../../../tools/testing/bars.ts';
import { itWithShared, sharedText } from '../../../../tools/testing/services.ts';
import { NO_COSTS } from '../../../../tools/testing/simulations.ts';
import { universeStrategies } from '../../../../tools/testing/strategies.ts';
import { openClose, resultOf, universeRequest } from '../../../../tools/testing/universes.ts';
import type { BarColumns } from '../../service/contract.ts';

const BARS = 1_200;
const COSTS = { ...NO_COSTS, commissionBps: 5 };

/** Instruments that take turns in trending, some restless; whole-number arithmetic, so the same everywhere. */
function market(change: (close: number, t: number) => number = (close) => close): Record<string, BarColumns> {
  let state = 20_261_126;
  const uniform = () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const symbols = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J'];
  return Object.fromEntries(
    symbols.map((symbol, i) => {
      let close = 100;
      const rows = Array.from({ length: BARS }, (_, t) => {
        const drift = 0.0012 * [1, -0.6, 0.5, -1][(Math.floor(t / 120) + i) % 4] + 0.0002;
        const open = close;
        close *= 1 + drift + (0.004 + 0.002 * i) * (uniform() + uniform() - 1);
        return [open, change(close, t)] as const;
      });
      // The last instrument is listed later, the one before is delisted.
      return [
        symbol,
        openClose(rows.map((row, t) => ((i === 9 && t < 300) || (i === 8 && t > 900) ? null : row))),
      ];
    }),
  );
}

/** Rebalances, trades and final equity of a start with 100,000: on the market above, and on twenty stocks to 2022. */
const RESULTS: Readonly<Record<string, readonly number[]>> = {
  'adaptive-allocation': [36, 43, 90358, 201, 604567],
  'cross-sectional-momentum': [32, 16, 132379, 106, 472225],
  'dual-momentum-rotation': [32, 10, 147977, 24, 1032400],
  'equal-weight': [14, 10, 130781, 20, 537642],
  'inverse-volatility': [38, 10, 127368, 20, 395180],
  'low-volatility': [12, 2, 119623, 26, 249735],
  'sector-rotation': [34, 46, 140450, 155, 792240],
  'weekly-reversal': [171, 384, 37209, 3185, 102856],
  'winners-minus-losers': [32, 28, 82441, 216, 111577],
};

const sizesOf = (source: string, bars: Readonly<Record<string, BarColumns>>) => {
  const request = universeRequest(source, bars, { costs: COSTS, initialCash: 100_000, lotSize: 1 });
  const { universe, trades, equity } = resultOf(request);
  return [universe!.rebalances.barIndex.length, trades.direction.length, Math.round(equity.at(-1)!)];
};

describe('the strategies of the library that hold a universe', () => {
  const bars = market();

  it('have their results written down', () => {
    const ids = universeStrategies().map(({ id }) => id);
    expect(ids.toSorted()).toEqual(Object.keys(RESULTS).toSorted());
  });

  it.each(universeStrategies())('$id holds what it did', ({ id, source }) => {
    expect(sizesOf(source, bars)).toEqual(RESULTS[id].slice(0, 3));
  });

  it.each(universeStrategies())('$id decides nothing differently when later bars are other', ({ source }) => {
    const cut = 700;
    const other = market((close, t) => (t < cut ? close : close * (1 + ((t * 7) % 5) / 10)));
    const [one, two] = [bars, other].map((each) => {
      const { fills, universe } = resultOf(universeRequest(source, each, { costs: COSTS }));
      return fills.reason
        .map((reason, i) => [
          fills.barIndex[i],
          universe!.fillSymbols[i],
          fills.side[i] * fills.quantity[i],
          reason,
        ])
        .filter(([bar]) => (bar as number) <= cut);
    });
    expect(one.length).toBeGreaterThan(2);
    expect(two).toEqual(one);
  });

  itWithShared.each(universeStrategies())('$id holds what it did of real stocks', ({ id, source }) => {
    const lines = sharedText('data/skfolio/sp500_dataset.csv.gz').trim().split(/\r?\n/);
    const symbols = lines[0].split(',').slice(1);
    const rows = lines.slice(-2_520).map((line) => line.split(','));
    const times = Float64Array.from(rows, ([date]) => Date.parse(date) + 86_400_000);
    const stocks = symbols.map((symbol, i) => [
      symbol,
      { ...flatBars(rows.map((row) => Number(row[i + 1]))), timesMs: times },
    ]);
    const [, trades, equity] = sizesOf(source, Object.fromEntries(stocks) as Record<string, BarColumns>);
    expect([trades, equity]).toEqual(RESULTS[id].slice(3));
  });
});
