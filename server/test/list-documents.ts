import {
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';

/** A query for one field of the items of a list. */
export interface ListDocument {
  /** The list, e.g. `Query.portfolios`. */
  readonly list: string;
  /** The field of its items; null for those that are values alone. */
  readonly field: string | null;
  readonly document: string;
  /** Where the answer has the list: names of fields, each of an object or of all objects of a list. */
  readonly path: readonly string[];
}

type Field = GraphQLField<unknown, unknown>;

/** How a list is reached. */
interface Place {
  readonly type: GraphQLNamedType;
  readonly names: readonly string[];
  readonly wrap: (inner: string) => string;
}

/** How deep the selection of a field goes. */
const DEPTH = 2;
const PAGE = 50;

/**
 * Queries for every list of the schema that a query reaches, one for each field of its items.
 * @param values of arguments that are needed, by `field(argument)` or by the argument alone.
 */
export function listDocuments(
  schema: GraphQLSchema,
  values: Readonly<Record<string, string>>,
): ListDocument[] {
  const documents: ListDocument[] = [];
  const reached = new Set<string>();
  const places: Place[] = [
    { type: schema.getQueryType()!, names: [], wrap: (inner) => `query { ${inner} }` },
  ];
  for (const { type, names, wrap } of places) {
    if (reached.has(type.name)) continue;
    reached.add(type.name);
    if (isAbstractType(type))
      for (const one of schema.getPossibleTypes(type))
        places.push({ type: one, names, wrap: (inner) => wrap(`... on ${one.name} { ${inner} }`) });
    if (!isObjectType(type)) continue;
    const fields = Object.values(type.getFields());
    // What is reached through one object comes before what is reached through all of a list.
    for (const field of fields.toSorted((a, b) => Number(isList(a)) - Number(isList(b)))) {
      const named = getNamedType(field.type);
      const call = callOf(field, values);
      if (call === null || isLeafType(named)) continue;
      const isPage = named.name.endsWith('Connection');
      const items = isPage ? `${call} { nodes { ` : `${call} { `;
      const ends = isPage ? ' } }' : ' }';
      const item = isPage ? itemOf(named) : named;
      const inside = [...names, field.name, ...(isPage ? ['nodes'] : [])];
      const within = (inner: string) => wrap(`${items}${inner}${ends}`);
      if (isList(field))
        for (const [name, selection] of selectionsOf(schema, item, values))
          documents.push({
            list: `${type.name}.${field.name}`,
            field: name,
            document: within(selection),
            path: inside,
          });
      places.push({ type: item, names: inside, wrap: within });
    }
  }
  return documents;
}

/** Whether a field gives several objects, all or a page of them. */
export function isList(field: Field): boolean {
  const named = getNamedType(field.type);
  return named.name.endsWith('Connection') || (isListType(getNullableType(field.type)) && !isLeafType(named));
}

function itemOf(connection: GraphQLNamedType): GraphQLNamedType {
  if (!isObjectType(connection)) throw new Error(`expected a connection, was ${connection.name}`);
  return getNamedType(connection.getFields().nodes.type);
}

/** A field with its needed arguments; null where there is no value for one. */
function callOf(field: Field, values: Readonly<Record<string, string>>): string | null {
  const needed = field.args.filter(
    (argument) => isRequiredArgument(argument) || `${field.name}(${argument.name})` in values,
  );
  const passed = needed.map(({ name, type }) => {
    const named = getNamedType(type);
    const value = name === 'first' ? String(PAGE) : (values[`${field.name}(${name})`] ?? values[name]);
    return value ?? (isEnumType(named) ? named.getValues()[0].name : null);
  });
  if (passed.some((value) => value === null)) return null;
  const args = needed.map(({ name }, place) => `${name}: ${passed[place]}`).join(', ');
  return field.name + (args && `(${args})`);
}

/** What to ask of an item: its values together, and each field that is more than a value by itself. */
function selectionsOf(
  schema: GraphQLSchema,
  type: GraphQLNamedType,
  values: Readonly<Record<string, string>>,
): [field: string | null, selection: string][] {
  if (!isObjectType(type)) return [[null, '__typename']];
  const fields = Object.values(type.getFields());
  const plain = fields.filter((field) => isLeafType(getNamedType(field.type)));
  const others = fields.filter((field) => !plain.includes(field));
  return [
    [null, ['__typename', ...plain.flatMap((field) => callOf(field, values) ?? [])].join(' ')],
    ...others.flatMap((field): [string, string][] => {
      const call = callOf(field, values);
      return call === null
        ? []
        : [[field.name, `${call} { ${within(schema, getNamedType(field.type), DEPTH, values)} }`]];
    }),
  ];
}

function within(
  schema: GraphQLSchema,
  type: GraphQLNamedType,
  depth: number,
  values: Readonly<Record<string, string>>,
): string {
  if (isAbstractType(type))
    return schema
      .getPossibleTypes(type)
      .map((one) => `... on ${one.name} { ${within(schema, one, depth, values)} }`)
      .join(' ');
  if (!isObjectType(type)) return '__typename';
  const deeper = type.name.endsWith('Connection') ? depth : depth - 1;
  const parts = Object.values(type.getFields()).flatMap((field) => {
    const call = callOf(field, values);
    const named = getNamedType(field.type);
    if (call === null || field.name === 'edges') return [];
    if (isLeafType(named)) return [call];
    return deeper > 0 ? [`${call} { ${within(schema, named, deeper, values)} }`] : [];
  });
  return ['__typename', ...parts].join(' ');
}
