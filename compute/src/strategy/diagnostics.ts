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

/** A note that names the known word that was probably meant; empty where none is near. */
export function suggestion(name: string, known: readonly string[]): string {
  const distanceMaximum = Math.max(1, Math.floor(name.length / 4));
  const close = known.find((candidate) => editDistance(name, candidate) <= distanceMaximum);
  return close ? `; did you mean ${close}?` : '';
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = previous[column - 1] + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[column] + 1, current[column - 1] + 1));
    }
    previous = current;
  }
  return previous[b.length];
}
