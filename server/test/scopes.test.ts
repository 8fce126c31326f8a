import { getNamedType, type GraphQLSchema, isObjectType, isUnionType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasIds, ruleOf } from '../src/access/guard.ts';
import { newId } from '../src/platform/graphql/node.ts';
import { SCOPES, type Scope } from '../src/platform/viewer.ts';
import { createSchema } from '../src/schema.ts';
import { type AccountsApp, createAccountsApp, Visitor } from './accounts.ts';
import { newKey } from './create-test-app.ts';
import { operationWith, rootFields } from './operations.ts';

const KINDS = ['query', 'mutation', 'subscription'] as const;
const NOTHING = `prt_${'0'.repeat(8)}-0000-7000-8000-${'0'.repeat(12)}`;

let app: AccountsApp;
let schema: GraphQLSchema;
/** A program with one scope each: an admin's, and an ordinary user's with all there are. */
const programs = new Map<Scope, Visitor>();
let ordinary: Visitor;

async function tokenOf(userId: string, scopes: readonly Scope[]): Promise<Visitor> {
  const owner = {
    kind: 'SESSION',
    userId,
    name: 'x',
    isAdmin: false,
    scopes: new Set(SCOPES),
    credentialId: null,
  } as const;
  const { secret } = await app.services.tokens.create(
    owner,
    { name: 'x', scopes, idempotencyKey: newKey() },
    '',
  );
  return new Visitor(app.urls.api, { authorization: `Bearer ${secret}` });
}

beforeAll(async () => {
  schema = await createSchema();
  app = await createAccountsApp();
  const { login } = await app.admin.query('{ login { user { id } } }');
  for (const scope of SCOPES) programs.set(scope, await tokenOf(login.user.id, [scope]));
  const userId = newId('usr', Date.now);
  await app.database
    .fork()
    .execute("insert into app_user (id, email, name, created_at) values (?, 'o@example.org', 'O', now())", [
      userId,
    ]);
  ordinary = await tokenOf(userId, SCOPES);
}, 180_000);
afterAll(() => app?.stop());

/** All operations, with ids of nothing. */
function operations() {
  return KINDS.flatMap((kind) =>
    rootFields(schema, kind).map((field) => ({
      kind,
      field,
      rule: ruleOf(field, kind),
      ...operationOf(kind, field),
    })),
  );
}

function operationOf(kind: (typeof KINDS)[number], field: ReturnType<typeof rootFields>[number]) {
  const { document, variables } = operationWith(kind, field, NOTHING);
  const type = getNamedType(field.type);
  const isPayload = isObjectType(type) && 'errors' in type.getFields();
  const isUnion = isUnionType(type) && type.getTypes().some(({ name }) => name === 'NotFoundError');
  const asked = isPayload ? 'errors { code }' : isUnion ? '... on UserError { code }' : '__typename';
  return { document: document.replace('__typename', asked), variables };
}

async function isForbidden(
  visitor: Visitor,
  { kind, field, document, variables }: ReturnType<typeof operations>[number],
): Promise<boolean> {
  if (kind === 'subscription') return (await visitor.firstEvent(document, variables)) === 'FORBIDDEN';
  const { body } = await visitor.post(document, variables);
  const answer = body.data?.[field.name];
  return [body.errors?.[0].extensions.userErrorCode, answer?.errors?.[0]?.code, answer?.code].includes(
    'FORBIDDEN',
  );
}

describe('a token with one scope', () => {
  it.each(SCOPES)(
    '%s is refused every operation of another scope',
    async (scope) => {
      const wrong: string[] = [];
      for (const one of operations().filter(({ rule }) => rule.who !== 'PUBLIC')) {
        const isTheirs = one.rule.scope === scope && one.rule.who !== 'SESSION';
        // What they may do is only done where it is given an id, which is of nothing.
        if (isTheirs && !hasIds(one.field.args) && one.kind !== 'query') continue;
        if ((await isForbidden(programs.get(scope)!, one)) === isTheirs) wrong.push(one.field.name);
      }
      expect(wrong).toEqual([]);
    },
    120_000,
  );
});

describe('a token with all scopes', () => {
  it('is refused what its user may not do, and what is for people', async () => {
    const wrong: string[] = [];
    for (const one of operations().filter(({ rule }) => rule.who === 'ADMIN' || rule.who === 'SESSION'))
      if (!(await isForbidden(ordinary, one))) wrong.push(one.field.name);
    expect(wrong).toEqual([]);
  }, 120_000);
});
