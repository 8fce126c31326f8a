/**
 * The symbol that a text chooses; null while it chooses none. What is written counts once it is left, or as soon as it
 * is one of those that are offered; an empty text counts at once where none may be chosen, and never elsewhere.
 */
export function writtenSymbol(
  text: string,
  { offered, isLeft, isOptional }: { offered: readonly string[]; isLeft: boolean; isOptional: boolean },
): string | null {
  const written = text.trim().toUpperCase();
  if (written === '') return isOptional ? '' : null;
  return isLeft || offered.includes(written) ? written : null;
}
