import { DeviceBuffers } from '../../compute/src/backends/cuda/buffers.ts';
import type { CudaDevice } from '../../compute/src/backends/cuda/device.ts';
import { covarianceOnDevice, measureCudaPaths } from '../../compute/src/backends/cuda/paths.ts';
import { smallestOnDevices } from '../../compute/src/backends/cuda/select.ts';
import { planCudaSweep, runCudaSweep } from '../../compute/src/backends/cuda/sweep.ts';
import { compiledForSweep } from '../../compute/src/backtest/validate.ts';
import { smallest } from '../../compute/src/risk/select.ts';
import type { SweepRequest, SweepTile } from '../../compute/src/service/contract.ts';
import { covariance } from '../../compute/src/simulation/covariance.ts';
import type { PathModel } from '../../compute/src/simulation/model.ts';
import { simulateReference } from '../../compute/src/simulation/reference.ts';
import { PATH_MODELS } from './path-models.ts';
import { random } from './random.ts';
import { instrumentStrategies } from './strategies.ts';
import { figuresByReference, figuresByWasm } from './sweep-backends.ts';
import { axesOf, figures, SWEEP_BASE, walk } from './sweeps.ts';

/** Something that devices and the processor both compute: two lists of numbers that have to be the same. */
export interface ParityCase {
  readonly kind: 'sweep' | 'paths' | 'covariance' | 'selection';
  readonly name: string;
  readonly run: (devices: readonly CudaDevice[]) => { readonly found: number[]; readonly expected: number[] };
}

const SEED = 12_345_678_901;
const never = () => undefined;

/**
 * What CUDA devices have to compute with the bits of the reference, or of the plan `wasm-events` where they go from event to event,
 * scaled up for devices that are no stub; `sampled` are sweeps of random strategies.
 */
export function parityCases(scale: 1 | 100, sampled: readonly SweepRequest[]): readonly ParityCase[] {
  const allIn = { direction: 'LONG_ONLY', lotSize: 0, endRule: 'KEEP_OPEN' } as const;
  const strategies = instrumentStrategies().flatMap(({ id, source }): ParityCase[] => {
    const instruments = [{ symbol: 'X', bars: walk(300, 7) }];
    const request = {
      ...SWEEP_BASE,
      strategy: source,
      axes: axesOf(source, scale === 1 ? 2 : 6),
      instruments,
    };
    return [
      { kind: 'sweep', name: id, run: (devices) => sweepOf(devices, request) },
      {
        kind: 'sweep',
        name: `${id}, all in`,
        run: (devices) => sweepOf(devices, { ...request, ...allIn }),
      },
    ];
  });
  const drawn = sampled.map((request, index): ParityCase => ({
    kind: 'sweep',
    name: `a random strategy, number ${index + 1}`,
    run: (devices) => sweepOf(devices, request),
  }));
  const paths = PATH_MODELS.map(({ name, model }): ParityCase => {
    const run: ParityCase['run'] = (devices) => pathsOf(devices, model, 100 * scale);
    return { kind: 'paths', name: `paths: ${name}`, run };
  });
  return [
    ...strategies,
    ...drawn,
    ...paths,
    { kind: 'covariance', name: 'covariances', run: ([device]) => covarianceOf(device, 40 * scale) },
    { kind: 'selection', name: 'the smallest values', run: (devices) => smallestOf(devices, 400 * scale) },
  ];
}

/** The cases in which devices do not have the bits that they have to, with why. */
export function parityProblems(devices: readonly CudaDevice[], cases: readonly ParityCase[]): string[] {
  return cases.flatMap(({ name, run }) => {
    try {
      const { found, expected } = run(devices);
      const at = expected.findIndex((value, index) => !Object.is(value, found[index]));
      if (at < 0 && found.length === expected.length) return [];
      return [`${name}: expected ${expected[at]} at ${at} of ${expected.length}, was ${found[at]}`];
    } catch (problem) {
      return [`${name}: ${(problem as Error).message}`];
    }
  });
}

function sweepOf(devices: readonly CudaDevice[], request: SweepRequest) {
  const strategy = compiledForSweep(request);
  const plan = planCudaSweep(strategy, request);
  if (typeof plan === 'string') throw new Error(plan);
  const tiles: SweepTile[] = [];
  const onTile = (tile: SweepTile) => void tiles.push(tile);
  runCudaSweep(devices, strategy, request, plan, { check: never, onTile });
  const expected = plan.tables ? figuresByWasm(request).figures : figuresByReference(request);
  return { found: Object.values(figures(tiles)).flat(), expected: Object.values(expected).flat() };
}

function pathsOf(devices: readonly CudaDevice[], model: PathModel, scenarios: number) {
  const place = Math.ceil(scenarios / 50);
  const found = measureCudaPaths(devices, model, SEED, scenarios, never, (returns, select) => [
    ...returns,
    ...select(returns, place),
  ]);
  const returns = simulateReference(model, SEED, 0, scenarios);
  return { found, expected: [...returns, ...smallest(returns, place)] };
}

function covarianceOf(device: CudaDevice, length: number) {
  const next = random(3);
  const columns = Array.from({ length: 7 }, () => Float64Array.from({ length }, () => next() - 0.5));
  return { found: [...covarianceOnDevice(device, columns)], expected: [...covariance(columns)] };
}

function smallestOf(devices: readonly CudaDevice[], length: number) {
  const next = random(4);
  const values = Float64Array.from({ length }, (_, index) => (index % 97 === 5 ? NaN : next() - 0.5));
  const open: DeviceBuffers[] = [];
  try {
    const parts = devices.map((device, index) => {
      const memory = new DeviceBuffers(device);
      open.push(memory);
      const [from, to] = [index, index + 1].map((end) => Math.floor((length * end) / devices.length));
      const address = memory.holding(values.slice(from, to));
      memory.settled();
      return { device, address, length: to - from };
    });
    const count = Math.ceil(length / 20);
    return { found: [...smallestOnDevices(parts, count)], expected: [...smallest(values, count)] };
  } finally {
    for (const memory of open) memory.close();
  }
}
