import type { SweepRequest } from '../../service/contract.ts';
import type { CompiledStrategy } from '../../strategy/compile.ts';
import { evaluateNode, type SeriesCache } from '../reference/evaluate.ts';
import { WINDOW_SUMS } from '../reference/windows.ts';
import { Shares } from '../wasm/shares.ts';
import { rowOf } from '../wasm/distinct-rows.ts';
import { slotParameters } from '../wasm/slot-items.ts';
import type { Slot } from '../wasm/slots.ts';
import type { KnownSeries } from './inputs.ts';

const BYTES_MAXIMUM = 256 * 2 ** 20;
const PAGE_BYTES = 65_536;
const CACHED_VALUES_MAXIMUM = 2_000_000;

/** Series that a sweep on a GPU reads and threads compute side by side, each distinct one once. */
export interface SharedSeries {
  /** What each is: an item of a slot. */
  readonly items: readonly { readonly slot: Slot; readonly item: number }[];
  /** Where each stands, as `Shares` has it. */
  readonly states: SharedArrayBuffer;
  /** Has the values of each, one after the other. */
  readonly memory: WebAssembly.Memory;
  readonly barsTotal: number;
}

/**
 * Room for the series of a sweep in memory that `takeMemory` gives, as many of the first as are worth it; null where there is nothing to
 * share.
 */
export function shareSeries(
  strategy: CompiledStrategy,
  slots: readonly Slot[],
  barsTotal: number,
  takeMemory: (pages: number) => WebAssembly.Memory,
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
    memory: takeMemory(Math.ceil((8 * barsTotal * items.length) / PAGE_BYTES)),
    barsTotal,
  };
}

/** Computes series that no other thread has begun. `part` is this thread's number; the one that reads them is part 0. */
export function helpWithSeries(
  strategy: CompiledStrategy,
  request: SweepRequest,
  shared: SharedSeries,
  part: number,
  check: () => void,
): void {
  sharesOf(shared).performFree(part, computing(strategy, request, shared), check);
}

/**
 * A reader of shared series by slot and item; null for one that is not shared. While another thread computes what is asked for, it
 * computes others.
 */
export function sharedReader(
  strategy: CompiledStrategy,
  request: SweepRequest,
  shared: SharedSeries,
  check: () => void,
): KnownSeries {
  const places = new Map(shared.items.map(({ slot, item }, place) => [keyOf(slot, item), place]));
  const shares = sharesOf(shared);
  const compute = computing(strategy, request, shared);
  return (slot, item) => {
    const place = places.get(keyOf(slot, item));
    if (place === undefined) return null;
    shares.performUntil(place, 0, compute, check);
    return seriesAt(shared, place);
  };
}

function sharesOf({ states, items }: SharedSeries): Shares {
  return new Shares(states, 0, items.length);
}

function seriesAt({ memory, barsTotal }: SharedSeries, place: number): Float64Array {
  return new Float64Array(memory.buffer, 8 * barsTotal * place, barsTotal);
}

function computing(strategy: CompiledStrategy, request: SweepRequest, shared: SharedSeries) {
  const cache: SeriesCache = new Map();
  return (share: number): void => {
    const { slot, item } = shared.items[share];
    if (cache.size * shared.barsTotal > CACHED_VALUES_MAXIMUM) cache.clear();
    const parameters = { ...request.parameters, ...slotParameters(slot, request.axes, item) };
    const values = evaluateNode(strategy, parameters, request.instruments, slot.node, cache);
    seriesAt(shared, share).set(values);
  };
}

/** Equal for items that are the same row. */
function keyOf({ rows, node }: Slot, item: number): string {
  return rows ? `row ${rowOf(rows, item)}` : `${node} ${item}`;
}
