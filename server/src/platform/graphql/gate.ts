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
import { getArgumentValues, getVariableValues } from 'graphql/execution/values.js';

/** How many tokens a document may have. */
export const TOKENS_MAXIMUM = 4_000;
/** How many problems of a document are told; more would be work for whoever sends rubbish. */
export const VALIDATION_ERRORS_MAXIMUM = 5;

const LIMITS = {
  depth: 14,
  introspectionDepth: 20,
  aliases: 20,
  fields: 1_000,
  directives: 10,
  cost: 25_000,
} as const;
// A list without a page size, such as the positions of a portfolio, counts as so many.
const LIST_LENGTH_ASSUMED = 10;
const POINTS_DEFAULT = 200_000;
const POINTS_PER_COST = 100;

interface Walk {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Record<string, unknown>;
  readonly counts: { aliases: number; fields: number; directives: number; cost: number };
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

/**
 * Bounds what one valid operation may ask for, fragments expanded and variables filled in, over HTTP
 * and websockets alike. The cost is one per field and object: a page counts `first` times, a list
 * without a size 10 times, a series one for every 100 points of its `maxPoints`.
 */
export function checkLimits(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): GraphQLError | null {
  const root = schema.getRootType(operation.operation);
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], { ...variables });
  // Execution tells what is wrong with variables that do not fit.
  if (!root || !coerced) return null;
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  const counts = { aliases: 0, fields: 0, directives: operation.directives?.length ?? 0, cost: 0 };
  const walk = {
    schema,
    fragments: new Map(fragments.map((node) => [node.name.value, node])),
    variables: coerced,
    counts,
  };
  try {
    visit(
      operation.selectionSet,
      { type: root, depth: 1, isIntrospection: false, factor: 1, isPage: false },
      walk,
    );
    return null;
  } catch (problem) {
    if (problem instanceof GraphQLError) return problem;
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
    const type = getNamedType(field.type);
    if (node.selectionSet && isCompositeType(type)) {
      visit(node.selectionSet, { ...place, type, depth: place.depth + 1, isIntrospection }, walk);
    }
    return;
  }
  const values = getArgumentValues(field, node, walk.variables);
  const has = (argument: string) => field.args.some((one) => one.name === argument);
  const points = has('maxPoints')
    ? Math.ceil(Number(values.maxPoints ?? POINTS_DEFAULT) / POINTS_PER_COST)
    : 0;
  add(walk, 'cost', place.factor * (1 + Math.max(0, points)));
  const type = getNamedType(field.type);
  if (!node.selectionSet || !isCompositeType(type)) return;
  const isPage = has('first');
  const length = isPage
    ? Math.max(1, Number(values.first))
    : isListType(getNullableType(field.type)) && !place.isPage
      ? LIST_LENGTH_ASSUMED
      : 1;
  visit(
    node.selectionSet,
    { type, depth: place.depth + 1, isIntrospection, factor: place.factor * length, isPage },
    walk,
  );
}

function fieldOf(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === '__schema' || name === '__type') {
    const introspection = schema.getType(name === '__schema' ? '__Schema' : '__Type')!;
    return { type: introspection, args: [] } as unknown as GraphQLField<unknown, unknown>;
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
