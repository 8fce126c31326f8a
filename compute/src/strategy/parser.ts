import type { Diagnostic } from '../service/contract.ts';
import { CALENDAR_NAMES, tradingCalendar } from '../ir/trading-calendar.ts';
import { diagnosticAt, oneOf, type Place, quoted } from './diagnostics.ts';
import { ExpressionParser } from './expression-parser.ts';
import { isStatementWord, STATEMENT_WORDS, type StatementWord } from './keywords.ts';
import { tokenize, type Token } from './lexer.ts';
import { suggestion } from './meant.ts';
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
  TimeInForceStatement,
  WeightsStatement,
} from './syntax.ts';
import { SyntaxProblem } from './token-reader.ts';

const STATEMENTS = oneOf(STATEMENT_WORDS.map((word) => (word === 'max' ? 'max weight' : word)));

/** What others have between the word and its distance. */
const NO_DISTANCES = new Set(['at', 'loss', 'profit']);

const PERIODS = {
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
  quarterly: 'quarter',
  yearly: 'year',
} as const satisfies Readonly<Record<string, RebalancePeriod>>;

/** Parses a strategy's text; every line with a problem gives a diagnostic and the rest is still read. */
export function parseStrategy(source: string): { syntax: StrategySyntax; diagnostics: Diagnostic[] } {
  const { tokens, diagnostics } = tokenize(source);
  const syntax: StrategySyntax = {
    name: '',
    description: '',
    universe: [],
    calendar: null,
    parameters: [],
    definitions: [],
    rules: [],
    distances: [],
    holdings: [],
    entriesMaximum: null,
    size: null,
    fillAt: 'nextOpen',
    legs: [],
    weights: null,
    maximumWeight: null,
    cash: null,
    rest: null,
    rebalance: { kind: 'period', period: 'month' },
    brokenNames: [],
    statements: [],
  };
  const parser = new StatementParser(source, tokens);
  const told = new Set(diagnostics.map(({ line }) => line));
  let isCut = false;
  while (!parser.atEnd()) {
    const { line, text } = parser.next();
    const restore = restorer(syntax);
    const diagnostic = problemOf(() => parser.statement(syntax));
    // What the lexer could not read is left out of the line, so nothing else that is missing there is news.
    const isTold =
      told.has(line) || told.has(parser.next().line) || (diagnostic && told.has(diagnostic.line));
    const goesOn: boolean = isCut && !isStatementWord(text);
    isCut = diagnostic !== null && (goesOn || diagnostic.text === '');
    if (!diagnostic && !isTold) continue;
    if (diagnostic && !isTold && !goesOn) diagnostics.push(diagnostic);
    restore();
    parser.recover(syntax);
  }
  return { syntax, diagnostics };
}

/** Parses a text that is one expression; null where it has a problem. */
export function parseExpression(source: string): {
  expression: Expression | null;
  diagnostics: Diagnostic[];
} {
  const { tokens, diagnostics } = tokenize(source);
  let expression: Expression | null = null;
  const diagnostic = problemOf(() => {
    expression = new StatementParser(source, tokens).whole();
  });
  if (diagnostic && diagnostics.length === 0) diagnostics.push(diagnostic);
  return { expression, diagnostics };
}

const LISTS = ['parameters', 'definitions', 'rules', 'distances', 'holdings', 'legs'] as const;

/** Takes back what a statement with a problem has left: half of it would be another problem. */
function restorer(syntax: StrategySyntax): () => void {
  const before = { ...syntax };
  const lengths = LISTS.map((list) => syntax[list].length);
  return () => {
    Object.assign(syntax, before);
    LISTS.forEach((list, index) => (syntax[list].length = lengths[index]));
  };
}

function problemOf(read: () => void): Diagnostic | null {
  try {
    read();
    return null;
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return problem.diagnostic;
    throw problem;
  }
}

/** Reads statements, a line each. */
class StatementParser extends ExpressionParser {
  /** Tokens of the line read last, for what is still known of a line with a problem. */
  private line: readonly [Token, Token] | null = null;

  private readonly statements: Readonly<Record<StatementWord, (syntax: StrategySyntax, at: Token) => void>> =
    {
      strategy: (syntax) => {
        syntax.name = this.text('the name of the strategy in quotes');
      },
      description: (syntax) => {
        syntax.description = this.text('a text in quotes');
      },
      benchmark: () => {
        this.benchmark = '';
        this.benchmark = this.text('a symbol in quotes');
      },
      universe: (syntax) => {
        syntax.universe = this.symbols();
      },
      calendar: (syntax) => {
        const at = this.peek();
        const calendar = tradingCalendar(this.text('the name of a calendar in quotes'));
        if (!calendar) throw this.problem(at, quoted(CALENDAR_NAMES));
        syntax.calendar = calendar.name;
      },
      param: (syntax) => syntax.parameters.push(this.parameter()),
      let: (syntax) => {
        const at = this.word('a name');
        this.sign('=');
        syntax.definitions.push({ name: at.text, value: this.expression(), at });
      },
      enter: (syntax) => syntax.rules.push(this.rule('enter')),
      exit: (syntax, at) => this.exit(syntax, at),
      stop: (syntax, at) => this.distance('stop', syntax, at),
      target: (syntax, at) => this.distance('target', syntax, at),
      trail: (syntax, at) => this.distance('trail', syntax, at),
      breakeven: (syntax, at) => this.distance('breakeven', syntax, at),
      pyramid: (syntax) => {
        syntax.entriesMaximum = this.expression();
      },
      size: (syntax) => {
        syntax.size = this.size();
      },
      fill: (syntax) => this.fill(syntax),
      hold: (syntax) => syntax.legs.push(this.leg(1)),
      short: (syntax) => syntax.legs.push(this.leg(-1)),
      weights: (syntax) => {
        syntax.weights = this.weights();
      },
      max: (syntax) => {
        this.keyword('weight');
        syntax.maximumWeight = this.expression();
      },
      cash: (syntax) => {
        syntax.cash = this.expression();
      },
      rest: (syntax) => {
        syntax.rest = this.text('a symbol in quotes');
      },
      rebalance: (syntax) => {
        syntax.rebalance = this.rebalance();
      },
    };

  /** The token that is read next. */
  next(): Token {
    return this.peek();
  }

  statement(syntax: StrategySyntax): void {
    const at = this.peek();
    this.position += 1;
    this.brackets = [];
    this.line = [at, this.peek()];
    syntax.statements.push(at);
    if (at.kind !== 'word' || !isStatementWord(at.text)) {
      const isNaming = at.kind === 'word' && this.peek().text === '=';
      const note = isNaming
        ? `; did you mean let ${at.text} = ...?`
        : suggestion(at.text, STATEMENT_WORDS, 'statements');
      throw this.problem(at, STATEMENTS, note);
    }
    this.statements[at.text](syntax, at);
    if (this.peek().kind !== 'newline') throw this.problemAtEnd(this.peek(), 'the end of the line');
  }

  /** Passes over the rest of a line with a problem, whose name is not missed elsewhere. */
  recover(syntax: StrategySyntax): void {
    const [statement, name] = this.line!;
    const isNaming = statement.text === 'let' || statement.text === 'param';
    if (isNaming && name.kind === 'word') syntax.brokenNames.push(name);
    this.skipLine();
  }

  private symbols(): string[] {
    const symbols = [this.text('a symbol in quotes')];
    while (this.accept(',')) symbols.push(this.text('a symbol in quotes'));
    return [...new Set(symbols)];
  }

  private distance(kind: DistanceKind, syntax: StrategySyntax, at: Token): void {
    const { text } = this.peek();
    // A name of the strategy may be such a word: then nothing follows it.
    const isWord = NO_DISTANCES.has(text) && ['word', 'number'].includes(this.after().kind);
    if (text === '=' || isWord) throw this.problem(this.peek(), `a distance right behind ${kind}`);
    syntax.distances.push({ kind, value: this.expression(), at });
  }

  private exit(syntax: StrategySyntax, at: Token): void {
    if (!this.accept('after')) {
      syntax.rules.push(this.rule('exit'));
      return;
    }
    syntax.holdings.push({ bars: this.expression(), at });
    this.keyword('bars', 'bar');
  }

  private leg(side: 1 | -1): LegStatement {
    if (this.peek().text === 'when')
      throw this.problem(
        this.peek(),
        'top, bottom or all',
        `; did you mean enter ${side > 0 ? 'long' : 'short'} when?`,
      );
    const order = this.keyword('top', 'bottom', 'all');
    let [count, score, isPercent]: [Expression | null, Expression | null, boolean] = [null, null, false];
    if (order !== 'all') {
      this.sign('(');
      count = this.expression();
      isPercent = this.accept('percent');
      this.sign(')');
      this.keyword('by');
      score = this.expression();
    }
    if (this.peek().text === 'if' || this.peek().text === 'when') throw this.problem(this.peek(), 'where');
    const condition = this.accept('where') ? this.expression() : null;
    return { side, order, count, isPercent, score, condition };
  }

  private weights(): WeightsStatement | null {
    const kind = this.keyword('equal', 'by', 'inverse_volatility');
    if (kind === 'equal') return null;
    if (kind === 'by') return { kind, value: this.expression() };
    if (!this.accept('(')) return { kind: 'inverse_volatility', bars: null };
    const bars = this.expression();
    this.sign(')');
    return { kind: 'inverse_volatility', bars };
  }

  private rebalance(): RebalanceStatement {
    const word = this.keyword('daily', 'weekly', 'monthly', 'quarterly', 'yearly', 'every');
    if (word !== 'every') return { kind: 'period', period: PERIODS[word] };
    const bars = this.expression();
    this.keyword('bars', 'bar');
    return { kind: 'bars', bars };
  }

  private parameter(): StrategySyntax['parameters'][number] {
    const at = this.word('the name of a parameter');
    this.sign('=');
    const value = this.placedNumber();
    let [minimum, maximum, step] = [value.number, value.number, 1];
    if (this.accept('in')) {
      const start = this.peek();
      minimum = this.number();
      this.sign('..');
      maximum = this.number();
      if (!(minimum <= maximum))
        throw new SyntaxProblem(diagnosticAt(this.since(start), 'the least value before the greatest'));
      if (this.accept('step')) step = this.step();
    }
    const label = this.textOrNone();
    if (this.peek().kind === 'word')
      throw this.problem(this.peek(), 'in, step, a label in quotes or the end of the line');
    if (!(minimum <= value.number && value.number <= maximum)) {
      const expected = `the default of ${at.text} inside ${minimum}..${maximum}`;
      throw new SyntaxProblem(diagnosticAt(value.at, expected));
    }
    return { name: at.text, defaultValue: value.number, minimum, maximum, step, label, at };
  }

  private step(): number {
    const { number, at } = this.placedNumber();
    if (number > 0) return number;
    throw new SyntaxProblem(diagnosticAt(at, 'a step above 0'));
  }

  private placedNumber(): { number: number; at: Place } {
    const start = this.peek();
    const number = this.number();
    return { number, at: this.since(start) };
  }

  private rule(verb: 'enter' | 'exit'): RuleStatement {
    const side = verb === 'exit' ? this.sideOfExit() : this.keyword('long', 'short');
    const name = this.textOrNone();
    this.keyword('when');
    const kind = `${verb}${side === 'long' ? 'Long' : 'Short'}` as RuleKind;
    const rule = { kind, name, condition: this.expression(), limit: null, stop: null, timeInForce: null };
    if (!this.accept('at')) return rule;
    const order = this.keyword('limit', 'stop');
    const price = this.expression();
    const limit = order === 'limit' ? price : this.accept('limit') ? this.expression() : null;
    return { ...rule, limit, stop: order === 'stop' ? price : null, timeInForce: this.timeInForce() };
  }

  /** The side of an exit, where `after` would have been possible too. */
  private sideOfExit(): 'long' | 'short' {
    const { text } = this.peek();
    if (text !== 'long' && text !== 'short') throw this.problem(this.peek(), 'long, short or after');
    this.position += 1;
    return text;
  }

  private timeInForce(): TimeInForceStatement | null {
    if (!this.accept('good')) return null;
    const word = this.keyword('for', 'till', 'until');
    if (word === 'till') {
      this.keyword('cancelled');
      return { kind: 'cancelled' };
    }
    if (word === 'until') return { kind: 'until', day: this.date() };
    if (this.accept('the')) {
      this.keyword('day');
      return { kind: 'day' };
    }
    const bars = this.expression();
    this.keyword('bars', 'bar');
    return { kind: 'bars', bars };
  }

  /** A date in quotes, in days from 1970. */
  private date(): number {
    const at = this.peek();
    const expected = 'a date such as "2030-06-28"';
    const text = this.text(expected);
    const timeMs = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : NaN;
    if (Number.isNaN(timeMs) || !new Date(timeMs).toISOString().startsWith(text))
      throw this.problem(at, expected);
    return timeMs / 86_400_000;
  }

  private size(): SizeStatement {
    const at = this.word('percent_of_equity, units, cash, risk or volatility_target');
    this.sign('(');
    const list = this.argumentList();
    return { kind: at.text, arguments: list, at, whole: this.since(at) };
  }

  private fill(syntax: StrategySyntax): void {
    this.keyword('at');
    if (this.keyword('close', 'next') === 'close') syntax.fillAt = 'close';
    else {
      this.keyword('open');
      syntax.fillAt = 'nextOpen';
    }
  }
}
