import { EVERY_DEVICE } from '../src/backends/cuda/settings.ts';
import type { SimulationRequest, SimulationResult } from '../src/service/contract.ts';
import { createComputeService } from '../src/service/local.ts';
import { randomWalk } from './fixture.ts';
import type { Line } from './measure.ts';

const ASSETS = 50;
const BARS = 1_000;

/** Scenarios of a book that is revalued in each; a linear one of so few positions is not worth a GPU. */
const SCENARIOS = [1_000_000, 5_000_000];

/** A book of fifty positions over ten days. */
function requestOf(scenarios: number): SimulationRequest {
  return {
    levels: Array.from({ length: ASSETS }, (_, asset) => randomWalk(BARS, asset + 1).close),
    weights: new Float64Array(ASSETS).fill(1 / ASSETS),
    method: 'NORMAL',
    revaluation: 'FULL',
    precision: 'DOUBLE',
    degreesOfFreedom: 5,
    blockBars: 1,
    horizonBars: 10,
    scenarios,
    confidence: 0.99,
    seed: 42,
  };
}

/** Times simulations by the whole service, with every device and with none, after both have said the same to the last bit. */
export async function gpuRiskLines(rounds: number): Promise<Line[]> {
  const lines: Line[] = [];
  for (const scenarios of SCENARIOS) {
    const request = requestOf(scenarios);
    const processor = await timeService(request, rounds, 'none');
    const gpu = await timeService(request, rounds, 'all');
    if (gpu.result.backend.backend !== 'cuda')
      throw new Error(`expected the service to choose cuda, was ${gpu.result.backend.backend}`);
    for (const tail of ['valueAtRisk', 'expectedShortfall'] as const) {
      const [wanted, found] = [processor, gpu].map(({ result }) => result[tail].value);
      if (!Object.is(found, wanted)) throw new Error(`expected ${tail} ${wanted}, was ${found}`);
    }
    const what = `value at risk, ${ASSETS} assets x ${scenarios.toLocaleString('en')}, revalued, double`;
    const [own, other] = [gpu.result.backend.backend, processor.result.backend.backend];
    const ms = (value: number) => `${value.toPrecision(3)} ms`;
    const ratio = `${(processor.bestMs / gpu.bestMs).toFixed(2)}x ${other}`;
    lines.push(
      { what, who: `${own}, by the whole service`, value: ms(gpu.bestMs), ratio },
      { what, who: `${other}, two threads`, value: ms(processor.bestMs), ratio: '' },
    );
  }
  return lines;
}

async function timeService(
  request: SimulationRequest,
  rounds: number,
  visibleDevices: string,
): Promise<{ readonly bestMs: number; readonly result: SimulationResult }> {
  const service = createComputeService({ threads: 2, cuda: { ...EVERY_DEVICE, visibleDevices } });
  let bestMs = Infinity;
  // Another seed makes another request: a cached result is no measurement.
  for (let round = 1; round <= rounds; round += 1) {
    const startedAtMs = performance.now();
    await service.simulateRisk({ ...request, seed: request.seed + round });
    bestMs = Math.min(bestMs, performance.now() - startedAtMs);
  }
  const result = await service.simulateRisk(request);
  await service.close();
  return { bestMs, result };
}
