import { expect, it } from 'vitest';
import { MEASURES, measureInput, returnBy } from './measure.ts';

const row = {
  timeWeighted: 0.1,
  moneyWeighted: { value: 0.2, reason: null },
  modifiedDietz: { value: 0.3, reason: null },
  simple: { value: null, reason: 'expected capital above 0, was 0' },
};

it('gives the return in each way, or why there is none', () => {
  expect(MEASURES.map(([measure]) => returnBy(measure, row))).toEqual([
    { value: 0.1, reason: null },
    { value: 0.2, reason: null },
    { value: 0.3, reason: null },
    { value: null, reason: 'expected capital above 0, was 0' },
  ]);
  expect(returnBy('simple', { timeWeighted: 0.1 })).toEqual({ value: null, reason: null });
});

it('asks for the chosen way alone', () => {
  expect(MEASURES.map(([measure]) => Object.values(measureInput(measure)))).toEqual([
    [false, false, false],
    [true, false, false],
    [false, true, false],
    [false, false, true],
  ]);
});
