import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';

const FINDINGS = `ledgerVersion errorCount warningCount noticeCount dismissedCount
  findings(first: 10, filter: { includeDismissed: true }) { totalCount nodes {
    id kind severity explanation since until transactionCount evidence { label value }
    instrument { symbol } account { name } transactions { id kind } dismissal { reason by }
    fixes { id kind label symbol transactionIds transaction { kind executedAt symbol quantity amount units perUnits } } } }`;
const PAYLOAD = 'portfolio { ledgerVersion } errors { code message path }';

describe('checks of a portfolio', () => {
  let app: TestApp;
  let id: string;

  beforeAll(async () => {
    app = await createTestApp();
    for (const symbol of ['AAA', 'BBB'])
      await app.query(
        'mutation($input: CreateInstrumentInput!) { createInstrument(input: $input) { errors { message } } }',
        { input: { idempotencyKey: newKey(), symbol, name: symbol, currency: 'USD', assetClass: 'EQUITY' } },
      );
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } } }',
      { input: { idempotencyKey: newKey(), name: 'Mine', baseCurrency: 'USD' } },
    );
    id = createPortfolio.portfolio.id;
    await record({ kind: 'SELL', executedAt: '2024-01-05', symbol: 'AAA', quantity: '10', price: '20' });
    await record({ kind: 'WITHDRAWAL', executedAt: '2024-01-08', amount: '300' });
    for (const _ of [1, 2]) await record({ kind: 'DEPOSIT', executedAt: '2024-01-09', amount: '50' });
  });
  afterAll(() => app.stop());

  const check = async () =>
    (await app.query(`query($id: ID!) { portfolio(id: $id) { checks { ${FINDINGS} } } }`, { id })).portfolio
      .checks;

  async function mutate(name: string, input: Record<string, unknown>) {
    const type = `${name[0].toUpperCase()}${name.slice(1)}Input`;
    const fields = name === 'recordTransaction' ? 'transaction { id } errors { message }' : PAYLOAD;
    const document = `mutation($input: ${type}!) { ${name}(input: $input) { ${fields} } }`;
    return (await app.query(document, { input: { idempotencyKey: newKey(), portfolioId: id, ...input } }))[
      name
    ];
  }

  async function record(transaction: Record<string, unknown>) {
    const { portfolio } = await app.query('query($id: ID!) { portfolio(id: $id) { ledgerVersion } }', { id });
    await mutate('recordTransaction', { expectedVersion: portfolio.ledgerVersion, transaction });
  }

  it('are told with evidence and fixes', async () => {
    const { findings, ...counts } = await check();
    expect(counts).toEqual({
      ledgerVersion: 5,
      errorCount: 3,
      warningCount: 1,
      noticeCount: 0,
      dismissedCount: 0,
    });
    const kinds = findings.nodes.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual(['NEGATIVE_CASH', 'NEGATIVE_POSITION', 'MISSING_PRICE', 'DUPLICATE']);
    expect(findings.nodes[0]).toMatchObject({
      severity: 'ERROR',
      explanation: expect.stringContaining('below zero since 2024-01-08, at worst -100 USD on 2024-01-08'),
      since: '2024-01-08T00:00:00.000Z',
      until: '2024-01-09T00:00:00.000Z',
      account: { name: 'Main account' },
      instrument: null,
      transactions: [{ kind: 'WITHDRAWAL' }],
      dismissal: null,
    });
    expect(findings.nodes[1]).toMatchObject({
      instrument: { symbol: 'AAA' },
      fixes: [{ kind: 'RECORD', transaction: { kind: 'OPENING_BALANCE', symbol: 'AAA', quantity: '10' } }],
    });
    expect(findings.nodes[3].fixes).toMatchObject([{ kind: 'VOID', label: 'Void the second one' }]);
  });

  it('are mended once by key, by the version they were read at', async () => {
    const before = await check();
    const [, position] = before.findings.nodes;
    const input = {
      idempotencyKey: newKey(),
      expectedVersion: before.ledgerVersion,
      findingId: position.id,
      fixId: position.fixes[0].id,
    };
    const stale = await mutate('applyFix', { ...input, idempotencyKey: newKey(), expectedVersion: 4 });
    expect(stale.errors).toMatchObject([{ code: 'STALE_VERSION' }]);
    const other = await mutate('applyFix', { ...input, idempotencyKey: newKey(), fixId: 'fix_other' });
    expect(other.errors).toMatchObject([{ code: 'NOT_FOUND', path: ['input', 'fixId'] }]);
    const done = { portfolio: { ledgerVersion: 6 }, errors: [] };
    expect(await mutate('applyFix', input)).toEqual(done);
    expect(await mutate('applyFix', input)).toEqual(done);
    const after = await check();
    const kinds = after.findings.nodes.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual(['NEGATIVE_CASH', 'DUPLICATE']);
    const { portfolio } = await app.query(
      `query($id: ID!) { portfolio(id: $id) { transactions(first: 1, orderBy: { field: RECORDED_AT, direction: DESCENDING }) {
         nodes { kind quantity costBasis note } } auditLog(first: 1) { nodes { action reason } } } }`,
      { id },
    );
    const label = 'Fix of a check: Add an opening balance of 10 AAA at 20 USD each';
    expect(portfolio.transactions.nodes).toEqual([
      { kind: 'OPENING_BALANCE', quantity: '10', costBasis: '200', note: label },
    ]);
    expect(portfolio.auditLog.nodes).toEqual([{ action: 'RECORD', reason: label }]);
  });

  it('are mended by voiding what is there twice', async () => {
    const { ledgerVersion, findings } = await check();
    const duplicate = findings.nodes[1];
    const [fix] = duplicate.fixes;
    expect(fix.transactionIds).toEqual([duplicate.transactions[1].id]);
    const { errors } = await mutate('applyFix', {
      expectedVersion: ledgerVersion,
      findingId: duplicate.id,
      fixId: fix.id,
    });
    expect(errors).toEqual([]);
    expect((await check()).findings.nodes.map(({ kind }: { kind: string }) => kind)).toEqual([
      'NEGATIVE_CASH',
    ]);
  });

  it('are dismissed with a reason, and taken up again', async () => {
    const before = await check();
    const [cash] = before.findings.nodes;
    const base = { findingId: cash.id, expectedVersion: before.ledgerVersion };
    const dismiss = (reason: string) => mutate('dismissFinding', { ...base, reason });
    expect((await dismiss(' ')).errors).toMatchObject([{ code: 'INVALID', path: ['input', 'reason'] }]);
    expect((await dismiss('a loan')).errors).toEqual([]);
    const dismissed = await check();
    expect(dismissed).toMatchObject({ errorCount: 0, dismissedCount: 1 });
    expect(dismissed.findings.nodes[0].dismissal).toEqual({ reason: 'a loan', by: 'owner' });
    const { portfolio } = await app.query(
      'query($id: ID!) { portfolio(id: $id) { checks { findings(first: 10) { totalCount } } auditLog(first: 1) { nodes { action subjectId reason } } } }',
      { id },
    );
    expect(portfolio.checks.findings.totalCount).toBe(0);
    expect(portfolio.auditLog.nodes).toEqual([{ action: 'DISMISS', subjectId: cash.id, reason: 'a loan' }]);
    expect((await dismiss('a gift')).errors).toMatchObject([{ code: 'STALE_VERSION' }]);
    const restored = { ...base, expectedVersion: dismissed.ledgerVersion };
    expect((await mutate('restoreFinding', restored)).errors).toEqual([]);
    expect(await check()).toMatchObject({ errorCount: 1, dismissedCount: 0 });
    const expectedVersion = dismissed.ledgerVersion + 1;
    const again = await mutate('restoreFinding', { ...base, expectedVersion });
    expect(again.errors).toMatchObject([{ code: 'NOT_FOUND' }]);
    const none = await mutate('dismissFinding', { findingId: 'chk_none', expectedVersion, reason: 'x' });
    expect(none.errors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });
});
