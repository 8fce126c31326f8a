import { choose, f64, type F64, type I32, i32, load, v128, type V128 } from './builder.ts';
import type { SeriesExpression } from './slots.ts';

/** Where an expression's leaves are found: the address of a slot's row, and a slot's number. */
export interface Leaves {
  readonly row: (slot: number) => I32;
  readonly scalar: (slot: number) => F64;
}

/** The expression at one bar, with the reference's meaning of each operation; `offset` is the bar's place in a row, in bytes. */
export function emitScalar(expression: SeriesExpression, leaves: Leaves, offset: I32): F64 {
  if (expression.kind === 'constant') return f64.of(expression.value);
  if (expression.kind === 'scalar') return leaves.scalar(expression.slot);
  if (expression.kind === 'row') return load('f64', i32.add(leaves.row(expression.slot), offset));
  const [a, b] = expression.inputs.map((input) => emitScalar(input, leaves, offset));
  switch (expression.op) {
    case 'add':
      return f64.add(a, b);
    case 'subtract':
      return f64.subtract(a, b);
    case 'multiply':
      return f64.multiply(a, b);
    case 'divide':
      return choose(f64.equal(b, 0), f64.of(NaN), f64.divide(a, b));
    case 'min':
      return choose(f64.less(b, a), b, a);
    case 'max':
      return choose(f64.less(a, b), b, a);
    case 'negate':
      return f64.negate(a);
    case 'abs':
      return f64.abs(a);
    case 'sqrt':
      return f64.sqrt(a);
    default:
      throw new Error(`expected an operation that kernels fuse, was ${expression.op}`);
  }
}

/** The expression at two neighbouring bars; `displacement` is added to the offset, in bytes. */
export function emitPair(
  expression: SeriesExpression,
  leaves: Leaves,
  offset: I32,
  displacement: number,
): V128 {
  if (expression.kind === 'constant') return v128.of(expression.value);
  if (expression.kind === 'scalar') return v128.splat(leaves.scalar(expression.slot));
  if (expression.kind === 'row') {
    return load('v128', i32.add(leaves.row(expression.slot), offset), displacement);
  }
  const [a, b] = expression.inputs.map((input) => emitPair(input, leaves, offset, displacement));
  switch (expression.op) {
    case 'add':
      return v128.add(a, b);
    case 'subtract':
      return v128.subtract(a, b);
    case 'multiply':
      return v128.multiply(a, b);
    case 'divide':
      return v128.select(v128.equal(b, 0), v128.of(NaN), v128.divide(a, b));
    case 'min':
      return v128.lesser(a, b);
    case 'max':
      return v128.larger(a, b);
    case 'negate':
      return v128.negate(a);
    case 'abs':
      return v128.abs(a);
    case 'sqrt':
      return v128.sqrt(a);
    default:
      throw new Error(`expected an operation that kernels fuse, was ${expression.op}`);
  }
}
