import { describe, expect, it } from 'vitest';
import { ColumnStore } from './server-columns.ts';

describe('kept columns', () => {
  it('stay within their bytes, the least recently used going first', () => {
    const store = new ColumnStore(100);
    store.keep('a', new SharedArrayBuffer(40));
    store.keep('b', new SharedArrayBuffer(40));
    store.get('a');
    store.keep('c', new SharedArrayBuffer(40));
    const held = ['a', 'b', 'c'].map((hash) => store.get(hash)?.byteLength);
    expect(held).toEqual([40, undefined, 40]);
  });

  it('do not keep what is larger than the whole, and count a column once', () => {
    const store = new ColumnStore(100);
    store.keep('a', new SharedArrayBuffer(60));
    store.keep('a', new SharedArrayBuffer(60));
    store.keep('b', new SharedArrayBuffer(101));
    expect([store.get('a')?.byteLength, store.get('b')]).toEqual([60, undefined]);
  });
});
