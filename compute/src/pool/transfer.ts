import type { SweepTile } from '../service/contract.ts';

/**
 * The buffers of all columns in a message, to be handed over without a copy: the sender has them no more. Columns in
 * shared memory are not among them, since both sides read the same bytes.
 */
export function transferablesOf(message: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  gather(message, found);
  return [...found];
}

function gather(value: unknown, found: Set<ArrayBuffer>): void {
  if (value === null || typeof value !== 'object') return;
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
    return;
  }
  for (const item of Object.values(value)) gather(item, found);
}

/** The tiles with all their columns in one buffer: a message costs by the buffers that it hands over. */
export function inOneBuffer(tiles: readonly SweepTile[]): SweepTile[] {
  const setsTotal = tiles.reduce((total, tile) => total + tile.sharpe.length, 0);
  const values = new Float64Array(4 * setsTotal);
  let end = 0;
  const moved = (column: Float64Array) => {
    const from = end;
    // Value by value: set() takes longer for so few.
    for (let set = 0; set < column.length; set += 1, end += 1) values[end] = column[set];
    return values.subarray(from, end);
  };
  return tiles.map(({ fromIndex, totalReturn, sharpe, maxDrawdown, tradeCount }) => ({
    fromIndex,
    totalReturn: moved(totalReturn),
    sharpe: moved(sharpe),
    maxDrawdown: moved(maxDrawdown),
    tradeCount: moved(tradeCount),
  }));
}
