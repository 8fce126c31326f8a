import type { GraphBuilder } from '../ir/graph.ts';
import type { ParameterStatement } from './syntax.ts';

const OPERATIONS: Readonly<Record<string, (a: number, b: number) => number>> = {
  negate: (a) => -a,
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => (b === 0 ? NaN : a / b),
  min: (a, b) => Math.min(a, b),
  max: (a, b) => Math.max(a, b),
  abs: (a) => Math.abs(a),
  whole: (a) => Math.trunc(a),
};

/** What is known of the numbers of a strategy before it runs. */
export class KnownNumbers {
  private readonly graph: GraphBuilder;
  private readonly defaults: ReadonlyMap<string, number>;
  /** By node, as far as they were asked for. */
  private readonly constants: (number | undefined)[] = [];
  private readonly withDefaults: (number | undefined)[] = [];

  constructor(graph: GraphBuilder, parameters: readonly Pick<ParameterStatement, 'name' | 'defaultValue'>[]) {
    this.graph = graph;
    this.defaults = new Map(parameters.map(({ name, defaultValue }) => [name, defaultValue]));
  }

  /** The number that a node is in every run; undefined where it depends on parameters or bars. */
  constantOf(node: number): number | undefined {
    return this.numberOf(node, this.constants, () => undefined);
  }

  /** The number that a node is where parameters have their defaults; undefined where it depends on bars. */
  byDefault(node: number): number | undefined {
    return this.numberOf(node, this.withDefaults, (parameter) => this.defaults.get(parameter));
  }

  /** Nodes are in the order in which they can be computed. */
  private numberOf(
    node: number,
    known: (number | undefined)[],
    valueOf: (parameter: string) => number | undefined,
  ): number | undefined {
    while (known.length <= node) {
      const { op, constant, name, inputs } = this.graph.nodes[known.length];
      if (op === 'parameter') known.push(valueOf(name!));
      else if (Object.hasOwn(OPERATIONS, op)) {
        const values = inputs.flatMap((input) => known[input] ?? []);
        const [a, b = NaN] = values;
        known.push(values.length === inputs.length ? OPERATIONS[op](a, b) : undefined);
      } else known.push(constant);
    }
    return known[node];
  }
}
