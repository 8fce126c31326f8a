import { arithmetic } from './arithmetic.ts';
import { averages } from './averages.ts';
import { defineOp, length, series, type OpDefinition } from './define.ts';
import { logic } from './logic.ts';
import { oscillators } from './oscillators.ts';
import { rolling } from './rolling.ts';
import { volatility } from './volatility.ts';

/** The source with its first `length` values left out: where a change needs an earlier bar to be known. */
const after = defineOp({
  name: 'after',
  summary: 'The source from bar `length` on.',
  inputs: [series('source'), length()],
  warmUp: ([bars]) => bars,
});

/** Every operation by its name. */
export const ops: ReadonlyMap<string, OpDefinition> = new Map(
  [...arithmetic, ...logic, ...rolling, ...averages, ...oscillators, ...volatility, after].map((op) => [
    op.name,
    op,
  ]),
);
