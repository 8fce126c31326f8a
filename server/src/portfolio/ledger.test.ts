import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';
import { importCsv } from '../../test/transaction-imports.ts';

const TRANSACTION = `id kind executedAt quantity price amount statedAmount fee tax units perUnits basisFraction costBasis note recordedBy
  instrument { symbol } otherInstrument { symbol } account { name } counterAccount { name } fillId replacesId
  voided { reason by replacementId }`;
const ERRORS =
  'errors { code message path ... on StaleVersionError { currentVersion } ... on NotFoundError { id } }';

describe('the ledger', () => {
  let app: TestApp;
  let portfolioId: string;

  beforeAll(async () => {
    app = await createTestApp();
    for (const symbol of ['AAA', 'BBB'])
      await app.query(
        'mutation($input: CreateInstrumentInput!) { createInstrument(input: $input) { errors { message } } }',
        { input: { idempotencyKey: newKey(), symbol, name: symbol, currency: 'USD', assetClass: 'EQUITY' } },
      );
    portfolioId = await newPortfolio('Mine');
  });
  afterAll(() => app.stop());

  async function newPortfolio(name: string, initialCash = '0'): Promise<string> {
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } } }',
      { input: { idempotencyKey: newKey(), name, baseCurrency: 'USD', initialCash } },
    );
    return createPortfolio.portfolio.id;
  }

  async function version(id = portfolioId): Promise<number> {
    const { portfolio } = await app.query('query($id: ID!) { portfolio(id: $id) { ledgerVersion } }', { id });
    return portfolio.ledgerVersion;
  }

  async function write(mutation: string, input: Record<string, unknown>) {
    const type = `${mutation[0].toUpperCase()}${mutation.slice(1)}Input`;
    const data = await app.query(
      `mutation($input: ${type}!) { ${mutation}(input: $input) { transaction { ${TRANSACTION} } portfolio { ledgerVersion } ${ERRORS} } }`,
      { input: { idempotencyKey: newKey(), ...input } },
    );
    return data[mutation];
  }

  const record = async (transaction: Record<string, unknown>, id = portfolioId) =>
    write('recordTransaction', {
      portfolioId: id,
      expectedVersion: await version(id),
      transaction: { executedAt: '2024-01-02', ...transaction },
    });

  async function valuation(id = portfolioId, more = '') {
    const { portfolio } = await app.query(
      `query($id: ID!) { portfolio(id: $id) { valuation${more} { cash realisedProfit unrealisedProfit fees dividends interest taxes }
         positions { nodes { instrument { symbol } quantity averageCost } } } }`,
      { id },
    );
    return portfolio;
  }

  it('keeps every digit of 38 on the way through GraphQL, JSON and SQL', async () => {
    const quantity = '12345678901234567890.123456789012345678';
    const { transaction, errors } = await record({
      kind: 'TRANSFER_IN',
      symbol: 'AAA',
      quantity,
      costBasis: '98765432109876543210.987654321098765432',
      acquiredAt: '2020-02-29',
      note: 'from the other bank',
    });
    expect(errors).toEqual([]);
    expect(transaction).toMatchObject({
      quantity,
      costBasis: '98765432109876543210.987654321098765432',
      note: 'from the other bank',
      recordedBy: 'owner',
      fillId: null,
    });
    expect((await valuation()).positions.nodes).toMatchObject([{ quantity }]);
    await write('voidTransaction', {
      id: transaction.id,
      expectedVersion: await version(),
      reason: 'a test',
    });
    expect((await valuation()).positions.nodes).toEqual([]);
  });

  it('records cash and trades, and reconciles to the cent', async () => {
    const id = await newPortfolio('Cents', '100');
    await record({ kind: 'DEPOSIT', amount: '1000' }, id);
    const bought = await record(
      { kind: 'BUY', symbol: 'AAA', quantity: '10', price: '50.05', fee: '1.50' },
      id,
    );
    expect(bought.transaction).toMatchObject({ amount: '-502', fillId: expect.stringMatching(/^fil_/) });
    const paid = await record({ kind: 'DIVIDEND', symbol: 'AAA', amount: '10', tax: '1.5' }, id);
    expect(paid.transaction).toMatchObject({ amount: '8.5', statedAmount: '10', fee: '0', tax: '1.5' });
    const executedAt = '2024-01-03';
    await record({ kind: 'SELL', symbol: 'AAA', quantity: '5', price: '30', fee: '1', executedAt }, id);
    // A split of a date counts before what was traded on it.
    await record({ kind: 'SPLIT', symbol: 'AAA', units: '2', executedAt }, id);
    await record({ kind: 'FEE', amount: '3' }, id);
    await record({ kind: 'INTEREST', amount: '2', tax: '0.5' }, id);
    await record({ kind: 'WITHDRAWAL', amount: '100' }, id);
    expect(await valuation(id)).toEqual({
      // 100 + 1000 - 502 + 8.5 + 149 - 3 + 1.5 - 100
      valuation: {
        cash: '654',
        realisedProfit: '24.875',
        unrealisedProfit: '74.625',
        fees: '5.5',
        dividends: '10',
        interest: '2',
        taxes: '2',
      },
      positions: { nodes: [{ instrument: { symbol: 'AAA' }, quantity: '15', averageCost: '25.025' }] },
    });
  });

  it('voids and replaces, keeps what was said, and knows what was known', async () => {
    const id = await newPortfolio('Corrected');
    const input = { kind: 'BUY', symbol: 'AAA', quantity: '1', price: '10' };
    const first = (await record(input, id)).transaction;
    await new Promise((resolve) => setTimeout(resolve, 5));
    const knownAt = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { transaction: second } = await write('replaceTransaction', {
      id: first.id,
      expectedVersion: await version(id),
      reason: 'two, not one',
      transaction: { ...input, executedAt: '2024-01-02', quantity: '2' },
    });
    expect(second).toMatchObject({ quantity: '2', replacesId: first.id, voided: null });
    const { node } = await app.query(
      `query($id: ID!) { node(id: $id) { ... on Transaction { ${TRANSACTION} } } }`,
      {
        id: first.id,
      },
    );
    expect(node).toMatchObject({
      quantity: '1',
      voided: { reason: 'two, not one', by: 'owner', replacementId: second.id },
    });
    expect((await valuation(id)).valuation.cash).toBe('-20');
    expect((await valuation(id, `(knownAt: "${knownAt}")`)).valuation.cash).toBe('-10');
    const again = await write('voidTransaction', {
      id: first.id,
      expectedVersion: await version(id),
      reason: 'again',
    });
    expect(again.errors).toMatchObject([{ code: 'INVALID', path: ['input', 'id'] }]);
    const { portfolio } = await app.query(
      'query($id: ID!) { portfolio(id: $id) { auditLog(first: 5) { totalCount nodes { action subjectId actor reason replacementId } } } }',
      { id },
    );
    expect(portfolio.auditLog).toEqual({
      totalCount: 3,
      nodes: [
        { action: 'REPLACE', subjectId: first.id, reason: 'two, not one', replacementId: second.id },
        { action: 'RECORD', subjectId: first.id, reason: null, replacementId: null },
        {
          action: 'CREATE_PORTFOLIO',
          subjectId: id,
          reason: 'Corrected, begins with 0 USD',
          replacementId: null,
        },
      ].map((entry) => ({ ...entry, actor: 'owner' })),
    });
    // and what is chosen of it, from either end
    const chosen = async (filter: object, direction?: string) => {
      const { auditLog } = (
        await app.query(
          `query($id: ID!, $filter: AuditFilter, $direction: SortDirection) { portfolio(id: $id) {
             auditLog(first: 5, filter: $filter, direction: $direction) { totalCount nodes { action } } } }`,
          { id, filter, direction },
        )
      ).portfolio;
      expect(auditLog.totalCount).toBe(auditLog.nodes.length);
      return auditLog.nodes.map((one: { action: string }) => one.action);
    };
    expect(await chosen({}, 'ASCENDING')).toEqual(['CREATE_PORTFOLIO', 'RECORD', 'REPLACE']);
    expect(await chosen({ actions: ['RECORD', 'CREATE_PORTFOLIO'] })).toEqual(['RECORD', 'CREATE_PORTFOLIO']);
    expect(await chosen({ subjectId: first.id, actor: 'owner' })).toEqual(['REPLACE', 'RECORD']);
    expect(await chosen({ actor: 'nobody' })).toEqual([]);
    expect(await chosen({ to: '2000-01-01T00:00:00Z' })).toEqual([]);
    expect(await chosen({ from: '2000-01-01T00:00:00Z', actions: [] })).toHaveLength(3);
    for (const change of ["update audit_entry set actor = 'x'", 'delete from audit_entry'])
      await expect(app.database.fork().execute(change)).rejects.toThrow('to which rows are only added');
  });

  it('reads a ledger again only after it has changed', async () => {
    const id = await newPortfolio('Kept', '10');
    const entries = async () => (await app.services.portfolios.history(id)).entries;
    const before = await entries();
    expect(await entries()).toBe(before);
    await record({ kind: 'DEPOSIT', amount: '5' }, id);
    const after = await entries();
    expect([before.length, after.length]).toEqual([1, 2]);
    expect(await entries()).toBe(after);
  });

  it('writes once for a key, and never over a version that was not read', async () => {
    const id = await newPortfolio('Once');
    const input = {
      idempotencyKey: newKey(),
      portfolioId: id,
      expectedVersion: await version(id),
      transaction: { kind: 'DEPOSIT', executedAt: '2024-01-02', amount: '5' },
    };
    const answers = await Promise.all(Array.from({ length: 10 }, () => write('recordTransaction', input)));
    expect(new Set(answers.map(({ transaction }) => transaction.id)).size).toBe(1);
    const other = await write('recordTransaction', { ...input, expectedVersion: 99 });
    expect(other.errors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
    const stale = await write('recordTransaction', { ...input, idempotencyKey: newKey() });
    expect(stale).toMatchObject({
      transaction: null,
      errors: [{ code: 'STALE_VERSION', currentVersion: input.expectedVersion + 1 }],
    });
    expect((await valuation(id)).valuation.cash).toBe('5');
  });

  it('lets one of several writers at once through', async () => {
    const id = await newPortfolio('Together');
    const expectedVersion = await version(id);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        write('recordTransaction', {
          portfolioId: id,
          expectedVersion,
          transaction: { kind: 'DEPOSIT', executedAt: '2024-01-02', amount: '5' },
        }),
      ),
    );
    expect(answers.flatMap(({ errors }) => errors.map(({ code }: any) => code))).toEqual(
      Array(7).fill('STALE_VERSION'),
    );
    expect((await valuation(id)).valuation.cash).toBe('5');
  });

  it('moves cash and units between accounts without a flow', async () => {
    const id = await newPortfolio('Accounts', '1000');
    const { createAccount } = await app.query(
      `mutation($input: CreateAccountInput!) { createAccount(input: $input) { account { id name } ${ERRORS} } }`,
      {
        input: {
          idempotencyKey: newKey(),
          portfolioId: id,
          expectedVersion: await version(id),
          name: 'Savings',
        },
      },
    );
    const counterAccountId = createAccount.account.id;
    await record({ kind: 'BUY', symbol: 'AAA', quantity: '4', price: '25' }, id);
    await record({ kind: 'TRANSFER_OUT', symbol: 'AAA', quantity: '1', counterAccountId }, id);
    const { transaction } = await record({ kind: 'TRANSFER_OUT', amount: '300', counterAccountId }, id);
    expect(transaction).toMatchObject({
      account: { name: 'Main account' },
      counterAccount: { name: 'Savings' },
    });
    expect(await valuation(id)).toMatchObject({
      valuation: { cash: '900' },
      positions: { nodes: [{ quantity: '4', averageCost: '25' }] },
    });
    const { portfolio } = await app.query(
      `query($id: ID!, $account: ID!) { portfolio(id: $id) { accounts { nodes { name } } transactions(first: 10, filter: { accountId: $account }) { totalCount } } }`,
      { id, account: counterAccountId },
    );
    expect(portfolio).toEqual({
      accounts: { nodes: [{ name: 'Main account' }, { name: 'Savings' }] },
      transactions: { totalCount: 2 },
    });
    const same = await app.query(
      `mutation($input: CreateAccountInput!) { createAccount(input: $input) { account { id } ${ERRORS} } }`,
      {
        input: {
          idempotencyKey: newKey(),
          portfolioId: id,
          expectedVersion: await version(id),
          name: 'Savings',
        },
      },
    );
    expect(same.createAccount.errors).toMatchObject([{ code: 'DUPLICATE', path: ['input', 'name'] }]);
  });

  it('says the same in whatever order it was told', async () => {
    const told = [
      { kind: 'DEPOSIT', amount: '1000', executedAt: '2024-01-01' },
      { kind: 'BUY', symbol: 'AAA', quantity: '3', price: '70', fee: '1', executedAt: '2024-01-02' },
      { kind: 'SPLIT', symbol: 'AAA', units: '3', perUnits: '2', executedAt: '2024-01-03' },
      { kind: 'SELL', symbol: 'AAA', quantity: '2', price: '50', executedAt: '2024-01-04' },
      { kind: 'DIVIDEND', symbol: 'AAA', amount: '5', tax: '1', executedAt: '2024-01-05' },
    ];
    const said: unknown[] = [];
    for (const [name, order] of [
      ['In order', told],
      ['Backwards', told.toReversed()],
    ] as const) {
      const id = await newPortfolio(name);
      for (const transaction of order) await record(transaction, id);
      const { portfolio } = await app.query(
        'query($id: ID!) { portfolio(id: $id) { lots(at: "2024-02-01") { realisedShortTerm open(first: 5) { nodes { quantity costBasis } } } } }',
        { id },
      );
      said.push({ ...(await valuation(id)), ...portfolio });
    }
    expect(said[0]).toEqual(said[1]);
    expect(said[0]).toMatchObject({
      valuation: { cash: '893' },
      positions: { nodes: [{ quantity: '2.5' }] },
      // 3 for 211 became 4.5, of which 2 went for 100
      lots: { realisedShortTerm: '6.222222222222222222' },
    });
  });

  it('brings back by an import what was voided, but not what was corrected', async () => {
    const id = await newPortfolio('Imported');
    const content = 'date,symbol,side,quantity,price,id\n2024-01-02,AAA,buy,1,10,x1\n';
    const importing = async () => {
      const { id: runId, verdicts } = await importCsv(app, id, content);
      const { portfolio } = await app.query(
        'query($id: ID!) { portfolio(id: $id) { transactions(first: 1) { totalCount nodes { id importId } } auditLog(first: 1) { nodes { action subjectId } } } }',
        { id },
      );
      return { verdicts, runId, ...portfolio };
    };
    const first = await importing();
    expect(first.verdicts).toEqual({ NEW: 1 });
    expect(first.transactions.nodes[0].importId).toBe(first.runId);
    expect(first.auditLog.nodes).toEqual([{ action: 'IMPORT', subjectId: first.runId }]);
    await write('voidTransaction', {
      id: first.transactions.nodes[0].id,
      expectedVersion: await version(id),
      reason: 'a mistake',
    });
    const second = await importing();
    expect(second.verdicts).toEqual({ NEW: 1 });
    await write('replaceTransaction', {
      id: second.transactions.nodes[0].id,
      expectedVersion: await version(id),
      reason: 'two',
      transaction: { kind: 'BUY', executedAt: '2024-01-02', symbol: 'AAA', quantity: '2', price: '10' },
    });
    const third = await importing();
    expect(third.verdicts).toEqual({ DUPLICATE: 1 });
    expect(third.transactions.totalCount).toBe(1);
  });

  it('lists transactions by pages, filters and orders', async () => {
    const id = await newPortfolio('Listed');
    const note = 'saved 5% of wages';
    await record({ kind: 'DEPOSIT', amount: '50', executedAt: '2024-01-01', note }, id);
    await record({ kind: 'BUY', symbol: 'AAA', quantity: '1', price: '10', executedAt: '2024-01-02' }, id);
    await record({ kind: 'BUY', symbol: 'BBB', quantity: '2', price: '15', executedAt: '2024-01-03' }, id);
    const spun = await record(
      {
        kind: 'SPIN_OFF',
        symbol: 'BBB',
        otherSymbol: 'AAA',
        units: '1',
        perUnits: '2',
        basisFraction: '0.1',
      },
      id,
    );
    await write('voidTransaction', {
      id: spun.transaction.id,
      expectedVersion: await version(id),
      reason: 'no',
    });
    const list = async (variables: Record<string, unknown>, first = 10) => {
      const { portfolio } = await app.query(
        `query($id: ID!, $first: Int!, $filter: TransactionFilter, $orderBy: TransactionOrder, $after: String) { portfolio(id: $id) {
           transactions(first: $first, after: $after, filter: $filter, orderBy: $orderBy) { totalCount pageInfo { hasNextPage endCursor } nodes { id kind amount } } } }`,
        { id, first, ...variables },
      );
      return portfolio.transactions;
    };
    const amounts = async (variables: Record<string, unknown>) =>
      (await list(variables)).nodes.map(({ amount }: any) => amount);
    expect(await amounts({})).toEqual(['-30', '-10', '50']);
    expect(await amounts({ orderBy: { field: 'AMOUNT', direction: 'ASCENDING' } })).toEqual([
      '-30',
      '-10',
      '50',
    ]);
    expect(await amounts({ orderBy: { field: 'SYMBOL', direction: 'ASCENDING' } })).toEqual([
      '-10',
      '-30',
      '50',
    ]);
    expect(await amounts({ filter: { kinds: ['BUY'] } })).toEqual(['-30', '-10']);
    expect(await amounts({ filter: { search: 'aaa' } })).toEqual(['-10']);
    expect(await amounts({ filter: { search: 'aaa', includeVoided: true } })).toEqual(['0', '-10']);
    const { nodes: all } = await list({ filter: { includeVoided: true } });
    for (const { id: one, amount } of all) {
      expect(await amounts({ filter: { id: one, includeVoided: true } })).toEqual([amount]);
    }
    expect(await amounts({ filter: { id: 'txn_unknown' } })).toEqual([]);
    expect(await amounts({ filter: { search: '5% OF' } })).toEqual(['50']);
    expect(await amounts({ filter: { search: 's%d' } })).toEqual([]);
    expect(await amounts({ orderBy: { field: 'PRICE', direction: 'DESCENDING' } })).toEqual([
      '-30',
      '-10',
      '50',
    ]);
    expect(await amounts({ filter: { from: '2024-01-02', to: '2024-01-02T23:59:59Z' } })).toEqual(['-10']);
    const first = await list({}, 2);
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    expect((await list({ after: first.pageInfo.endCursor }, 2)).nodes).toEqual([
      expect.objectContaining({ kind: 'DEPOSIT', amount: '50' }),
    ]);
  });

  it('lists opening cash as the oldest, whenever it was entered', async () => {
    // given a portfolio that was made today, and a purchase of years ago
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } } }',
      { input: { idempotencyKey: newKey(), name: 'Begun today', baseCurrency: 'USD', initialCash: '500' } },
    );
    const { id } = createPortfolio.portfolio;
    await record({ kind: 'DEPOSIT', amount: '1', executedAt: '2001-01-02' }, id);
    await record({ kind: 'DEPOSIT', amount: '2', executedAt: '2002-01-02' }, id);
    for (const [direction, expected] of [
      ['DESCENDING', ['2', '1', '500']],
      ['ASCENDING', ['500', '1', '2']],
    ] as const) {
      const { portfolio } = await app.query(
        `query($id: ID!, $direction: SortDirection!) { portfolio(id: $id) {
           transactions(first: 10, orderBy: { field: EXECUTED_AT, direction: $direction }) { nodes { amount } } } }`,
        { id, direction },
      );
      expect(portfolio.transactions.nodes.map(({ amount }: { amount: string }) => amount)).toEqual(expected);
    }
  });

  it.each([
    [{ kind: 'BUY', symbol: 'NOPE', quantity: '1', price: '1' }, 'NOT_FOUND', ['transaction', 'symbol']],
    [{ kind: 'BUY', symbol: 'AAA', quantity: '1' }, 'INVALID', ['transaction']],
    [{ kind: 'DEPOSIT', amount: '1', exchangeRate: '2' }, 'INVALID', ['transaction', 'exchangeRate']],
    [{ kind: 'DEPOSIT', amount: '1', accountId: 'acc_x' }, 'NOT_FOUND', ['transaction', 'accountId']],
    [{ kind: 'DEPOSIT', amount: '1', accountId: '' }, 'NOT_FOUND', ['transaction', 'accountId']],
    [
      { kind: 'TRANSFER_OUT', amount: '1', counterAccountId: '' },
      'NOT_FOUND',
      ['transaction', 'counterAccountId'],
    ],
    [{ kind: 'BUY', symbol: '', quantity: '1', price: '1' }, 'INVALID', ['transaction']],
  ])('refuses %o', async (transaction, code, path) => {
    const before = await version();
    expect((await record(transaction)).errors).toMatchObject([{ code, path: ['input', ...path] }]);
    expect(await version()).toBe(before);
  });

  it('keeps an instrument that a dividend alone refers to', async () => {
    await record({ kind: 'DIVIDEND', symbol: 'BBB', amount: '1' });
    const { instrument } = await app.query('{ instrument(symbol: "BBB") { id version } }');
    const { deleteInstrument } = await app.query(
      'mutation($input: DeleteInstrumentInput!) { deleteInstrument(input: $input) { errors { code } } }',
      { input: { idempotencyKey: newKey(), id: instrument.id, expectedVersion: instrument.version } },
    );
    expect(deleteInstrument.errors).toEqual([{ code: 'IN_USE' }]);
  });
});
