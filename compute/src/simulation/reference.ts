import { gain } from './functions.ts';
import {
  blockLengths,
  type BootstrapModel,
  type GaussianModel,
  linearLoadings,
  type PathModel,
  sumColumns,
} from './model.ts';
import { keyOf, multiplyHigh } from './philox.ts';
import { PathRandom, STREAMS } from './random.ts';

/** Lanes in which a bootstrapped book is added up: the order of a sum is part of its result. */
const LANES = 2;

/** Returns of the book on paths `from` to `to - 1`, one after the other: what kernels are checked against. */
export function simulateReference(model: PathModel, seed: number, from: number, to: number): Float64Array {
  const random = new PathRandom(keyOf(seed));
  const returnOf = model.kind === 'gaussian' ? gaussianReturn(model, random) : bootstrapReturn(model, random);
  return Float64Array.from({ length: to - from }, (_, index) => returnOf(from + index));
}

function gaussianReturn(model: GaussianModel, random: PathRandom): (path: number) => number {
  const { assetCount, weights, drift, factor, degreesOfFreedom } = model;
  const shocks = new Float64Array(4 * Math.ceil(assetCount / 4));
  const { loadings, mean } = linearLoadings(model);
  return (path) => {
    random.normals(path, shocks);
    const mixing = degreesOfFreedom === null ? 1 : random.mixing(path, degreesOfFreedom);
    let total = 0;
    if (model.isLinear) {
      for (let asset = 0; asset < assetCount; asset += 1) total += loadings[asset] * shocks[asset];
      return total * mixing + mean;
    }
    for (let row = 0; row < assetCount; row += 1) {
      let logReturn = drift[row];
      for (let column = 0; column <= row; column += 1)
        logReturn += factor[row * assetCount + column] * (shocks[column] * mixing);
      total += weights[row] * gain(logReturn);
    }
    return total;
  };
}

function bootstrapReturn(model: BootstrapModel, random: PathRandom): (path: number) => number {
  const { weights, sums, observations, isLinear } = model;
  const columns = sumColumns(model);
  const lengths = blockLengths(model);
  const starts = new Int32Array(lengths.length);
  return (path) => {
    for (let block = 0; block < starts.length; block += 1)
      starts[block] = multiplyHigh(random.draw(path, block >> 2, STREAMS.blocks)[block & 3], observations);
    const lanes = new Float64Array(LANES);
    for (let column = 0; column < columns; column += 1) {
      let logReturn = 0;
      for (let block = 0; block < starts.length; block += 1) {
        const end = sums[(starts[block] + lengths[block]) * columns + column];
        logReturn += end - sums[starts[block] * columns + column];
      }
      lanes[column % LANES] += isLinear ? logReturn : weights[column] * gain(logReturn);
    }
    return lanes[0] + lanes[1];
  };
}
