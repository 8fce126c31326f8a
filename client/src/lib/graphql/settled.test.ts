import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Settled } from './settled.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('does the first at once and of those that follow each other the last', () => {
  const done: string[] = [];
  const settled = new Settled(200);
  settled.want(() => done.push('first'));
  vi.advanceTimersByTime(0);
  expect(done).toEqual(['first']);
  settled.want(() => done.push('second'));
  vi.advanceTimersByTime(199);
  settled.want(() => done.push('third'));
  vi.advanceTimersByTime(199);
  expect(done).toEqual(['first']);
  vi.advanceTimersByTime(1);
  expect(done).toEqual(['first', 'third']);
});
