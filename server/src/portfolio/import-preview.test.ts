import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';
import { importText, ledgerLines, ledgerVersion, newPortfolio } from '../../test/transaction-imports.ts';

const UNKNOWN = `Tag;Vorgang;Art;Betrag
02.01.2024;Gutschrift;A;10,00
03.01.2024;Kauf;B;-5,00
04.01.2024;Gutschrift;A;7,50
`;

describe('a preview of a file of transactions', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.stop());

  async function preview(portfolioId: string, content: string) {
    const response = await fetch(`${app.urls.api}/uploads`, { method: 'POST', body: content });
    const { uploadId } = (await response.json()) as { uploadId: string };
    const { importPreview } = await app.query(
      `query($input: ImportPreviewInput!) { importPreview(input: $input) { ... on ImportPreview { format { id name } isRemembered
         columns { header field words { word kind isChosen } } kinds { word kind isChosen } } ... on UserError { message } } }`,
      { input: { portfolioId, uploadId } },
    );
    return importPreview;
  }

  async function record(portfolioId: string, transaction: Record<string, unknown>): Promise<string> {
    const { recordTransaction } = await app.query(
      `mutation($input: RecordTransactionInput!) { recordTransaction(input: $input) { transaction { id } errors { message } } }`,
      {
        input: {
          idempotencyKey: newKey(),
          portfolioId,
          expectedVersion: await ledgerVersion(app, portfolioId),
          transaction,
        },
      },
    );
    return recordTransaction.transaction.id;
  }

  it.each(['csv', 'json'])('knows a ledger that was exported as %s, and reads it as one', async (form) => {
    // given a deposit that counts and one that was voided
    const id = await newPortfolio(app, `Exported ${form}`);
    await record(id, { kind: 'DEPOSIT', amount: '100', executedAt: '2024-01-02' });
    const voided = await record(id, { kind: 'DEPOSIT', amount: '7', executedAt: '2024-01-03' });
    await app.query(
      'mutation($input: VoidTransactionInput!) { voidTransaction(input: $input) { errors { message } } }',
      {
        input: {
          idempotencyKey: newKey(),
          id: voided,
          expectedVersion: await ledgerVersion(app, id),
          reason: 'twice',
        },
      },
    );
    const text = await (
      await fetch(`${app.urls.api}/downloads/portfolios/${id}/transactions.${form}`)
    ).text();
    const copy = await newPortfolio(app, `Copied ${form}`);
    const format = { id: 'ai-trading', name: 'AI Trading ledger' };
    // when it is looked into, with or without the mark of its encoding, and on one line where it is JSON
    const oneLine = form === 'json' ? [text.replaceAll('\n', '')] : [];
    for (const one of [text, `\uFEFF${text}`, ...oneLine])
      expect(await preview(copy, one)).toEqual({ format, isRemembered: false, columns: [], kinds: [] });
    // then it can be asked for by its format, and is never read by columns alone
    expect((await app.query('{ importFormats { id name } }')).importFormats).toContainEqual(format);
    const mapping = {
      columns: [
        { field: 'kind', index: 1 },
        { field: 'date', index: 2 },
        { field: 'amount', index: 7 },
      ],
      isDayFirst: false,
      hasDecimalComma: false,
      kinds: [],
    };
    expect((await importText(app, copy, text, { mapping })).errorMessage).toBe(
      'expected no mapping for a file of the format AI Trading ledger, was one',
    );
    expect((await importText(app, copy, text, { formatId: 'degiro' })).errorMessage).toMatch(
      /^expected the header of DEGIRO account statement, was /,
    );
    const imported = await importText(app, copy, text, { formatId: 'ai-trading' });
    expect(imported).toMatchObject({ status: 'SUCCEEDED', verdicts: { NEW: 2 } });
    expect(await ledgerLines(app, copy)).toEqual(['2024-01-02 DEPOSIT 100 USD']);
  });

  it('is of a ledger however long its first line is', async () => {
    const id = await newPortfolio(app, 'Long');
    const long = `{"format":"ai-trading-ledger","note":"${'x'.repeat(300_000)}","transactions":[]}`;
    expect((await preview(id, long)).format).toEqual({ id: 'ai-trading', name: 'AI Trading ledger' });
  });

  it('does not take another file for a ledger that it is said to be', async () => {
    const id = await newPortfolio(app, 'Not a ledger');
    const { errorMessage } = await importText(app, id, 'a,b\n1,2\n', { formatId: 'ai-trading' });
    expect(errorMessage).toBe('expected a file that begins as an export of a ledger does, was a,b');
  });

  it('gives the words of every column, and with a remembered choice those that are new', async () => {
    // given a header that says nothing of kinds
    const id = await newPortfolio(app, 'Words', 'EUR');
    const first = await preview(id, UNKNOWN);
    expect(first).toMatchObject({ format: null, isRemembered: false, kinds: [] });
    const words = [
      { word: 'Gutschrift', kind: null, isChosen: false },
      { word: 'Kauf', kind: 'BUY', isChosen: false },
    ];
    expect(first.columns[1]).toEqual({ header: 'Vorgang', field: null, words });
    // when it was chosen and used
    const mapping = {
      columns: [
        { field: 'date', index: 0 },
        { field: 'kind', index: 1 },
        { field: 'amount', index: 3 },
      ],
      isDayFirst: true,
      hasDecimalComma: true,
      kinds: [
        { word: 'Gutschrift', kind: 'DEPOSIT' },
        { word: 'Kauf', kind: null },
      ],
    };
    expect(await importText(app, id, UNKNOWN, { mapping })).toMatchObject({
      status: 'SUCCEEDED',
      verdicts: { NEW: 2, SKIPPED: 1 },
    });
    // then a later file asks for its new word alone
    const later = await preview(id, `${UNKNOWN.replace('Kauf', 'KAUF')}05.01.2024;Spesen;C;-1,00\n`);
    expect(later).toMatchObject({
      isRemembered: true,
      kinds: [
        { word: 'Gutschrift', kind: 'DEPOSIT', isChosen: true },
        { word: 'Kauf', kind: null, isChosen: true },
        { word: 'Spesen', kind: null, isChosen: false },
      ],
    });
  });
});
