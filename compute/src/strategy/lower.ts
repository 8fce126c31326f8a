import type { GraphBuilder, ValueType } from '../ir/graph.ts';
import type { OpDefinition, OpInput } from '../ops/define.ts';
import { ops } from '../ops/registry.ts';
import type { Diagnostic } from '../service/contract.ts';
import { counted, diagnosticAt, type Place } from './diagnostics.ts';
import { suggestion } from './meant.ts';
import { KnownNumbers } from './known-numbers.ts';
import { signature } from './signature.ts';
import type { Expression, StrategySyntax } from './syntax.ts';
import { ACROSS_FUNCTIONS } from './across-functions.ts';
import { type LoweringHost, TIME_FUNCTIONS, type UniverseScope } from './time-functions.ts';

const PRICES = ['open', 'high', 'low', 'close', 'volume'];
/** Names that expressions read in another way; those of functions are free, so that new functions break no strategy. */
const RESERVED = new Set([...PRICES, 'and', 'or', 'not', 'of']);
const LIFTED_TO_SCALAR = new Set([
  'add',
  'subtract',
  'multiply',
  'divide',
  'negate',
  'abs',
  'sqrt',
  'log',
  'exp',
  'power',
  'min',
  'max',
  'whole',
]);

/** Functions that are no operations on values of one bar after the other. */
const SPECIAL_FUNCTIONS = new Map([...TIME_FUNCTIONS, ...ACROSS_FUNCTIONS]);

/** What is known of a model when a strategy that names it is checked. */
export interface KnownModel {
  /** Bars before its first value. */
  readonly warmUpBars: number;
  /** Why it cannot be used; null where it can. */
  readonly problem: string | null;
}

/** Models by name. */
export type KnownModels = ReadonlyMap<string, KnownModel>;

/** Checks expressions and lowers them to graph nodes; problems are added to the diagnostics and give null. */
export class Lowering {
  private readonly names = new Map<string, number | null>();
  private readonly graph: GraphBuilder;
  private readonly diagnostics: Diagnostic[];
  private readonly models: KnownModels | null;
  private readonly host: LoweringHost;
  private readonly numbers: KnownNumbers;
  private readonly definitions: StrategySyntax['definitions'];

  /** Without `models` any name of a model is accepted: whoever computes finds out. */
  constructor(
    graph: GraphBuilder,
    {
      parameters,
      definitions,
      brokenNames,
      calendar,
    }: Pick<StrategySyntax, 'parameters' | 'definitions' | 'brokenNames' | 'calendar'>,
    diagnostics: Diagnostic[],
    models: KnownModels | null = null,
    universe: UniverseScope = { symbols: [], isHeld: false, isThere: false },
  ) {
    this.graph = graph;
    this.numbers = new KnownNumbers(graph, parameters);
    this.definitions = definitions;
    this.diagnostics = diagnostics;
    this.models = models;
    this.host = {
      graph,
      universe,
      calendar,
      lower: (expression) => this.lower(expression),
      report: (...finding) => this.report(...finding),
    };
    for (const { text } of brokenNames) this.names.set(text, null);
    for (const { name, at } of parameters) this.introduce(name, at, graph.parameter(name));
  }

  define({ name, value, at }: StrategySyntax['definitions'][number]): void {
    this.introduce(name, at, this.lower(value));
  }

  bool(expression: Expression): number | null {
    return this.expectType(expression, 'bool', 'a condition such as crosses_above(a, b) or a > b');
  }

  series(expression: Expression): number | null {
    return this.expectType(expression, 'series', 'a number or a series of numbers');
  }

  scalar(expression: Expression): number | null {
    return this.expectType(expression, 'scalar', 'a number or a parameter');
  }

  /** A number of something that is counted: whole, at least 1. */
  count(expression: Expression, what: string): number | null {
    const node = this.scalar(expression);
    if (node === null || this.isWhole(node, expression.at, `a whole number of ${what} from 1`)) return node;
    return null;
  }

  /** A number of percent, 0 to 100. */
  percent(expression: Expression, what: string): number | null {
    const node = this.scalar(expression);
    const constant = node === null ? undefined : this.numbers.constantOf(node);
    if (constant === undefined || (constant >= 0 && constant <= 100)) return node;
    this.report(expression.at, `${what} of 0 to 100 percent`);
    return null;
  }

  /** A number or a series, which has to be `expected` where it is one number whatever the run. */
  within(expression: Expression, isRight: (value: number) => boolean, expected: string): number | null {
    const node = this.series(expression);
    const constant = node === null ? undefined : this.numbers.constantOf(node);
    if (constant === undefined || isRight(constant)) return node;
    this.report(expression.at, expected);
    return null;
  }

  /** Applies an operation to nodes of the right types; composed operations become their parts. */
  apply = (name: string, ...inputs: number[]): number => {
    const op = ops.get(name)!;
    const given = [...inputs];
    for (let index = given.length; index < op.inputs.length; index += 1) {
      given.push(this.graph.constant(op.inputs[index].defaultValue!));
    }
    if (op.compose) return op.compose(this.apply, given, this.graph);
    const scalars = given.every((node) => this.graph.typeOf(node) === 'scalar');
    const lifted = scalars && given.length > 0 && LIFTED_TO_SCALAR.has(name);
    return this.graph.add({ op: name, type: lifted ? 'scalar' : op.output, inputs: given });
  };

  private introduce(name: string, at: Place, node: number | null): void {
    if (this.names.has(name)) this.report(at, 'a new name', name, ', which is already defined');
    else if (RESERVED.has(name)) this.report(at, 'a new name', name, ', which is a built-in');
    else this.names.set(name, node);
  }

  private expectType(expression: Expression, type: ValueType, what: string): number | null {
    const node = this.lower(expression);
    if (node === null) return null;
    const was = this.graph.typeOf(node);
    if (was === type || (type === 'series' && was === 'scalar')) return node;
    const note = type === 'series' && was === 'bool' ? '; choose(condition, 1, 0) is a number' : '';
    this.report(expression.at, what, expression.at.text, `, ${TYPE_WORDS[was]}${note}`);
    return null;
  }

  private lower(expression: Expression): number | null {
    if (expression.kind === 'number') return this.graph.constant(expression.value);
    if (expression.kind === 'name') return this.lowerName(expression);
    if (expression.kind === 'lag') return this.lowerLag(expression);
    if (expression.kind === 'model') return this.lowerModel(expression);
    if (expression.kind === 'text' && expression.isOpen) return null;
    if (expression.kind !== 'call') {
      const note = expression.kind === 'text' ? ', a text' : ', a time of day';
      this.report(expression.at, 'a number or a series of numbers', expression.at.text, note);
      return null;
    }
    const { name, callee, at } = expression;
    const op = ops.get(name);
    if (op) return this.lowerCall(expression, op);
    const special = SPECIAL_FUNCTIONS.get(name);
    if (special) return special.lower(expression.arguments, at, this.host);
    const isPrice = PRICES.includes(name);
    const hint = isPrice
      ? `; ${name}[1] is that of the bar before, ${name} of "symbol" that of another instrument`
      : suggestion(name, [...ops.keys(), ...SPECIAL_FUNCTIONS.keys()], 'functions');
    this.report(callee, 'a function', name, hint);
    return null;
  }

  private lowerName({ name, symbol, at }: Extract<Expression, { kind: 'name' }>): number | null {
    if (PRICES.includes(name)) return this.graph.price(name, symbol);
    if (symbol !== undefined) {
      this.report(at, `one of ${PRICES.join(', ')} before "of"`);
      return null;
    }
    const known = this.names.get(name);
    if (known !== undefined) return known;
    const special = SPECIAL_FUNCTIONS.get(name);
    if (special) return special.lower([], at, this.host);
    const noArguments = ops.get(name);
    if (noArguments && noArguments.inputs.every((input) => input.defaultValue !== undefined))
      return this.apply(name);
    this.report(at, 'a known name', name, this.noteOnName(name));
    return null;
  }

  private noteOnName(name: string): string {
    const later = this.definitions.find((definition) => definition.name === name);
    if (later) return `; it is defined below, on line ${later.at.line}`;
    const op = ops.get(name);
    if (op) return `; write ${signature(op)}`;
    const known = [...this.names.keys(), ...PRICES, ...ops.keys(), ...SPECIAL_FUNCTIONS.keys()];
    return suggestion(name, known, 'functions');
  }

  private lowerModel({ name, nameAt: at }: Extract<Expression, { kind: 'model' }>): number | null {
    const known = this.models?.get(name);
    if (this.models && !known) {
      const hint = suggestion(name, [...this.models.keys()]);
      this.report(at, 'the name of a model', name, hint);
      return null;
    }
    if (known?.problem) {
      this.report(at, 'a model that can be used', name, `: ${known.problem}`);
      return null;
    }
    return this.graph.model(name);
  }

  private lowerLag({ source, bars }: Extract<Expression, { kind: 'lag' }>): number | null {
    const value = this.lower(source);
    const lag = this.scalar(bars);
    if (value === null || lag === null) return null;
    const expected = 'a whole number of bars back, 0 or more';
    const isTurned = this.graph.nodes[lag].op === 'negate' && this.numbers.constantOf(lag) === undefined;
    if (isTurned || (this.numbers.byDefault(lag) ?? 0) < 0) {
      this.report(bars.at, expected, bars.at.text, ': the future cannot be read');
      return null;
    }
    if (!this.isWhole(lag, bars.at, expected, 0)) return null;
    if (this.graph.typeOf(value) === 'bool') {
      this.report(source.at, 'a series of numbers before [', source.at.text, ', a condition');
      return null;
    }
    return this.numbers.constantOf(lag) === 0 ? value : this.apply('lag', value, lag);
  }

  private lowerCall(call: Extract<Expression, { kind: 'call' }>, op: OpDefinition): number | null {
    const required = op.inputs.filter((input) => input.defaultValue === undefined).length;
    const count = call.arguments.length;
    if (count < required || count > op.inputs.length) {
      const range = required === op.inputs.length ? `${required}` : `${required} to ${op.inputs.length}`;
      this.report(call.at, `${range} arguments for ${signature(op)}`, counted(count, 'argument'));
      return null;
    }
    const nodes = call.arguments.map((argument, index) => this.lowerArgument(argument, op.inputs[index], op));
    if (nodes.includes(null)) return null;
    return this.apply(op.name, ...(nodes as number[]));
  }

  private lowerArgument(argument: Expression, input: OpInput, op: OpDefinition): number | null {
    if (input.type === 'bool') return this.bool(argument);
    if (input.type === 'series') return this.lowerSeries(argument, input, op);
    const node = this.expectType(
      argument,
      'scalar',
      `a number or a parameter for ${input.name} of ${op.name}`,
    );
    if (node === null || input.type === 'scalar') return node;
    const { barsMinimum = 1 } = input;
    const expected = `a whole number of bars from ${barsMinimum} for ${input.name} of ${op.name}`;
    return this.isWhole(node, argument.at, expected, barsMinimum) ? node : null;
  }

  /** A source that is one number and windows of it tell nothing: a length stands where a series should. */
  private lowerSeries(argument: Expression, { name }: OpInput, op: OpDefinition): number | null {
    const node = this.series(argument);
    if (node === null || name !== 'source' || this.graph.typeOf(node) !== 'scalar') return node;
    const hasLength = op.inputs.some(
      ({ type, defaultValue }) => type === 'length' && defaultValue !== undefined,
    );
    if (!hasLength || (argument.kind !== 'number' && argument.kind !== 'name')) return node;
    this.report(
      argument.at,
      `a series of numbers for source of ${signature(op)}`,
      argument.at.text,
      ', a number',
    );
    return null;
  }

  /** Whether a number is whole and not too small, as far as that is known before a run: parameters have their defaults. */
  private isWhole(node: number, at: Place, expected: string, minimum = 1): boolean {
    const value = this.numbers.byDefault(node);
    if (value === undefined || (Number.isInteger(value) && value >= minimum)) return true;
    const isFixed = this.numbers.constantOf(node) !== undefined;
    this.report(at, expected, at.text, isFixed ? '' : `, ${value} by default`);
    return false;
  }

  private report(...finding: Parameters<typeof diagnosticAt>): void {
    this.diagnostics.push(diagnosticAt(...finding));
  }
}

const TYPE_WORDS: Readonly<Record<ValueType, string>> = {
  scalar: 'a number',
  series: 'a series of numbers',
  bool: 'a condition',
};
