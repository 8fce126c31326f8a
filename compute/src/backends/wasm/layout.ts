import { rowsOfRelation } from './distinct-rows.ts';
import type { KernelInputs } from './slots.ts';

export const BARS_PER_WORD = 64;
/** Sets whose descriptors and results lie side by side. */
export const SETS_PER_TILE = 256;
/** Doubles a kernel leaves for each set: first, last, returns (2), squares (2), worst ratio, trades. */
export const RESULT_DOUBLES = 8;
const SCRATCH_BITMAP_BYTES = 256 * 1024;
const PAGE_BYTES = 65_536;
/** More shares than threads, so that one that begins late has less to do. */
const SHARES_PER_THREAD = 12;

/** The ranked rows of a relation, and room for the lists of addresses of all its rows and all its ranks. */
export interface RankedRows {
  readonly ranks: number;
  readonly lists: number;
}

/** Where shares of work stand, and how many there are. */
export interface ShareStates {
  readonly address: number;
  readonly count: number;
}

/** Where everything lies in the memory that all threads share. Addresses are bytes, aligned to 16. */
export interface Layout {
  /** The first bytes, by which threads agree who does what: 0 before a sweep begins. */
  readonly controlBytes: number;
  /** Shares of what is computed once, the first of which are the tables, and shares of the ranks. */
  readonly valueShares: ShareStates;
  readonly tableShares: number;
  readonly rankShares: ShareStates;
  readonly barsTotal: number;
  /** 64-bit words of a bitmap over all bars. */
  readonly words: number;
  readonly rowBytes: number;
  readonly bitmapBytes: number;
  /** A row of 16-bit ranks followed by the bitmap of its bars that have a value. */
  readonly rankedBytes: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Running sums of the closes' returns, each beside that of their squares; 0 where the plan needs none. */
  readonly returnSums: number;
  /** Least low and greatest high of each 16 bars. */
  readonly blockLows: number;
  readonly blockHighs: number;
  /** Levels of the table that answers least, greatest and worst ratio of closes over a range. */
  readonly rangeTable: number;
  readonly rangeLevels: number;
  /** The first of the distinct rows. */
  readonly rows: number;
  /** By slot: the first of its shared bitmaps. */
  readonly slots: readonly number[];
  /** By relation: its ranked rows in the order of `rowsOfRelation`, or null. */
  readonly ranked: readonly (RankedRows | null)[];
  readonly descriptorBytes: number;
  readonly scratch: number;
  readonly scratchBytes: number;
  /** Inside a scratch: descriptors, results, the four rules' bitmaps of a batch, rows of single sets by slot, and two series for kernels. */
  readonly scratchResults: number;
  readonly scratchBitmaps: number;
  readonly scratchSlots: readonly number[];
  readonly scratchStaging: readonly number[];
  readonly setsPerBatch: number;
  readonly pages: number;
}

/** The range table's three doubles a bar and level. */
export const RANGE_BYTES = 24;

/** Lays the memory out for `threads` scratches. */
export function layOut(inputs: KernelInputs, barsTotal: number, threads: number, hasTables: boolean): Layout {
  const { take } = places(64);
  const shares = (count: number): ShareStates => ({ address: take(4 * count), count });
  const rangeLevels = hasTables ? Math.ceil(Math.log2(Math.max(2, barsTotal))) : 0;
  // Each level takes as long as the rest of the tables.
  const tableShares = 1 + rangeLevels;
  const [valueShares, rankShares] = [
    shares(tableShares + SHARES_PER_THREAD * threads),
    shares(SHARES_PER_THREAD * threads),
  ];
  const controlBytes = take(0);
  const words = Math.ceil(barsTotal / BARS_PER_WORD);
  const rowBytes = words * BARS_PER_WORD * 8;
  const bitmapBytes = words * 8;
  const sizes = { rowBytes, bitmapBytes };
  const rankedBytes = Math.ceil((words * (BARS_PER_WORD * 2 + 8)) / 16) * 16;
  const rows = take(inputs.rowsTotal * rowBytes);
  const slots = inputs.slots.map(({ kind, isShared, distinct }) =>
    isShared && kind === 'bitmap' ? take(distinct * bitmapBytes) : 0,
  );
  const ranked = inputs.relations.map((relation) => {
    if (!relation.isRanked) return null;
    const { length } = rowsOfRelation(inputs, relation);
    return { ranks: take(length * rankedBytes), lists: take(threads * 2 * 4 * length) };
  });
  const columns = { open: take(rowBytes), high: take(rowBytes), low: take(rowBytes), close: take(rowBytes) };
  const tables = {
    returnSums: hasTables ? take(2 * rowBytes) : 0,
    blockLows: take(rowBytes / 16),
    blockHighs: take(rowBytes / 16),
    rangeTable: take(rangeLevels * barsTotal * RANGE_BYTES),
  };
  const scratch = take(0);
  const inside = layOutScratch(inputs, sizes);
  return {
    controlBytes,
    valueShares,
    tableShares,
    rankShares,
    barsTotal,
    words,
    rowBytes,
    bitmapBytes,
    rankedBytes,
    rangeLevels,
    rows,
    slots,
    ranked,
    scratch,
    ...inside,
    ...columns,
    ...tables,
    pages: Math.ceil((scratch + threads * inside.scratchBytes) / PAGE_BYTES),
  };
}

interface Sizes {
  readonly rowBytes: number;
  readonly bitmapBytes: number;
}

function bytesOf({ kind }: KernelInputs['slots'][number], { rowBytes, bitmapBytes }: Sizes): number {
  if (kind === 'row') return rowBytes;
  return kind === 'bitmap' ? bitmapBytes : 0;
}

function layOutScratch(inputs: KernelInputs, sizes: Sizes) {
  const { take } = places(0);
  const { rowBytes, bitmapBytes } = sizes;
  const descriptorBytes = 8 * (inputs.slots.length + 2 * inputs.relations.length);
  take(SETS_PER_TILE * descriptorBytes);
  const scratchResults = take(SETS_PER_TILE * RESULT_DOUBLES * 8);
  const isAlone = inputs.slots.some((slot) => !slot.isShared);
  const inBatch = Math.floor(SCRATCH_BITMAP_BYTES / (4 * bitmapBytes || 1));
  const setsPerBatch = isAlone ? 1 : Math.max(1, Math.min(SETS_PER_TILE, inBatch));
  return {
    descriptorBytes,
    setsPerBatch,
    scratchResults,
    // A search looks one word further.
    scratchBitmaps: take(setsPerBatch * 4 * bitmapBytes + 8),
    scratchSlots: inputs.slots.map((slot) => (slot.isShared ? 0 : take(bytesOf(slot, sizes)))),
    scratchStaging: [take(rowBytes + 8), take(rowBytes + 8)],
    scratchBytes: take(0),
  };
}

/** Places one after the other from `top` on, aligned to 64 bytes; nothing takes the next one. */
function places(top: number) {
  let next = top;
  const take = (bytes: number): number => {
    const at = next;
    next += Math.ceil(bytes / 64) * 64;
    return at;
  };
  return { take };
}
