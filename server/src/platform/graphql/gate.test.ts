import { buildSchema, getIntrospectionQuery, getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { checkLimits } from './gate.ts';

const schema = buildSchema(`
  type Query { things(first: Int!): Connection! child: Thing }
  type Connection { nodes: [Thing!]! edges: [Edge!]! }
  type Edge { node: Thing! }
  type Thing { id: ID! child: Thing parts: [Thing!]! bars(maxPoints: Int): Bars! }
  type Bars { close: String! }
`);

function check(text: string, variables: Record<string, unknown> = {}): string | undefined {
  const document = parse(text);
  return checkLimits(schema, document, getOperationAST(document)!, variables)?.message;
}

const nested = (levels: number) => 'child { '.repeat(levels - 1) + 'id' + ' }'.repeat(levels - 1);

describe('the limits of an operation', () => {
  it('allows 14 levels and no more', () => {
    expect(check(`{ ${nested(14)} }`)).toBeUndefined();
    expect(check(`{ ${nested(15)} }`)).toBe('expected at most 14 levels of fields, was more');
  });

  it('counts levels through fragments', () => {
    const query = `{ ...A } fragment A on Query { child { ...B } } fragment B on Thing { ${nested(14)} }`;
    expect(check(query)).toBe('expected at most 14 levels of fields, was more');
  });

  it('allows 20 aliases and no more, of introspection too', () => {
    const aliases = (count: number) =>
      Array.from({ length: count }, (_, index) => `a${index}: __typename`).join(' ');
    expect(check(`{ ${aliases(20)} }`)).toBeUndefined();
    expect(check(`{ ${aliases(21)} }`)).toBe('expected at most 20 aliases in an operation, was more');
  });

  it('allows 10 directives and no more', () => {
    const many = (count: number) => `{ child { ${'id @include(if: true) '.repeat(count)} } }`;
    expect(check(many(10))).toBeUndefined();
    expect(check(many(11))).toBe('expected at most 10 directives in an operation, was more');
  });

  it('counts what fragments expand to, without expanding all of it', () => {
    const bomb = Array.from(
      { length: 30 },
      (_, n) => `fragment F${n} on Thing { ...F${n + 1} ...F${n + 1} }`,
    ).join('\n');
    expect(check(`{ child { ...F0 } } ${bomb} fragment F30 on Thing { id }`)).toBe(
      'expected at most 1000 fields in an operation, was more',
    );
  });

  it('counts a page by its size, given as a variable too', () => {
    const query = 'query ($first: Int!) { things(first: $first) { nodes { parts { parts { id } } } } }';
    // 1 + f + f (parts) + 10f (parts) + 100f (id)
    expect(check(query, { first: 100 })).toBeUndefined();
    expect(check(query, { first: 224 })).toMatch(/^expected a cost of at most 25000, was more/);
  });

  it('counts the points of series', () => {
    expect(check('{ things(first: 10) { nodes { bars { close } } } }')).toBeUndefined();
    expect(check('{ things(first: 100) { nodes { bars { close } } } }')).toMatch(/^expected a cost/);
    expect(check('{ things(first: 100) { nodes { bars(maxPoints: 2000) { close } } } }')).toBeUndefined();
  });

  it('lets tools read the schema', () => {
    expect(
      check(
        getIntrospectionQuery({
          inputValueDeprecation: true,
          directiveIsRepeatable: true,
          specifiedByUrl: true,
        }),
      ),
    ).toBeUndefined();
  });

  it('bounds introspection that goes round in circles', () => {
    const circle = 'type { fields { '.repeat(12) + 'name' + ' } }'.repeat(12);
    expect(check(`{ __schema { types { fields { ${circle} } } } }`)).toBe(
      'expected at most 20 levels of fields, was more',
    );
  });

  it('leaves variables that do not fit to execution', () => {
    expect(
      check('query ($first: Int!) { things(first: $first) { nodes { id } } }', { first: 'x' }),
    ).toBeUndefined();
  });
});
