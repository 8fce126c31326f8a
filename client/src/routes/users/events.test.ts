import { expect, it } from 'vitest';
import { accessFilter, eventText } from './events.ts';

const ALL = { kind: '', search: '', from: '', to: '' };
const NONE = { kinds: null, search: null, from: null, to: null };

it.each([
  [{}, NONE],
  [{ kind: 'LOGIN_FAILED' }, { ...NONE, kinds: ['LOGIN_FAILED'] }],
  [{ search: ' ada ' }, { ...NONE, search: 'ada' }],
  [
    { from: '2026-01-02', to: '2026-01-03' },
    { ...NONE, from: '2026-01-02', to: '2026-01-03T23:59:59.999Z' },
  ],
])('lines chosen by %j are asked for', (choice, filter) => {
  expect(accessFilter({ ...ALL, ...choice })).toEqual(filter);
});

it('has words for what happened, known or not', () => {
  expect(eventText('LOGIN_FAILED')).toBe('failed to log in');
  expect(eventText('SOME_THING')).toBe('some thing');
});
