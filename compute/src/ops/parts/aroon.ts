import type { GraphBuilder } from '../../ir/graph.ts';
import type { ApplyOp } from '../define.ts';

/** 100 (n - bars since the extreme of n + 1 bars) / n; the newest of equal extremes counts, as in TA-Lib. */
export function aroon(
  apply: ApplyOp,
  bars: number,
  graph: GraphBuilder,
  since: 'bars_since_highest' | 'bars_since_lowest',
): number {
  const price = graph.price(since === 'bars_since_highest' ? 'high' : 'low');
  const ago = apply(since, price, apply('add', bars, graph.constant(1)));
  return apply('multiply', graph.constant(100), apply('divide', apply('subtract', bars, ago), bars));
}
