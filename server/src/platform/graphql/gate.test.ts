import { buildSchema, getIntrospectionQuery, getOperationAST, GraphQLError, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { checkLimits, type Checked } from './gate.ts';

const schema = buildSchema(`
  type Query { things(first: Int!): Connection! child: Thing }
  type Connection { nodes: [Thing!]! edges: [Edge!]! }
  type Edge { node: Thing! }
  type Thing { id: ID! child: Thing parts: [Thing!]! bars(maxPoints: Int): Bars! }
  type Bars { close: String! }
`);

function look(text: string, variables: Record<string, unknown> = {}): Checked | GraphQLError {
  const document = parse(text);
  return checkLimits(schema, document, getOperationAST(document)!, variables);
}

function check(text: string, variables: Record<string, unknown> = {}): string | undefined {
  const checked = look(text, variables);
  return checked instanceof GraphQLError ? checked.message : undefined;
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
      'expected at most 400 fields in an operation, was more',
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

  it('tells what an operation costs, by the variables of each time it is asked', () => {
    const document = parse(
      'query ($n: Int! = 3, $p: Int) { things(first: $n) { nodes { id bars(maxPoints: $p) { close } } } }',
    );
    const operation = getOperationAST(document)!;
    const costOf = (variables: object) =>
      (checkLimits(schema, document, operation, { ...variables }) as Checked).cost;
    // 1 + n (nodes) + n (id) + n (1 + p / 100) + n (close); without points as many as there may be.
    expect([
      costOf({ p: 100 }),
      costOf({ n: 10, p: 250 }),
      costOf({ n: 1 }),
      costOf({ n: 1, p: null }),
      costOf({ n: 10, p: 250 }),
    ]).toEqual([1 + 3 * 5, 1 + 10 * 7, 1 + 2_004, 1 + 2_004, 1 + 10 * 7]);
    expect(costOf({ n: -5, p: 100 })).toBe(2 + 4);
    expect(checkLimits(schema, document, operation, { n: 100 })).toBeInstanceOf(GraphQLError);
    expect(costOf({ n: 1, p: 100 })).toBe(1 + 5);
  });

  it('counts what a field declares of itself', () => {
    const heavy = buildSchema('type Query { heavy: Int light: Int }');
    Object.assign(heavy.getQueryType()!.getFields().heavy, { extensions: { complexity: 500 } });
    const document = parse('{ heavy light }');
    expect(checkLimits(heavy, document, getOperationAST(document)!, {})).toEqual({
      cost: 501,
      isIntrospection: false,
    });
  });

  it('tells whether the schema is read', () => {
    expect(look('{ __typename child { __typename } }')).toEqual({ cost: 1, isIntrospection: false });
    expect(look('{ __schema { types { name } } }')).toEqual({ cost: 0, isIntrospection: true });
    expect(look('{ __type(name: "Thing") { name } }')).toEqual({ cost: 0, isIntrospection: true });
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
