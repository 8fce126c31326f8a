/** A column as the API sends it: base64 of little-endian doubles. */
export function decodeColumn(text: string): Float64Array {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  // `Uint8Array.from` would take more than ten times as long.
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = characters.charCodeAt(index);
  return new Float64Array(bytes.buffer);
}
