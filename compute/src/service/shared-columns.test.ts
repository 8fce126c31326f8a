import { describe, expect, it } from 'vitest';
import { SharedColumns } from './shared-columns.ts';

describe('columns in shared memory', () => {
  it('are copied once as long as their bytes are the same', () => {
    const shared = new SharedColumns();
    const column = Float64Array.of(1, 2, 3).subarray(1);
    const copy = shared.of(column);
    expect(copy.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect([...copy]).toEqual([2, 3]);
    expect(shared.of(column)).toBe(copy);
  });

  it.each([
    ['a value', 4],
    ['the sign of a zero', -0],
    ['what is missing', NaN],
  ])('are copied again after %s has changed, and who has the copy before keeps it', (_, value) => {
    const shared = new SharedColumns();
    const column = Float64Array.of(1, 0);
    const before = shared.of(column);
    column[1] = value;
    const after = shared.of(column);
    expect([...before]).toEqual([1, 0]);
    expect([...after]).toEqual([1, value]);
    expect(shared.of(column)).toBe(after);
  });

  it('are not copied where they lie there already', () => {
    const column = new Float64Array(new SharedArrayBuffer(16));
    expect(new SharedColumns().of(column)).toBe(column);
  });
});
