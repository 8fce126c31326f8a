import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';
import { importText, newPortfolio } from '../../test/transaction-imports.ts';
import type { EntityManager } from '../platform/database/database.ts';
import { Decimal } from '../platform/decimal.ts';
import { newId } from '../platform/graphql/node.ts';
import type { LedgerRecord } from '../trade/imports/ledger-file.ts';
import { netCashOf } from '../trade/transaction-draft.ts';
import { LOT_METHODS, type LotMethod } from '../trade/lots.ts';
import { KIND_FORMS, TRANSACTION_KINDS, type TransactionKind } from '../trade/transaction-kinds.ts';
import { type NewTransaction, TransactionStore } from '../trade/transaction.store.ts';

const KINDS = Object.keys(TRANSACTION_KINDS) as TransactionKind[];
const SYMBOLS = ['AAA', 'BBB', 'CCC'];
const LOT = 'instrument { symbol } openedAt quantity costBasis isLongTerm side';
const FIRST_MS = Date.UTC(2020, 0, 1);

/** Up to 20 digits before and 18 after the point, above 0. */
const positive = fc
  .tuple(fc.bigInt({ min: 1n, max: 10n ** 27n }), fc.integer({ min: 0, max: 18 }))
  .map(([digits, places]) => new Decimal(`${digits}e-${places}`))
  .filter((value) => value.lessThan('1e9'))
  .map((value) => value.toFixed());
const texts = fc.oneof(
  fc.constantFrom('=1+1', '"quoted", with a comma', 'two\nlines', "'=x", '-5', ' spaces '),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }).filter((text) => !text.includes('\u0000')),
);

/** A transaction of any kind in any of two accounts, voided now and then; places in lists stand for ids. */
const drafts = fc.record({
  kind: fc.constantFrom(...KINDS),
  form: fc.nat(1),
  account: fc.nat(1),
  instrument: fc.nat(2),
  timeMs: fc.integer({ min: 0, max: 2 }).map((day) => FIRST_MS + day * 86_400_000 + day),
  quantity: positive,
  price: positive,
  amount: positive,
  fee: fc.option(positive),
  tax: fc.option(positive),
  units: positive,
  perUnits: fc.option(positive),
  fraction: fc.constantFrom('0', '0.123456789012345678', '1'),
  isNegative: fc.boolean(),
  currency: fc.constantFrom('USD', 'EUR', 'GBP'),
  rate: fc.option(positive),
  lot: fc.option(fc.nat(20)),
  note: fc.option(texts),
  externalId: fc.option(texts),
  voided: fc.option(fc.record({ reason: texts, by: fc.option(fc.nat(20)) }), { freq: 4 }),
});
/** The methods for lots of the two accounts. */
const methods = fc.tuple(fc.constantFrom(...LOT_METHODS), fc.constantFrom(...LOT_METHODS));
/** Which of the two accounts is closed, if any: one always takes transactions. */
const closings = fc.option(fc.nat(1));
type Draft = typeof drafts extends fc.Arbitrary<infer Value> ? Value : never;

describe('the export of a ledger', () => {
  let app: TestApp;
  let store: TransactionStore;
  let instrumentIds: string[];
  let portfolios = 0;

  beforeAll(async () => {
    app = await createTestApp();
    store = new TransactionStore(app.database, Date.now);
    for (const symbol of SYMBOLS)
      await app.services.marketData.create({
        idempotencyKey: newKey(),
        symbol,
        name: `${symbol}, "the" company`,
        currency: 'USD',
        assetClass: 'EQUITY',
        isin: symbol === 'AAA' ? 'US0378331005' : null,
      });
    instrumentIds = (await app.services.marketData.list({}, 0, 3))[0].map(({ id }) => id);
  });
  afterAll(() => app.stop());

  async function portfolioOf(
    rows: readonly Draft[],
    [main, other]: readonly LotMethod[],
    closing: number | null,
  ): Promise<string> {
    portfolios += 1;
    const id = await newPortfolio(app, `Random ${portfolios}`);
    const { services } = app;
    const expectedVersion = (await store.version(id))!;
    await services.accounts.create(
      {
        idempotencyKey: newKey(),
        portfolioId: id,
        expectedVersion,
        name: 'Other, "account"',
        lotMethod: other,
      },
      'owner',
    );
    const accounts = (await services.ledger.accounts(id)).map((account) => account.id);
    await setMethod(id, accounts[0], main);
    const ids = rows.map(() => newId('txn', Date.now));
    await app.database.fork().transactional(async (em) => {
      const transactions = rows.map((row, index) => transactionOf(row, ids[index], accounts, ids));
      await store.insert(em, transactions);
      const replacements = new Set<string>();
      for (const [index, { voided }] of rows.entries()) {
        if (!voided) continue;
        const by = voided.by === null ? null : ids[voided.by % ids.length];
        const replacement = by !== null && by !== ids[index] && !replacements.has(by) ? by : null;
        if (replacement) replacements.add(replacement);
        await store.void(em, ids[index], voided.reason, 'owner', replacement);
      }
      // What was voided after an account was closed can leave something in it.
      if (closing !== null) await closeAccount(em, accounts[closing]);
    });
    return id;
  }

  async function closeAccount(em: EntityManager, id: string): Promise<void> {
    await em.execute('update account set closed_at = ? where id = ?', ['2024-05-31T15:30:00.001Z', id]);
  }

  async function setMethod(portfolioId: string, id: string, lotMethod: LotMethod): Promise<void> {
    const expectedVersion = (await store.version(portfolioId))!;
    await app.services.accounts.update({ idempotencyKey: newKey(), id, expectedVersion, lotMethod }, 'owner');
  }

  function transactionOf(
    row: Draft,
    id: string,
    accounts: readonly string[],
    ids: readonly string[],
  ): NewTransaction {
    const forms = KIND_FORMS[row.kind];
    const { needs, may, isSigned } = forms[row.form % forms.length];
    const has = (field: (typeof needs)[number]) => needs.includes(field) || may.includes(field);
    const signed = (value: string) => (isSigned && row.isNegative ? `-${value}` : value);
    const fields = {
      kind: row.kind,
      quantity: has('quantity') ? signed(row.quantity) : null,
      price: has('price') ? row.price : null,
      amount: has('amount') ? signed(row.amount) : null,
      fee: has('fee') ? row.fee : null,
      tax: has('tax') ? row.tax : null,
      units: has('units') ? row.units : null,
      perUnits: has('perUnits') ? row.perUnits : null,
      basisFraction: has('basisFraction') ? row.fraction : null,
      costBasis: has('costBasis') ? row.amount : null,
      otherAmount: has('otherAmount') ? row.units : null,
      otherCurrency: has('otherCurrency') ? (row.currency === 'EUR' ? 'GBP' : 'EUR') : null,
      acquiredAt: has('acquiredAt') && row.isNegative ? new Date(FIRST_MS - 1) : null,
    };
    return {
      ...fields,
      id,
      accountId: accounts[row.account],
      counterAccountId: has('counterAccountId') && row.isNegative ? accounts[1 - row.account] : null,
      instrumentId: has('symbol') ? instrumentIds[row.instrument] : null,
      otherInstrumentId: has('otherSymbol') ? instrumentIds[(row.instrument + 1) % 3] : null,
      lotIds: has('lotIds') && row.lot !== null ? [ids[row.lot % ids.length]] : [],
      executedAt: new Date(row.timeMs),
      amount: netCashOf(fields).toFixed(18),
      currency: row.currency,
      exchangeRate: row.currency === 'USD' ? null : row.rate,
      createdBy: 'owner',
      note: row.note,
      externalId: row.externalId,
    };
  }

  async function download(id: string, form: 'csv' | 'json'): Promise<Response> {
    return fetch(`${app.urls.api}/downloads/portfolios/${id}/transactions.${form}`);
  }

  /** The ledger as it counts and as it was, with ids as places in it, and the accounts that a form has. */
  async function contentOf(id: string, form: 'csv' | 'json'): Promise<unknown> {
    const records: LedgerRecord[] = [];
    for await (const record of app.services.ledgerExport.records(id)) records.push(record);
    const places = new Map(records.map((record, index) => [record.id, index]));
    const { portfolio } = await app.query(
      `query($id: ID!) { portfolio(id: $id) { valuation { cash equity realisedProfit fees }
         accounts { nodes { id name lotMethod closedAt } }
         lots { open(first: 100) { nodes { accountId transactionId ${LOT} } } closed(first: 100) { nodes {
           accountId transactionId closingId closedAt gain ${LOT} } } } } }`,
      { id },
    );
    const named = new Set(records.flatMap(({ account, toAccount }) => [account, toAccount]));
    const names = new Map<string, string>(portfolio.accounts.nodes.map((one: any) => [one.id, one.name]));
    const lotsOf = ({ nodes }: any) =>
      nodes
        .map(({ accountId, transactionId, closingId, ...lot }: any) =>
          JSON.stringify([names.get(accountId), places.get(transactionId), places.get(closingId), lot]),
        )
        .toSorted();
    return {
      valuation: portfolio.valuation,
      accounts: portfolio.accounts.nodes
        .filter(({ name }: any) => form === 'json' || named.has(name))
        .map(({ name, lotMethod, closedAt }: any) => `${name} ${lotMethod} ${closedAt}`)
        .toSorted(),
      open: lotsOf(portfolio.lots.open),
      closed: lotsOf(portfolio.lots.closed),
      records: records.map((record) => ({
        ...record,
        id: null,
        lots: record.lots?.split(' ').map((lot) => places.get(lot)),
        replacedBy: record.replacedBy && places.get(record.replacedBy),
      })),
    };
  }

  it.each(['csv', 'json'] as const)(
    'is read back from %s to an equal ledger, whatever it holds',
    async (form) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(drafts, { minLength: 1, maxLength: 12 }),
          methods,
          closings,
          async (rows, own, closing) => {
            // given: as CSV, an account without rows is not told, and the last one that is stays open
            const open = rows.some(({ account }) => account !== closing);
            const id = await portfolioOf(rows, own, form === 'json' || open ? closing : null);
            portfolios += 1;
            const copy = await newPortfolio(app, `Copy ${portfolios}`);
            // when
            const text = await (await download(id, form)).text();
            const imported = await importText(app, copy, text);
            // then
            expect(imported).toMatchObject({ status: 'SUCCEEDED', verdicts: { NEW: rows.length } });
            expect(await contentOf(copy, form)).toEqual(await contentOf(id, form));
            // and it is known again, here and where it came from
            for (const one of [id, copy])
              expect((await importText(app, one, text, { dryRun: true })).verdicts).toEqual({
                DUPLICATE: rows.length,
              });
          },
        ),
        { numRuns: 8 },
      );
    },
    120_000,
  );

  /** Bought at 10 and at 20, one sold at 30 from the newer: 10 by LIFO, 20 by FIFO. */
  async function lifoPortfolio(name: string): Promise<string> {
    const id = await newPortfolio(app, name);
    const [{ id: accountId }] = await app.services.ledger.accounts(id);
    await setMethod(id, accountId, 'LIFO');
    const rows = ['BUY,2024-01-02,AAA,1,10', 'BUY,2024-01-03,AAA,1,20', 'SELL,2024-01-04,AAA,1,30'];
    const { status } = await importText(app, id, ledgerCsv('kind,time,symbol,quantity,price', rows));
    expect(status).toBe('SUCCEEDED');
    return id;
  }

  /** A file of a ledger with the first columns, and others behind them. */
  function ledgerCsv(columns: string, rows: readonly string[]): string {
    const first = columns.split(',');
    const header = ['id', 'kind', 'time', 'account', 'symbol', ...first.slice(3)];
    const lines = rows.map((row) => {
      const [kind, time, symbol, ...more] = row.split(',');
      return ['', kind, time, 'Main account', symbol, ...more].join(',');
    });
    return `${header.join(',')}\n${lines.join('\n')}\n`;
  }

  async function gainsOf(id: string): Promise<string> {
    const { portfolio } = await app.query(
      `query($id: ID!) { portfolio(id: $id) { accounts { nodes { name lotMethod } }
         lots { method closed(first: 9) { nodes { gain } } } } }`,
      { id },
    );
    const accounts = portfolio.accounts.nodes.map(({ name, lotMethod }: any) => `${name} ${lotMethod}`);
    return [...accounts, ...portfolio.lots.closed.nodes.map(({ gain }: any) => gain)].join(', ');
  }

  it.each(['csv', 'json'] as const)('keeps the lots that sales closed, from %s', async (form) => {
    const text = await (await download(await lifoPortfolio(`Newest first ${form}`), form)).text();
    const copy = await newPortfolio(app, `Newest first again ${form}`);
    expect(await importText(app, copy, text)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await gainsOf(copy)).toBe('Main account LIFO, 10');
    const { portfolio } = await app.query(
      'query($id: ID!) { portfolio(id: $id) { auditLog(first: 2) { nodes { action reason } } } }',
      { id: copy },
    );
    expect(portfolio.auditLog.nodes).toContainEqual({
      action: 'UPDATE_ACCOUNT',
      reason: 'FIFO becomes LIFO, as in the imported file',
    });
  });

  it('leaves an account that has transactions its own method', async () => {
    const text = await (await download(await lifoPortfolio('Told'), 'json')).text();
    const id = await newPortfolio(app, 'With a method of its own');
    await importText(app, id, ledgerCsv('kind,time,symbol,amount', ['DEPOSIT,2024-01-01,,5']));
    await importText(app, id, text);
    expect(await gainsOf(id)).toBe('Main account FIFO, 20');
  });

  it('makes accounts without transactions from JSON, and reads older files, which have no methods', async () => {
    const id = await newPortfolio(app, 'Heads');
    const file = (more: object) =>
      JSON.stringify({ format: 'ai-trading-ledger', version: 1, ...more, transactions: [] });
    expect((await importText(app, id, file({}))).status).toBe('SUCCEEDED');
    const accounts = [
      { name: 'Main account', lotMethod: 'HIFO' },
      { name: 'Empty', lotMethod: 'AVERAGE' },
    ];
    expect((await importText(app, id, file({ accounts }))).status).toBe('SUCCEEDED');
    expect(await gainsOf(id)).toBe('Main account HIFO, Empty AVERAGE');
  });

  async function accountsOf(id: string): Promise<string[]> {
    const { portfolio } = await app.query(
      'query($id: ID!) { portfolio(id: $id) { accounts { nodes { name closedAt } } } }',
      { id },
    );
    return portfolio.accounts.nodes.map(({ name, closedAt }: any) => `${name}, ${closedAt ?? 'open'}`);
  }

  it('brings in the accounts of a ledger without transactions, closed ones too, and tells which', async () => {
    // given
    const closedAt = '2024-05-31T15:30:00.000Z';
    const source = await newPortfolio(app, 'Accounts alone');
    const [{ id: main }] = await app.services.ledger.accounts(source);
    const expectedVersion = (await store.version(source))!;
    const other = { idempotencyKey: newKey(), portfolioId: source, expectedVersion, name: 'Other' } as const;
    await app.services.accounts.create({ ...other, lotMethod: 'LIFO' }, 'owner');
    await app.database.fork().execute('update account set closed_at = ? where id = ?', [closedAt, main]);
    const text = await (await download(source, 'json')).text();
    expect(JSON.parse(text).accounts).toEqual([
      { name: 'Main account', lotMethod: 'FIFO', closedAt },
      { name: 'Other', lotMethod: 'LIFO', closedAt: null },
    ]);
    const copy = await newPortfolio(app, 'Accounts alone again');
    // when
    const checked = await importText(app, copy, text, { dryRun: true });
    // then
    const accounts = [
      { name: 'Other', lotMethod: 'LIFO', closedAt: null, isNew: true },
      { name: 'Main account', lotMethod: 'FIFO', closedAt, isNew: false },
    ];
    expect(checked).toMatchObject({ status: 'SUCCEEDED', verdicts: {}, accounts });
    expect(await accountsOf(copy)).toEqual(['Main account, open']);
    expect(await importText(app, copy, text)).toMatchObject({ status: 'SUCCEEDED', accounts });
    expect(await accountsOf(copy)).toEqual([`Main account, ${closedAt}`, 'Other, open']);
    expect((await importText(app, copy, text)).accounts).toEqual([]);
  });

  it('leaves a portfolio an account that takes transactions, and refuses rows of one that takes none', async () => {
    const id = await newPortfolio(app, 'Closed');
    const row = (more: string) => ledgerCsv('kind,time,symbol,amount,lotMethod,closedAt', [more]);
    // given: a file whose only account is closed
    await importText(app, id, row('DEPOSIT,2024-01-01,,5,LIFO,2024-05-31T15:30:00.000Z'));
    expect(await accountsOf(id)).toEqual(['Main account, open']);
    // when it is closed beside another
    const accounts = ['Main account', 'Old'].map((name) => ({
      name,
      lotMethod: 'FIFO',
      closedAt: '2024-05-31',
    }));
    const file = { format: 'ai-trading-ledger', accounts, transactions: [] };
    await importText(app, id, JSON.stringify(file));
    // then it takes no rows, and the one with transactions stays as it was
    expect(await accountsOf(id)).toEqual(['Main account, open', 'Old, 2024-05-31T00:00:00.000Z']);
    const transactions = [{ kind: 'DEPOSIT', time: '2024-06-01', account: 'Old', amount: '1' }];
    const { rows } = await importText(app, id, JSON.stringify({ ...file, transactions }), { dryRun: true });
    expect(rows).toMatchObject([
      { verdict: 'ERROR', reason: 'expected an open account, was Old, closed on 2024-05-31' },
    ]);
  });

  it.each([
    [{ accounts: {} }, 'expected a list of accounts, was {}'],
    [{ accounts: [{ lotMethod: 'FIFO' }] }, 'expected an account with a name, was {"lotMethod":"FIFO"}'],
    [
      { accounts: [{ name: 'A', lotMethod: 'BEST' }] },
      'expected a method for lots such as FIFO for the account A, was "BEST"',
    ],
    [
      { accounts: ['FIFO', 'LIFO'].map((lotMethod) => ({ name: 'A', lotMethod })) },
      'expected the account A once, was there twice',
    ],
    [
      { accounts: [{ name: 'A', lotMethod: 'FIFO', closedAt: 'May' }] },
      'expected a time such as 2024-05-31T15:30:00.000Z since when the account A is closed, was "May"',
    ],
  ])('refuses a head of %j', async (head, reason) => {
    const id = await newPortfolio(app, `Head ${reason}`);
    const text = JSON.stringify({ format: 'ai-trading-ledger', ...head, transactions: [] });
    expect((await importText(app, id, text)).rows).toMatchObject([{ verdict: 'ERROR', reason }]);
  });

  it('names rows that disagree about the method of an account', async () => {
    const id = await newPortfolio(app, 'Disagreeing');
    const rows = ['DEPOSIT,2024-01-01,,5,LIFO', 'DEPOSIT,2024-01-02,,6,FIFO', 'DEPOSIT,2024-01-03,,7,BEST'];
    const text = ledgerCsv('kind,time,symbol,amount,lotMethod', rows);
    expect((await importText(app, id, text)).rows.map(({ reason }) => reason)).toEqual([
      null,
      'expected LIFO as the method for lots of Main account, as before it in the file, was FIFO',
      'expected a method for lots such as FIFO, was BEST',
    ]);
  });

  it('names rows that disagree about when an account was closed', async () => {
    const id = await newPortfolio(app, 'Disagreeing about the end');
    const rows = ['1,,5,FIFO,2024-05-31', '2,,5,FIFO,', '3,,5,FIFO,soon', '4,,5,,2024-05-31'].map(
      (cells) => `DEPOSIT,2024-01-0${cells}`,
    );
    const text = ledgerCsv('kind,time,symbol,amount,lotMethod,closedAt', rows);
    expect((await importText(app, id, text)).rows.map(({ reason }) => reason)).toEqual([
      null,
      'expected 2024-05-31 as the time since when Main account is closed, as before it in the file, was none',
      'expected a time such as 2024-05-31T15:30:00.000Z since when Main account is closed, was soon',
      'expected a method for lots such as FIFO, was none',
    ]);
  });

  it('is sent as a file with the name of its portfolio', async () => {
    const id = await newPortfolio(app, 'Größe "A"');
    const response = await download(id, 'csv');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="Gr__e _A_ transactions.csv"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%22A%22%20transactions.csv`,
    );
    expect(await response.text()).toMatch(/^id,kind,time,account,[^\n]*\n$/);
    expect(JSON.parse(await (await download(id, 'json')).text())).toEqual({
      format: 'ai-trading-ledger',
      version: 1,
      portfolio: { name: 'Größe "A"', baseCurrency: 'USD' },
      accounts: [{ name: 'Main account', lotMethod: 'FIFO', closedAt: null }],
      transactions: [],
    });
    expect((await download('prt_none', 'csv')).status).toBe(404);
  });

  it('names what a changed file has wrong', async () => {
    const id = await newPortfolio(app, 'Changed');
    const header = (await (await download(id, 'csv')).text()).trim();
    const columns = header.split(',');
    const line = (fields: Record<string, string>) => columns.map((name) => fields[name] ?? '').join(',');
    const good = { kind: 'DEPOSIT', time: '2024-01-02', amount: '5', account: 'Savings' };
    const text = [
      header,
      line(good),
      line({ ...good, id: 'x', netAmount: '6' }),
      line({ ...good, kind: 'GIFT' }),
      line({ ...good, time: 'yesterday' }),
      line({ ...good, amount: '1e3' }),
      line({ ...good, currency: 'euro' }),
      line({
        id: 'y',
        kind: 'SELL',
        time: '2024-01-03',
        symbol: 'AAA',
        quantity: '1',
        price: '1',
        lots: 'x',
      }),
      line({ ...good, amount: '-5' }),
    ].join('\n');
    const { rows } = await importText(app, id, text, { dryRun: true });
    expect(rows.map(({ line: at, verdict, reason }) => [at, verdict, reason])).toEqual([
      [2, 'NEW', null],
      [3, 'ERROR', 'expected 5 as the cash that it moves, was 6'],
      [4, 'ERROR', 'expected a kind such as BUY, was GIFT'],
      [5, 'ERROR', 'expected a time such as 2024-05-31T15:30:00.000Z, was yesterday'],
      [6, 'ERROR', 'expected a number for amount, was 1e3'],
      [7, 'ERROR', 'expected a currency such as USD, was euro'],
      [8, 'ERROR', 'expected a transaction of the file that can be used, was x'],
      [9, 'ERROR', 'expected an amount above 0, was -5'],
    ]);
    expect(
      (await importText(app, id, '{"format":"ai-trading-ledger","transactions":[{"kind":1}]}')).errorMessage,
    ).toBe(
      '1 of 1 lines cannot be used, so nothing was imported. The first: line 1: expected a text for kind, was 1.',
    );
    await importText(app, id, text, { skipInvalid: true });
    const { portfolio } = await app.query(
      'query($id: ID!) { portfolio(id: $id) { accounts { nodes { name } } } }',
      {
        id,
      },
    );
    expect(portfolio.accounts.nodes).toEqual([{ name: 'Main account' }, { name: 'Savings' }]);
  });
});
