import type { GraphBuilder } from '../../ir/graph.ts';
import type { ApplyOp } from '../define.ts';

/** The ema of the close moved by so many average true ranges; `side` is add or subtract. */
export function keltner(
  apply: ApplyOp,
  [bars, multiple, atrBars]: readonly number[],
  graph: GraphBuilder,
  side: 'add' | 'subtract',
): number {
  const middle = apply('ema', graph.price('close'), bars);
  return apply(side, middle, apply('multiply', multiple, apply('atr', atrBars)));
}
