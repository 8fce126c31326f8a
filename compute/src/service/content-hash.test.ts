import { describe, expect, it } from 'vitest';
import { contentHash } from './content-hash.ts';

describe('the hash of a content', () => {
  it('is that of an equal one, whatever the order of its keys', () => {
    const one = { strategy: 'a', axes: [Float64Array.of(1, 2)], seed: 0 };
    const other = { seed: 0, axes: [Float64Array.of(1, 2)], strategy: 'a' };
    expect(contentHash(one)).toBe(contentHash(other));
  });

  it.each<[string, unknown, unknown]>([
    ['texts that go on as another key does', { a: 'x;b:string y' }, { a: 'x', b: 'y' }],
    ['texts that hold what separates values', ['a;string 1 b'], ['a', 'b']],
    ['keys inside and outside', { a: { b: 1 }, c: 2 }, { a: { b: 1, c: 2 } }],
    ['keys that hold a value', { 'a:number 1 1;b': 2 }, { a: 1, b: 2 }],
    ['empty lists and objects', { a: [] }, { a: {} }],
    ['0 and -0', { a: 0 }, { a: -0 }],
    ['a number and its text', { a: 1 }, { a: '1' }],
    ['null and its text', { a: null }, { a: 'null' }],
    ['columns of other numbers', Float64Array.of(1), Float64Array.of(2)],
    ['columns of the same bytes', new Float64Array(1), new Uint8Array(8)],
  ])('tells %s apart', (_, one, other) => {
    expect(contentHash(one)).not.toBe(contentHash(other));
  });
});
