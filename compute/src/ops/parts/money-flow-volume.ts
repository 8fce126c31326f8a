import type { GraphBuilder } from '../../ir/graph.ts';
import type { ApplyOp } from '../define.ts';

/** Volume times where the close lies in the bar, -1 at the low to 1 at the high; 0 for a bar without range. */
export function moneyFlowVolume(apply: ApplyOp, graph: GraphBuilder): number {
  const [high, low, close] = [graph.price('high'), graph.price('low'), graph.price('close')];
  const inside = apply('subtract', apply('subtract', close, low), apply('subtract', high, close));
  const place = apply('divide', inside, apply('subtract', high, low));
  const flow = apply('multiply', place, graph.price('volume'));
  return apply('choose', apply('greater', high, low), flow, graph.constant(0));
}
