import type { Diagnostic } from '../service/contract.ts';
import { tokenize, type Token } from './lexer.ts';
import type {
  DistanceKind,
  Expression,
  LegStatement,
  RebalancePeriod,
  RebalanceStatement,
  RuleKind,
  RuleStatement,
  SizeStatement,
  StrategySyntax,
  WeightsStatement,
} from './syntax.ts';

class SyntaxProblem extends Error {
  readonly diagnostic: Diagnostic;
  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}

const STATEMENTS =
  'strategy, description, benchmark, universe, param, let, enter, exit, stop, target, trail, breakeven, pyramid, size, fill, hold, short, weights, max weight, cash, rest or rebalance';

const PERIODS: Readonly<Record<string, RebalancePeriod>> = {
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
  quarterly: 'quarter',
  yearly: 'year',
};

/** Parses a strategy's text; every line with a problem gives a diagnostic and the rest is still read. */
export function parseStrategy(source: string): { syntax: StrategySyntax; diagnostics: Diagnostic[] } {
  const { tokens, diagnostics } = tokenize(source);
  const syntax: StrategySyntax = {
    name: '',
    description: '',
    universe: [],
    parameters: [],
    definitions: [],
    rules: [],
    distances: [],
    maximumBarsHeld: null,
    entriesMaximum: null,
    size: null,
    fillAt: 'nextOpen',
    legs: [],
    weights: null,
    maximumWeight: null,
    cash: null,
    rest: null,
    rebalance: { kind: 'period', period: 'month' },
    statements: [],
  };
  const parser = new Parser(tokens);
  while (!parser.atEnd()) {
    try {
      parser.statement(syntax);
    } catch (problem) {
      if (!(problem instanceof SyntaxProblem)) throw problem;
      diagnostics.push(problem.diagnostic);
      parser.skipLine();
    }
  }
  return { syntax, diagnostics };
}

/** Parses a text that is one expression; null where it has a problem. */
export function parseExpression(source: string): {
  expression: Expression | null;
  diagnostics: Diagnostic[];
} {
  const { tokens, diagnostics } = tokenize(source);
  try {
    return { expression: new Parser(tokens).whole(), diagnostics };
  } catch (problem) {
    if (!(problem instanceof SyntaxProblem)) throw problem;
    return { expression: null, diagnostics: [...diagnostics, problem.diagnostic] };
  }
}

class Parser {
  private position = 0;
  private benchmark: string | null = null;
  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  atEnd(): boolean {
    while (this.peek().kind === 'newline') this.position += 1;
    return this.peek().kind === 'end';
  }

  skipLine(): void {
    while (this.peek().kind !== 'newline' && this.peek().kind !== 'end') this.position += 1;
  }

  statement(syntax: StrategySyntax): void {
    const at = this.peek();
    const word = at.kind === 'word' ? at.text : '';
    this.position += 1;
    syntax.statements.push(at);
    if (word === 'strategy') syntax.name = this.text('the name of the strategy in quotes');
    else if (word === 'description') syntax.description = this.text('a text in quotes');
    else if (word === 'benchmark') this.benchmark = this.text('a symbol in quotes');
    else if (word === 'universe') syntax.universe = this.symbols();
    else if (word === 'param') syntax.parameters.push(this.parameter());
    else if (word === 'let') {
      const name = this.word('a name');
      this.symbol('=');
      syntax.definitions.push({ name: name.text, value: this.expression(), at: name });
    } else if (word === 'enter') syntax.rules.push(this.rule('enter'));
    else if (word === 'exit' && this.peek().text === 'after') {
      this.position += 1;
      syntax.maximumBarsHeld = this.expression();
      this.keyword('bars', 'bar');
    } else if (word === 'exit') syntax.rules.push(this.rule('exit'));
    else if (word === 'stop' || word === 'target' || word === 'trail' || word === 'breakeven') {
      syntax.distances.push({ kind: word as DistanceKind, value: this.expression(), at });
    } else if (word === 'pyramid') syntax.entriesMaximum = this.expression();
    else if (word === 'size') syntax.size = this.size();
    else if (word === 'fill') this.fill(syntax);
    else if (!this.universeStatement(word, syntax)) throw this.problem(at, `expected ${STATEMENTS}`);
    if (this.peek().kind !== 'newline') throw this.problem(this.peek(), 'expected the end of the line');
  }

  /** Reads the rest of a statement about a universe that is held; false where the word begins none. */
  private universeStatement(word: string, syntax: StrategySyntax): boolean {
    if (word === 'hold' || word === 'short') syntax.legs.push(this.leg(word === 'hold' ? 1 : -1));
    else if (word === 'weights') syntax.weights = this.weights();
    else if (word === 'max') {
      this.keyword('weight');
      syntax.maximumWeight = this.expression();
    } else if (word === 'cash') syntax.cash = this.expression();
    else if (word === 'rest') syntax.rest = this.text('a symbol in quotes');
    else if (word === 'rebalance') syntax.rebalance = this.rebalance();
    else return false;
    return true;
  }

  private leg(side: 1 | -1): LegStatement {
    const order = this.keyword('top', 'bottom', 'all') as LegStatement['order'];
    let [count, score, isPercent]: [Expression | null, Expression | null, boolean] = [null, null, false];
    if (order !== 'all') {
      this.symbol('(');
      count = this.expression();
      isPercent = this.accept('percent');
      this.symbol(')');
      this.keyword('by');
      score = this.expression();
    }
    const condition = this.accept('where') ? this.expression() : null;
    return { side, order, count, isPercent, score, condition };
  }

  private weights(): WeightsStatement | null {
    const kind = this.keyword('equal', 'by', 'inverse_volatility');
    if (kind === 'equal') return null;
    if (kind === 'by') return { kind, value: this.expression() };
    if (!this.accept('(')) return { kind: 'inverse_volatility', bars: null };
    const bars = this.expression();
    this.symbol(')');
    return { kind: 'inverse_volatility', bars };
  }

  private rebalance(): RebalanceStatement {
    const word = this.keyword(...Object.keys(PERIODS), 'every');
    if (word !== 'every') return { kind: 'period', period: PERIODS[word] };
    const bars = this.expression();
    this.keyword('bars', 'bar');
    return { kind: 'bars', bars };
  }

  /** The one expression that the tokens are. */
  whole(): Expression {
    const expression = this.expression();
    if (this.peek().kind !== 'newline') throw this.problem(this.peek(), 'expected the end of the expression');
    if (!this.atEnd()) throw this.problem(this.peek(), 'expected one expression');
    return expression;
  }

  private parameter(): StrategySyntax['parameters'][number] {
    const at = this.word('the name of a parameter');
    this.symbol('=');
    const defaultValue = this.number();
    let [minimum, maximum, step] = [defaultValue, defaultValue, 1];
    if (this.accept('in')) {
      minimum = this.number();
      this.symbol('..');
      maximum = this.number();
      if (this.accept('step')) step = this.number();
    }
    const label = this.peek().kind === 'text' ? this.text('a text') : '';
    if (!(minimum <= defaultValue && defaultValue <= maximum)) {
      throw this.problem(
        at,
        `expected the default of ${at.text} inside ${minimum}..${maximum}, was ${defaultValue}`,
        false,
      );
    }
    if (!(step > 0)) throw this.problem(at, `expected a step above 0, was ${step}`, false);
    return { name: at.text, defaultValue, minimum, maximum, step, label, at };
  }

  private rule(verb: 'enter' | 'exit'): RuleStatement {
    const side = this.keyword('long', 'short');
    const name = this.peek().kind === 'text' ? this.text('a name') : '';
    this.keyword('when');
    const kind = `${verb}${side === 'long' ? 'Long' : 'Short'}` as RuleKind;
    const rule = { kind, name, condition: this.expression(), limit: null, stop: null, goodForBars: null };
    if (verb === 'exit' || !this.accept('at')) return rule;
    const order = this.keyword('limit', 'stop');
    const price = this.expression();
    const limit = order === 'limit' ? price : this.accept('limit') ? this.expression() : null;
    return { ...rule, limit, stop: order === 'stop' ? price : null, goodForBars: this.goodForBars() };
  }

  private goodForBars(): Expression | null {
    if (!this.accept('good')) return null;
    this.keyword('for');
    const bars = this.expression();
    this.keyword('bars', 'bar');
    return bars;
  }

  private size(): SizeStatement {
    const at = this.word('percent_of_equity, units, cash, risk or volatility_target');
    this.symbol('(');
    return { kind: at.text, arguments: this.argumentList(), at };
  }

  private fill(syntax: StrategySyntax): void {
    this.keyword('at');
    if (this.accept('close')) syntax.fillAt = 'close';
    else {
      this.keyword('next');
      this.keyword('open');
      syntax.fillAt = 'nextOpen';
    }
  }

  private expression(): Expression {
    let left = this.conjunction();
    while (this.peek().text === 'or') left = this.binary('or', left, () => this.conjunction());
    return left;
  }

  private conjunction(): Expression {
    let left = this.negation();
    while (this.peek().text === 'and') left = this.binary('and', left, () => this.negation());
    return left;
  }

  private negation(): Expression {
    const at = this.peek();
    if (!this.accept('not')) return this.comparison();
    return { kind: 'call', name: 'not', arguments: [this.negation()], at };
  }

  private comparison(): Expression {
    const left = this.sum();
    const name = COMPARISONS[this.peek().text];
    return name ? this.binary(name, left, () => this.sum()) : left;
  }

  private sum(): Expression {
    let left = this.product();
    for (;;) {
      const name = { '+': 'add', '-': 'subtract' }[this.peek().text];
      if (!name) return left;
      left = this.binary(name, left, () => this.product());
    }
  }

  private product(): Expression {
    let left = this.unary();
    for (;;) {
      const name = { '*': 'multiply', '/': 'divide' }[this.peek().text];
      if (!name) return left;
      left = this.binary(name, left, () => this.unary());
    }
  }

  private unary(): Expression {
    const at = this.peek();
    if (at.text === '-' && at.kind === 'symbol') {
      this.position += 1;
      return { kind: 'call', name: 'negate', arguments: [this.unary()], at };
    }
    let operand = this.primary();
    while (this.peek().text === '[') {
      this.position += 1;
      const bars = this.expression();
      this.symbol(']');
      operand = { kind: 'lag', source: operand, bars, at };
    }
    return operand;
  }

  private primary(): Expression {
    const at = this.peek();
    this.position += 1;
    if (at.kind === 'number') return { kind: 'number', value: Number(at.text), at };
    if (at.kind === 'text') return { kind: 'text', value: at.text.slice(1, -1), at };
    if (at.kind === 'time') return { kind: 'time', minutes: this.minutesOf(at), at };
    if (at.kind === 'symbol' && at.text === '(') {
      const inner = this.expression();
      this.symbol(')');
      return inner;
    }
    if (at.kind !== 'word') throw this.problem(at, 'expected a name, a number or (');
    if (this.accept('of')) return { kind: 'name', name: at.text, symbol: this.symbolName(), at };
    if (this.peek().text !== '(') return { kind: 'name', name: at.text, at };
    this.position += 1;
    if (at.text === 'model') return this.model();
    return { kind: 'call', name: at.text, arguments: this.argumentList(), at };
  }

  private minutesOf(at: Token): number {
    const [hours, minutes] = at.text.split(':').map(Number);
    if (hours * 60 + minutes <= 1440 && minutes < 60) return hours * 60 + minutes;
    throw this.problem(at, 'expected a time of day from 00:00 to 24:00');
  }

  private symbols(): string[] {
    const symbols = [this.text('a symbol in quotes')];
    while (this.accept(',')) symbols.push(this.text('a symbol in quotes'));
    return [...new Set(symbols)];
  }

  /** What stands behind `of`: a symbol in quotes, or the benchmark of the line that names it. */
  private symbolName(): string {
    const at = this.peek();
    if (!this.accept('benchmark')) return this.text('a symbol in quotes or benchmark');
    if (this.benchmark !== null) return this.benchmark;
    throw this.problem(at, 'expected a line `benchmark "symbol"` before its use', false);
  }

  /** Expressions up to the closing bracket. */
  private argumentList(): Expression[] {
    const list: Expression[] = [];
    if (this.accept(')')) return list;
    do list.push(this.expression());
    while (this.accept(','));
    this.symbol(')');
    return list;
  }

  private model(): Expression {
    const at = this.peek();
    const name = this.text('the name of a model in quotes');
    this.symbol(')');
    return { kind: 'model', name, at };
  }

  private binary(name: string, left: Expression, right: () => Expression): Expression {
    const at = this.peek();
    this.position += 1;
    return { kind: 'call', name, arguments: [left, right()], at };
  }

  private peek(): Token {
    return this.tokens[Math.min(this.position, this.tokens.length - 1)];
  }

  private accept(text: string): boolean {
    const token = this.peek();
    if (token.text !== text || token.kind === 'text') return false;
    this.position += 1;
    return true;
  }

  private symbol(text: string): void {
    if (!this.accept(text)) throw this.problem(this.peek(), `expected ${text}`);
  }

  private keyword(...words: string[]): string {
    const token = this.peek();
    if (token.kind === 'word' && words.includes(token.text)) {
      this.position += 1;
      return token.text;
    }
    throw this.problem(token, `expected ${words.join(' or ')}`);
  }

  private word(what: string): Token {
    const token = this.peek();
    if (token.kind !== 'word') throw this.problem(token, `expected ${what}`);
    this.position += 1;
    return token;
  }

  private text(what: string): string {
    const token = this.peek();
    if (token.kind !== 'text') throw this.problem(token, `expected ${what}`);
    this.position += 1;
    return token.text.slice(1, -1);
  }

  private number(): number {
    const negative = this.accept('-');
    const token = this.peek();
    if (token.kind !== 'number') throw this.problem(token, 'expected a number');
    this.position += 1;
    return negative ? -Number(token.text) : Number(token.text);
  }

  private problem(token: Token, expected: string, nameToken = true): SyntaxProblem {
    const was = token.kind === 'newline' || token.kind === 'end' ? 'the end of the line' : token.text;
    return new SyntaxProblem({
      severity: 'error',
      message: nameToken ? `${expected}, was ${was}` : expected,
      line: token.line,
      column: token.column,
      length: Math.max(1, token.text.trimEnd().length),
    });
  }
}

const COMPARISONS: Readonly<Record<string, string>> = {
  '<': 'less',
  '<=': 'less_equal',
  '>': 'greater',
  '>=': 'greater_equal',
  '==': 'equal',
  '!=': 'not_equal',
};
