import { GraphBuilder, type GraphNode } from '../ir/graph.ts';
import type { PositionSize } from '../ir/signals.ts';
import type { TimeInForce } from '../ir/time-in-force.ts';
import type { Diagnostic, StrategyParameter } from '../service/contract.ts';
import { type CompiledUniverse, holdsUniverse, lowerUniverse } from './compile-universe.ts';
import { counted, diagnosticAt, START } from './diagnostics.ts';
import { isStatementWord } from './keywords.ts';
import { type KnownModels, Lowering } from './lower.ts';
import { suggestion } from './meant.ts';
import { parseStrategy } from './parser.ts';
import type { DistanceKind, Expression, RuleKind, StrategySyntax, TimeInForceStatement } from './syntax.ts';

/** A checked strategy as a graph: each rule names the node that decides it. */
export interface CompiledStrategy {
  readonly name: string;
  readonly description: string;
  readonly parameters: readonly StrategyParameter[];
  readonly nodes: readonly GraphNode[];
  readonly rules: Readonly<Record<RuleKind, number | null>>;
  readonly distances: Readonly<Record<DistanceKind, number | null>>;
  /** A scalar node, or null for never. */
  readonly maximumBarsHeld: number | null;
  readonly size: { readonly kind: SizeKind; readonly value: number };
  /** A scalar node, or null for one entry a position. */
  readonly entriesMaximum: number | null;
  /** The rules in the order of the text; `rules` joins those of a kind, but for exits that wait for a price. */
  readonly entries: readonly CompiledRule[];
  readonly exits: readonly CompiledRule[];
  readonly fillAt: 'nextOpen' | 'close';
  /** The calendar whose days and sessions limit orders. */
  readonly calendar: string;
  readonly otherSymbols: readonly string[];
  /** Names of the models it asks. */
  readonly models: readonly string[];
  /** What of a universe it holds; null where it trades one instrument. */
  readonly universe: CompiledUniverse | null;
}

/** One rule as written, with the nodes of its order's prices; without any it is an order at the market. */
export interface CompiledRule {
  /** Of the position: +1 for long, -1 for short. */
  readonly side: 1 | -1;
  readonly name: string;
  readonly condition: number;
  readonly limit: number | null;
  readonly stop: number | null;
  /** How long the order waits, its bars a scalar node; null for one bar. */
  readonly timeInForce: TimeInForce | null;
}

/** Whether a rule places an order that waits for its price. */
export function waits({ limit, stop }: { readonly limit: unknown; readonly stop: unknown }): boolean {
  return limit !== null || stop !== null;
}

export type SizeKind = PositionSize['kind'];

const SIZE_KINDS: Readonly<Record<string, SizeKind>> = {
  percent_of_equity: 'percentOfEquity',
  units: 'units',
  cash: 'cash',
  risk: 'riskFraction',
  volatility_target: 'volatilityTarget',
};
/** Bars that the volatility of a target is measured over, unless the strategy says. */
const VOLATILITY_BARS = 20;

export type CompileResult =
  | { readonly ok: true; readonly strategy: CompiledStrategy }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Compiles a strategy's text, or says everything that is wrong with it; names of models are checked where they are known. */
export function compileStrategy(source: string, models: KnownModels | null = null): CompileResult {
  const { syntax, diagnostics } = parseStrategy(source);
  const graph = new GraphBuilder();
  const isHeld = holdsUniverse(syntax);
  const isThere = isHeld || syntax.statements.some(({ text }) => text === 'universe');
  const scope = { symbols: syntax.universe, isHeld, isThere };
  const lowering = new Lowering(graph, syntax, diagnostics, models, scope);
  const strategy = lowerStrategy(syntax, graph, lowering, diagnostics);
  if (diagnostics.length > 0) {
    const ordered = diagnostics.toSorted((a, b) => a.line - b.line || a.column - b.column);
    return { ok: false, diagnostics: ordered };
  }
  return { ok: true, strategy };
}

function lowerStrategy(
  syntax: StrategySyntax,
  graph: GraphBuilder,
  lowering: Lowering,
  diagnostics: Diagnostic[],
): CompiledStrategy {
  checkPresence(syntax, diagnostics);
  for (const definition of syntax.definitions) lowering.define(definition);
  const { rules, entries, exits } = lowerRules(syntax, lowering);
  const universe = lowerUniverse(syntax, graph, lowering, diagnostics);
  const distances: Record<DistanceKind, number | null> = {
    stop: null,
    target: null,
    trail: null,
    breakeven: null,
  };
  for (const { kind, value } of syntax.distances)
    distances[kind] = lowering.within(value, isAboveZero, `a distance above 0 for ${kind}`);
  const [holding, another] = syntax.holdings;
  if (another) diagnostics.push(diagnosticAt(another.at, 'one line that begins with exit after', 'another'));
  const maximumBarsHeld = holding ? lowering.count(holding.bars, 'bars') : null;
  return {
    name: syntax.name,
    description: syntax.description,
    parameters: syntax.parameters.map(({ at: _at, label, ...rest }) => ({ ...rest, description: label })),
    rules,
    distances,
    maximumBarsHeld,
    entries,
    exits,
    entriesMaximum: syntax.entriesMaximum && lowering.count(syntax.entriesMaximum, 'entries'),
    size: lowerSize(syntax, graph, lowering, diagnostics),
    fillAt: syntax.fillAt,
    calendar: syntax.calendar ?? 'CRYPTO',
    nodes: graph.nodes,
    otherSymbols: otherSymbols(graph, universe),
    universe,
    models: graph.nodes.flatMap((node) => (node.op === 'model' ? node.name! : [])),
  };
}

const isAboveZero = (value: number) => value > 0;

/** What every strategy has; a line with a problem is not missing, nor is what a misspelt word may have begun. */
function checkPresence({ statements }: StrategySyntax, diagnostics: Diagnostic[]): void {
  if (diagnostics.some(({ expected }) => expected === 'the end of the line')) return;
  const words = statements.map(({ text }) => text);
  if (!words.every(isStatementWord)) return;
  if (!words.includes('strategy')) diagnostics.push(diagnosticAt(START, 'a line `strategy "name"`', 'none'));
  const decides = words.some((word) => word === 'enter' || word === 'hold' || word === 'short');
  const expected = 'at least one rule `enter long when ...`, or a line `hold ...`';
  if (!decides) diagnostics.push(diagnosticAt(START, expected, 'none'));
}

function otherSymbols({ nodes }: GraphBuilder, universe: CompiledUniverse | null): string[] {
  const read = nodes.flatMap((node) => node.across?.symbols ?? node.symbol ?? []);
  const members = universe?.symbols ?? [];
  return [...new Set([...read, ...(universe?.rest ?? [])].filter((symbol) => !members.includes(symbol)))];
}

function lowerRules(
  syntax: StrategySyntax,
  lowering: Lowering,
): Pick<CompiledStrategy, 'rules' | 'entries' | 'exits'> {
  const rules: Record<RuleKind, number | null> = {
    enterLong: null,
    exitLong: null,
    enterShort: null,
    exitShort: null,
  };
  const entries: CompiledRule[] = [];
  const exits: CompiledRule[] = [];
  for (const { kind, name, condition: written, limit, stop, timeInForce } of syntax.rules) {
    const price = (expression: Expression | null) => expression && lowering.series(expression);
    const condition = lowering.bool(written);
    const order = { limit: price(limit), stop: price(stop), timeInForce: lowerForce(timeInForce, lowering) };
    if (condition === null) continue;
    const isEntry = kind.startsWith('enter');
    const known = rules[kind];
    if (isEntry || !waits(order))
      rules[kind] = known === null ? condition : lowering.apply('or', known, condition);
    const rule = { side: kind.endsWith('Long') ? 1 : -1, name, condition, ...order } as const;
    if (isEntry) entries.push(rule);
    else exits.push(rule);
  }
  return { rules, entries, exits };
}

function lowerForce(written: TimeInForceStatement | null, lowering: Lowering): TimeInForce | null {
  if (written?.kind !== 'bars') return written;
  const bars = lowering.count(written.bars, 'bars');
  return bars === null ? null : { kind: 'bars', bars };
}

function lowerSize(
  syntax: StrategySyntax,
  graph: GraphBuilder,
  lowering: Lowering,
  diagnostics: Diagnostic[],
): CompiledStrategy['size'] {
  if (!syntax.size) return { kind: 'percentOfEquity', value: graph.constant(1) };
  const { at, whole } = syntax.size;
  const kind = SIZE_KINDS[syntax.size.kind];
  const report = (...finding: Parameters<typeof diagnosticAt>) => diagnostics.push(diagnosticAt(...finding));
  if (!kind) {
    const names = Object.keys(SIZE_KINDS);
    report(at, `one of ${names.join(', ')}`, at.text, suggestion(at.text, names, 'sizes'));
  }
  const hasStop = syntax.statements.some(({ text }) => text === 'stop');
  if (kind === 'riskFraction' && !hasStop) report(whole, 'a stop beside size risk(...)', 'none');
  const [first, second, ...others] = syntax.size.arguments;
  const isTarget = kind === 'volatilityTarget';
  if (!first || others.length > 0 || (second && !isTarget)) {
    const expected = isTarget ? 'volatility_target(percent, length = 20)' : `one value in ${at.text}(...)`;
    report(whole, expected, counted(syntax.size.arguments.length, 'value'));
    return { kind: 'units', value: graph.constant(0) };
  }
  const value = lowering.within(first, isAboveZero, `a size above 0 in ${at.text}(...)`) ?? graph.constant(0);
  if (kind === 'units' || kind === 'cash' || !kind) return { kind: kind ?? 'units', value };
  const fraction = lowering.apply('divide', value, graph.constant(100));
  if (!isTarget) return { kind, value: fraction };
  const bars = second ? lowering.count(second, 'bars') : graph.constant(VOLATILITY_BARS);
  if (bars === null) return { kind, value: fraction };
  const perBar = lowering.apply('volatility', graph.price('close'), bars, graph.constant(1));
  return { kind, value: lowering.apply('divide', fraction, perBar) };
}
