/** Named columns in one piece of bytes: the length of a JSON list of [name, length], that list, then the doubles. */
export function encodeColumns(columns: Readonly<Record<string, ArrayLike<number>>>): Uint8Array {
  const head = Buffer.from(
    JSON.stringify(Object.entries(columns).map(([name, column]) => [name, column.length])),
  );
  const sizeWord = Buffer.alloc(4);
  sizeWord.writeUInt32LE(head.length);
  const data = Object.values(columns).map((column) => {
    const values = column instanceof Float64Array ? column : Float64Array.from(column);
    return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  });
  return Buffer.concat([sizeWord, head, ...data]);
}

/** The columns of `encodeColumns`. */
export function decodeColumns(bytes: Buffer): Record<string, Float64Array> {
  const headLength = bytes.readUInt32LE(0);
  const head = JSON.parse(bytes.toString('utf8', 4, 4 + headLength)) as [string, number][];
  let offset = 4 + headLength;
  const columns: Record<string, Float64Array> = {};
  for (const [name, length] of head) {
    const end = offset + length * 8;
    // A copy, because the doubles need not lie on an 8-byte boundary here.
    columns[name] = new Float64Array(new Uint8Array(bytes.subarray(offset, end)).buffer);
    offset = end;
  }
  return columns;
}

/** Where the doubles of a column lie in bytes of `encodeColumns`, which begin with the given ones; null where it is not among them. */
export function placeOfColumn(head: Buffer, name: string): { offset: number; length: number } | null {
  const headLength = head.readUInt32LE(0);
  let offset = 4 + headLength;
  for (const [own, count] of JSON.parse(head.toString('utf8', 4, 4 + headLength)) as [string, number][]) {
    if (own === name) return { offset, length: count * 8 };
    offset += count * 8;
  }
  return null;
}
