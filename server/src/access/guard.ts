import {
  defaultFieldResolver,
  getNamedType,
  type GraphQLArgument,
  GraphQLError,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  isNonNullType,
  isObjectType,
  isUnionType,
  type OperationTypeNode,
} from 'graphql';
import type { AccessRule, Right } from '../platform/graphql/access.ts';
import { notFound, refused, type UserProblem } from '../platform/graphql/errors.ts';
import { isUnrestricted, type Scope, UNAVAILABLE, UNKNOWN, type Viewer } from '../platform/viewer.ts';
import type { Ownership } from './ownership.ts';

/** What the guard needs of the context of an operation. */
export interface GuardedContext {
  readonly viewer: Viewer;
  readonly services: { readonly ownership: Ownership };
}

type Resolver = GraphQLFieldResolver<unknown, GuardedContext>;
type Field = GraphQLField<unknown, GuardedContext>;

const OPERATIONS = ['query', 'mutation', 'subscription'] as const;

/**
 * Puts the check of who may do what before every query, mutation and subscription, and before every
 * other field that is given ids. It looks at all ids that come in, wherever they stand in the
 * arguments: what one may not see is not found, what one may see but not change is forbidden.
 */
export function guardSchema(schema: GraphQLSchema): GraphQLSchema {
  for (const operation of OPERATIONS) {
    const type = schema.getRootType(operation as OperationTypeNode);
    for (const field of Object.values(type?.getFields() ?? {})) guardRoot(field, operation);
  }
  const roots = OPERATIONS.map((operation) => schema.getRootType(operation as OperationTypeNode));
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    if (roots.includes(type)) continue;
    for (const field of Object.values(type.getFields())) if (hasIds(field.args)) guardNested(field);
  }
  return schema;
}

/** Who may use a field of a root type, with what is left out filled in. */
export function ruleOf(field: Field, operation: (typeof OPERATIONS)[number]): Required<AccessRule> {
  const isChange = operation === 'mutation';
  // A mutation that names no thing says itself who may do it, or it is for admins.
  const rule = (field.extensions.access ?? {}) as AccessRule;
  const who = rule.who ?? (isChange && !hasIds(field.args) ? 'ADMIN' : 'USER');
  const right: Right = isChange ? 'EDIT' : 'READ';
  const scope: Scope = who === 'ADMIN' ? 'ADMIN' : isChange ? 'TRADE_WRITE' : 'READ';
  return { right, scope, deletes: false, ...rule, who };
}

/** Whether any argument is an id, however deep in its input. */
export function hasIds(args: readonly GraphQLArgument[]): boolean {
  return args.some(({ name, type }) => isIdType(name, type, new Set()));
}

function isIdType(name: string, type: GraphQLInputType, seen: Set<unknown>): boolean {
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return named.name === 'ID' && name !== 'idempotencyKey';
  if (seen.has(named)) return false;
  seen.add(named);
  return Object.values(named.getFields()).some((field) => isIdType(field.name, field.type, seen));
}

function guardRoot(field: Field, operation: (typeof OPERATIONS)[number]): void {
  const rule = ruleOf(field, operation);
  const check = async (args: unknown, context: GuardedContext): Promise<UserProblem | null> => {
    if (isUnrestricted(context.viewer) || rule.who === 'PUBLIC') return null;
    const denied = refusal(rule, context.viewer);
    if (denied) return denied;
    const problem = await idProblem(args, rule.right, context);
    return problem && rule.deletes && (await isRepeated(field, args, context)) ? null : problem;
  };
  if (operation === 'subscription') {
    const subscribe = field.subscribe as Resolver;
    field.subscribe = async (source, args, context, info) => {
      const problem = await check(args, context);
      if (problem) throw problem;
      return subscribe(source, args, context, info);
    };
    return;
  }
  guardResolve(field, check);
}

function guardNested(field: Field): void {
  guardResolve(field, async (args, context) =>
    isUnrestricted(context.viewer) ? null : idProblem(args, 'READ', context),
  );
}

function guardResolve(
  field: Field,
  check: (args: unknown, context: GuardedContext) => Promise<UserProblem | null>,
): void {
  const resolve = field.resolve ?? (defaultFieldResolver as Resolver);
  field.resolve = async (source, args, context, info) => {
    const problem = await check(args, context);
    return problem ? answerOf(field, problem) : resolve(source, args, context, info);
  };
}

/** A problem in the form in which the field tells problems. */
function answerOf(field: Field, problem: UserProblem): unknown {
  const type = getNamedType(field.type);
  if (isObjectType(type) && 'errors' in type.getFields()) return { errors: [problem.error] };
  const isSaid = isUnionType(type) && type.getTypes().some(({ name }) => name === 'NotFoundError');
  if (isSaid) return problem.error;
  if (problem.error.code === 'NOT_FOUND' && !isNonNullType(field.type)) return null;
  throw problem;
}

/** Throws where somebody has to log in first, or cannot be looked up; otherwise why they may not, or null. */
function refusal({ who, scope }: Required<AccessRule>, viewer: Viewer): UserProblem | null {
  if (viewer === UNKNOWN)
    throw new GraphQLError(UNAVAILABLE, { extensions: { code: 'UNAVAILABLE', http: { status: 503 } } });
  if (viewer.userId === null)
    throw new GraphQLError('expected somebody who is logged in, was nobody: log in first', {
      extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
    });
  if (viewer.kind === 'TOKEN' && who === 'SESSION')
    return refused('FORBIDDEN', 'expected a person who is logged in, was an API token');
  if (who === 'ADMIN' && !viewer.isAdmin)
    return refused('FORBIDDEN', 'expected an admin of this installation, was another user');
  if (!viewer.scopes.has(scope))
    return refused('FORBIDDEN', `expected a token with the scope ${scope}, was one without`);
  return null;
}

async function idProblem(
  args: unknown,
  right: Right,
  { viewer, services: { ownership } }: GuardedContext,
): Promise<UserProblem | null> {
  for (const { id, path } of idsIn(args, [], ownership)) {
    const verdict = await ownership.verdict(viewer, id, right);
    if (verdict === 'NOT_FOUND') return notFound('thing', id, ...path);
    if (verdict === 'FORBIDDEN')
      return refused('FORBIDDEN', `expected the right to change ${id}, was the right to see it`, ...path);
  }
  return null;
}

/** A deletion that was done: what it names is not found any more, and its answer is the one it had. */
function isRepeated(
  { name }: Field,
  args: unknown,
  { services: { ownership } }: GuardedContext,
): Promise<boolean> {
  return ownership.hasDone(name, (args as { readonly input: { readonly idempotencyKey: string } }).input);
}

function* idsIn(
  value: unknown,
  path: readonly string[],
  ownership: Ownership,
): Generator<{ id: string; path: readonly string[] }> {
  if (typeof value === 'string') {
    if (ownership.isId(value) && path.at(-1) !== 'idempotencyKey') yield { id: value, path };
  } else if (Array.isArray(value)) {
    for (const one of value) yield* idsIn(one, path, ownership);
  } else if (value !== null && typeof value === 'object' && !(value instanceof Date)) {
    for (const [name, one] of Object.entries(value)) yield* idsIn(one, [...path, name], ownership);
  }
}
