import type { Diagnostic } from '../service/contract.ts';
import { diagnosticAt, oneOf, type Place } from './diagnostics.ts';
import { INNER_WORDS, type InnerWord, isStatementWord, type Sign } from './keywords.ts';
import type { Token } from './lexer.ts';
import { noteBehind, suggestion } from './meant.ts';

/** Thrown where a line cannot be read on. */
export class SyntaxProblem extends Error {
  readonly diagnostic: Diagnostic;
  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}

/** Reads tokens one after the other, and says what was expected where another one stands. */
export class TokenReader {
  protected position = 0;
  /** Brackets of the line that are open. */
  protected brackets: Token[] = [];
  private readonly source: string;
  private readonly tokens: readonly Token[];

  constructor(source: string, tokens: readonly Token[]) {
    this.source = source;
    this.tokens = tokens;
  }

  /** Passes over empty lines and says whether nothing is left. */
  atEnd(): boolean {
    while (this.peek().kind === 'newline') this.position += 1;
    return this.peek().kind === 'end';
  }

  skipLine(): void {
    while (this.peek().kind !== 'newline' && this.peek().kind !== 'end') this.position += 1;
  }

  protected peek(): Token {
    return this.tokens[Math.min(this.position, this.tokens.length - 1)];
  }

  /** What was read from a token up to now, on one line. */
  protected since(start: Token): Place {
    const last = this.tokens[Math.max(this.position - 1, 0)];
    const [text] = this.source.slice(start.offset, last.offset + last.text.length).split('\n');
    return { line: start.line, column: start.column, text: text.trimEnd() };
  }

  protected accept(text: InnerWord | Sign): boolean {
    const token = this.peek();
    if (token.text !== text || token.kind === 'text') return false;
    this.position += 1;
    if (text === '(' || text === '[') this.brackets.push(token);
    if (text === ')' || text === ']') this.brackets.pop();
    return true;
  }

  protected sign(text: Sign): void {
    if (!this.accept(text)) throw this.problem(this.peek(), text);
  }

  protected keyword<Word extends InnerWord>(...words: readonly Word[]): Word {
    const { kind, text } = this.peek();
    const found = kind === 'word' ? words.find((word) => word === text) : undefined;
    if (!found)
      throw this.problem(this.peek(), oneOf(words), kind === 'word' ? suggestion(text, words, 'inner') : '');
    this.position += 1;
    return found;
  }

  protected word(what: string): Token {
    const token = this.peek();
    if (token.kind !== 'word') throw this.problem(token, what);
    this.position += 1;
    return token;
  }

  protected text(what: string): string {
    const token = this.peek();
    if (token.kind !== 'text') throw this.problem(token, what);
    return this.textOrNone();
  }

  /** The text in quotes that comes next, without them; empty where none does. */
  protected textOrNone(): string {
    const token = this.peek();
    if (token.kind !== 'text') return '';
    this.position += 1;
    return token.text.slice(1, -1);
  }

  protected number(): number {
    const negative = this.accept('-');
    const token = this.peek();
    if (token.kind !== 'number') throw this.problem(token, 'a number');
    this.position += 1;
    return negative ? -Number(token.text) : Number(token.text);
  }

  /** What is wrong with a token where something should have ended: a word of the language in capitals, or one that others have. */
  protected problemAtEnd(token: Token, expected: string): SyntaxProblem {
    const before = this.before();
    const after = this.tokens[this.position + 1];
    const isInNumber =
      before?.kind === 'number' && after?.kind === 'number' && after.offset === token.offset + 1;
    if (token.text === ',' && isInNumber)
      return this.problem(token, expected, '; numbers are written without commas');
    if (token.text === 'of') return this.problem(token, expected, '; of comes right behind a price');
    const small = INNER_WORDS.filter((word) => word === token.text.toLowerCase() && word !== token.text);
    const note = token.kind === 'word' ? suggestion(token.text, small, 'inner') : '';
    if (note === '' && isStatementWord(token.text))
      return this.problem(token, expected, '; each statement has a line of its own');
    const isBehindName = before?.kind === 'word' && (token.kind === 'word' || token.kind === 'number');
    return this.problem(token, expected, note || (isBehindName ? noteBehind(before.text) : ''));
  }

  /** The token behind the one that is read next. */
  protected after(): Token {
    return this.tokens[Math.min(this.position + 1, this.tokens.length - 1)];
  }

  /** The token that was read last; undefined at the beginning. */
  protected before(): Token | undefined {
    return this.tokens[this.position - 1];
  }

  /** What is wrong with a token; at the end of a line with an open bracket that is what is wrong. */
  protected problem(token: Token, expected: string, note = ''): SyntaxProblem {
    const isEnd = token.kind === 'newline' || token.kind === 'end';
    const open = this.brackets.at(-1);
    if (!isEnd) return new SyntaxProblem(diagnosticAt(token, expected, token.text, note));
    const place = open ?? { ...token, text: '' };
    const closing = open?.text === '[' ? ']' : ')';
    const wanted = open ? `${closing} that closes this bracket` : expected;
    return new SyntaxProblem(diagnosticAt(place, wanted, 'the end of the line', open ? '' : note));
  }
}
