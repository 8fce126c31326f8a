import type { GraphBuilder } from '../../ir/graph.ts';
import type { ApplyOp } from '../define.ts';

/** The middle between the highest high and the lowest low of the window. */
export function rangeMiddle(apply: ApplyOp, bars: number, graph: GraphBuilder): number {
  const highest = apply('highest', graph.price('high'), bars);
  return apply('divide', apply('add', highest, apply('lowest', graph.price('low'), bars)), graph.constant(2));
}
