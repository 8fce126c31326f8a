import type { SweepRequest } from '../../service/contract.ts';
import type { CompiledStrategy } from '../../strategy/compile.ts';
import { evaluateNode, type SeriesCache } from '../reference/evaluate.ts';
import { WINDOW_SUMS } from '../reference/windows.ts';
import { Shares } from '../wasm/shares.ts';
import { rowOf } from '../wasm/distinct-rows.ts';
import { slotParameters } from '../wasm/slot-items.ts';
import type { Slot } from '../wasm/slots.ts';

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
  const distinct = new Map<string, { readonly slot: Slot; readonly item: number }>();
  for (const slot of slots.filter(isComputed))
    for (let item = 0; item < slot.distinct; item += 1) {
      const key = keyOf(slot, item);
      if (!distinct.has(key)) distinct.set(key, { slot, item });
    }
  const items = [...distinct.values()].slice(0, Math.floor(BYTES_MAXIMUM / (8 * Math.max(1, barsTotal))));
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

/** Equal for items that are the same row. */
function keyOf({ rows, node }: Slot, item: number): string {
  return rows ? `row ${rowOf(rows, item)}` : `${node} ${item}`;
}

/** A reader of shared series by slot and item, into memory of the calling thread; null for one that is not shared. */
export function sharedReader({ items, values, barsTotal }: SharedSeries) {
  const places = new Map(items.map(({ slot, item }, place) => [keyOf(slot, item), place]));
  return (slot: Slot, item: number): Float64Array<ArrayBuffer> | null => {
    const place = places.get(keyOf(slot, item));
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
