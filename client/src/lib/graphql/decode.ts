/** A column as the API sends it: base64 of little-endian doubles. */
export function decodeColumn(text: string): Float64Array {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new Float64Array(bytes.buffer);
}
