import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';

describe('a reinvested dividend', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await createTestApp();
    await app.query(
      'mutation($input: CreateInstrumentInput!) { createInstrument(input: $input) { errors { message } } }',
      {
        input: {
          idempotencyKey: newKey(),
          symbol: 'AAA',
          name: 'AAA',
          currency: 'USD',
          assetClass: 'EQUITY',
        },
      },
    );
  });
  afterAll(() => app.stop());

  async function newPortfolio(name: string, initialCash: string): Promise<string> {
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } } }',
      { input: { idempotencyKey: newKey(), name, baseCurrency: 'USD', initialCash } },
    );
    return createPortfolio.portfolio.id;
  }

  async function version(id: string): Promise<number> {
    const { portfolio } = await app.query('query($id: ID!) { portfolio(id: $id) { ledgerVersion } }', { id });
    return portfolio.ledgerVersion;
  }

  async function write(mutation: string, input: Record<string, unknown>) {
    const type = `${mutation[0].toUpperCase()}${mutation.slice(1)}Input`;
    const data = await app.query(
      `mutation($input: ${type}!) { ${mutation}(input: $input) { transaction { id kind amount } portfolio { ledgerVersion } errors { message path } } }`,
      { input: { idempotencyKey: newKey(), ...input } },
    );
    return data[mutation];
  }

  const record = async (transaction: Record<string, unknown>, id: string) =>
    write('recordTransaction', {
      portfolioId: id,
      expectedVersion: await version(id),
      transaction: { executedAt: '2024-01-02', ...transaction },
    });

  async function valuation(id: string) {
    const { portfolio } = await app.query(
      `query($id: ID!) { portfolio(id: $id) { valuation { cash dividends taxes } positions { nodes { quantity averageCost } } } }`,
      { id },
    );
    return portfolio;
  }

  it('is recorded as a dividend and a purchase, in one write under one key', async () => {
    const id = await newPortfolio('Reinvested', '100');
    await record({ kind: 'BUY', symbol: 'AAA', quantity: '4', price: '20' }, id);
    const before = await version(id);
    const reinvested = { reinvestedUnits: '0.425', reinvestedPrice: '20' };
    const dividend = { kind: 'DIVIDEND', executedAt: '2024-01-03', symbol: 'AAA', amount: '10', tax: '1.5' };
    const input = {
      idempotencyKey: newKey(),
      portfolioId: id,
      expectedVersion: before,
      transaction: { ...dividend, ...reinvested, externalId: 'b1' },
    };
    const first = await write('recordTransaction', input);
    expect(first).toMatchObject({
      transaction: { kind: 'DIVIDEND', amount: '8.5' },
      portfolio: { ledgerVersion: before + 1 },
      errors: [],
    });
    expect(await write('recordTransaction', input)).toEqual(first);
    expect(await valuation(id)).toMatchObject({
      valuation: { cash: '20', dividends: '10', taxes: '1.5' },
      positions: { nodes: [{ quantity: '4.425', averageCost: '20' }] },
    });
    // when one half of two is wrong, then neither is recorded
    const refused = await write('recordTransaction', {
      ...input,
      idempotencyKey: newKey(),
      expectedVersion: before + 1,
      transaction: { ...dividend, reinvestedUnits: '1' },
    });
    expect(refused.errors).toMatchObject([
      {
        message: 'expected a price of the reinvested units, was none',
        path: ['input', 'transaction', 'reinvestedPrice'],
      },
    ]);
    expect(await version(id)).toBe(before + 1);
    // when the dividend alone is voided, then the purchase still counts
    const { transaction } = first;
    await write('voidTransaction', { id: transaction.id, expectedVersion: before + 1, reason: 'a test' });
    expect(await valuation(id)).toMatchObject({
      valuation: { cash: '11.5', dividends: '0' },
      positions: { nodes: [{ quantity: '4.425' }] },
    });
    const { portfolio } = await app.query(
      'query($id: ID!) { portfolio(id: $id) { auditLog(first: 9) { nodes { action } } } }',
      { id },
    );
    const actions = portfolio.auditLog.nodes.map(({ action }: any) => action);
    expect(actions).toEqual(['VOID', 'RECORD', 'RECORD', 'RECORD', 'CREATE_PORTFOLIO']);
  });

  it('can stand in for one that was not', async () => {
    const id = await newPortfolio('Put back', '100');
    await record({ kind: 'BUY', symbol: 'AAA', quantity: '4', price: '20' }, id);
    const plain = { kind: 'DIVIDEND', executedAt: '2024-01-03', symbol: 'AAA', amount: '10' };
    const { transaction } = await record(plain, id);
    const { errors } = await write('replaceTransaction', {
      id: transaction.id,
      expectedVersion: await version(id),
      reason: 'put back',
      transaction: { ...plain, reinvestedUnits: '0.5', reinvestedPrice: '20' },
    });
    expect(errors).toEqual([]);
    expect(await valuation(id)).toMatchObject({
      valuation: { cash: '20', dividends: '10' },
      positions: { nodes: [{ quantity: '4.5' }] },
    });
  });

  it('is refused where the purchase cannot be stored', async () => {
    const id = await newPortfolio('Too large', '100');
    const huge = '99999999999';
    const dividend = { kind: 'DIVIDEND', symbol: 'AAA', amount: '10' };
    const { errors } = await record({ ...dividend, reinvestedUnits: huge, reinvestedPrice: huge }, id);
    expect(errors).toEqual([
      {
        message: 'expected less than 20 digits before the point, was -9999999999800000000001',
        path: ['input', 'transaction', 'amount'],
      },
    ]);
  });
});
