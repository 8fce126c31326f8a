import type { GraphBuilder } from '../../ir/graph.ts';
import type { ApplyOp } from '../define.ts';

/** Wilder's directional indicator of one side: averaged movement over average true range, in percent. */
export function directional(apply: ApplyOp, bars: number, graph: GraphBuilder, positive: boolean): number {
  const one = graph.constant(1);
  const zero = graph.constant(0);
  const up = apply('change', graph.price('high'), one);
  const down = apply('negate', apply('change', graph.price('low'), one));
  const [mine, other] = positive ? [up, down] : [down, up];
  const counts = apply('and', apply('greater', mine, other), apply('greater', mine, zero));
  const moved = apply('rma', apply('after', apply('choose', counts, mine, zero), one), bars);
  return apply('multiply', graph.constant(100), apply('divide', moved, apply('atr', bars)));
}
