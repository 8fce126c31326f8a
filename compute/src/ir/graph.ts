import type { AcrossKind } from './across.ts';
import type { CalendarQuestion } from './calendar.ts';
import type { Period } from './periods.ts';

/**
 * The typed graph a strategy is lowered to: nodes in the order they can be computed, each an
 * operation on earlier nodes. Equal expressions are one node.
 */

/** `scalar`: one number known before the first bar; `series`: a number per bar; `bool`: a truth per bar. */
export type ValueType = 'scalar' | 'series' | 'bool';

/** One operation. Leaves carry their datum: a constant's value, or a parameter's, price's, model's or symbol's name. */
export interface GraphNode {
  readonly op: string;
  readonly type: ValueType;
  readonly inputs: readonly number[];
  readonly constant?: number;
  readonly name?: string;
  readonly symbol?: string;
  /** Of a `calendar` node. */
  readonly calendar?: CalendarQuestion;
  /** Of a `timeframe` node: its input is computed on bars of this period. */
  readonly period?: Period;
  /** Of an `across` node: its input is computed on the traded instrument and on these. */
  readonly across?: { readonly kind: AcrossKind; readonly symbols: readonly string[] };
}

/** Builds a graph, sharing nodes that say the same. */
export class GraphBuilder {
  readonly nodes: GraphNode[] = [];
  private readonly byKey = new Map<string, number>();

  /** Adds a node, or returns the equal one that is there. */
  add(node: GraphNode): number {
    const key = [node.op, node.constant, node.name, node.symbol, node.inputs.join(' ')].join('|');
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const index = this.nodes.push(node) - 1;
    this.byKey.set(key, index);
    return index;
  }

  constant(value: number): number {
    return this.add({ op: 'constant', type: 'scalar', inputs: [], constant: value });
  }

  parameter(name: string): number {
    return this.add({ op: 'parameter', type: 'scalar', inputs: [], name });
  }

  /** A price column of the traded instrument, or of another one by its symbol. */
  price(name: string, symbol?: string): number {
    return this.add({ op: 'price', type: 'series', inputs: [], name, symbol });
  }

  /** What a model says of each bar of the traded instrument. */
  model(name: string): number {
    return this.add({ op: 'model', type: 'series', inputs: [], name });
  }

  /** A question about the time of each bar. */
  calendar(calendar: CalendarQuestion): number {
    const isTruth = calendar.kind === 'session' || calendar.kind === 'trading_hours';
    const type = isTruth ? 'bool' : 'series';
    return this.add({ op: 'calendar', type, inputs: [], name: JSON.stringify(calendar), calendar });
  }

  /** A node as it is on bars of a period, each seen from its end on. */
  timeframe(period: Period, node: number): number {
    const type = this.typeOf(node) === 'bool' ? 'bool' : 'series';
    const name = `${period.count} ${period.unit}`;
    return this.add({ op: 'timeframe', type, inputs: [node], name, period });
  }

  /** A node measured over the traded instrument and others. */
  across(kind: AcrossKind, symbols: readonly string[], node: number): number {
    const across = { kind, symbols };
    return this.add({ op: 'across', type: 'series', inputs: [node], name: JSON.stringify(across), across });
  }

  /** A node and everything that it is computed from. */
  within(root: number): GraphNode[] {
    const found = new Set([root]);
    for (const node of found) for (const input of this.nodes[node].inputs) found.add(input);
    return [...found].map((node) => this.nodes[node]);
  }

  typeOf(node: number): ValueType {
    return this.nodes[node].type;
  }
}
