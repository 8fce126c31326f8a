/**
 * Columns in shared memory, which every thread reads without a copy of its own. What was copied before and has the same bytes still is not
 * copied again: fresh memory is slow to touch. A copy is kept as long as its column is, and never changes.
 */
export class SharedColumns {
  private readonly copies = new WeakMap<Float64Array, Float64Array>();

  /** The column itself where it lies in shared memory, else its copy. */
  of(column: Float64Array): Float64Array {
    if (column.buffer instanceof SharedArrayBuffer) return column;
    const known = this.copies.get(column);
    if (known && bytesOf(known).equals(bytesOf(column))) return known;
    const copy = new Float64Array(new SharedArrayBuffer(column.byteLength));
    copy.set(column);
    this.copies.set(column, copy);
    return copy;
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
