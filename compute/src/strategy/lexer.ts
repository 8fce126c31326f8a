import type { Diagnostic } from '../service/contract.ts';

/** A piece of a strategy's text and where it stands; lines and columns count from 1. */
export interface Token {
  readonly kind: 'word' | 'number' | 'time' | 'text' | 'symbol' | 'newline' | 'end';
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

const PATTERN =
  /(?<space>[ \t\r]+|#[^\n]*)|(?<newline>\n)|(?<time>\d{1,2}:\d{2})|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?<!\.\.)|(?<word>[A-Za-z_][A-Za-z0-9_]*)|(?<text>"[^"\n]*")|(?<symbol>\.\.|<=|>=|==|!=|[-+*/()[\],<>=])/y;

/** Splits a strategy's text into tokens. Newlines inside brackets do not count; comments run from # to the line's end. */
export function tokenize(source: string): { tokens: Token[]; diagnostics: Diagnostic[] } {
  const tokens: Token[] = [];
  const diagnostics: Diagnostic[] = [];
  let offset = 0;
  let line = 1;
  let lineStart = 0;
  let depth = 0;
  while (offset < source.length) {
    const column = offset - lineStart + 1;
    const piece = nextPiece(source, offset);
    if (piece === null) {
      const was = source[offset];
      diagnostics.push({
        severity: 'error',
        message: `expected a name, a number, a text or an operator, was ${JSON.stringify(was)}`,
        line,
        column,
        length: 1,
      });
      offset += 1;
      continue;
    }
    offset += piece.text.length;
    if (piece.kind === 'newline') {
      if (depth === 0) tokens.push({ kind: 'newline', text: '\n', line, column });
      line += 1;
      lineStart = offset;
    } else if (piece.kind !== 'space') {
      if (piece.text === '(' || piece.text === '[') depth += 1;
      if (piece.text === ')' || piece.text === ']') depth = Math.max(0, depth - 1);
      tokens.push({ kind: piece.kind, text: piece.text, line, column });
    }
  }
  const column = offset - lineStart + 1;
  tokens.push({ kind: 'newline', text: '\n', line, column }, { kind: 'end', text: '', line, column });
  return { tokens, diagnostics };
}

function nextPiece(source: string, offset: number): { kind: Token['kind'] | 'space'; text: string } | null {
  // `5..60` is a range: the number before it must not swallow the first dot.
  const range = /\d+(?=\.\.)/y;
  range.lastIndex = offset;
  const whole = range.exec(source);
  if (whole) return { kind: 'number', text: whole[0] };
  PATTERN.lastIndex = offset;
  const match = PATTERN.exec(source);
  if (!match?.groups) return null;
  const [kind, text] = Object.entries(match.groups).find(([, value]) => value !== undefined)!;
  return { kind: kind as Token['kind'] | 'space', text };
}
