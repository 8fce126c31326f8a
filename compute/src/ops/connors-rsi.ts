import { defineOp, length } from './define.ts';

/** Connors' RSI, 0 to 100: the mean of the rsi, the rsi of the streak and the rank of the last return. */
export const connorsRsi = defineOp({
  name: 'connors_rsi',
  group: 'oscillators',
  summary:
    "Connors' RSI, 0 to 100: the mean of the rsi, the rsi of the streak and the rank of the last return.",
  inputs: [length(3), length(2, 'streak_length'), length(100, 'rank_length')],
  compose: (apply, [bars, streakBars, rankBars], graph) => {
    const close = graph.price('close');
    const streak = apply('rsi', apply('streak', close), streakBars);
    const rank = apply(
      'multiply',
      graph.constant(100),
      apply('percent_rank', apply('roc', close, graph.constant(1)), rankBars),
    );
    return apply(
      'divide',
      apply('add', apply('add', apply('rsi', close, bars), streak), rank),
      graph.constant(3),
    );
  },
});
