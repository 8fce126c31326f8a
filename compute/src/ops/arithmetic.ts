import { defineOp, series } from './define.ts';

/** Element by element; NaN in gives NaN out, but min and max of a and NaN are a. Division by zero gives NaN, never infinity. */
export const arithmetic = [
  defineOp({ name: 'add', summary: 'a + b', inputs: [series('a'), series('b')] }),
  defineOp({ name: 'subtract', summary: 'a - b', inputs: [series('a'), series('b')] }),
  defineOp({ name: 'multiply', summary: 'a * b', inputs: [series('a'), series('b')] }),
  defineOp({ name: 'divide', summary: 'a / b; NaN where b is 0', inputs: [series('a'), series('b')] }),
  defineOp({ name: 'negate', summary: '-a', inputs: [series('a')] }),
  defineOp({ name: 'abs', summary: 'The magnitude of a.', inputs: [series('a')] }),
  defineOp({ name: 'sqrt', summary: 'The square root of a; NaN below 0.', inputs: [series('a')] }),
  defineOp({ name: 'log', summary: 'The natural logarithm of a; NaN at or below 0.', inputs: [series('a')] }),
  defineOp({ name: 'min', summary: 'The smaller of a and b.', inputs: [series('a'), series('b')] }),
  defineOp({ name: 'max', summary: 'The larger of a and b.', inputs: [series('a'), series('b')] }),
];
