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

  typeOf(node: number): ValueType {
    return this.nodes[node].type;
  }
}
