import { getNamedType, type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasIds, ruleOf } from '../src/access/guard.ts';
import { SESSION_COOKIE } from '../src/platform/http/caller.ts';
import { newId } from '../src/platform/graphql/node.ts';
import { createSchema } from '../src/schema.ts';
import { type AccountsApp, createAccountsApp, Visitor } from './accounts.ts';
import { newKey } from './create-test-app.ts';
import { ledgerVersion } from './transaction-imports.ts';
import { fullOperation, type Operation, operationWith, rootFields } from './operations.ts';

const SECRET = 'kept by Ada alone';
const BARS = Array.from(
  { length: 60 },
  (_, day) =>
    `${new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10)},10,13,9,${10 + (day % 3)},1000`,
);

let app: AccountsApp;
let schema: GraphQLSchema;
/** One thing of each type that has an id: Ada's, or everybody's. */
let things: Record<string, { readonly id: string; readonly isShared?: boolean }>;
let eve: Visitor;
const members: Partial<Record<'EDITOR' | 'VIEWER', Visitor>> = {};

async function newVisitor(email: string): Promise<Visitor & { readonly userId: string }> {
  const userId = newId('usr', Date.now);
  const em = app.database.fork();
  await em.execute('insert into app_user (id, email, name, created_at) values (?, ?, ?, now())', [
    userId,
    email,
    email,
  ]);
  const origin = { address: '', userAgent: '' };
  const how = { method: 'PASSWORD', secondFactor: null } as const;
  const secret = await em.transactional((tx) => app.services.sessions.begin(tx, userId, origin, how));
  return Object.assign(new Visitor(app.urls.api, { cookie: `${SESSION_COOKIE}=${secret}` }), { userId });
}

async function write(field: string, type: string, input: object, result: string): Promise<any> {
  const document = `mutation ($input: ${type}!) { ${field}(input: $input) { ${result} errors { code message } } }`;
  const answer = await app.admin.query(document, { input: { ...input, idempotencyKey: newKey() } });
  expect(answer[field].errors).toEqual([]);
  return answer[field];
}

async function keepPasskey(userId: string): Promise<{ readonly id: string }> {
  const id = newId('psk', Date.now);
  await app.database.fork().execute(
    `insert into passkey (id, user_id, credential_id, public_key, counter, transports, name, created_at, rp_id)
     values (?, ?, ?, '\\x00', 0, '[]', ?, now(), 'localhost')`,
    [id, userId, SECRET, SECRET],
  );
  return { id };
}

async function makeThings(): Promise<typeof things> {
  const content = `date,open,high,low,close,volume\n${BARS.join('\n')}\n`;
  const bars = { content, symbol: 'AAA', timeframe: 'DAY_1', currency: 'USD', assetClass: 'EQUITY' };
  const imported = (
    await write('importBars', 'ImportBarsInput', { ...bars, timeZone: 'UTC', calendar: 'NONE' }, 'run { id }')
  ).run;
  while ((await app.services.runs.get(imported.id)).finishedAt === null)
    await new Promise((resolve) => setTimeout(resolve, 200));
  const { portfolio } = await write(
    'createPortfolio',
    'CreatePortfolioInput',
    { name: SECRET, baseCurrency: 'USD', initialCash: '123456.78' },
    'portfolio { id ledgerVersion accounts { nodes { id } } }',
  );
  const transaction = { kind: 'BUY', symbol: 'AAA', quantity: '2', price: '10', executedAt: '2024-01-10' };
  const recorded = await write(
    'recordTransaction',
    'RecordTransactionInput',
    { portfolioId: portfolio.id, expectedVersion: portfolio.ledgerVersion, transaction },
    'transaction { id fillId }',
  );
  const simulated = {
    symbol: 'AAA',
    strategySource: 'strategy "s"\nenter long when close > 10',
    label: SECRET,
  };
  const backtest = (await write('startBacktest', 'StartBacktestInput', simulated, 'run { id }')).run;
  const swept = {
    ...simulated,
    strategySource: 'strategy "s"\nparam n = 2 in 2..4 step 1\nenter long when close > sma(close, n)',
    axes: [{ parameter: 'n', from: 2, to: 4, step: 1 }],
  };
  const sweep = (await write('startSweep', 'StartSweepInput', swept, 'run { id }')).run;
  const watch = { name: SECRET, kind: 'DRAWDOWN', portfolioId: portfolio.id, threshold: 0.5 };
  const { rule } = await write('createAlertRule', 'CreateAlertRuleInput', watch, 'rule { id }');
  const { token } = await write(
    'createApiToken',
    'CreateApiTokenInput',
    { name: SECRET, scopes: ['READ'] },
    'token { id }',
  );
  const { link } = await write(
    'createPublicLink',
    'CreatePublicLinkInput',
    { portfolioId: portfolio.id, label: SECRET },
    'link { id }',
  );
  const { login, sessions, instrument } = await app.admin.query(
    '{ login { user { id } } sessions { id } instrument(symbol: "AAA") { id } }',
  );
  return {
    Instrument: { id: instrument.id, isShared: true },
    Portfolio: portfolio,
    Account: portfolio.accounts.nodes[0],
    AlertRule: rule,
    ApiToken: token,
    PublicLink: link,
    Transaction: recorded.transaction,
    Fill: { id: recorded.transaction.fillId },
    BacktestRun: backtest,
    Sweep: sweep,
    ImportRun: imported,
    User: login.user,
    Session: sessions[0],
    Passkey: await keepPasskey(login.user.id),
  };
}

const own = () => Object.entries(things).filter(([, { isShared }]) => !isShared);
/** The kinds of things that a portfolio's members share. */
const OF_PORTFOLIO = ['Portfolio', 'Account', 'Transaction', 'Fill', 'PublicLink'];

beforeAll(async () => {
  schema = await createSchema();
  app = await createAccountsApp();
  things = await makeThings();
  eve = await newVisitor('eve@example.org');
  for (const role of ['EDITOR', 'VIEWER'] as const) {
    const visitor = await newVisitor(`${role.toLowerCase()}@example.org`);
    members[role] = visitor;
    const row = [things.Portfolio.id, visitor.userId, role];
    await app.database.fork().execute('insert into portfolio_member values (?, ?, ?, now())', row);
  }
}, 300_000);
afterAll(() => app?.stop());

/** Operations that are given ids, each with the id of each thing. */
function operationsOn(kind: 'query' | 'mutation' | 'subscription', ids: readonly string[]): Operation[] {
  const fields = rootFields(schema, kind).filter(({ args }) => hasIds(args));
  return fields.flatMap((field) => ids.map((id) => operationWith(kind, field, id)));
}

/** How an operation ended for somebody: the code of its error, or whether there was anything. */
async function outcome(visitor: Visitor, { field, document, variables }: Operation): Promise<string> {
  const { body } = await visitor.post(document, variables);
  const { code, userErrorCode } = body.errors?.[0].extensions ?? {};
  if (code) return userErrorCode ?? code;
  const value = body.data[field];
  if (value === null || value.__typename === 'NotFoundError') return 'NOT_FOUND';
  return value.errors?.[0]?.code ?? 'GIVEN';
}

describe('what belongs to somebody', () => {
  it('is known for every type that has an id', () => {
    const nodes = Object.values(schema.getTypeMap()).filter(
      (type) => isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node'),
    );
    expect(nodes.map(({ name }) => name).toSorted()).toEqual(Object.keys(things).toSorted());
  });

  it('is not found by another user, whatever asks for it', async () => {
    const ids = own().map(([, { id }]) => id);
    const found: string[] = [];
    for (const kind of ['query', 'mutation'] as const)
      for (const operation of operationsOn(kind, ids)) {
        const result = await outcome(eve, withErrors(operation, kind));
        const isForAdmins = result === 'FORBIDDEN' && isAdminOnly(operation.field);
        if (result !== 'NOT_FOUND' && !isForAdmins) found.push(`${operation.document} ${result}`);
      }
    for (const operation of operationsOn('subscription', ids)) {
      const result = await eve.firstEvent(operation.document, operation.variables);
      if (result !== 'NOT_FOUND') found.push(`${operation.document} ${JSON.stringify(result)}`);
    }
    expect(found).toEqual([]);
  });

  it('is found by its id by whoever it belongs to, but for what belongs to logins', async () => {
    const ofLogins = ['ApiToken', 'PublicLink', 'User', 'Session', 'Passkey'];
    const found: Record<string, string | undefined> = {};
    for (const [name, { id }] of Object.entries(things)) {
      const document = 'query ($id: ID!) { node(id: $id) { __typename id } }';
      const { node } = await app.admin.query(document, { id });
      found[name] = node?.__typename;
      expect(node?.id ?? id).toBe(id);
    }
    const expected = Object.keys(things).map((name) => [name, ofLogins.includes(name) ? undefined : name]);
    expect(found).toEqual(Object.fromEntries(expected));
  });

  it('looks to another user as if it had never been', async () => {
    const nothing = `prt_${'0'.repeat(8)}-0000-7000-8000-${'0'.repeat(12)}`;
    for (const field of rootFields(schema, 'query').filter(({ args }) => hasIds(args))) {
      const answers = [things.Portfolio.id, nothing].map(async (id) => {
        const { document, variables } = operationWith('query', field, id);
        return JSON.stringify((await eve.post(document, variables)).body).replaceAll(id, 'ID');
      });
      const [theirs, none] = await Promise.all(answers);
      expect(theirs, field.name).toBe(none);
    }
  });

  it('is in no list that another user asks for', async () => {
    const secrets = [SECRET, '123456.78', ...own().map(([, { id }]) => id)];
    const leaks: string[] = [];
    for (const field of rootFields(schema, 'query').filter(({ name }) => name !== 'systemSummary')) {
      const { document, variables } = fullOperation('query', field);
      const { body } = await eve.post(document, variables);
      const told = JSON.stringify(body);
      if (body.errors?.some(({ extensions }: any) => extensions.userErrorCode !== 'FORBIDDEN'))
        leaks.push(`${field.name} was not asked: ${told.slice(0, 300)}`);
      leaks.push(
        ...secrets.filter((secret) => told.includes(secret)).map((secret) => `${field.name} ${secret}`),
      );
    }
    expect(leaks).toEqual([]);
    const { portfolios } = await members.VIEWER!.query(
      '{ portfolios(first: 100) { totalCount nodes { name } } }',
    );
    expect(portfolios).toEqual({ totalCount: 1, nodes: [{ name: SECRET }] });
  });

  it('is not among the fills of an instrument that everybody shares', async () => {
    const document =
      '{ instrument(symbol: "AAA") { fills(first: 9) { totalCount nodes { portfolio { name } } } } }';
    const mine = { totalCount: 1, nodes: [{ portfolio: { name: SECRET } }] };
    expect((await app.admin.query(document)).instrument.fills).toEqual(mine);
    expect((await members.VIEWER!.query(document)).instrument.fills).toEqual(mine);
    expect((await eve.query(document)).instrument.fills).toEqual({ totalCount: 0, nodes: [] });
  });

  it('leaves where prices come from to admins', async () => {
    const instrumentId = things.Instrument.id;
    for (const [field, type, input] of [
      [
        'setPriceFeed',
        'SetPriceFeedInput',
        { idempotencyKey: newKey(), instrumentId, expectedVersion: 0, sources: [] },
      ],
      ['refreshPrices', 'RefreshPricesInput', { idempotencyKey: newKey(), instrumentIds: [instrumentId] }],
    ] as const) {
      const document = `mutation ($input: ${type}!) { ${field}(input: $input) { errors { code } } }`;
      const answer = await outcome(eve, { field, document, variables: { input } });
      expect(answer, field).toBe('FORBIDDEN');
    }
  });

  it('reaches nobody else by a live event', async () => {
    const next = eve.firstEvent('subscription { runListChanged { id } }');
    const mine = { symbol: 'AAA', strategySource: 'strategy "e"\nenter long when close > 10' };
    const document =
      'mutation ($input: StartBacktestInput!) { startBacktest(input: $input) { run { id } errors { message } } }';
    await new Promise((resolve) => setTimeout(resolve, 500));
    await app.admin.query(document, { input: { ...mine, idempotencyKey: newKey() } });
    const { startBacktest } = await eve.query(document, { input: { ...mine, idempotencyKey: newKey() } });
    expect((await next).runListChanged.id).toBe(startBacktest.run.id);
  });

  it.each([
    ['viewer', 'VIEWER', (right: string) => right !== 'READ'],
    ['editor', 'EDITOR', (right: string) => right === 'OWN'],
  ] as const)(
    'may be seen by a %s of its portfolio, and changed as far as that goes',
    async (_who, role, isRefused) => {
      const visitor = members[role]!;
      for (const name of ['Portfolio', 'Account', 'Transaction', 'Fill']) {
        const { node } = await visitor.query('query ($id: ID!) { node(id: $id) { __typename } }', {
          id: things[name].id,
        });
        expect(node).toEqual({ __typename: name });
      }
      const fields = rootFields(schema, 'mutation').filter(({ args }) => hasIds(args));
      for (const field of fields.filter((one) => isRefused(ruleOf(one, 'mutation').right)))
        for (const name of OF_PORTFOLIO) {
          const operation = withErrors(operationWith('mutation', field, things[name].id), 'mutation');
          expect(await outcome(visitor, operation), `${field.name} ${name}`).toBe('FORBIDDEN');
        }
    },
  );

  it('has an upload for whoever sent it alone', async () => {
    const sent = await app.admin.get('/uploads', { method: 'POST', body: 'x' });
    const { uploadId } = (await sent.json()) as { uploadId: string };
    const document =
      'mutation ($input: ImportTransactionsInput!) { importTransactions(input: $input) { run { id } errors { code } } }';
    const input = {
      portfolioId: things.Portfolio.id,
      uploadId,
      timeZone: 'UTC',
      dryRun: true,
      expectedVersion: await ledgerVersion(app.admin, things.Portfolio.id),
    };
    const send = (visitor: Visitor) =>
      visitor.codeOf(document, { input: { ...input, idempotencyKey: newKey() } });
    expect(await send(members.EDITOR!)).toBe('NOT_FOUND');
    expect(await send(app.admin)).toBeNull();
  });

  it('has instruments made by imports of administrators alone', async () => {
    const content = 'Date,Details,Amount,Balance\n09/03/2022,Bought 10 Foo ETF (FOO),-200,800\n';
    const instrument = { symbol: 'FOO', name: 'Foo', currency: 'USD', assetClass: 'ETF' };
    const symbols = [{ key: 'symbol FOO', action: 'CREATE', instrument }];
    const input = {
      portfolioId: things.Portfolio.id,
      content,
      dryRun: true,
      expectedVersion: await ledgerVersion(app.admin, things.Portfolio.id),
    };
    const verdict = async (visitor: Visitor, more: object) => {
      const { importTransactions } = await visitor.query(
        'mutation ($input: ImportTransactionsInput!) { importTransactions(input: $input) { run { id } } }',
        { input: { ...input, ...more, idempotencyKey: newKey() } },
      );
      const { id } = importTransactions.run;
      while ((await app.services.runs.get(id)).finishedAt === null)
        await new Promise((resolve) => setTimeout(resolve, 100));
      const { node } = await visitor.query(
        'query ($id: ID!) { node(id: $id) { ... on ImportRun { transactionRows(first: 1) { nodes { verdict reason } } } } }',
        { id },
      );
      return node.transactionRows.nodes[0];
    };
    for (const more of [{ createsMissingInstruments: true }, { symbols }]) {
      expect(await verdict(members.EDITOR!, more)).toEqual({
        verdict: 'NEEDS_SYMBOL',
        reason: 'expected an instrument of the ledger: choose one, or ask an administrator to make it',
      });
      expect(await verdict(app.admin, more)).toEqual({ verdict: 'NEW', reason: null });
    }
  });

  it('is gone once it is deleted, which whoever did it is told again', async () => {
    const made = { name: 'To go', baseCurrency: 'USD', initialCash: '0' };
    const { portfolio } = await write('createPortfolio', 'CreatePortfolioInput', made, 'portfolio { id }');
    const document =
      'mutation ($input: DeletePortfolioInput!) { deletePortfolio(input: $input) { deletedId errors { code } } }';
    const input = { idempotencyKey: newKey(), id: portfolio.id, expectedVersion: 1 };
    const done = { deletePortfolio: { deletedId: portfolio.id, errors: [] } };
    expect(await eve.codeOf(document, { input })).toBe('NOT_FOUND');
    expect(await app.admin.query(document, { input })).toEqual(done);
    expect(await app.admin.query(document, { input })).toEqual(done);
    expect(await eve.codeOf(document, { input })).toBe('NOT_FOUND');
    const another = { ...input, idempotencyKey: newKey() };
    expect(await app.admin.codeOf(document, { input: another })).toBe('NOT_FOUND');
  });

  it('is each one’s own under the same idempotency key', async () => {
    const document =
      'mutation ($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } errors { code } } }';
    const input = { name: 'Same', baseCurrency: 'USD', initialCash: '1', idempotencyKey: newKey() };
    const [ofAda, ofEve] = [await app.admin.query(document, { input }), await eve.query(document, { input })];
    expect(ofAda.createPortfolio.errors).toEqual([]);
    expect(ofEve.createPortfolio.errors).toEqual([]);
    expect(ofEve.createPortfolio.portfolio.id).not.toBe(ofAda.createPortfolio.portfolio.id);
  });
});

describe('a change that names nothing', () => {
  it('says who may make it', () => {
    const silent = rootFields(schema, 'mutation').filter(
      (field) => !hasIds(field.args) && !(field.extensions.access as { who?: string } | undefined)?.who,
    );
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it('is for admins where everybody depends on it', async () => {
    for (const field of rootFields(schema, 'mutation').filter(({ name }) => isAdminOnly(name)))
      expect(
        await outcome(eve, withErrors(operationWith('mutation', field, 'x'), 'mutation')),
        field.name,
      ).toBe('FORBIDDEN');
  });
});

function isAdminOnly(name: string): boolean {
  const field = rootFields(schema, 'mutation').find((one) => one.name === name);
  return field !== undefined && ruleOf(field, 'mutation').who === 'ADMIN';
}

/** A mutation that also asks what went wrong; a query as it is. */
function withErrors(operation: Operation, kind: 'query' | 'mutation'): Operation {
  const field = rootFields(schema, kind).find(({ name }) => name === operation.field)!;
  const type = getNamedType(field.type);
  const hasErrors = (isObjectType(type) || isInterfaceType(type)) && 'errors' in type.getFields();
  return hasErrors
    ? { ...operation, document: operation.document.replace('__typename', 'errors { code }') }
    : operation;
}
