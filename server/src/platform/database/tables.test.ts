import { describe, expect, it } from 'vitest';
import { inReferenceOrder, type Table } from './tables.ts';

const table = (name: string, ...references: string[]): Table => ({
  name,
  columns: [],
  serials: [],
  references,
});

describe('inReferenceOrder', () => {
  it('puts what a table refers to before it', () => {
    const ordered = inReferenceOrder([
      table('fill', 'account', 'instrument'),
      table('account', 'portfolio'),
      table('portfolio', 'instrument'),
      table('instrument'),
    ]);
    expect(ordered.map(({ name }) => name)).toEqual(['instrument', 'portfolio', 'account', 'fill']);
  });

  it('names tables that refer to each other in a circle', () => {
    expect(() => inReferenceOrder([table('free'), table('a', 'b'), table('b', 'a')])).toThrow(
      'expected tables that do not refer to each other in a circle, was a, b',
    );
  });
});
