import { GraphBuilder, type GraphNode } from '../ir/graph.ts';
import type { Diagnostic, StrategyParameter } from '../service/contract.ts';
import { type KnownModels, Lowering } from './lower.ts';
import { parseStrategy } from './parser.ts';
import type { DistanceKind, RuleKind, StrategySyntax } from './syntax.ts';

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
  readonly fillAt: 'nextOpen' | 'close';
  readonly otherSymbols: readonly string[];
  /** Names of the models it asks. */
  readonly models: readonly string[];
}

export type SizeKind = 'percentOfEquity' | 'units' | 'cash' | 'riskFraction';

const SIZE_KINDS: Readonly<Record<string, SizeKind>> = {
  percent_of_equity: 'percentOfEquity',
  units: 'units',
  cash: 'cash',
  risk: 'riskFraction',
};

export type CompileResult =
  | { readonly ok: true; readonly strategy: CompiledStrategy }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Compiles a strategy's text, or says everything that is wrong with it; names of models are checked where they are known. */
export function compileStrategy(source: string, models: KnownModels | null = null): CompileResult {
  const { syntax, diagnostics } = parseStrategy(source);
  const graph = new GraphBuilder();
  const lowering = new Lowering(graph, syntax.parameters, diagnostics, models);
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
  const start = { severity: 'error', line: 1, column: 1, length: 1 } as const;
  if (!syntax.name) diagnostics.push({ ...start, message: 'expected a line `strategy "name"`, was none' });
  for (const definition of syntax.definitions) lowering.define(definition);
  const rules: Record<RuleKind, number | null> = {
    enterLong: null,
    exitLong: null,
    enterShort: null,
    exitShort: null,
  };
  for (const { kind, condition } of syntax.rules) {
    const node = lowering.bool(condition);
    if (node === null) continue;
    const known = rules[kind];
    rules[kind] = known === null ? node : lowering.apply('or', known, node);
  }
  if (!syntax.rules.some(({ kind }) => kind.startsWith('enter'))) {
    diagnostics.push({ ...start, message: 'expected at least one rule `enter long when ...`, was none' });
  }
  const distances: Record<DistanceKind, number | null> = {
    stop: null,
    target: null,
    trail: null,
    breakeven: null,
  };
  for (const { kind, value } of syntax.distances) distances[kind] = lowering.series(value);
  const maximumBarsHeld = syntax.maximumBarsHeld && lowering.scalar(syntax.maximumBarsHeld);
  return {
    name: syntax.name,
    description: syntax.description,
    parameters: syntax.parameters.map(({ at: _at, label, ...rest }) => ({ ...rest, description: label })),
    rules,
    distances,
    maximumBarsHeld,
    size: lowerSize(syntax, graph, lowering, diagnostics, distances.stop !== null),
    fillAt: syntax.fillAt,
    nodes: graph.nodes,
    otherSymbols: [...new Set(graph.nodes.flatMap((node) => node.symbol ?? []))],
    models: graph.nodes.flatMap((node) => (node.op === 'model' ? node.name! : [])),
  };
}

function lowerSize(
  syntax: StrategySyntax,
  graph: GraphBuilder,
  lowering: Lowering,
  diagnostics: Diagnostic[],
  hasStop: boolean,
): CompiledStrategy['size'] {
  if (!syntax.size) return { kind: 'percentOfEquity', value: graph.constant(1) };
  const { at } = syntax.size;
  const kind = SIZE_KINDS[syntax.size.kind];
  const place = { severity: 'error', line: at.line, column: at.column, length: at.text.length } as const;
  if (!kind) {
    const names = Object.keys(SIZE_KINDS).join(', ');
    diagnostics.push({ ...place, message: `expected one of ${names}, was ${at.text}` });
  }
  if (kind === 'riskFraction' && !hasStop) {
    diagnostics.push({ ...place, message: 'expected a stop beside size risk(...), was none' });
  }
  const value = lowering.series(syntax.size.value) ?? graph.constant(0);
  const isPercent = kind === 'percentOfEquity' || kind === 'riskFraction';
  const fraction = isPercent ? lowering.apply('divide', value, graph.constant(100)) : value;
  return { kind: kind ?? 'units', value: fraction };
}
