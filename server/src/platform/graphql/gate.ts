import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  getNullableType,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  isCompositeType,
  isListType,
  isObjectType,
  isInterfaceType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** How many tokens a document may have. */
export const TOKENS_MAXIMUM = 4_000;
/** How many problems of a document are told; more would be work for whoever sends rubbish. */
export const VALIDATION_ERRORS_MAXIMUM = 5;
/** What one operation may cost. */
export const COST_MAXIMUM = 25_000;

const LIMITS = {
  depth: 14,
  introspectionDepth: 20,
  aliases: 20,
  fields: 400,
  directives: 10,
  cost: COST_MAXIMUM,
} as const;
// A list without a page size, such as the positions of a portfolio, counts as so many.
const LIST_LENGTH_ASSUMED = 10;
const POINTS_DEFAULT = 200_000;
const POINTS_PER_COST = 100;
const SIZES_KEPT = 20;

type Variables = Readonly<Record<string, unknown>>;

/** What an operation within the limits asks for. */
export interface Checked {
  readonly cost: number;
  /** Whether it reads the schema. */
  readonly isIntrospection: boolean;
}

interface Walk {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Variables;
  readonly defaults: ReadonlyMap<string, unknown>;
  readonly counts: { aliases: number; fields: number; directives: number; cost: number };
  /** Variables that decide about sizes. */
  readonly sizes: Set<string>;
  isIntrospection: boolean;
}

interface Place {
  readonly type: GraphQLCompositeType;
  readonly depth: number;
  readonly isIntrospection: boolean;
  /** How many objects the selection is evaluated for. */
  readonly factor: number;
  /** Whether the field around it was a page of known size, whose list counts once. */
  readonly isPage: boolean;
}

/** What was found of operations that stay in memory, by the variables that decide about their sizes. */
const known = new WeakMap<
  OperationDefinitionNode,
  { readonly sizes: readonly string[]; readonly found: Map<string, Checked> }
>();

/**
 * Bounds what one valid operation may ask for, fragments expanded and variables filled in, over HTTP
 * and websockets alike. The cost is one per field and object, or what the field declares as its complexity:
 * a page counts `first` times, a list without a size 10 times, a series one for every 100 points of its `maxPoints`.
 */
export function checkLimits(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables | null | undefined,
): Checked | GraphQLError {
  const given = variables ?? {};
  const keyOf = (sizes: readonly string[]) => JSON.stringify(sizes.map((name) => given[name]));
  const memory = known.get(operation);
  const before = memory?.found.get(keyOf(memory.sizes));
  if (before) return before;
  const { checked, sizes } = check(schema, document, operation, given);
  // A walk that ended early has not seen every variable.
  if (checked instanceof GraphQLError) return checked;
  if (!memory) known.set(operation, { sizes, found: new Map([[keyOf(sizes), checked]]) });
  else {
    if (memory.found.size >= SIZES_KEPT) memory.found.clear();
    memory.found.set(keyOf(sizes), checked);
  }
  return checked;
}

function check(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): { checked: Checked | GraphQLError; sizes: readonly string[] } {
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  const definitions = operation.variableDefinitions ?? [];
  const walk: Walk = {
    schema,
    fragments: new Map(fragments.map((node) => [node.name.value, node])),
    variables,
    defaults: new Map(
      definitions.map(({ variable, defaultValue }) => [
        variable.name.value,
        defaultValue?.kind === Kind.INT ? Number(defaultValue.value) : undefined,
      ]),
    ),
    counts: { aliases: 0, fields: 0, directives: operation.directives?.length ?? 0, cost: 0 },
    sizes: new Set(),
    isIntrospection: false,
  };
  // Without a root of its kind there is nothing to ask for.
  const type = schema.getRootType(operation.operation)!;
  try {
    visit(operation.selectionSet, { type, depth: 1, isIntrospection: false, factor: 1, isPage: false }, walk);
    const { counts, isIntrospection, sizes } = walk;
    return { checked: { cost: counts.cost, isIntrospection }, sizes: [...sizes] };
  } catch (problem) {
    if (problem instanceof GraphQLError) return { checked: problem, sizes: [] };
    throw problem;
  }
}

function visit(selections: SelectionSetNode, place: Place, walk: Walk): void {
  for (const selection of selections.selections) {
    add(walk, 'directives', selection.directives?.length ?? 0);
    if (selection.kind === Kind.FIELD) visitField(selection, place, walk);
    else {
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? walk.fragments.get(selection.name.value) : selection;
      const condition = fragment?.typeCondition && walk.schema.getType(fragment.typeCondition.name.value);
      const type = condition && isCompositeType(condition) ? condition : place.type;
      if (fragment) visit(fragment.selectionSet, { ...place, type }, walk);
    }
  }
}

function visitField(node: FieldNode, place: Place, walk: Walk): void {
  const name = node.name.value;
  const isIntrospection = place.isIntrospection || name.startsWith('__');
  if (node.alias) add(walk, 'aliases', 1);
  add(walk, 'fields', 1);
  const depthMaximum = isIntrospection ? LIMITS.introspectionDepth : LIMITS.depth;
  if (place.depth > depthMaximum) throw refuse(`expected at most ${depthMaximum} levels of fields, was more`);
  const field = fieldOf(walk.schema, place.type, name);
  if (!field) return;
  if (isIntrospection) {
    walk.isIntrospection ||= name !== '__typename';
    const type = getNamedType(field.type);
    if (node.selectionSet && isCompositeType(type)) {
      visit(node.selectionSet, { ...place, type, depth: place.depth + 1, isIntrospection }, walk);
    }
    return;
  }
  const points = sizeOf(field, node, 'maxPoints', walk);
  const weight = Number(field.extensions.complexity ?? 1);
  const pointCost = points === null ? 0 : Math.ceil(Math.max(0, points ?? POINTS_DEFAULT) / POINTS_PER_COST);
  add(walk, 'cost', place.factor * (weight + pointCost));
  const type = getNamedType(field.type);
  if (!node.selectionSet || !isCompositeType(type)) return;
  const first = sizeOf(field, node, 'first', walk);
  const isPage = first !== null;
  const length = isPage
    ? Math.max(1, first ?? LIST_LENGTH_ASSUMED)
    : isListType(getNullableType(field.type)) && !place.isPage
      ? LIST_LENGTH_ASSUMED
      : 1;
  visit(
    node.selectionSet,
    { type, depth: place.depth + 1, isIntrospection, factor: place.factor * length, isPage },
    walk,
  );
}

/** The number an argument has in an operation; null where the field has no such argument, undefined where its value is none. */
function sizeOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  argument: string,
  { variables, defaults, sizes }: Walk,
): number | null | undefined {
  const declared = field.args.find(({ name }) => name === argument);
  if (!declared) return null;
  const value = node.arguments?.find(({ name }) => name.value === argument)?.value;
  let given: unknown = value ? undefined : declared.defaultValue;
  if (value?.kind === Kind.INT) given = Number(value.value);
  else if (value?.kind === Kind.VARIABLE) {
    const name = value.name.value;
    sizes.add(name);
    given = name in variables ? variables[name] : (defaults.get(name) ?? declared.defaultValue);
  }
  // Execution tells what is wrong with a variable that does not fit.
  return typeof given === 'number' && Number.isFinite(given) ? given : undefined;
}

function fieldOf(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === '__schema' || name === '__type') {
    const introspection = schema.getType(name === '__schema' ? '__Schema' : '__Type')!;
    return { type: introspection, args: [], extensions: {} } as unknown as GraphQLField<unknown, unknown>;
  }
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}

function add(walk: Walk, what: keyof Walk['counts'], amount: number): void {
  walk.counts[what] += amount;
  if (walk.counts[what] <= LIMITS[what]) return;
  const advice = what === 'cost' ? '; ask for fewer things, smaller pages or fewer points' : '';
  const unit =
    what === 'cost' ? `a cost of at most ${LIMITS.cost}` : `at most ${LIMITS[what]} ${what} in an operation`;
  throw refuse(`expected ${unit}, was more${advice}`);
}

function refuse(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'LIMIT' } });
}
