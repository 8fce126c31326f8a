import { expect, it } from 'vitest';
import { decodeColumn } from './decode.ts';

it('decodes a column of doubles to the last bit', () => {
  const values = [0.1, -1e300, NaN, Infinity, 1_700_000_000_000, 5e-324];
  const text = Buffer.from(Float64Array.from(values).buffer).toString('base64');
  expect([...decodeColumn(text)]).toEqual(values);
  expect(decodeColumn('')).toHaveLength(0);
});
