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
