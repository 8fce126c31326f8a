import { defineOp, scalar } from './define.ts';

/** Wilder's parabolic stop and reverse; the trend is up while it is below the low. */
export const parabolicSar = defineOp({
  name: 'parabolic_sar',
  group: 'trend',
  summary: "Wilder's parabolic stop and reverse; the trend is up while it is below the low.",
  inputs: [scalar('step', 0.02), scalar('maximum', 0.2)],
  compose: (apply, [step, maximum], graph) =>
    apply('parabolic_stop', graph.price('high'), graph.price('low'), step, maximum),
});
