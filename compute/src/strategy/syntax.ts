import type { TimeInForce } from '../ir/time-in-force.ts';
import type { Place } from './diagnostics.ts';
import type { Token } from './lexer.ts';

/** An expression as written; `at` is its text, or the first line of it. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number; readonly at: Place }
  | { readonly kind: 'name'; readonly name: string; readonly symbol?: string; readonly at: Place }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly arguments: readonly Expression[];
      /** The name alone. */
      readonly callee: Place;
      readonly at: Place;
    }
  /** `isOpen` where its closing quote is missing, which is told already. */
  | { readonly kind: 'text'; readonly value: string; readonly at: Place; readonly isOpen?: true }
  /** A time of day, in minutes from midnight. */
  | { readonly kind: 'time'; readonly minutes: number; readonly at: Place }
  | { readonly kind: 'model'; readonly name: string; readonly nameAt: Place; readonly at: Place }
  | { readonly kind: 'lag'; readonly source: Expression; readonly bars: Expression; readonly at: Place };

/** `param fast = 20 in 5..60 step 5 "label"` */
export interface ParameterStatement {
  readonly name: string;
  readonly defaultValue: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly step: number;
  readonly label: string;
  readonly at: Token;
}

export type RuleKind = 'enterLong' | 'exitLong' | 'enterShort' | 'exitShort';
export type DistanceKind = 'stop' | 'target' | 'trail' | 'breakeven';

/** How long an order waits, as written. */
export type TimeInForceStatement =
  Exclude<TimeInForce, { readonly kind: 'bars' }> | { readonly kind: 'bars'; readonly bars: Expression };

/** `enter long "name" when condition at stop p limit q good for n bars`; all but side and condition may be missing. */
export interface RuleStatement {
  readonly kind: RuleKind;
  readonly name: string;
  readonly condition: Expression;
  readonly limit: Expression | null;
  readonly stop: Expression | null;
  readonly timeInForce: TimeInForceStatement | null;
}

/** `size kind(value, length)` */
export interface SizeStatement {
  readonly kind: string;
  readonly arguments: readonly Expression[];
  readonly at: Token;
  /** All of it behind the word `size`. */
  readonly whole: Place;
}

/** `hold top(n percent) by score where condition`, `short ...`; all but side and order may be missing. */
export interface LegStatement {
  readonly side: 1 | -1;
  readonly order: 'all' | 'top' | 'bottom';
  readonly count: Expression | null;
  /** Whether the count is a percentage of what can be chosen from. */
  readonly isPercent: boolean;
  readonly score: Expression | null;
  readonly condition: Expression | null;
}

/** `weights by expression` or `weights inverse_volatility(bars)`; equal parts have no statement in the tree. */
export type WeightsStatement =
  | { readonly kind: 'by'; readonly value: Expression }
  | { readonly kind: 'inverse_volatility'; readonly bars: Expression | null };

/** When a universe is chosen anew: at the first bar of each period of the calendar, or every so many bars. */
export type RebalanceStatement =
  | { readonly kind: 'period'; readonly period: RebalancePeriod }
  | { readonly kind: 'bars'; readonly bars: Expression };

export type RebalancePeriod = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** A strategy's text as a tree. */
export interface StrategySyntax {
  name: string;
  description: string;
  universe: readonly string[];
  /** The name of the exchange whose days and hours count; null where the text names none. */
  calendar: string | null;
  readonly parameters: ParameterStatement[];
  readonly definitions: { readonly name: string; readonly value: Expression; readonly at: Token }[];
  readonly rules: RuleStatement[];
  readonly distances: { readonly kind: DistanceKind; readonly value: Expression; readonly at: Token }[];
  /** `exit after n bars` */
  readonly holdings: { readonly bars: Expression; readonly at: Token }[];
  entriesMaximum: Expression | null;
  size: SizeStatement | null;
  fillAt: 'nextOpen' | 'close';
  readonly legs: LegStatement[];
  weights: WeightsStatement | null;
  maximumWeight: Expression | null;
  cash: Expression | null;
  /** The symbol that takes what no leg holds. */
  rest: string | null;
  rebalance: RebalanceStatement;
  /** Names whose line has a problem: they are known, but not what they are. */
  readonly brokenNames: Token[];
  /** The word that each statement begins with. */
  readonly statements: Token[];
}
