import type { GraphBuilder, ValueType } from '../ir/graph.ts';

/** One argument of an operation. A `length` is a whole number of bars, `barsMinimum` at least; a default makes it optional. */
export interface OpInput {
  readonly name: string;
  readonly type: 'series' | 'scalar' | 'length' | 'bool';
  readonly defaultValue?: number;
  /** 1 where it is left out. */
  readonly barsMinimum?: 0;
}

/** Applies an operation by name to nodes; how composed operations are written. */
export type ApplyOp = (name: string, ...inputs: number[]) => number;

/** What an operation is about: the headings of the documentation. */
export type OpGroup =
  'arithmetic' | 'logic' | 'windows' | 'averages' | 'oscillators' | 'trend' | 'bands' | 'volume' | 'prices';

/**
 * The meaning of an operation, apart from any backend: its arguments, its result, the bars it needs.
 * An operation either has a kernel of the same name in every backend, or is composed of others.
 */
export interface OpDefinition {
  readonly name: string;
  readonly group: OpGroup;
  /** One sentence for the documentation and the editor. */
  readonly summary: string;
  readonly inputs: readonly OpInput[];
  readonly output: ValueType;
  /** Bars without a value beyond those its inputs lack, from its scalar arguments in order. */
  readonly warmUp: (scalars: readonly number[]) => number;
  /** Set when the operation is written in terms of others. */
  readonly compose?: (apply: ApplyOp, inputs: readonly number[], graph: GraphBuilder) => number;
}

type Defaults = Pick<OpDefinition, 'warmUp' | 'output'>;
type OpDraft = Omit<OpDefinition, keyof Defaults> & Partial<Defaults>;

/** Declares an operation; by default it gives a series and needs no bars of its own. */
export function defineOp(draft: OpDraft): OpDefinition {
  return { output: 'series', warmUp: () => 0, ...draft };
}

/** A series argument. */
export const series = (name: string): OpInput => ({ name, type: 'series' });
/** A truth-per-bar argument. */
export const bool = (name: string): OpInput => ({ name, type: 'bool' });
/** A number known before the first bar. */
export const scalar = (name: string, defaultValue?: number): OpInput => ({
  name,
  type: 'scalar',
  defaultValue,
});
/** A whole number of bars, at least 1. */
export const length = (defaultValue?: number, name = 'length'): OpInput => ({
  name,
  type: 'length',
  defaultValue,
});
/** The warm-up of a window that holds the current bar: one bar less than its length. */
export const windowWarmUp = ([bars]: readonly number[]): number => bars - 1;
