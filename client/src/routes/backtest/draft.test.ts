import { expect, it } from 'vitest';
import { axisCount, problemOf, suggestedAxes } from './draft.ts';

it('counts the values of an axis, ends included', () => {
  expect(axisCount({ parameter: 'a', from: 0, to: 1, step: 0.1 })).toBe(11);
  expect(axisCount({ parameter: 'a', from: 5, to: 4, step: 1 })).toBe(0);
  expect(axisCount({ parameter: 'a', from: 1, to: 4, step: 0 })).toBe(0);
});

it('suggests the first two parameters', () => {
  const parameter = { name: 'fast', description: '', defaultValue: 2, minimum: 1, maximum: 3, step: 1 };
  expect(suggestedAxes([parameter])).toEqual([{ parameter: 'fast', from: 1, to: 3, step: 1 }]);
});

it('finds the message of a field', () => {
  expect(problemOf([{ message: 'no', path: ['input', 'symbol'] }], 'symbol')).toBe('no');
  expect(problemOf([{ message: 'no' }], 'symbol')).toBeUndefined();
});
