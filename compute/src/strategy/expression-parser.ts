import { diagnosticAt } from './diagnostics.ts';
import type { Token } from './lexer.ts';
import type { Expression } from './syntax.ts';
import { suggestion } from './meant.ts';
import { SyntaxProblem, TokenReader } from './token-reader.ts';

const COMPARISONS: Readonly<Record<string, string>> = {
  '<': 'less',
  '<=': 'less_equal',
  '>': 'greater',
  '>=': 'greater_equal',
  '==': 'equal',
  '!=': 'not_equal',
};
const SUMS: Readonly<Record<string, string>> = { '+': 'add', '-': 'subtract' };
const PRODUCTS: Readonly<Record<string, string>> = { '*': 'multiply', '/': 'divide' };

/** The operators that are words. */
const WORDS = ['not', 'and', 'or'];
/** What an expression goes on behind. */
const OPENERS = new Set(['when', 'where', 'by', ...WORDS]);
const DEPTH_MAXIMUM = 500;

/** Reads expressions; a method for each level of precedence, the loosest first. */
export class ExpressionParser extends TokenReader {
  /** The symbol of the line `benchmark`; empty where that line has a problem, null before it. */
  protected benchmark: string | null = null;
  /** How many expressions around the one that is read are not at their end. */
  private depth = 0;
  private readonly depths = new WeakMap<Expression, number>();

  /** The one expression that the tokens are. */
  whole(): Expression {
    const expression = this.expression();
    if (this.peek().kind !== 'newline') throw this.problemAtEnd(this.peek(), 'the end of the expression');
    if (!this.atEnd()) throw this.problem(this.peek(), 'one expression');
    return expression;
  }

  protected expression(): Expression {
    return this.inside(() => {
      const start = this.peek();
      let left = this.conjunction();
      while (this.accept('or')) left = this.call('or', start, left, this.conjunction());
      return left;
    });
  }

  /** Reads what is inside something else. */
  private inside(read: () => Expression): Expression {
    this.depth += 1;
    this.expectShallow(this.depth, this.peek());
    try {
      return read();
    } finally {
      this.depth -= 1;
    }
  }

  /** Whatever is inside each other is read, checked and computed by calls inside each other, for which there is only so much room. */
  private expectShallow(depth: number, at: Token): void {
    if (depth > DEPTH_MAXIMUM)
      throw this.problem(
        at,
        `at most ${DEPTH_MAXIMUM} operations inside each other, more of them behind let`,
      );
  }

  /** An expression that is made of others, with how many are inside each other. */
  private made<Made extends Expression>(made: Made, parts: readonly Expression[], start: Token): Made {
    const depth = 1 + Math.max(0, ...parts.map((part) => this.depths.get(part) ?? 0));
    this.expectShallow(depth, start);
    this.depths.set(made, depth);
    return made;
  }

  private conjunction(): Expression {
    const start = this.peek();
    let left = this.negation();
    while (this.accept('and')) left = this.call('and', start, left, this.negation());
    return left;
  }

  private negation(): Expression {
    const start = this.peek();
    if (!this.accept('not')) return this.comparison();
    return this.call(
      'not',
      start,
      this.inside(() => this.negation()),
    );
  }

  private comparison(): Expression {
    const start = this.peek();
    const left = this.sum();
    const name = this.operator(COMPARISONS);
    if (!name && this.peek().text === '=') throw this.problem(this.peek(), 'an operator', this.noteOnEqual());
    if (!name) return left;
    const compared = this.call(name, start, left, this.sum());
    if (COMPARISONS[this.peek().text])
      throw this.problem(this.peek(), 'one comparison', '; join two with and');
    return compared;
  }

  private noteOnEqual(): string {
    if (this.brackets.length === 0) return '; did you mean ==?';
    return '; arguments go by their order, without names, and numbers are compared by ==';
  }

  private sum(): Expression {
    const start = this.peek();
    let left = this.product();
    for (let name = this.operator(SUMS); name; name = this.operator(SUMS))
      left = this.call(name, start, left, this.product());
    return left;
  }

  private product(): Expression {
    const start = this.peek();
    let left = this.unary();
    for (let name = this.operator(PRODUCTS); name; name = this.operator(PRODUCTS))
      left = this.call(name, start, left, this.unary());
    return left;
  }

  private unary(): Expression {
    const start = this.peek();
    if (this.accept('-'))
      return this.call(
        'negate',
        start,
        this.inside(() => this.unary()),
      );
    let operand = this.primary();
    while (this.accept('[')) {
      const bars = this.expression();
      this.sign(']');
      const lag = { kind: 'lag', source: operand, bars, at: this.since(start) } as const;
      operand = this.made(lag, [operand, bars], start);
    }
    return operand;
  }

  private primary(): Expression {
    const at = this.peek();
    if (this.accept('(')) {
      const inner = this.expression();
      this.sign(')');
      return inner;
    }
    if (at.kind === 'newline' || at.kind === 'end' || at.kind === 'symbol' || isForeign(at))
      throw this.problem(at, 'a name, a number or (', this.noteOnStart(at));
    this.position += 1;
    if (at.kind === 'number') return { kind: 'number', value: Number(at.text), at };
    if (at.kind === 'text')
      return { kind: 'text', value: at.text.slice(1, -1), at, ...(at.isOpen ? { isOpen: true } : {}) };
    if (at.kind === 'time') return { kind: 'time', minutes: this.minutesOf(at), at };
    if (this.accept('of')) {
      const symbol = this.symbolName();
      return { kind: 'name', name: at.text, symbol, at };
    }
    if (!this.accept('(')) return { kind: 'name', name: at.text, at };
    if (at.text === 'model') return this.model(at);
    const list = this.argumentList();
    const call = { kind: 'call', name: at.text, arguments: list, callee: at, at: this.since(at) } as const;
    return this.made(call, list, at);
  }

  /** A note on what stands where something should begin. */
  private noteOnStart(at: Token): string {
    if (at.kind === 'word') return suggestion(at.text, WORDS, 'functions');
    if (at.kind === 'symbol') return '';
    const before = this.before();
    const goesOn = before && (before.kind === 'symbol' || OPENERS.has(before.text));
    return goesOn ? '; inside brackets a line may end anywhere' : '';
  }

  private minutesOf(at: Token): number {
    const [hours, minutes] = at.text.split(':').map(Number);
    if (hours * 60 + minutes <= 1440 && minutes < 60) return hours * 60 + minutes;
    throw this.problem(at, 'a time of day from 00:00 to 24:00');
  }

  /** What stands behind `of`: a symbol in quotes, or the benchmark of the line that names it. */
  private symbolName(): string {
    const at = this.peek();
    if (!this.accept('benchmark')) {
      if (at.kind === 'text') return this.textOrNone();
      const note = at.kind === 'word' ? suggestion(at.text, ['benchmark']) : '';
      throw this.problem(at, 'a symbol in quotes or benchmark', note);
    }
    if (this.benchmark !== null) return this.benchmark;
    throw new SyntaxProblem(diagnosticAt(at, 'a line `benchmark "symbol"` before its use', 'none'));
  }

  /** Expressions up to the closing bracket. */
  protected argumentList(): Expression[] {
    const list: Expression[] = [];
    if (this.accept(')')) return list;
    do list.push(this.expression());
    while (this.accept(','));
    this.sign(')');
    return list;
  }

  private model(start: Token): Expression {
    const nameAt = this.peek();
    const name = this.text('the name of a model in quotes');
    this.sign(')');
    return { kind: 'model', name, nameAt, at: this.since(start) };
  }

  /** The operation of the sign that comes next, which is passed over; undefined where it is none of these. */
  private operator(operations: Readonly<Record<string, string>>): string | undefined {
    const { kind, text } = this.peek();
    const name = kind === 'symbol' ? operations[text] : undefined;
    if (name) this.position += 1;
    return name;
  }

  private call(name: string, start: Token, ...operands: readonly Expression[]): Expression {
    const call = { kind: 'call', name, arguments: operands, callee: start, at: this.since(start) } as const;
    return this.made(call, operands, start);
  }
}

/** Whether a word is one of other languages: an operator in capitals, or the beginning of a choice. */
function isForeign({ kind, text }: Token): boolean {
  return kind === 'word' && (text === 'if' || (!WORDS.includes(text) && WORDS.includes(text.toLowerCase())));
}
