import {
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { newKey } from './create-test-app.ts';

/** One operation of the API, made from the schema. */
export interface Operation {
  readonly field: string;
  readonly document: string;
  readonly variables: Record<string, unknown>;
}

type Kind = 'query' | 'mutation' | 'subscription';
type Field = GraphQLField<unknown, any>;

const SAMPLES: Readonly<Record<string, unknown>> = {
  ID: 'x',
  String: 'x',
  Int: 50,
  Float: 1,
  Boolean: false,
  Decimal: '1',
  Currency: 'USD',
  DateTime: '2024-01-02',
};
const DEPTH = 2;

/** The fields of a root type. */
export function rootFields(schema: GraphQLSchema, kind: Kind): Field[] {
  const types = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  };
  return Object.values(types[kind]!.getFields());
}

/** An operation that gives every id it can be given the same value, and what else is needed some value. */
export function operationWith(kind: Kind, field: Field, id: string): Operation {
  return operation(kind, field, field.args, (name, type) => valueOf(name, type, id), '__typename');
}

/** An operation that asks for all there is of a field without telling it an id. */
export function fullOperation(kind: Kind, field: Field): Operation {
  const args = field.args.filter(isRequiredArgument);
  return operation(
    kind,
    field,
    args,
    (name, type) => valueOf(name, type, null),
    selectionOf(field.type, DEPTH),
  );
}

function operation(
  kind: Kind,
  field: Field,
  args: readonly GraphQLArgument[],
  valueFor: (name: string, type: GraphQLInputType) => unknown,
  selection: string,
): Operation {
  const filled = args
    .map(({ name, type }) => ({ name, type, value: valueFor(name, type) }))
    .filter(({ value, type }) => value !== undefined || isNonNullType(type));
  const declared = filled.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const passed = filled.map(({ name }) => `${name}: $${name}`).join(', ');
  const body = isCompositeType(getNamedType(field.type)) ? `{ ${selection} }` : '';
  const document = `${kind} ${declared && `(${declared})`} { ${field.name}${passed && `(${passed})`} ${body} }`;
  return {
    field: field.name,
    document,
    variables: Object.fromEntries(filled.map(({ name, value }) => [name, value])),
  };
}

/** A value of a type: `id` wherever there is an id, something where it is needed, nothing otherwise. */
function valueOf(name: string, type: GraphQLInputType, id: string | null): unknown {
  const named = getNamedType(type);
  if (name === 'idempotencyKey') return newKey();
  if (named.name === 'ID' && id !== null) return isListType(getNullableType(type)) ? [id] : id;
  if (isInputObjectType(named)) {
    const fields = Object.values(named.getFields()).map(
      (field) => [field, valueOf(field.name, field.type, id)] as const,
    );
    const needed = fields.filter(([field, value]) => isRequiredInputField(field) || value !== undefined);
    if (needed.length === 0 && !isNonNullType(type)) return undefined;
    const value = Object.fromEntries(needed.map(([field, one]) => [field.name, one]));
    return isListType(getNullableType(type)) ? [value] : value;
  }
  if (!isNonNullType(type)) return undefined;
  const sample = isEnumType(named) ? named.getValues()[0].name : SAMPLES[named.name];
  if (sample === undefined) throw new Error(`expected a sample of ${named.name}, was none`);
  return isListType(getNullableType(type)) ? [sample] : sample;
}

/** All fields that need no argument but a page size, some levels deep. */
function selectionOf(type: GraphQLOutputType, depth: number): string {
  const named = getNamedType(type);
  if (!isObjectType(named) && !isInterfaceType(named)) return '__typename';
  const fields = Object.values(named.getFields()).flatMap((field) => {
    const needed = field.args.filter(isRequiredArgument);
    if (needed.some(({ name }) => name !== 'first')) return [];
    const args = needed.length > 0 ? '(first: 3)' : '';
    if (!isCompositeType(getNamedType(field.type))) return [`${field.name}${args}`];
    return depth > 1 && field.name !== 'edges'
      ? [`${field.name}${args} { ${selectionOf(field.type, depth - 1)} }`]
      : [];
  });
  return ['__typename', ...fields].join(' ');
}
