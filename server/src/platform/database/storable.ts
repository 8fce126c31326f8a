const NOT_KEPT = String.fromCharCode(0);

/** A text as databases keep it: without U+0000, and with a sign in the place of half a character, as cutting may leave one. */
export function storable(text: string): string {
  return text.replaceAll(NOT_KEPT, '').toWellFormed();
}

/** A value as JSON that databases keep. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value);
  // A look at the text costs far less than one at every value in it.
  if (!/\\u(?:0000|d[89a-f])/.test(text)) return text;
  return JSON.stringify(value, (_key, one: unknown) => (typeof one === 'string' ? storable(one) : one));
}
