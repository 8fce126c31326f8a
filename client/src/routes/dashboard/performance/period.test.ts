import { expect, it } from 'vitest';
import { periodInput } from './period.ts';

it('sends a usual period, or dates of which the last counts until its end', () => {
  expect(periodInput({ preset: 'ONE_YEAR', from: '2024-01-01', to: '' })).toEqual({
    preset: 'ONE_YEAR',
    from: null,
    to: null,
  });
  expect(periodInput({ preset: null, from: '', to: '2024-02-29' })).toEqual({
    preset: null,
    from: null,
    to: '2024-03-01T00:00:00.000Z',
  });
});
