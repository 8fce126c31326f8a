import { expect, it } from 'vitest';
import { progressLine, report } from './report.ts';

const state = {
  status: 'SUCCEEDED',
  progress: 0.5,
  dryRun: false,
  errorMessage: null,
  rowsRead: 10,
  rowsImported: 7,
  rowsDuplicate: 1,
  rowsRejected: 2,
  problems: [{ line: 3, reason: 'expected a price above 0, was -1' }],
};

it('draws how far it is', () => {
  expect(progressLine(state)).toBe('[###############...............] 50%  10 lines');
});

it('says what came of it and lists bad lines', () => {
  expect(report(state)).toBe(
    '7 lines imported, 1 there already, 2 cannot be used.\n  line 3: expected a price above 0, was -1\n  and 1 more',
  );
  expect(report({ ...state, dryRun: true })).toContain('7 lines would be imported');
  expect(report({ ...state, status: 'FAILED', errorMessage: 'no' })).toContain('no');
});
