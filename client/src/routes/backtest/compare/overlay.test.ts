import { expect, it } from 'vitest';
import { overlaid } from './overlay.ts';

it('puts two courses on one time line', () => {
  const result = overlaid(
    { times: Float64Array.of(1, 3), equity: Float64Array.of(10, 20) },
    { times: Float64Array.of(2, 3), equity: Float64Array.of(5, 4) },
  );
  expect([...result.times]).toEqual([1, 2, 3]);
  expect([...result.a]).toEqual([1, 1, 2]);
  expect([...result.b]).toEqual([NaN, 1, 0.8]);
});
