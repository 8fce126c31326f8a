import { expect, it } from 'vitest';
import { auditFilter, isOfTransaction } from './audit.ts';

it('asks for what is chosen, a last day until its end', () => {
  expect(auditFilter({ action: '', actor: ' ', from: '', to: '' })).toEqual({
    actions: null,
    actor: null,
    from: null,
    to: null,
  });
  expect(auditFilter({ action: 'VOID', actor: ' anna ', from: '2024-01-02', to: '2024-01-03' })).toEqual({
    actions: ['VOID'],
    actor: 'anna',
    from: '2024-01-02',
    to: '2024-01-03T23:59:59.999Z',
  });
});

it('links to transactions alone', () => {
  expect(isOfTransaction('REPLACE')).toBe(true);
  expect(isOfTransaction('SET_TAGS')).toBe(false);
});
