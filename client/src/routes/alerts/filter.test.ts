import { expect, it } from 'vitest';
import { ALL_ALERTS, alertFilter } from './filter.ts';

const NONE = { kinds: null, ruleId: null, isSeen: null, from: null, to: null };

it.each([
  [{}, NONE],
  [{ kind: 'DRAWDOWN' }, { ...NONE, kinds: ['DRAWDOWN'] }],
  [{ ruleId: 'rul_1' }, { ...NONE, ruleId: 'rul_1' }],
  [{ seen: 'SEEN' }, { ...NONE, isSeen: true }],
  [{ seen: 'UNSEEN' }, { ...NONE, isSeen: false }],
  [
    { from: '2026-01-02', to: '2026-01-03' },
    { ...NONE, from: '2026-01-02', to: '2026-01-03T23:59:59.999Z' },
  ],
] as const)('alerts chosen by %j are asked for', (choice, filter) => {
  expect(alertFilter({ ...ALL_ALERTS, ...choice })).toEqual(filter);
});
