import type { SweepRequest } from '../../service/contract.ts';
import type { CompiledStrategy } from '../../strategy/compile.ts';
import { evaluateNode, type SeriesCache } from '../reference/evaluate.ts';
import { WINDOW_SUMS } from '../reference/windows.ts';
import { Shares } from '../wasm/shares.ts';
import { type Slot, slotParameters } from '../wasm/slots.ts';

const BYTES_MAXIMUM = 256 * 2 ** 20;
const CACHED_VALUES_MAXIMUM = 2_000_000;

/** Series that a sweep on a GPU reads and threads compute side by side, each distinct one once. */
export interface SharedSeries {
  /** What each is: an item of a slot. */
  readonly items: readonly { readonly slot: Slot; readonly item: number }[];
  /** Where each stands, as `Shares` has it. */
  readonly states: SharedArrayBuffer;
  /** The values of each, one after the other. */
  readonly values: SharedArrayBuffer;
  readonly barsTotal: number;
}

/** Room for the series of a sweep, as many of the first as are worth their memory; null where there is nothing to share. */
export function shareSeries(
  strategy: CompiledStrategy,
  slots: readonly Slot[],
  barsTotal: number,
): SharedSeries | null {
  const isComputed = ({ kind, node }: Slot) =>
    kind === 'bitmap' || (kind === 'row' && !Object.hasOwn(WINDOW_SUMS, strategy.nodes[node].op));
  const items = slots
    .filter(isComputed)
    .flatMap((slot) => Array.from({ length: slot.distinct }, (_, item) => ({ slot, item })))
    .slice(0, Math.floor(BYTES_MAXIMUM / (8 * Math.max(1, barsTotal))));
  if (items.length < 2) return null;
  return {
    items,
    states: new SharedArrayBuffer(4 * items.length),
    values: new SharedArrayBuffer(8 * barsTotal * items.length),
    barsTotal,
  };
}

/** Computes series that no other thread has begun, and returns when all are there. `part` is this thread's number. */
export function computeShared(
  strategy: CompiledStrategy,
  request: SweepRequest,
  { items, states, values, barsTotal }: SharedSeries,
  part: number,
  check: () => void,
): void {
  const cache: SeriesCache = new Map();
  const compute = (share: number) => {
    const { slot, item } = items[share];
    if (cache.size * barsTotal > CACHED_VALUES_MAXIMUM) cache.clear();
    const parameters = { ...request.parameters, ...slotParameters(slot, request.axes, item) };
    copyInto(
      new Float64Array(values, 8 * barsTotal * share, barsTotal),
      evaluateNode(strategy, parameters, request.instruments, slot.node, cache),
    );
  };
  new Shares(states, 0, items.length).perform(part, compute, check);
}

/** A reader of shared series by node and item, into memory of the calling thread; null for one that is not shared. */
export function sharedReader({ items, values, barsTotal }: SharedSeries) {
  const places = new Map(items.map(({ slot, item }, place) => [`${slot.node} ${item}`, place]));
  return (node: number, item: number): Float64Array<ArrayBuffer> | null => {
    const place = places.get(`${node} ${item}`);
    if (place === undefined) return null;
    const own = new Float64Array(barsTotal);
    copyInto(own, new Float64Array(values, 8 * barsTotal * place, barsTotal));
    return own;
  };
}

/** Element by element: set() between shared memory and other is several times slower. */
function copyInto(target: Float64Array, source: Float64Array): void {
  for (let t = 0; t < source.length; t += 1) target[t] = source[t];
}
