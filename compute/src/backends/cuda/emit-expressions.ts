import type { SeriesExpression } from '../wasm/slots.ts';
import type { SlotPlaces } from './emit-state.ts';
import type { Comparison, Operand, PtxWriter } from './ptx.ts';

/** The expression on the bar `barsBefore` the current one, with the reference's meaning of each operation. */
export function emitSeries(
  p: PtxWriter,
  expression: SeriesExpression,
  places: SlotPlaces,
  barsBefore = 0,
): Operand<'f64'> {
  if (expression.kind === 'constant') return expression.value;
  if (expression.kind === 'scalar') return places.numbers[expression.slot]!;
  if (expression.kind === 'row') {
    const { slot } = expression;
    const current = places.current[slot];
    if (barsBefore === 0 && current) return current;
    return p.load('f64', places.addresses[slot]!, -barsBefore * places.strides[slot]);
  }
  const [a, b] = expression.inputs.map((input) => emitSeries(p, input, places, barsBefore));
  switch (expression.op) {
    case 'add':
      return p.add('f64', a, b);
    case 'subtract':
      return p.subtract('f64', a, b);
    case 'multiply':
      return p.multiply(a, b);
    case 'divide':
      return p.choose(p.compare('eq', 'f64', b, 0), NaN, p.divide(a, b));
    case 'min':
      return p.choose(p.compare('lt', 'f64', b, a), b, a);
    case 'max':
      return p.choose(p.compare('lt', 'f64', a, b), b, a);
    case 'negate':
    case 'abs':
    case 'sqrt':
      return p.apply(expression.op, a);
    default:
      throw new Error(`expected an operation that kernels fuse, was ${expression.op}`);
  }
}

/** The rows that an expression reads. */
export function rowsOf(expression: SeriesExpression): number[] {
  if (expression.kind === 'row') return [expression.slot];
  return expression.kind === 'operation' ? expression.inputs.flatMap(rowsOf) : [];
}

/** The slots that a series reads. */
export function slotsOf(series: SeriesExpression): readonly number[] {
  if (series.kind === 'operation') return series.inputs.flatMap(slotsOf);
  return series.kind === 'constant' ? [] : [series.slot];
}

/** How an instruction compares, by the operation; crossings have two. */
export const COMPARED: Readonly<Record<string, Comparison>> = {
  less: 'lt',
  less_equal: 'le',
  greater: 'gt',
  greater_equal: 'ge',
  equal: 'eq',
  not_equal: 'ne',
};
