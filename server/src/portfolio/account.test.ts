import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';

const ERRORS = 'errors { code message path }';

describe('accounts', () => {
  let app: TestApp;
  let id: string;
  let main: string;

  beforeAll(async () => {
    app = await createTestApp();
    await app.services.marketData.create({
      idempotencyKey: newKey(),
      symbol: 'AAA',
      name: 'A',
      currency: 'USD',
      assetClass: 'EQUITY',
    });
    ({ id, main } = await newPortfolio('Mine'));
  });
  afterAll(() => app.stop());

  async function newPortfolio(name: string, initialCash = '0') {
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id accounts { nodes { id } } } } }',
      { input: { idempotencyKey: newKey(), name, baseCurrency: 'USD', initialCash } },
    );
    const { portfolio } = createPortfolio;
    return { id: portfolio.id as string, main: portfolio.accounts.nodes[0].id as string };
  }

  const ask = async (fields: string, of = id) =>
    (await app.query(`query($id: ID!) { portfolio(id: $id) { ${fields} } }`, { id: of })).portfolio;

  async function write(name: string, input: Record<string, unknown>, of = id) {
    const type = `${name[0].toUpperCase()}${name.slice(1)}Input`;
    const answer = name === 'deleteAccount' ? 'deletedId' : 'account { id name lotMethod closedAt }';
    const { ledgerVersion } = await ask('ledgerVersion', of);
    const data = await app.query(
      `mutation($input: ${type}!) { ${name}(input: $input) { ${answer} ${ERRORS} } }`,
      { input: { idempotencyKey: newKey(), expectedVersion: ledgerVersion, ...input } },
    );
    return data[name];
  }

  async function record(transaction: Record<string, unknown>, of = id) {
    const { ledgerVersion } = await ask('ledgerVersion', of);
    const { recordTransaction } = await app.query(
      `mutation($input: RecordTransactionInput!) { recordTransaction(input: $input) { transaction { id } ${ERRORS} } }`,
      {
        input: { idempotencyKey: newKey(), portfolioId: of, expectedVersion: ledgerVersion, transaction },
      },
    );
    return recordTransaction;
  }

  it('are at most 100 in a portfolio', async () => {
    const full = await newPortfolio('Full');
    const rows = Array.from(
      { length: 98 },
      (_, index) => `('acc_full_${index}', '${full.id}', 'Account ${index}')`,
    );
    await app.database
      .fork()
      .execute(`insert into account (id, portfolio_id, name) values ${rows.join(', ')}`);
    const last = await write('createAccount', { portfolioId: full.id, name: 'The 100th' }, full.id);
    expect(last.errors).toEqual([]);
    const more = await write('createAccount', { portfolioId: full.id, name: 'One more' }, full.id);
    expect(more.errors).toMatchObject([
      { code: 'LIMIT', message: 'expected at most 100 accounts of a portfolio, was one more' },
    ]);
  });

  it('are made, renamed, closed, opened again and deleted while empty, each of it on record', async () => {
    const made = await write('createAccount', { portfolioId: id, name: ' Broker ', lotMethod: 'LIFO' });
    const { account } = made;
    expect(account).toMatchObject({ name: 'Broker', lotMethod: 'LIFO', closedAt: null });
    const renamed = await write('updateAccount', { id: account.id, name: 'Bank', lotMethod: 'HIFO' });
    expect(renamed.account).toMatchObject({ name: 'Bank', lotMethod: 'HIFO' });
    const taken = await write('updateAccount', { id: account.id, name: 'Main account' });
    expect(taken.errors).toMatchObject([{ code: 'DUPLICATE', path: ['input', 'name'] }]);
    const closed = await write('updateAccount', { id: account.id, isClosed: true });
    expect(closed.account.closedAt).toEqual(expect.any(String));
    const refused = await record({
      kind: 'DEPOSIT',
      executedAt: '2024-01-02',
      amount: '1',
      accountId: account.id,
    });
    expect(refused.errors).toMatchObject([{ code: 'INVALID', path: ['input', 'transaction', 'accountId'] }]);
    const alone = await write('updateAccount', { id: main, isClosed: true });
    expect(alone.errors[0].message).toBe(
      'expected another open account in the portfolio, was Main account alone',
    );
    const opened = await write('updateAccount', { id: account.id, isClosed: false });
    expect(opened.account.closedAt).toBeNull();
    expect((await write('deleteAccount', { id: account.id })).deletedId).toBe(account.id);
    const { accounts, auditLog } = await ask(
      'accounts { nodes { name } } auditLog(first: 9) { nodes { action subjectId reason } }',
    );
    expect(accounts.nodes).toEqual([{ name: 'Main account' }]);
    const about = (action: string, reason: string) => ({ action, subjectId: account.id, reason });
    expect(auditLog.nodes).toEqual([
      about('DELETE_ACCOUNT', 'Bank'),
      about('UPDATE_ACCOUNT', 'opened again'),
      about('UPDATE_ACCOUNT', 'closed'),
      about('UPDATE_ACCOUNT', 'Broker becomes Bank; LIFO becomes HIFO'),
      about('CREATE_ACCOUNT', 'Broker, LIFO'),
      { action: 'CREATE_PORTFOLIO', subjectId: id, reason: 'Mine, begins with 0 USD' },
    ]);
  });

  it('are not closed while they hold something, nor deleted once they had a transaction', async () => {
    const other = (await write('createAccount', { portfolioId: id, name: 'Cash' })).account.id;
    await record({ kind: 'DEPOSIT', executedAt: '2024-01-02', amount: '12.5', accountId: other });
    const closing = await write('updateAccount', { id: other, isClosed: true });
    expect(closing.errors).toMatchObject([
      { message: 'expected an account that holds nothing, was 12.5 USD', path: ['input', 'isClosed'] },
    ]);
    await record({ kind: 'WITHDRAWAL', executedAt: '2024-01-03', amount: '12.5', accountId: other });
    const deleting = await write('deleteAccount', { id: other });
    expect(deleting.errors).toMatchObject([{ code: 'INVALID', path: ['input', 'id'] }]);
    expect((await write('updateAccount', { id: other, isClosed: true })).errors).toEqual([]);
  });

  it('refuse a change of a ledger that was changed meanwhile, and another change under the same key', async () => {
    const { ledgerVersion } = await ask('ledgerVersion');
    const stale = await write('createAccount', {
      portfolioId: id,
      name: 'Late',
      expectedVersion: ledgerVersion - 1,
    });
    expect(stale.errors).toMatchObject([{ code: 'STALE_VERSION' }]);
    const idempotencyKey = newKey();
    const input = { idempotencyKey, portfolioId: id, name: 'Once', expectedVersion: ledgerVersion };
    const first = await write('createAccount', input);
    expect((await write('createAccount', input)).account.id).toBe(first.account.id);
    const reused = await write('createAccount', { ...input, name: 'Twice' });
    expect(reused.errors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
  });

  it('have their own cash, value, lots and methods', async () => {
    const own = await newPortfolio('Methods', '1000');
    const lifo = (
      await write('createAccount', { portfolioId: own.id, name: 'Second', lotMethod: 'LIFO' }, own.id)
    ).account.id;
    const trade = (kind: string, day: string, price: string, accountId: string) =>
      record({ kind, executedAt: `2024-01-${day}`, symbol: 'AAA', quantity: '2', price, accountId }, own.id);
    for (const accountId of [own.main, lifo]) {
      await trade('BUY', '02', '10', accountId);
      await trade('BUY', '03', '20', accountId);
      await trade('SELL', '04', '30', accountId);
    }
    const GAINS = 'method realisedShortTerm open(first: 5) { totalCount nodes { accountId costBasis } }';
    const found = await ask(
      `both: lots { ${GAINS} } first: lots(accountId: "${own.main}") { ${GAINS} } second: lots(accountId: "${lifo}") { ${GAINS} }
       lotsByMethod(accountId: "${lifo}") { method realisedShortTerm }
       accounts { nodes { name holdings { cash { currency amount } cashValue marketValue value } } }
       rich: accounts(first: 1, orderBy: { field: VALUE, direction: DESCENDING }) { totalCount pageInfo { hasNextPage } nodes { name } }
       inDollars: accounts(filter: { currency: "USD", isOpen: true }) { totalCount nodes { name } }`,
      own.id,
    );
    const lot = (accountId: string, costBasis: string) => ({ accountId, costBasis });
    expect(found.first).toEqual({
      method: 'FIFO',
      realisedShortTerm: '40',
      open: { totalCount: 1, nodes: [lot(own.main, '40')] },
    });
    expect(found.second).toEqual({
      method: 'LIFO',
      realisedShortTerm: '20',
      open: { totalCount: 1, nodes: [lot(lifo, '20')] },
    });
    expect(found.both).toMatchObject({ method: null, realisedShortTerm: '60', open: { totalCount: 2 } });
    expect(found.lotsByMethod).toEqual([
      { method: 'FIFO', realisedShortTerm: '40' },
      { method: 'LIFO', realisedShortTerm: '20' },
      { method: 'HIFO', realisedShortTerm: '20' },
      { method: 'LOFO', realisedShortTerm: '40' },
      { method: 'AVERAGE', realisedShortTerm: '30' },
      { method: 'SPECIFIC', realisedShortTerm: '40' },
    ]);
    // Without bars the last fill tells the price: 2 units at 30.
    const holdings = (cash: string, value: string) => ({
      cash: [{ currency: 'USD', amount: cash }],
      cashValue: cash,
      marketValue: '60',
      value,
    });
    expect(found.rich).toEqual({
      totalCount: 2,
      pageInfo: { hasNextPage: true },
      nodes: [{ name: 'Main account' }],
    });
    expect(found.inDollars).toEqual({ totalCount: 1, nodes: [{ name: 'Main account' }] });
    expect(found.accounts.nodes).toEqual(
      [
        { name: 'Main account', holdings: holdings('1000', '1060') },
        { name: 'Second', holdings: holdings('0', '60') },
      ].map((one) => (one.name === 'Second' ? { ...one, holdings: { ...one.holdings, cash: [] } } : one)),
    );
  });

  it('show an average cost to the last digit', async () => {
    const own = await newPortfolio('Coins');
    const price = '0.0000000123';
    await record({ kind: 'BUY', executedAt: '2024-01-02', symbol: 'AAA', quantity: '3', price }, own.id);
    const { positions } = await ask('positions { nodes { averageCost } }', own.id);
    expect(positions.nodes).toEqual([{ averageCost: price }]);
  });

  it('keep every row of the ledger until the whole portfolio goes, which stays on record', async () => {
    const own = await newPortfolio('Gone', '7');
    await record({ kind: 'BUY', executedAt: '2024-01-02', symbol: 'AAA', quantity: '1', price: '2' }, own.id);
    const second = (await write('createAccount', { portfolioId: own.id, name: 'Second' }, own.id)).account.id;
    const moved = await record(
      { kind: 'TRANSFER_OUT', executedAt: '2024-01-03', amount: '1', counterAccountId: second },
      own.id,
    );
    const { ledgerVersion } = await ask('ledgerVersion', own.id);
    await app.query(
      'mutation($input: VoidTransactionInput!) { voidTransaction(input: $input) { errors { message } } }',
      {
        input: {
          idempotencyKey: newKey(),
          id: moved.transaction.id,
          expectedVersion: ledgerVersion,
          reason: 'no',
        },
      },
    );
    for (const table of ['transaction', 'fill', 'transaction_void'])
      await expect(app.database.fork().execute(`delete from ${table}`)).rejects.toThrow(
        'expected no removal of a row of the ledger',
      );
    const removal = (table: string, key: string) =>
      app.database.fork().execute(`delete from ${table} where id = ?`, [key]);
    await expect(removal('account', second)).rejects.toThrow('an account that has transactions');
    await expect(removal('portfolio', own.id)).rejects.toThrow('an entry of the audit log before');
    const input = { idempotencyKey: newKey(), id: own.id, expectedVersion: 1 };
    const remove = async (changed = {}) =>
      (
        await app.query(
          `mutation($input: DeletePortfolioInput!) { deletePortfolio(input: $input) { deletedId ${ERRORS} } }`,
          { input: { ...input, ...changed } },
        )
      ).deletePortfolio;
    expect(await remove()).toEqual({ deletedId: own.id, errors: [] });
    expect(await remove()).toEqual({ deletedId: own.id, errors: [] });
    expect((await remove({ expectedVersion: 2 })).errors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
    expect(await ask('id', own.id).catch(() => null)).toBeNull();
    const { deletedPortfolios } = await app.query(
      `{ deletedPortfolios(first: 5) { totalCount nodes { id name baseCurrency transactionCount deletedBy
         auditLog(first: 9) { nodes { action } } } } }`,
    );
    expect(deletedPortfolios).toEqual({
      totalCount: 1,
      nodes: [
        {
          id: own.id,
          name: 'Gone',
          baseCurrency: 'USD',
          transactionCount: 3,
          deletedBy: 'owner',
          auditLog: {
            nodes: ['DELETE_PORTFOLIO', 'VOID', 'RECORD', 'CREATE_ACCOUNT', 'RECORD', 'CREATE_PORTFOLIO'].map(
              (action) => ({ action }),
            ),
          },
        },
      ],
    });
  });
});
