import { type DocumentNode, GraphQLError, Kind, visit } from 'graphql';

const SHOWN_CHARACTERS = 40;
const PLACE_CHARACTERS = 200;
const NOT_TEXT = String.fromCharCode(0);

/** Documents whose texts can be kept: they are asked again and again. */
const kept = new WeakSet<DocumentNode>();

/**
 * What is wrong with the texts that an operation comes with, in its document and its variables; null where all can be kept.
 * No database keeps U+0000, and half of a character of two (a lone surrogate) would come back as another.
 */
export function textProblem(
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): GraphQLError | null {
  const problem = variables ? problemIn(variables) : null;
  if (problem || kept.has(document)) return problem;
  let found: GraphQLError | null = null;
  visit(document, {
    [Kind.STRING](node) {
      if (!isText(node.value)) found ??= problemOf(node.value, 'the document');
    },
  });
  if (!found) kept.add(document);
  return found;
}

// Without recursion: what is sent may be nested deeper than a stack.
function problemIn(variables: object): GraphQLError | null {
  const waiting = [{ value: variables, place: 'variables' }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const [name, one] of Object.entries(next.value)) {
      if (typeof one === 'string' && !isText(one)) return problemOf(one, placeIn(next.place, name));
      if (typeof one === 'object' && one !== null)
        waiting.push({ value: one, place: placeIn(next.place, name) });
    }
  }
  return null;
}

function placeIn(place: string, name: string): string {
  return place.length > PLACE_CHARACTERS ? place : `${place}.${name}`;
}

/** Whether a text can be kept: whole characters without U+0000. */
export function isText(text: string): boolean {
  return text.isWellFormed() && !text.includes(NOT_TEXT);
}

function problemOf(text: string, place: string): GraphQLError {
  const shown = JSON.stringify(text.slice(0, SHOWN_CHARACTERS));
  return new GraphQLError(
    `expected text of whole characters without U+0000 in ${place}, was ${shown}${text.length > SHOWN_CHARACTERS ? '…' : ''}`,
    { extensions: { code: 'BAD_USER_INPUT' } },
  );
}

const MESSAGE_CHARACTERS_MAXIMUM = 1_000;

/** A message as it is told, its middle left out where it is long: what came in and is repeated in it may be as long as a request. */
export function shortened(message: string): string {
  if (message.length <= MESSAGE_CHARACTERS_MAXIMUM) return message;
  const half = MESSAGE_CHARACTERS_MAXIMUM / 2;
  return `${message.slice(0, half).toWellFormed()}…${message.slice(1 - half).toWellFormed()}`;
}
