import { ComputeError, type SimulationRequest } from '../service/contract.ts';

const ASSETS_MAXIMUM = 500;
const SCENARIOS_MINIMUM = 100;
const SCENARIOS_MAXIMUM = 5_000_000;
const HORIZON_BARS_MAXIMUM = 250;
const DEGREES_MINIMUM = 3;
const DEGREES_MAXIMUM = 30;
const OBSERVATIONS_MINIMUM = 2;

/** Checks a simulation request; throws a ComputeError that names the first problem. */
export function validateSimulation(request: SimulationRequest): void {
  const { levels, confidence, horizonBars, scenarios, seed, method, degreesOfFreedom, blockBars } = request;
  validateHistory(request);
  if (!(confidence > 0.5 && confidence < 1))
    refuse(`expected a confidence above 0.5 and below 1, was ${confidence}`);
  expectWhole('horizon', 'bars', horizonBars, 1, HORIZON_BARS_MAXIMUM);
  expectWhole('number', 'scenarios', scenarios, SCENARIOS_MINIMUM, SCENARIOS_MAXIMUM);
  if (!Number.isSafeInteger(seed) || seed < 0)
    refuse(`expected a whole seed of 0 to ${Number.MAX_SAFE_INTEGER}, was ${seed}`);
  if (method === 'STUDENT_T')
    expectWhole('number', 'degrees of freedom', degreesOfFreedom, DEGREES_MINIMUM, DEGREES_MAXIMUM);
  if (method === 'BOOTSTRAP') expectWhole('block', 'bars', blockBars, 1, levels[0].length - 1);
}

function validateHistory({ levels, weights }: SimulationRequest): void {
  if (levels.length < 1 || levels.length > ASSETS_MAXIMUM)
    refuseData(`expected 1 to ${ASSETS_MAXIMUM} assets, was ${levels.length}`);
  if (weights.length !== levels.length)
    refuseData(`expected ${levels.length} weights, was ${weights.length}`);
  const bars = levels[0].length;
  if (bars <= OBSERVATIONS_MINIMUM)
    refuseData(
      `expected at least ${OBSERVATIONS_MINIMUM} returns of each asset, was ${Math.max(0, bars - 1)}`,
    );
  levels.forEach((column, asset) => {
    if (!Number.isFinite(weights[asset]))
      refuseData(`asset ${asset}: expected a finite weight, was ${weights[asset]}`);
    if (column.length !== bars) refuseData(`asset ${asset}: expected ${bars} levels, was ${column.length}`);
    const place = column.findIndex((level) => !(level > 0 && level < Infinity));
    if (place >= 0)
      refuseData(`asset ${asset}: expected a level above 0 at bar ${place}, was ${column[place]}`);
  });
}

function expectWhole(what: string, of: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    refuse(`expected a ${what} of ${least} to ${most} ${of}, was ${value}`);
}

function refuse(message: string): never {
  throw new ComputeError('INVALID_PARAMETER', message);
}

function refuseData(message: string): never {
  throw new ComputeError('INVALID_DATA', message);
}
