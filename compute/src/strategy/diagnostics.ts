import type { Diagnostic } from '../service/contract.ts';

/** A stretch of a strategy's text on one line; lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** The beginning of a text, for what is missing altogether. */
export const START: Place = { line: 1, column: 1, text: '' };

/** Says what was expected at a place; `was` is the text there unless something tells more, `note` ends the message. */
export function diagnosticAt(
  { line, column, text }: Place,
  expected: string,
  was: string = text,
  note = '',
): Diagnostic {
  const message = `expected ${expected}, was ${was}${note}`;
  return { severity: 'error', line, column, length: Math.max(1, text.length), text, expected, message };
}

/** A count with its noun, for messages. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Alternatives for messages: `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** The same, each in quotes. */
export function quoted(words: readonly string[]): string {
  return oneOf(words.map((word) => `"${word}"`));
}

/** The known word that was probably meant: the same but for its case, the nearest by its letters, or one that begins so. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const small = name.toLowerCase();
  if (small.length < LETTERS_MINIMUM) return known.find((candidate) => candidate.toLowerCase() === small);
  const distanceMaximum = Math.max(1, Math.floor(name.length / 4));
  const distances = known.map((candidate) => editDistance(small, candidate.toLowerCase()));
  const least = Math.min(...distances);
  if (least <= distanceMaximum) return known[distances.indexOf(least)];
  return known.find((candidate) => candidate.startsWith(small));
}

/** Fewer letters are near to nothing. */
const LETTERS_MINIMUM = 3;

/** Letters that are put in, left out, replaced or exchanged with the next. */
function editDistance(a: string, b: string): number {
  let [before, previous]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = previous[column - 1] + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[column] + 1, current[column - 1] + 1));
      const isExchanged = row > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (isExchanged) current[column] = Math.min(current[column], before[column - 2] + 1);
    }
    [before, previous] = [previous, current];
  }
  return previous[b.length];
}
