import type { BootstrapModel, GaussianModel, PathModel } from '../../compute/src/simulation/model.ts';

const wave = (length: number, at: (index: number) => number) =>
  Float64Array.from({ length }, (_, i) => at(i));

/** A model of normals, unless changed. */
export function gaussian(assetCount: number, change: Partial<GaussianModel> = {}): GaussianModel {
  const factor = new Float64Array(assetCount * assetCount);
  for (let row = 0; row < assetCount; row += 1)
    for (let column = 0; column <= row; column += 1)
      factor[row * assetCount + column] = row === column ? 0.02 : 0.01 * Math.sin(3 * row + column);
  return {
    kind: 'gaussian',
    assetCount,
    isLinear: false,
    degreesOfFreedom: null,
    weights: wave(assetCount, (i) => 0.4 * Math.cos(i)),
    drift: wave(assetCount, (i) => 0.001 * Math.sin(i)),
    factor,
    ...change,
  };
}

/** A model of blocks of a wave. */
export function bootstrap(assetCount: number, change: Partial<BootstrapModel> = {}): BootstrapModel {
  const shape = { observations: 90, blockBars: 4, horizonBars: 10, isLinear: false, ...change };
  const columns = shape.isLinear ? 1 : assetCount;
  const sums = new Float64Array((shape.observations + shape.blockBars + 1) * columns);
  for (let place = columns; place < sums.length; place += 1) {
    const bar = (Math.floor(place / columns) - 1) % shape.observations;
    sums[place] = sums[place - columns] + 0.02 * Math.sin(7 * bar + 3 * (place % columns));
  }
  return {
    kind: 'bootstrap',
    assetCount,
    weights: wave(columns, (i) => (shape.isLinear ? 1 : 0.3 * Math.cos(i))),
    sums,
    ...shape,
  };
}

/** A model of every kind. */
export const PATH_MODELS: { name: string; model: PathModel }[] = [
  { name: 'normal, revalued', model: gaussian(5) },
  { name: 'normal, revalued, one asset', model: gaussian(1) },
  { name: 'normal, revalued, an even number of assets', model: gaussian(50) },
  { name: 'normal, linear', model: gaussian(7, { isLinear: true }) },
  { name: 'Student t of 4 degrees, revalued', model: gaussian(6, { degreesOfFreedom: 4 }) },
  { name: 'Student t of 3 degrees, linear', model: gaussian(6, { degreesOfFreedom: 3, isLinear: true }) },
  { name: 'Student t of 29 degrees, revalued', model: gaussian(3, { degreesOfFreedom: 29 }) },
  { name: 'bootstrap, revalued', model: bootstrap(5) },
  { name: 'bootstrap, linear', model: bootstrap(5, { isLinear: true }) },
  { name: 'bootstrap of one short block', model: bootstrap(3, { horizonBars: 2, blockBars: 20 }) },
  { name: 'bootstrap of many blocks', model: bootstrap(2, { horizonBars: 37, blockBars: 1 }) },
];
