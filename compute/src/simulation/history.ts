import { log } from '../backends/elementary.ts';
import { mean, simpleReturns } from '../risk/columns.ts';
import type { SimulationRequest } from '../service/contract.ts';
import { cholesky } from './cholesky.ts';
import { type BootstrapShape, type PathModel, type PathShape, sumColumns, sumRows } from './model.ts';

/** What the memory and the code of a request's simulation depend on. */
export function shapeOf(request: SimulationRequest): PathShape {
  const { levels, method, revaluation, degreesOfFreedom, blockBars, horizonBars } = request;
  const book = { assetCount: levels.length, isLinear: revaluation === 'LINEAR' };
  if (method === 'BOOTSTRAP')
    return { ...book, kind: 'bootstrap', observations: levels[0].length - 1, blockBars, horizonBars };
  return { ...book, kind: 'gaussian', degreesOfFreedom: method === 'STUDENT_T' ? degreesOfFreedom : null };
}

/**
 * The model that a request's history gives. Normals and Student t take the means and the covariance of log
 * returns, both times the horizon; the bootstrap takes the returns themselves.
 */
export function modelOf(
  request: SimulationRequest,
  covarianceOf: (columns: readonly Float64Array[]) => Float64Array,
): PathModel {
  const shape = shapeOf(request);
  const { levels, weights, horizonBars } = request;
  if (shape.kind === 'bootstrap') {
    const returns = shape.isLinear ? [bookReturns(levels, weights)] : levels.map(logReturns);
    return { ...shape, weights: shape.isLinear ? Float64Array.of(1) : weights, sums: sumsOf(shape, returns) };
  }
  const returns = levels.map(logReturns);
  const covariance = covarianceOf(returns).map((value) => value * horizonBars);
  return {
    ...shape,
    weights,
    drift: Float64Array.from(returns, (column) => mean(column) * horizonBars),
    factor: cholesky(covariance, levels.length),
  };
}

function logReturns(levels: Float64Array): Float64Array {
  return Float64Array.from({ length: levels.length - 1 }, (_, t) => log(levels[t + 1] / levels[t]));
}

/** What the weights as they are now would have made on each bar. */
function bookReturns(levels: readonly Float64Array[], weights: Float64Array): Float64Array {
  const out = new Float64Array(levels[0].length - 1);
  levels.forEach((column, asset) => {
    simpleReturns(column).forEach((value, t) => (out[t] += weights[asset] * value));
  });
  return out;
}

function sumsOf(shape: BootstrapShape, returns: readonly Float64Array[]): Float64Array {
  const columns = sumColumns(shape);
  const sums = new Float64Array(sumRows(shape) * columns);
  for (let place = columns; place < sums.length; place += 1) {
    const bar = Math.floor(place / columns) - 1;
    sums[place] = sums[place - columns] + returns[place % columns][bar % shape.observations];
  }
  return sums;
}
