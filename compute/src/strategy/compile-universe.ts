import type { GraphBuilder } from '../ir/graph.ts';
import type { Diagnostic } from '../service/contract.ts';
import { diagnosticAt } from './diagnostics.ts';
import type { Lowering } from './lower.ts';
import type { LegStatement, RebalancePeriod, StrategySyntax } from './syntax.ts';

/** What a strategy holds of a universe, as nodes that are computed on each member. */
export interface CompiledUniverse {
  /** Its members; none where a run says which they are. */
  readonly symbols: readonly string[];
  readonly legs: readonly CompiledLeg[];
  /** What the parts of a leg are proportional to; null for equal parts. */
  readonly weights: number | null;
  /** A scalar node, in percent of the leg; null for none. */
  readonly maximumWeight: number | null;
  /** A scalar node: percent of the equity that stays in cash; null for none. */
  readonly cash: number | null;
  /** At most one symbol: what takes the part of the long leg that none of its members takes. */
  readonly rest: readonly string[];
  readonly rebalance: CompiledRebalance;
}

/** The members that one side holds. */
export interface CompiledLeg {
  readonly side: 1 | -1;
  readonly order: LegStatement['order'];
  /** A scalar node; null for all. */
  readonly count: number | null;
  readonly isPercent: boolean;
  /** A series node, null where all are held. */
  readonly score: number | null;
  readonly condition: number | null;
}

export type CompiledRebalance =
  | { readonly kind: 'period'; readonly period: RebalancePeriod }
  /** A scalar node. */
  | { readonly kind: 'bars'; readonly bars: number };

const OF_UNIVERSES = new Set(['hold', 'short', 'weights', 'max', 'cash', 'rest', 'rebalance']);
/** What else is said once. */
const ONCE = new Set([
  'strategy',
  'description',
  'universe',
  'benchmark',
  'calendar',
  'stop',
  'target',
  'trail',
  'breakeven',
  'pyramid',
  'size',
  'fill',
]);
const OF_ONE_INSTRUMENT = new Set([
  'enter',
  'exit',
  'stop',
  'target',
  'trail',
  'breakeven',
  'pyramid',
  'size',
  'fill',
]);
const UNIVERSE_LINES = 'hold, short, weights, max weight, cash, rest or rebalance';
/** Bars that an inverse volatility is measured over, unless the strategy says. */
const VOLATILITY_BARS = 60;

/** Whether the text says to hold a universe, rightly or not. */
export function holdsUniverse({ statements }: StrategySyntax): boolean {
  return statements.some(({ text }) => text === 'hold' || text === 'short');
}

/** Lowers the statements about a universe; null where the strategy holds none. */
export function lowerUniverse(
  syntax: StrategySyntax,
  graph: GraphBuilder,
  lowering: Lowering,
  diagnostics: Diagnostic[],
): CompiledUniverse | null {
  checkStatements(syntax, diagnostics);
  if (!holdsUniverse(syntax)) return null;
  return {
    symbols: syntax.universe,
    legs: syntax.legs.map((leg) => lowerLeg(leg, lowering)),
    weights: lowerWeights(syntax, graph, lowering),
    maximumWeight: syntax.maximumWeight && lowering.percent(syntax.maximumWeight, 'a max weight'),
    cash: syntax.cash && lowering.percent(syntax.cash, 'a part in cash'),
    rest: syntax.rest === null ? [] : [syntax.rest],
    rebalance: lowerRebalance(syntax, lowering),
  };
}

function lowerLeg(leg: LegStatement, lowering: Lowering): CompiledLeg {
  const { side, order, isPercent } = leg;
  const count =
    leg.count &&
    (isPercent
      ? lowering.percent(leg.count, 'a share of the universe')
      : lowering.count(leg.count, 'instruments'));
  const score = leg.score && lowering.series(leg.score);
  const condition = leg.condition && lowering.bool(leg.condition);
  return { side, order, isPercent, count, score, condition };
}

function lowerWeights({ weights }: StrategySyntax, graph: GraphBuilder, lowering: Lowering): number | null {
  if (weights === null) return null;
  if (weights.kind === 'by') return lowering.series(weights.value);
  const bars = weights.bars ? lowering.count(weights.bars, 'bars') : graph.constant(VOLATILITY_BARS);
  if (bars === null) return null;
  const volatility = lowering.apply('volatility', graph.price('close'), bars, graph.constant(1));
  return lowering.apply('divide', graph.constant(1), volatility);
}

function lowerRebalance({ rebalance }: StrategySyntax, lowering: Lowering): CompiledRebalance {
  if (rebalance.kind === 'period') return rebalance;
  return { kind: 'bars', bars: lowering.count(rebalance.bars, 'bars') ?? 0 };
}

/** A strategy trades one instrument by rules or holds a universe, and says each thing about it once. */
function checkStatements(syntax: StrategySyntax, diagnostics: Diagnostic[]): void {
  const isHeld = holdsUniverse(syntax);
  const report = (...finding: Parameters<typeof diagnosticAt>) => diagnostics.push(diagnosticAt(...finding));
  const seen = new Set<string>();
  for (const at of syntax.statements) {
    const { text } = at;
    if (isHeld && OF_ONE_INSTRUMENT.has(text))
      report(at, `${UNIVERSE_LINES} in a strategy that holds a universe`);
    const isOfUniverse = OF_UNIVERSES.has(text);
    if (!isOfUniverse && !ONCE.has(text)) continue;
    if (isOfUniverse && !isHeld) report(at, `a line \`hold ...\` or \`short ...\` beside ${text}`, 'none');
    else if (seen.has(text)) report(at, `one line that begins with ${text}`, 'another');
    seen.add(text);
  }
}
