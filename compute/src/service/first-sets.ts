import { beginSweep, encodeSweep, PAGES_MAXIMUM, planSweep, WasmSweep } from '../backends/wasm/sweep.ts';
import { gridSize } from '../backtest/sweep-grid.ts';
import type { SweepTile } from './contract.ts';
import { moduleOf, preparationModule } from './memory.ts';
import type { CheckedSweep } from './sweep.ts';

const SETS = 4;
/** More bars would hold up the calling thread for longer than it is worth. */
const BARS_MAXIMUM = 10_000;

/**
 * The first sets of a sweep, computed on the calling thread by the kernels of a small sweep of its own: the bits are those
 * that the threads will find. Null where there are too many bars for that.
 */
export function firstSets({
  request,
  strategy,
}: Pick<CheckedSweep, 'request' | 'strategy'>): SweepTile | null {
  if (request.instruments.some(({ bars }) => bars.timesMs.length > BARS_MAXIMUM)) return null;
  const last = request.axes.length - 1;
  const axes = request.axes.map(({ parameter, values }, axis) => ({
    parameter,
    values: values.slice(0, axis === last ? SETS : 1),
  }));
  const small = { ...request, axes };
  const plan = planSweep(strategy, small, 1);
  const memory = new WebAssembly.Memory({ initial: plan.layout.pages, maximum: PAGES_MAXIMUM, shared: true });
  const modules = { kernels: moduleOf(plan, encodeSweep), preparation: preparationModule() };
  const sweep = new WasmSweep(small, strategy, plan, memory, modules, 0);
  beginSweep(plan, memory);
  const never = () => undefined;
  sweep.prepare(never);
  return sweep.runTile(0, gridSize(axes), never);
}
