import { type CheckedContract, parseContract } from '../src/models/contract.ts';
import { featureRows } from '../src/models/features.ts';
import type { BarColumns } from '../src/service/contract.ts';
import { leastSquares } from './least-squares.ts';
import { linearModel } from './onnx-file.ts';

/** How many bars ahead the model looks. */
export const HORIZON_BARS = 5;

/** Root mean square daily returns over a week, a month and a quarter, and the mean daily range of a week. */
const INPUTS = [
  ...[5, 22, 66].map((bars) => `sqrt(sma((close / close[1] - 1) * (close / close[1] - 1), ${bars}))`),
  'sma(log(high / low), 5)',
];
const NAIVE_INPUT = 1;

/** How well forecasts did on bars that the model was not trained on. */
export interface OutOfSampleScore {
  readonly trainedOn: number;
  readonly testedOn: number;
  /** 1 - squared errors of the model over those of the mean of the training targets. */
  readonly rSquared: number;
  /** The same of the plainest forecast, that the last month goes on. */
  readonly naiveRSquared: number;
}

/** A trained model in its two files. */
export interface TrainedModel {
  readonly file: Buffer;
  readonly contract: string;
  readonly score: OutOfSampleScore;
}

/**
 * Trains a linear forecast of the root mean square daily return over the next five bars (after Corsi, "A simple approximate long-memory
 * model of realized volatility", 2009) on the bars before `splitMs`, and scores it on those from then on. No target reaches over the split.
 */
export function trainVolatility(bars: BarColumns, splitMs: number, subject: string): TrainedModel {
  const checked = checkedInputs();
  const { rows, bars: places } = featureRows(checked, { symbol: 'TRAINED', bars });
  const targets = futureVolatility(bars.close);
  const split = bars.timesMs.findIndex((timeMs) => timeMs >= splitMs);
  const samples = [...places].map((bar, index) => ({
    bar,
    features: [...rows.subarray(index * INPUTS.length, (index + 1) * INPUTS.length)],
    target: targets[bar],
  }));
  const training = samples.filter(({ bar }) => bar + HORIZON_BARS < split);
  const test = samples.filter(({ bar, target }) => bar >= split && Number.isFinite(target));
  if (split < 0 || training.length <= INPUTS.length || test.length === 0)
    throw new Error(
      `expected bars before and after the split, was ${training.length} to train on and ${test.length} to test on`,
    );
  const coefficients = leastSquares(
    training.map(({ features }) => features),
    training.map(({ target }) => target),
  );
  const constant = coefficients.pop()!;
  const forecast = (features: readonly number[]) =>
    features.reduce((sum, feature, index) => sum + feature * coefficients[index], constant);
  const mean = training.reduce((sum, { target }) => sum + target, 0) / training.length;
  const errors = (guess: (features: readonly number[]) => number) =>
    test.reduce((sum, { features, target }) => sum + (guess(features) - target) ** 2, 0);
  const base = errors(() => mean);
  const score: OutOfSampleScore = {
    trainedOn: training.length,
    testedOn: test.length,
    rSquared: 1 - errors(forecast) / base,
    naiveRSquared: 1 - errors((features) => features[NAIVE_INPUT]) / base,
  };
  const contract = JSON.stringify({ description: inWords(score, subject), inputs: INPUTS }, null, 2);
  return { file: linearModel(coefficients, constant), contract, score };
}

function checkedInputs(): CheckedContract {
  const parsed = parseContract(JSON.stringify({ inputs: INPUTS }));
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.checked;
}

/** For each bar what came after it; NaN where it is not known yet. */
function futureVolatility(close: Float64Array): Float64Array {
  return close.map((_, t) => {
    if (t + HORIZON_BARS >= close.length) return NaN;
    let squares = 0;
    for (let next = t + 1; next <= t + HORIZON_BARS; next += 1)
      squares += (close[next] / close[next - 1] - 1) ** 2;
    return Math.sqrt(squares / HORIZON_BARS);
  });
}

function inWords(
  { trainedOn, testedOn, rSquared, naiveRSquared }: OutOfSampleScore,
  subject: string,
): string {
  return `Root mean square daily return of the next ${HORIZON_BARS} bars, trained on ${trainedOn} bars of ${subject}. Out of sample, on ${testedOn} later bars: R² ${rSquared.toFixed(3)}; the last month going on as it was: ${naiveRSquared.toFixed(3)}.`;
}
