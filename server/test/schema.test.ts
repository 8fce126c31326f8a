import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../src/config.ts';
import { WHOLE_LISTS } from './whole-lists.ts';
import { createSchema, printSorted } from '../src/schema.ts';

/** Every element of a schema by its place, e.g. `Query.portfolio(id)`, with its description. */
function* elements(
  schema: GraphQLSchema,
): Generator<[place: string, description: string | null | undefined]> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || isSpecifiedScalarType(type)) continue;
    if (!['Query', 'Mutation', 'Subscription'].includes(type.name)) yield [type.name, type.description];
    if (isEnumType(type))
      for (const value of type.getValues()) yield [`${type.name}.${value.name}`, value.description];
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      yield [`${type.name}.${field.name}`, field.description];
      if ('args' in field)
        for (const argument of field.args)
          yield [`${type.name}.${field.name}(${argument.name})`, argument.description];
    }
  }
}

describe('the schema', () => {
  let schema: GraphQLSchema;
  beforeAll(async () => {
    schema = await createSchema();
  });

  it('is the one in schema.graphql (after a change: npm run schema)', () => {
    expect(readFileSync(resolve(ROOT, 'schema.graphql'), 'utf8')).toBe(printSorted(schema));
  });

  it('describes every type, field, argument and value', () => {
    const bare = [...elements(schema)]
      .filter(([, description]) => !description?.trim())
      .map(([place]) => place);
    expect(bare).toEqual([]);
  });

  it('describes in sentences that end', () => {
    const open = [...elements(schema)]
      .filter(([, description]) => !/[.!?)]$/.test(description ?? ''))
      .map(([place]) => place);
    expect(open).toEqual([]);
  });

  it('lets every mutation answer with the errors of its user', () => {
    const fields = Object.values(schema.getMutationType()!.getFields());
    const without = fields.filter((field) => {
      const type = schema.getType(String(field.type).replace(/!$/, ''));
      return !isObjectType(type) || String(type.getFields().errors?.type) !== '[UserError!]!';
    });
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  it('gives long lists by pages, and says of every other list what bounds it', () => {
    const isPartOfPage = (type: string, field: string) =>
      (type.endsWith('Connection') && (field === 'edges' || field === 'nodes')) ||
      (type.endsWith('Payload') && field === 'errors');
    const whole = Object.values(schema.getTypeMap()).flatMap((type) =>
      isObjectType(type) && !type.name.startsWith('__')
        ? Object.values(type.getFields())
            .filter((field) => String(field.type).startsWith('[') && isObjectType(getNamedType(field.type)))
            .filter((field) => !isPartOfPage(type.name, field.name))
            .map((field) => `${type.name}.${field.name}`)
        : [],
    );
    expect(whole.toSorted()).toEqual(Object.keys(WHOLE_LISTS).toSorted());
  });

  it('lets nobody reach the amounts of a portfolio through what a public link shows', () => {
    const reached = new Set<string>();
    const visit = (name: string): void => {
      const type = schema.getType(name);
      if (reached.has(name) || (!isObjectType(type) && !isInterfaceType(type))) return;
      reached.add(name);
      for (const field of Object.values(type.getFields())) visit(getNamedType(field.type).name);
    };
    visit('SharedPortfolio');
    expect(reached).toContain('SharedPortfolio');
    const withAmounts = [
      'Portfolio',
      'Valuation',
      'Position',
      'PerformanceReport',
      'Explanation',
      'AmountExplanation',
    ];
    expect(withAmounts.filter((name) => !schema.getType(name))).toEqual([]);
    expect(withAmounts.filter((name) => reached.has(name))).toEqual([]);
  });

  it('asks for the size of every page, but of what one portfolio holds and where', () => {
    const connections = Object.values(schema.getTypeMap())
      .filter((type) => isObjectType(type) || isInterfaceType(type))
      .flatMap((type) => Object.values(type.getFields()))
      .filter((field) => String(field.type).endsWith('Connection!'));
    expect(connections.length).toBeGreaterThan(0);
    expect(
      connections
        .filter((field) => String(field.args.find(({ name }) => name === 'first')?.type) !== 'Int!')
        .map(({ name }) => name),
    ).toEqual(['positions', 'accounts']);
  });
});
