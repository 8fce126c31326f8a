import { describe, expect } from 'vitest';
import { itWithShared, sharedRows, sharedText } from '../../../../tools/testing/services.ts';
import { splitLikeJumps } from './splits.ts';

describe('splits of real series', () => {
  /** The jumps of a real series of raw closes: the day before each, and the ratio. */
  const jumpsOf = (symbol: string) => {
    const rows = sharedRows(`data/lean_daily/${symbol}_raw.csv.gz`);
    const timesMs = Float64Array.from(rows, ([time]) => Date.parse(time.slice(0, 10)));
    const close = Float64Array.from(rows, (row) => Number(row[4]));
    return splitLikeJumps({ timesMs, close, adjustedClose: close }).map(({ beforeMs, units, perUnits }) => ({
      before: new Date(beforeMs).toISOString().slice(0, 10),
      ratio: units / perUnits,
    }));
  };

  itWithShared(
    'are seen in the raw closes of AAPL, and in those of GOOG where its factors know of none',
    () => {
      const { cases } = JSON.parse(sharedText('reference/corporate_actions/SHARE.json'));
      const apple = jumpsOf('AAPL');
      const splits = cases.AAPL.splits.map(({ last_date_before: before, ratio }: any) => {
        return { before, ratio: Math.round(ratio) };
      });
      expect(splits).toHaveLength(4);
      // On the day of the first the price rose by a tenth beside: that looks like no ratio.
      expect(apple).not.toContainEqual(splits[0]);
      for (const split of splits.slice(1)) expect(apple).toContainEqual(split);
      expect(jumpsOf('GOOG')).toEqual([{ before: '2014-04-02', ratio: 2 }]);
    },
  );
});
