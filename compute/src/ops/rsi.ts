import { defineOp, length, series } from './define.ts';

/** Wilder's relative strength index, 0 to 100; 50 where nothing moved. */
export const rsi = defineOp({
  name: 'rsi',
  group: 'oscillators',
  summary: "Wilder's relative strength index, 0 to 100; 50 where nothing moved.",
  inputs: [series('source'), length(14)],
  warmUp: ([bars]) => bars,
});
