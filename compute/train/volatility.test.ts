import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModelFolder, type TestModelFolder } from '../../tools/testing/model-folder.ts';
import { Models } from '../src/models/models.ts';
import { checkStrategy } from '../src/strategy/library.ts';
import { leastSquares } from './least-squares.ts';
import { sampleBars } from './sample-bars.ts';
import { HORIZON_BARS, trainVolatility } from './volatility.ts';

describe('leastSquares', () => {
  it('finds the line that all points are on', () => {
    const rows = [
      [1, 2],
      [3, -1],
      [0, 4],
      [5, 5],
    ];
    const found = leastSquares(
      rows,
      rows.map(([a, b]) => 2 * a - 3 * b + 5),
    );
    [2, -3, 5].forEach((expected, index) => expect(found[index]).toBeCloseTo(expected, 12));
  });

  it('finds the mean where features say nothing', () => {
    expect(leastSquares([[1], [-1], [1], [-1]], [3, 3, 5, 5])).toEqual([0, 4]);
  });

  it('refuses features that follow from each other', () => {
    expect(() =>
      leastSquares(
        [
          [1, 2],
          [2, 4],
          [3, 6],
        ],
        [1, 2, 3],
      ),
    ).toThrow('expected features that do not follow from each other, was one that does');
  });
});

describe('the model that is trained on sample data', () => {
  const splitMs = Date.parse('2014-01-01');
  const bars = sampleBars();
  const trained = trainVolatility(bars, splitMs, 'a sample');
  let folder: TestModelFolder;
  let models: Models;
  beforeAll(() => {
    folder = createModelFolder();
    models = new Models(folder.path);
    folder.put('volatility-5', trained.file, trained.contract);
  });
  afterAll(async () => {
    await models.close();
    folder.remove();
  });

  it('tells how it did on bars it was not trained on', async () => {
    expect(trained.score).toMatchObject({ trainedOn: 3450, testedOn: 1579 });
    expect(trained.score.rSquared).toBeCloseTo(0.566, 3);
    expect(trained.score.naiveRSquared).toBeCloseTo(0.44, 3);
    expect((await models.describe('volatility-5'))!.contract!.description).toBe(
      'Root mean square daily return of the next 5 bars, trained on 3450 bars of a sample. Out of sample, on 1579 later bars: R² 0.566; the last month going on as it was: 0.440.',
    );
  });

  it('scores in a strategy what it scored in training', async () => {
    const [{ values, warmUpBars }] = await models.outputs('volatility-5', [{ symbol: 'SPX', bars }]);
    expect(warmUpBars).toBe(66);
    const squares = { model: 0, mean: 0 };
    const { close, timesMs } = bars;
    const target = (t: number) => {
      const later = Array.from({ length: HORIZON_BARS }, (_, i) => close[t + i + 1] / close[t + i] - 1);
      return Math.sqrt(later.reduce((sum, value) => sum + value * value, 0) / HORIZON_BARS);
    };
    const split = timesMs.findIndex((timeMs) => timeMs >= splitMs);
    const past = Array.from({ length: split - HORIZON_BARS - 66 }, (_, index) => target(66 + index));
    const mean = past.reduce((sum, value) => sum + value, 0) / past.length;
    for (let t = split; t + HORIZON_BARS < close.length; t += 1) {
      squares.model += (values[t] - target(t)) ** 2;
      squares.mean += (mean - target(t)) ** 2;
    }
    expect(1 - squares.model / squares.mean).toBeCloseTo(trained.score.rSquared, 10);
  });

  it('is the same whatever comes after the split', () => {
    const later = bars.timesMs.findIndex((timeMs) => timeMs >= splitMs);
    const changed = (column: Float64Array) =>
      column.map((value, t) => (t >= later ? value * (1 + (t % 7)) : value));
    const other = {
      ...bars,
      ...Object.fromEntries(
        (['open', 'high', 'low', 'close'] as const).map((name) => [name, changed(bars[name])]),
      ),
    };
    expect(trainVolatility(other, splitMs, 'a sample').file).toEqual(trained.file);
  });

  it('cannot be trained without bars on both sides of the split', () => {
    expect(() => trainVolatility(bars, Date.parse('1990-01-01'), 'a sample')).toThrow(
      'expected bars before and after the split, was 0 to train on',
    );
  });

  it('can be asked in a strategy', async () => {
    const source = 'strategy "Calm"\nenter long when model("volatility-5") < 0.01';
    expect(checkStrategy(source, await models.known(['volatility-5'])).ok).toBe(true);
  });
});
