/** Where a key leads from one of so many places in a row: by one, by ten with shift, or to an end; null for other keys. */
export function placeByKey(
  { key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>,
  place: number,
  count: number,
): number | null {
  const step = shiftKey ? 10 : 1;
  const next = { ArrowLeft: place - step, ArrowRight: place + step, Home: 0, End: count - 1 }[key];
  return next === undefined ? null : Math.max(0, Math.min(count - 1, next));
}
