import type { Kernel } from '../kernel.ts';
import { mapPair, mapSeries, truthPair } from '../kernel.ts';

/** Arithmetic, comparison and logic, element by element. Min and max are `a < b ? b : a` in every backend. */
export const elementwise: Readonly<Record<string, Kernel>> = {
  add: mapPair((a, b) => a + b),
  subtract: mapPair((a, b) => a - b),
  multiply: mapPair((a, b) => a * b),
  divide: mapPair((a, b) => (b === 0 ? NaN : a / b)),
  min: mapPair((a, b) => (b < a ? b : a)),
  max: mapPair((a, b) => (a < b ? b : a)),
  negate: mapSeries((a) => -a),
  abs: mapSeries((a) => (a < 0 ? -a : a)),
  sqrt: mapSeries(Math.sqrt),
  log: mapSeries((a) => (a > 0 ? Math.log(a) : NaN)),
  whole: mapSeries(Math.trunc),
  less: truthPair((a, b) => a < b),
  less_equal: truthPair((a, b) => a <= b),
  greater: truthPair((a, b) => a > b),
  greater_equal: truthPair((a, b) => a >= b),
  equal: truthPair((a, b) => a === b),
  not_equal: truthPair((a, b) => a < b || a > b),
  and: truthPair((a, b) => a !== 0 && b !== 0),
  or: truthPair((a, b) => a !== 0 || b !== 0),
  not: ({ length, series }) => {
    const a = series(0);
    const out = new Float64Array(length);
    for (let t = 0; t < length; t += 1) out[t] = a[t] === 0 ? 1 : 0;
    return out;
  },
  crosses_above: crossing((beforeA, beforeB, a, b) => beforeA <= beforeB && a > b),
  crosses_below: crossing((beforeA, beforeB, a, b) => beforeA >= beforeB && a < b),
  choose: ({ length, series }) => {
    const [condition, a, b] = [series(0), series(1), series(2)];
    const out = new Float64Array(length);
    for (let t = 0; t < length; t += 1) out[t] = condition[t] !== 0 ? a[t] : b[t];
    return out;
  },
  bars_since: ({ length, series }) => {
    const condition = series(0);
    const out = new Float64Array(length);
    let since = NaN;
    for (let t = 0; t < length; t += 1) {
      since = condition[t] !== 0 ? 0 : since + 1;
      out[t] = since;
    }
    return out;
  },
};

function crossing(crosses: (beforeA: number, beforeB: number, a: number, b: number) => boolean): Kernel {
  return ({ length, series }) => {
    const [a, b] = [series(0), series(1)];
    const out = new Float64Array(length);
    for (let t = 1; t < length; t += 1) out[t] = crosses(a[t - 1], b[t - 1], a[t], b[t]) ? 1 : 0;
    return out;
  };
}
