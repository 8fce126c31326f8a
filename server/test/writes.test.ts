import {
  getNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInputObjectType,
  isObjectType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchema } from '../src/schema.ts';
import { createTestApp, newKey, type TestApp } from './create-test-app.ts';
import { rootFields } from './operations.ts';
import { importCsv, ledgerVersion, newPortfolio } from './transaction-imports.ts';

const ACCESS = 'says who may enter: its effect is the same when it is done again, or its code works once';
const SHARING = 'gives or takes a right: done again it leaves the same state';
const RUN = 'moves a run to a state in which it stays: done again it changes nothing';
const NEW = 'makes a new thing, which has no version yet';
const SETTING = 'changes a setting: done again at its old version it is refused as stale';

/** Mutations that do not ask for a key and a version, with what they ask for and why that is enough. */
const EXCEPTIONS: Readonly<Record<string, readonly ['a key' | 'a version' | 'neither', string]>> = {
  acceptInvite: ['neither', ACCESS],
  addModel: ['neither', 'stores a file under its name: done again it stores the same'],
  addPasskey: ['neither', ACCESS],
  addUser: ['a key', NEW],
  cancelBacktest: ['neither', RUN],
  cancelImport: ['neither', RUN],
  cancelSweep: ['neither', RUN],
  changePassword: ['neither', ACCESS],
  changeUser: ['a version', SETTING],
  confirmSecondFactor: ['neither', ACCESS],
  createAlertRule: ['a key', NEW],
  createApiToken: ['a key', NEW],
  createBackup: ['neither', 'copies what is there: done again it makes another copy, and old ones go'],
  createInstrument: ['a key', NEW],
  createPortfolio: ['a key', NEW],
  createPublicLink: ['a key', NEW],
  deleteAlertRule: ['a version', SETTING],
  deleteRun: ['neither', RUN],
  endSession: ['neither', ACCESS],
  finishLogin: ['neither', ACCESS],
  finishSignOn: ['neither', ACCESS],
  importBars: ['a key', 'adds bars to whatever is there: its duplicateRule says which of two stays'],
  inviteUser: ['neither', ACCESS],
  leavePortfolio: ['neither', SHARING],
  linkIdentity: ['neither', ACCESS],
  logIn: ['neither', ACCESS],
  logInByPasskey: ['neither', ACCESS],
  logOut: ['neither', ACCESS],
  markAlertsSeen: ['neither', 'says that all is seen: done again it says the same'],
  refreshPrices: ['a key', 'asks for what is newest, whatever there is'],
  removeModel: ['neither', 'removes a file by its name: done again there is none'],
  removePasskey: ['neither', ACCESS],
  removeSampleData: ['neither', 'removes all samples: done again there are none'],
  renewRecoveryCodes: ['neither', ACCESS],
  resetSecondFactor: ['neither', ACCESS],
  revokeApiToken: ['neither', ACCESS],
  revokePublicLink: ['neither', SHARING],
  setUp: ['neither', ACCESS],
  sharePortfolio: ['neither', SHARING],
  startBacktest: ['a key', NEW],
  startPasskey: ['neither', ACCESS],
  startPasskeyLogin: ['neither', ACCESS],
  startSecondFactor: ['neither', ACCESS],
  startSignOn: ['neither', ACCESS],
  startSweep: ['a key', NEW],
  stopSecondFactor: ['neither', ACCESS],
  unlinkIdentity: ['neither', ACCESS],
  unsharePortfolio: ['neither', SHARING],
  updateAlertRule: ['a version', SETTING],
};

function asked(schema: GraphQLSchema, name: string): string {
  const field = schema.getMutationType()!.getFields()[name];
  const input = field.args.map(({ type }) => getNamedType(type)).find(isInputObjectType);
  const types = ['idempotencyKey', 'expectedVersion'].map((one) => String(input?.getFields()[one]?.type));
  return (
    { 'ID! Int!': 'both', 'ID! undefined': 'a key', 'undefined Int!': 'a version' }[types.join(' ')] ??
    'neither'
  );
}

/** All of a payload that tells one write from another. */
function answerOf(payload: GraphQLObjectType): string {
  const parts = Object.values(payload.getFields())
    .filter(({ name }) => name !== 'errors')
    .map(({ name, type }) => {
      const named = getNamedType(type);
      const telling = ['id', 'version', 'ledgerVersion'];
      return isObjectType(named)
        ? `${name} { __typename ${telling.filter((one) => named.getFields()[one]).join(' ')} }`
        : name;
    });
  return parts.join(' ');
}

let schema: GraphQLSchema;
beforeAll(async () => {
  schema = await createSchema();
});

describe('every mutation', () => {
  it('asks for an idempotency key and a version, or is one of those that need not', () => {
    const names = rootFields(schema, 'mutation').map(({ name }) => name);
    const others = names.filter((name) => asked(schema, name) !== 'both');
    expect(Object.fromEntries(others.map((name) => [name, asked(schema, name)]))).toEqual(
      Object.fromEntries(Object.entries(EXCEPTIONS).map(([name, [what]]) => [name, what])),
    );
  });
});

describe('a write to the ledger', () => {
  let app: TestApp;
  let id: string;
  let instrumentId: string;
  let accountId: string;

  beforeAll(async () => {
    app = await createTestApp();
    const instrument = { symbol: 'AAA', name: 'A', currency: 'USD', assetClass: 'EQUITY' };
    const made = await app.services.marketData.create({ idempotencyKey: newKey(), ...instrument });
    instrumentId = made.id;
    id = await newPortfolio(app, 'Mine');
    const rows = [
      { kind: 'BUY', executedAt: new Date('2024-01-05'), symbol: 'AAA', quantity: '1', price: '10' },
      { kind: 'DEPOSIT', executedAt: new Date('2024-01-09'), amount: '50' },
      { kind: 'DEPOSIT', executedAt: new Date('2024-01-09'), amount: '50' },
    ];
    for (const transaction of rows)
      await app.services.ledger.record(
        {
          idempotencyKey: newKey(),
          portfolioId: id,
          expectedVersion: await ledgerVersion(app, id),
          transaction,
        } as never,
        'owner',
      );
    accountId = await app.services.portfolios.accountId(id);
  });
  afterAll(() => app.stop());

  const ask = async (fields: string) =>
    (await app.query(`query($id: ID!) { portfolio(id: $id) { ${fields} } }`, { id })).portfolio;
  const inLedger = async (more: object) => ({ expectedVersion: await ledgerVersion(app, id), ...more });
  const portfolioVersion = async () => (await ask('version')).version;
  const instrumentVersion = async () => (await app.services.marketData.find(instrumentId))!.version;
  const transactionOf = async (kind: string) =>
    (await ask(`transactions(first: 100) { nodes { id kind } }`)).transactions.nodes.find(
      (one: { kind: string }) => one.kind === kind,
    ).id;
  const finding = async (kind: string) => {
    const { checks } = await ask(
      'checks { findings(first: 100, filter: { includeDismissed: true }) { nodes { id kind fixes { id } } } }',
    );
    return checks.findings.nodes.find((one: { kind: string }) => one.kind === kind);
  };
  const newAccount = async () => {
    const name = newKey();
    const input = {
      idempotencyKey: newKey(),
      portfolioId: id,
      name,
      expectedVersion: await ledgerVersion(app, id),
    };
    return (await app.services.accounts.create(input as never, 'owner')).id;
  };
  const newInstrument = async () => {
    const input = { symbol: 'BBB', name: 'B', currency: 'USD', assetClass: 'EQUITY' };
    return (await app.services.marketData.create({ idempotencyKey: newKey(), ...input })).id;
  };
  const deposit = { kind: 'DEPOSIT', executedAt: '2024-01-10', amount: '7' };

  /** An input that is good for each, by the present version. */
  const INPUTS: Readonly<Record<string, () => Promise<Record<string, unknown>>>> = {
    annotateTrade: async () => ({
      portfolioId: id,
      tradeId: (await ask('trades(first: 1) { nodes { positionId } }')).trades.nodes[0].positionId,
      expectedVersion: 0,
      notes: 'noted',
    }),
    applyFix: async () => {
      const { id: findingId, fixes } = await finding('DUPLICATE');
      return inLedger({ portfolioId: id, findingId, fixId: fixes[0].id });
    },
    createAccount: () => inLedger({ portfolioId: id, name: 'Second' }),
    deleteAccount: async () => {
      const empty = await newAccount();
      return inLedger({ id: empty });
    },
    deleteInstrument: async () => ({ id: await newInstrument(), expectedVersion: 1 }),
    deletePortfolio: async () => ({ id: await newPortfolio(app, 'Other'), expectedVersion: 1 }),
    dismissFinding: async () =>
      inLedger({ portfolioId: id, findingId: (await finding('MISSING_PRICE')).id, reason: 'known' }),
    importTransactions: () =>
      inLedger({ portfolioId: id, content: 'Date,Type,Amount\n2024-02-01,Deposit,5\n', dryRun: true }),
    recordTransaction: () => inLedger({ portfolioId: id, transaction: deposit }),
    replaceTransaction: async () =>
      inLedger({
        id: await transactionOf('DEPOSIT'),
        reason: 'wrong',
        transaction: { ...deposit, amount: '8' },
      }),
    restoreFinding: async () => inLedger({ portfolioId: id, findingId: (await finding('MISSING_PRICE')).id }),
    setPriceFeed: async () => ({ instrumentId, expectedVersion: 0, sources: [] }),
    setTags: async () => ({
      portfolioId: id,
      expectedVersion: await portfolioVersion(),
      accountId,
      tags: ['one'],
    }),
    setTargets: async () => ({
      portfolioId: id,
      expectedVersion: 0,
      lines: [{ symbol: 'AAA', weight: 0.5, band: 0.1 }],
    }),
    undoImport: async () => {
      const { id: runId } = await importCsv(app, id, 'Date,Type,Amount\n2024-03-01,Deposit,6\n');
      return inLedger({ id: runId });
    },
    updateAccount: () => inLedger({ id: accountId, name: 'First' }),
    updateInstrument: async () => ({
      id: instrumentId,
      expectedVersion: await instrumentVersion(),
      name: 'AA',
    }),
    updatePortfolio: async () => ({ id, expectedVersion: await portfolioVersion(), name: 'Ours' }),
    voidTransaction: async () => inLedger({ id: await transactionOf('DEPOSIT'), reason: 'twice' }),
  };

  /** What was sent for each, and its answer. */
  const done: { name: string; send: (input: object) => Promise<any>; input: object; first: any }[] = [];

  it('has an example here', () => {
    const both = rootFields(schema, 'mutation').filter(({ name }) => asked(schema, name) === 'both');
    expect(Object.keys(INPUTS)).toEqual(both.map(({ name }) => name).sort());
  });

  it.each(Object.keys(INPUTS))(
    '%s answers twice the same, and refuses another body and a stale version',
    async (name) => {
      const field = schema.getMutationType()!.getFields()[name];
      const answer = answerOf(getNamedType(field.type) as GraphQLObjectType);
      const document = `mutation($input: ${String(field.args[0].type)}) { ${name}(input: $input) {
      ${answer} errors { __typename code message path ... on StaleVersionError { currentVersion } } } }`;
      const send = async (input: object) => (await app.query(document, { input }))[name];
      const input = { ...(await INPUTS[name]()), idempotencyKey: newKey() } as Record<string, unknown>;
      const expectedVersion = input.expectedVersion as number;

      const stale = await send({ ...input, expectedVersion: expectedVersion + 7 });
      expect(stale.errors).toMatchObject([
        { __typename: 'StaleVersionError', code: 'STALE_VERSION', currentVersion: expectedVersion },
      ]);
      const first = await send(input);
      expect(first.errors).toEqual([]);
      expect(await send(input)).toEqual(first);
      done.push({ name, send, input, first });
      const other = await send({ ...input, expectedVersion: expectedVersion + 1 });
      expect(other.errors).toMatchObject([
        { code: 'IDEMPOTENCY_KEY_REUSED', path: ['input', 'idempotencyKey'] },
      ]);
    },
  );

  it('answers as before once all is deleted, or says what is not there any more', async () => {
    expect(done).toHaveLength(Object.keys(INPUTS).length);
    const { portfolios, marketData } = app.services;
    const { version } = (await portfolios.find(id))!;
    await portfolios.delete({ idempotencyKey: newKey(), id, expectedVersion: version });
    const bought = { id: instrumentId, expectedVersion: await instrumentVersion() };
    await marketData.delete({ idempotencyKey: newKey(), ...bought });
    for (const { name, send, input, first } of done) {
      const again = await send(input);
      expect([first, 'NOT_FOUND'], name).toContainEqual(again.errors[0]?.code ?? again);
    }
  });

  it.each([
    ['createInstrument', { symbol: 'NEW', name: 'N', currency: 'USD', assetClass: 'ETF' }, 'instrument'],
    ['createPortfolio', { name: 'New', baseCurrency: 'USD' }, 'portfolio'],
    ['createAlertRule', { name: 'New', kind: 'RUN_FINISHED' }, 'rule'],
    ['importBars', { symbol: 'NEW2', content: 'Date,Open,High,Low,Close\n2024-01-02,1,1,1,1\n' }, 'run'],
  ])('%s says that what it made is gone', async (name, more, made) => {
    const type = String(schema.getMutationType()!.getFields()[name].args[0].type);
    const document = `mutation($input: ${type}) { ${name}(input: $input) { ${made} { id } errors { code message } } }`;
    const input = { idempotencyKey: newKey(), ...more };
    const { [name]: first } = await app.query(document, { input });
    expect(first.errors).toEqual([]);
    const { id: madeId } = first[made];
    const table = { rule: 'alert_rule' }[made] ?? made;
    if (made === 'portfolio')
      await app.services.portfolios.delete({ idempotencyKey: newKey(), id: madeId, expectedVersion: 1 });
    else await app.database.fork().execute(`delete from ${table} where id = ?`, [madeId]);
    expect((await app.query(document, { input }))[name]).toEqual({
      [made]: null,
      errors: [{ code: 'NOT_FOUND', message: `expected an existing ${made}, was ${madeId}` }],
    });
  });
});
