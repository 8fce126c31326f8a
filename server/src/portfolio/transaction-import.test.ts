import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';
import {
  importCsv,
  importText,
  ledgerLines,
  ledgerVersion,
  newPortfolio,
} from '../../test/transaction-imports.ts';
import { previewCsv } from '../trade/imports/csv-mapping.ts';

const VANGUARD = `Date,Details,Amount,Balance
08/03/2022,Deposit for investment purchases,1000,1000
09/03/2022,Bought 10 Foo ETF (FOO),-200,800
09/03/2022,Account fee charged,-5,795
09/03/2022,Account fee charged,-5,790
01/04/2022,DIV: FOO.XLON.GB @ GBP 0.10,1,791
`;
const MAPPED = `Tag;Was;Papier;ISIN;Stück;Kurs;Betrag;Gebühr
02.01.2024;Einzahlung;;;;;1.000,00;
03.01.2024;Kauf;Foo AG;DE0001234567;2;100,50;-202,00;1,00
04.01.2024;Rätsel;Foo AG;DE0001234567;1;100;100;
`;

describe('imports of transactions', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.stop());

  async function undo(id: string, portfolioId: string) {
    const { undoImport } = await app.query(
      `mutation($input: UndoImportInput!) { undoImport(input: $input) {
         import { undoneAt undoneBy transactionCount } portfolio { ledgerVersion } errors { code message } } }`,
      {
        input: { idempotencyKey: newKey(), id, expectedVersion: await ledgerVersion(app, portfolioId) },
      },
    );
    return undoImport;
  }

  it('checks a file row by row and stores nothing', async () => {
    const id = await newPortfolio(app, 'Checked', 'GBP');
    const checked = await importText(app, id, VANGUARD, { dryRun: true });
    expect(checked).toMatchObject({
      status: 'SUCCEEDED',
      format: { id: 'vanguard-uk' },
      verdicts: { NEW: 3, NEEDS_SYMBOL: 2 },
      symbols: [
        {
          key: 'symbol FOO',
          state: 'UNRESOLVED',
          rowCount: 2,
          suggestion: { symbol: 'FOO', currency: 'GBP' },
        },
      ],
      // The purchase is not counted yet: 200 more than the file says, until the dividend is missing too.
      balances: {
        compared: 3,
        agreed: 1,
        explained: 1,
        differences: [
          { line: 5, asset: 'GBP', expected: '790', was: '990', missing: '-200', isOpening: false },
          { line: 6, asset: 'GBP', expected: '791', was: '990', missing: '1', isOpening: false },
        ],
      },
    });
    expect(checked.rows.map(({ line, verdict }) => `${line} ${verdict}`)).toEqual([
      '2 NEW',
      '3 NEEDS_SYMBOL',
      '4 NEW',
      '5 NEW',
      '6 NEEDS_SYMBOL',
    ]);
    expect(await ledgerLines(app, id)).toEqual([]);
  });

  it('suggests a symbol of whole words for what has but a name', async () => {
    const id = await newPortfolio(app, 'Named', 'GBP');
    const named = `Date,Details,Amount,Balance
01/10/2022,Bought 6.77 Emerging Markets Stock Index Fund - Accumulation,-1000,-1000
02/10/2022,Bought 0.9232 U.S. Equity Index Fund - Accumulation,-400,-1400
`;
    const { symbols } = await importText(app, id, named, { dryRun: true });
    expect(symbols.map(({ suggestion }) => suggestion?.symbol)).toEqual([
      'EMERGING-MARKETS-STOCK-INDEX',
      'U.S.-EQUITY-INDEX-FUND',
    ]);
  });

  it('takes all or nothing, makes what is missing, keeps true duplicates and knows a file again', async () => {
    // given
    const id = await newPortfolio(app, 'All or nothing', 'GBP');
    // when an instrument is missing
    const refused = await importText(app, id, VANGUARD);
    // then
    expect(refused.status).toBe('FAILED');
    expect(refused.errorMessage).toContain('2 of 5 lines cannot be used, so nothing was imported');
    expect(await ledgerLines(app, id)).toEqual([]);
    // when it is made
    const imported = await importText(app, id, VANGUARD, {
      fileName: 'cash.csv',
      symbols: [
        {
          key: 'symbol FOO',
          action: 'CREATE',
          instrument: { symbol: 'FOO.L', name: 'Foo ETF', currency: 'GBP', assetClass: 'ETF' },
        },
      ],
    });
    // then
    expect(imported).toMatchObject({
      status: 'SUCCEEDED',
      verdicts: { NEW: 5 },
      balances: { compared: 3, agreed: 3, differences: [] },
    });
    const lines = [
      '2022-03-08 DEPOSIT 1000 GBP',
      '2022-03-09 BUY FOO.L 10 -200 GBP',
      '2022-03-09 FEE -5 GBP',
      '2022-03-09 FEE -5 GBP',
      '2022-04-01 DIVIDEND FOO.L 1 GBP',
    ];
    expect(await ledgerLines(app, id)).toEqual(lines);
    // when the same file comes again, longer by one line
    const again = await importText(app, id, `${VANGUARD}02/04/2022,Cash Account Interest,0.5,791.5\n`);
    // then the choice is remembered and only the new line is taken
    expect(again).toMatchObject({ status: 'SUCCEEDED', verdicts: { NEW: 1, DUPLICATE: 5 } });
    expect(await ledgerLines(app, id)).toEqual([...lines, '2022-04-02 INTEREST 0.5 GBP']);
    // and the history tells of both
    const { portfolio } = await app.query(
      `query($id: ID!) { portfolio(id: $id) { imports(first: 10) { totalCount nodes {
         id fileName formatName rowsNew rowsDuplicate rowsRejected transactionCount undoneAt } }
         auditLog(first: 1) { nodes { action subjectId } } } }`,
      { id },
    );
    expect(portfolio.imports).toMatchObject({
      totalCount: 2,
      nodes: [
        { id: again.id, fileName: null, rowsNew: 1, rowsDuplicate: 5, transactionCount: 1 },
        {
          id: imported.id,
          fileName: 'cash.csv',
          formatName: 'Vanguard UK cash transactions',
          rowsNew: 5,
          undoneAt: null,
        },
      ],
    });
    expect(portfolio.auditLog.nodes).toEqual([{ action: 'IMPORT', subjectId: again.id }]);
    // and what is chosen of it, from either end
    const chosen = async (filter: object, orderBy?: object) => {
      const { imports } = (
        await app.query(
          `query($id: ID!, $filter: TransactionImportFilter, $orderBy: TransactionImportOrder) { portfolio(id: $id) {
             imports(first: 10, filter: $filter, orderBy: $orderBy) { totalCount nodes { id } } } }`,
          { id, filter, orderBy },
        )
      ).portfolio;
      expect(imports.totalCount).toBe(imports.nodes.length);
      return imports.nodes.map((one: { id: string }) => one.id);
    };
    const both = [again.id, imported.id];
    expect(await chosen({ search: 'CASH.csv' })).toEqual([imported.id]);
    const by = (field: string, direction: string) => chosen({}, { field, direction });
    expect(
      await chosen({ search: 'vanguard', isUndone: false }, { field: 'CREATED_AT', direction: 'ASCENDING' }),
    ).toEqual(both.toReversed());
    expect(await by('TRANSACTION_COUNT', 'DESCENDING')).toEqual(both.toReversed());
    expect(await by('TRANSACTION_COUNT', 'ASCENDING')).toEqual(both);
    // The one without a file stands last either way.
    expect(await by('FILE_NAME', 'ASCENDING')).toEqual(both.toReversed());
    expect(await by('FILE_NAME', 'DESCENDING')).toEqual(both.toReversed());
    expect(await by('CREATED_BY', 'DESCENDING')).toHaveLength(2);
    expect(await by('FORMAT', 'ASCENDING')).toHaveLength(2);
    expect(await chosen({ isUndone: true })).toEqual([]);
    expect(await chosen({ createdBy: 'nobody' })).toEqual([]);
    expect(await chosen({ from: '2000-01-01T00:00:00Z' })).toEqual(both);
    expect(await chosen({ to: '2000-01-01T00:00:00Z' })).toEqual([]);
  });

  it('leaves rows out that cannot be used, or whose instrument is left out', async () => {
    const id = await newPortfolio(app, 'Skipping', 'GBP');
    const text = VANGUARD.replace('FOO)', 'BAR)').replace('FOO.XLON', 'BAR.XLON');
    const skipping = await importText(app, id, text, { skipInvalid: true });
    expect(skipping).toMatchObject({ status: 'SUCCEEDED', verdicts: { NEW: 3, NEEDS_SYMBOL: 2 } });
    const left = await importText(app, id, text, { symbols: [{ key: 'symbol BAR', action: 'SKIP' }] });
    expect(left).toMatchObject({ status: 'SUCCEEDED', verdicts: { DUPLICATE: 3, SKIPPED: 2 } });
    const remembered = await importText(app, id, text, { dryRun: true });
    expect(remembered.symbols).toMatchObject([{ key: 'symbol BAR', state: 'SKIPPED' }]);
  });

  it('finds what was recorded by hand, once for each', async () => {
    const id = await newPortfolio(app, 'By hand', 'GBP');
    await app.query(
      'mutation($input: RecordTransactionInput!) { recordTransaction(input: $input) { errors { message } } }',
      {
        input: {
          idempotencyKey: newKey(),
          portfolioId: id,
          expectedVersion: await ledgerVersion(app, id),
          transaction: { kind: 'FEE', amount: '5', executedAt: '2022-03-09T12:00:00Z' },
        },
      },
    );
    const { rows } = await importText(app, id, VANGUARD, { dryRun: true });
    expect(rows.filter(({ line }) => line === 4 || line === 5)).toMatchObject([
      { verdict: 'DUPLICATE', reason: 'in the ledger already' },
      { verdict: 'NEW' },
    ]);
  });

  it('undoes an import, unless something later needs it', async () => {
    // given
    const id = await newPortfolio(app, 'Undone', 'GBP');
    const first = await importText(app, id, VANGUARD, { createsMissingInstruments: true });
    const later = await importText(
      app,
      id,
      'Date,Details,Amount,Balance\n05/05/2022,Sold 4 Foo ETF (FOO),100,891\n',
    );
    expect([first.status, later.status]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    // then
    expect((await undo(first.id, id)).errors).toMatchObject([
      {
        code: 'IN_USE',
        message: expect.stringMatching(
          /^expected an import that nothing depends on: the SELL of 2022-05-05 \(txn_.+\) needs units that the import brought in; void it first$/,
        ),
      },
    ]);
    // when what needs it is gone
    expect((await undo(later.id, id)).errors).toEqual([]);
    const undone = await undo(first.id, id);
    // then
    expect(undone).toMatchObject({
      errors: [],
      import: { undoneBy: 'owner', transactionCount: 5, undoneAt: expect.any(String) },
    });
    expect(await ledgerLines(app, id)).toEqual([]);
    expect((await ledgerLines(app, id, true))[0]).toBe('2022-03-08 DEPOSIT 1000 GBP the import was undone');
    expect((await undo(first.id, id)).errors[0].message).toMatch(
      /^expected an import that counts, was undone on/,
    );
    // and the file may come again
    const again = await importText(app, id, VANGUARD);
    expect(again).toMatchObject({ status: 'SUCCEEDED', verdicts: { NEW: 5 } });
  });

  it('does not undo an import of which a transaction was corrected', async () => {
    const id = await newPortfolio(app, 'Corrected', 'GBP');
    const imported = await importText(app, id, VANGUARD, { createsMissingInstruments: true });
    const { portfolio } = await app.query(
      'query($id: ID!) { portfolio(id: $id) { ledgerVersion transactions(first: 1, filter: { kinds: [DEPOSIT] }) { nodes { id } } } }',
      { id },
    );
    await app.query(
      'mutation($input: ReplaceTransactionInput!) { replaceTransaction(input: $input) { errors { message } } }',
      {
        input: {
          idempotencyKey: newKey(),
          id: portfolio.transactions.nodes[0].id,
          expectedVersion: portfolio.ledgerVersion,
          reason: 'a typo',
          transaction: { kind: 'DEPOSIT', amount: '1001', executedAt: '2022-03-08' },
        },
      },
    );
    expect((await undo(imported.id, id)).errors[0].message).toBe(
      'expected an import as it was brought in, was one whose transaction of 2022-03-08 was corrected: void the correction first',
    );
    // A row that was corrected is not new again.
    expect((await importText(app, id, VANGUARD, { dryRun: true })).verdicts).toEqual({ DUPLICATE: 5 });
  });

  it('reads any CSV by a mapping that is guessed, chosen and remembered', async () => {
    // given
    const id = await newPortfolio(app, 'Mapped', 'EUR');
    const upload = async (content: string) => {
      const response = await fetch(`${app.urls.api}/uploads`, { method: 'POST', body: content });
      return ((await response.json()) as { uploadId: string }).uploadId;
    };
    const preview = async (uploadId: string) =>
      (
        await app.query(
          `query($input: ImportPreviewInput!) { importPreview(input: $input) { ... on ImportPreview { format { id } isRemembered
             isDayFirst hasDecimalComma isAmountNet columns { index header samples field } kinds { word kind } } } }`,
          { input: { portfolioId: id, uploadId } },
        )
      ).importPreview;
    const uploadId = await upload(MAPPED);
    // when
    const guessed = await preview(uploadId);
    // then
    expect(guessed).toMatchObject({
      format: null,
      isRemembered: false,
      isDayFirst: true,
      hasDecimalComma: true,
      kinds: [],
    });
    expect(guessed.columns.map(({ header, field }: any) => `${header} ${field}`)).toEqual([
      'Tag null',
      'Was null',
      'Papier null',
      'ISIN isin',
      'Stück quantity',
      'Kurs price',
      'Betrag amount',
      'Gebühr fee',
    ]);
    expect(guessed.columns[6].samples).toEqual(['1.000,00', '-202,00', '100']);
    // when columns and words are chosen
    const mapping = {
      columns: [
        { field: 'date', index: 0 },
        { field: 'kind', index: 1 },
        { field: 'name', index: 2 },
        { field: 'isin', index: 3 },
        { field: 'quantity', index: 4 },
        { field: 'price', index: 5 },
        { field: 'amount', index: 6 },
        { field: 'fee', index: 7 },
      ],
      isDayFirst: true,
      hasDecimalComma: true,
      isAmountNet: true,
      kinds: [{ word: 'Rätsel', kind: null }],
    };
    const imported = await importText(app, id, MAPPED, { mapping, createsMissingInstruments: true });
    // then
    expect(imported).toMatchObject({ status: 'SUCCEEDED', verdicts: { NEW: 2, SKIPPED: 1 } });
    expect(await ledgerLines(app, id)).toEqual([
      '2024-01-02 DEPOSIT 1000 EUR',
      '2024-01-03 BUY DE0001234567 2 -202 EUR',
    ]);
    // and remembered for the same header
    const remembered = await preview(await upload(MAPPED.split('\n').slice(0, 2).join('\n')));
    expect(remembered.isRemembered).toBe(true);
    expect(remembered.columns.map(({ field }: any) => field)).toEqual([
      'date',
      'kind',
      'name',
      'isin',
      'quantity',
      'price',
      'amount',
      'fee',
    ]);
  });

  it('opens an account with what was there before a file that begins amid its life', async () => {
    // given
    const id = await newPortfolio(app, 'Amid', 'GBP');
    const late = VANGUARD.split('\n').toSpliced(1, 1).join('\n');
    const makes = { createsMissingInstruments: true };
    // when it is checked
    const checked = await importText(app, id, late, { ...makes, dryRun: true });
    // then the first balance tells what was there, and the rows explain the rest
    expect(checked.balances).toMatchObject({
      compared: 2,
      agreed: 0,
      explained: 2,
      differences: [{ line: 4, expected: '790', was: '-210', missing: '1000', isOpening: true }],
    });
    // when it is imported with that
    const imported = await importText(app, id, late, { ...makes, recordsOpeningBalances: true });
    // then all agree
    expect(imported.balances).toEqual({ compared: 2, agreed: 2, explained: 2, differences: [] });
    expect((await ledgerLines(app, id)).slice(0, 2)).toEqual([
      '2022-03-08 OPENING_BALANCE 1000 GBP',
      '2022-03-09 BUY FOO 10 -200 GBP',
    ]);
    // and the account opens once, whatever comes again or later
    const again = await importText(app, id, late, { ...makes, recordsOpeningBalances: true });
    expect([again.verdicts, again.balances?.agreed]).toEqual([{ DUPLICATE: 4 }, 2]);
    const gap = 'Date,Details,Amount,Balance\n02/05/2022,Cash Account Interest,1,800\n';
    const later = await importText(app, id, gap, { ...makes, recordsOpeningBalances: true });
    expect(later.balances).toMatchObject({
      explained: 0,
      differences: [{ expected: '800', was: '792', missing: '8', isOpening: false }],
    });
    // and goes with its import
    expect((await undo(imported.id, id)).errors).toEqual([]);
    expect(await ledgerLines(app, id)).toEqual(['2022-05-02 INTEREST 1 GBP']);
  });

  it('makes a dividend and a purchase of one row that reinvests, and undoes both', async () => {
    const id = await newPortfolio(app, 'Reinvesting', 'EUR');
    const file =
      'date,type,symbol,quantity,price,amount,tax,fee\n2024-03-01,DRIP,DRP,2,10.50,,4,1\n2024-03-04,DRIP,DRP,4,,50,,\n';
    const { kinds: _guessed, ...mapping } = previewCsv(file)!.mapping;
    const words = { mapping: { ...mapping, kinds: [{ word: 'DRIP', kind: 'REINVESTED_DIVIDEND' }] } };
    const imported = await importText(app, id, file, { ...words, createsMissingInstruments: true });
    expect([imported.status, imported.verdicts]).toEqual(['SUCCEEDED', { NEW: 2 }]);
    // 26 paid, 4 of it for tax: 22 for two units and the fee.
    expect(await ledgerLines(app, id)).toEqual([
      '2024-03-01 DIVIDEND DRP 22 EUR',
      '2024-03-01 BUY DRP 2 -22 EUR',
      '2024-03-04 DIVIDEND DRP 50 EUR',
      '2024-03-04 BUY DRP 4 -50 EUR',
    ]);
    const again = await importText(app, id, file, { ...words, dryRun: true });
    expect(again.verdicts).toEqual({ DUPLICATE: 2 });
    expect((await undo(imported.id, id)).errors).toEqual([]);
    expect(await ledgerLines(app, id)).toEqual([]);
  });

  it('takes cash of any currency, and instruments in their own', async () => {
    const id = await newPortfolio(app, 'Pounds in dollars');
    const imported = await importText(app, id, VANGUARD, { createsMissingInstruments: true });
    expect(imported).toMatchObject({ status: 'SUCCEEDED', balances: { compared: 3, agreed: 3 } });
    expect((await ledgerLines(app, id))[0]).toBe('2022-03-08 DEPOSIT 1000 GBP');
  });

  it('gives numbers that cannot be stored as rows that cannot be used', async () => {
    const id = await newPortfolio(app, 'Bounds');
    const file = 'date,type,symbol,quantity,price\n2024-03-01,BUY,BND,1E30,0\n2024-03-01,BUY,BND,1,1E-30\n';
    const { rows } = await importCsv(app, id, file, { createsMissingInstruments: true });
    expect(rows.map(({ verdict, reason }) => [verdict, reason])).toEqual([
      ['ERROR', 'expected at most 20 digits before the point for quantity, was 1e+30'],
      ['ERROR', 'expected at most 18 digits after the point for price, was 1e-30'],
    ]);
  });

  it('says what a request or a file lacks', async () => {
    const id = await newPortfolio(app, 'Refusing');
    await expect(importText(app, id, VANGUARD, { formatId: 'nobody' })).rejects.toThrow(
      'expected an existing format of files, was nobody',
    );
    await expect(importText(app, id, VANGUARD, { accountId: 'acc_other' })).rejects.toThrow(
      'expected an existing account of the portfolio, was acc_other',
    );
    const unknown = await importText(app, id, 'a,b\n1,2\n');
    expect(unknown.errorMessage).toBe(
      "expected the header of a known broker's export, was a,b: choose what its columns are",
    );
    const other = await importText(app, id, VANGUARD, { formatId: 'degiro' });
    expect(other.errorMessage).toBe(
      'expected the header of DEGIRO account statement, was Date,Details,Amount,Balance: choose what its columns are',
    );
  });
});
