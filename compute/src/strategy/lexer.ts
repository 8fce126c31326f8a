import type { Diagnostic } from '../service/contract.ts';
import { diagnosticAt, type Place } from './diagnostics.ts';
import { SIGNS, STATEMENT_WORDS } from './keywords.ts';
import { noteOnDots, noteOnSign } from './meant.ts';

/** A piece of a strategy's text and where it stands. */
export interface Token extends Place {
  readonly kind: 'word' | 'number' | 'time' | 'text' | 'symbol' | 'newline' | 'end';
  /** Characters before it in the whole text. */
  readonly offset: number;
  /** Of a text whose closing quote is missing, which is told already. */
  readonly isOpen?: true;
}

/** Digits and letters that are no part of a word leave no word before them. */
const WORD_END = '(?![\\p{L}\\p{N}_])';
const SIGN_PATTERN = SIGNS.map((sign) => sign.replace(/[.*+()[\]/]/g, '\\$&')).join('|');
// `5..60` is a range: the number before it must not swallow the first dot.
const PATTERN = new RegExp(
  [
    '(?<space>[^\\S\\n]+|\\u200b+|#[^\\n]*)',
    '(?<newline>\\n)',
    '(?<time>\\d{1,2}:\\d{2})',
    `(?<number>(?:\\d+(?=\\.\\.)|(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?)${WORD_END})`,
    `(?<dotted>[A-Za-z_][A-Za-z0-9_]*(?:\\.[A-Za-z_][A-Za-z0-9_]*)+)`,
    `(?<word>[A-Za-z_][A-Za-z0-9_]*${WORD_END})`,
    '(?<foreign>[\\p{L}\\p{N}_]+)',
    '(?<text>"[^"\\n]*")',
    "(?<quoted>'[^'\\n]*'|[“”„][^“”\\n]*[“”])",
    '(?<comment>/[/*][^\\n]*)',
    '(?<mistaken>=>|=<|<>|:=|\\*\\*|\\.\\.\\.)',
    `(?<symbol>${SIGN_PATTERN})`,
    '(?<open>"[^\\n]*)',
    '(?<unknown>[^\\s\\w"]+?(?=$|[\\s\\w"()[\\],]))',
    '(?<other>.)',
  ].join('|'),
  'uy',
);
// Inside an expression no name is followed by a number, a text or another name, so such a line begins a statement.
const STATEMENT_START = new RegExp(
  `[^\\S\\n]*(?:${STATEMENT_WORDS.join('|')})[^\\S\\n]+(?:"|\\.?\\d|(?!(?:and|or|of|percent)\\b)[A-Za-z_])`,
  'y',
);

/** What was expected in place of a piece that is none of the language, and a note. */
const REFUSALS = {
  dotted: (text) => ['a name without dots', noteOnDots(text)],
  foreign: (text) => ['a number, or a name of the letters A to Z, digits and _', noteOnDigits(text)],
  quoted: () => ['a text between two "', ''],
  comment: () => ['# before a comment', ''],
  mistaken: (text) => [PIECES, noteOnSign(text)],
  unknown: (text) => [PIECES, noteOnSign(text)],
  other: (text) => [PIECES, noteOnSign(text)],
} as const satisfies Readonly<Record<string, (text: string) => readonly [expected: string, note: string]>>;
const PIECES = 'a name, a number, a text or an operator';

/** Splits a strategy's text into tokens. Newlines inside brackets do not count; comments run from # to the line's end. */
export function tokenize(source: string): { tokens: Token[]; diagnostics: Diagnostic[] } {
  const tokens: Token[] = [];
  const diagnostics: Diagnostic[] = [];
  let [offset, line, lineStart, depth] = [0, 1, 0, 0];
  while (offset < source.length) {
    const { kind, text } = pieceAt(source, offset);
    const place = { text, line, column: offset - lineStart + 1, offset };
    offset += text.length;
    if (kind === 'newline') {
      if (depth > 0 && startsStatement(source, offset)) depth = 0;
      if (depth === 0) tokens.push({ ...place, kind });
      line += 1;
      lineStart = offset;
    } else if (kind === 'open') {
      const shown = text.trimEnd();
      diagnostics.push(diagnosticAt({ ...place, text: shown }, 'a closing " before the end of the line'));
      tokens.push({ ...place, kind: 'text', text: `${shown}"`, isOpen: true });
    } else if (isRefused(kind)) {
      const [expected, note] = REFUSALS[kind](text);
      diagnostics.push(diagnosticAt(place, expected, text, note));
      if (kind === 'quoted') tokens.push({ ...place, kind: 'text' });
    } else if (kind !== 'space') {
      if (text === '(' || text === '[') depth += 1;
      if (text === ')' || text === ']') depth = Math.max(0, depth - 1);
      tokens.push({ ...place, kind });
    }
  }
  const end = { line, column: offset - lineStart + 1, offset };
  tokens.push({ ...end, kind: 'newline', text: '\n' }, { ...end, kind: 'end', text: '' });
  return { tokens, diagnostics };
}

type Refused = keyof typeof REFUSALS;
type PieceKind = Exclude<Token['kind'], 'end'> | 'space' | 'open' | Refused;

function isRefused(kind: PieceKind): kind is Refused {
  return Object.hasOwn(REFUSALS, kind);
}

function noteOnDigits(text: string): string {
  return /^\d[\d_]*$/.test(text) ? `; did you mean ${text.replaceAll('_', '')}?` : '';
}

function pieceAt(source: string, offset: number): { kind: PieceKind; text: string } {
  PATTERN.lastIndex = offset;
  const groups = PATTERN.exec(source)!.groups!;
  const [kind, text] = Object.entries(groups).find(([, value]) => value !== undefined)!;
  return { kind: kind as PieceKind, text };
}

function startsStatement(source: string, offset: number): boolean {
  STATEMENT_START.lastIndex = offset;
  return STATEMENT_START.test(source);
}
