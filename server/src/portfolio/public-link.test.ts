import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountsApp, createAccountsApp, Visitor } from '../../test/accounts.ts';
import { newKey } from '../../test/create-test-app.ts';
import { Decimal } from '../platform/decimal.ts';

const SYMBOLS = ['AAA', 'BBB'] as const;
const FIELDS = `title asOf times index drawdown totalReturn annualisedReturn maximumDrawdown cashWeight
  months { label timeWeighted } years { label timeWeighted } holdings { symbol label assetClass weight } allocation { label weight }`;
const SHARED = `query ($token: String!) { sharedPortfolio(token: $token) { ${FIELDS} } }`;
const CREATE =
  'mutation ($input: CreatePublicLinkInput!) { createPublicLink(input: $input) { link { id label expiresAt } secret errors { code path } } }';
const REVOKE = 'mutation ($id: ID!) { revokePublicLink(input: {id: $id}) { revokedId errors { code } } }';

let app: AccountsApp;
let admin: Visitor;
beforeAll(async () => {
  app = await createAccountsApp();
  admin = app.admin;
  for (const [index, symbol] of SYMBOLS.entries()) await importBars(symbol, index);
}, 300_000);
afterAll(() => app?.stop());

async function write(field: string, type: string, input: object, result: string): Promise<any> {
  const document = `mutation ($input: ${type}!) { ${field}(input: $input) { ${result} errors { code message } } }`;
  const answer = await admin.query(document, { input: { ...input, idempotencyKey: newKey() } });
  expect(answer[field].errors).toEqual([]);
  return answer[field];
}

/** A year and a half of prices that rise and fall. */
async function importBars(symbol: string, seed: number): Promise<void> {
  const rows = Array.from({ length: 80 }, (_, week) => {
    const day = new Date(Date.UTC(2023, 0, 2 + week * 7)).toISOString().slice(0, 10);
    const close = (20 + seed * 7 + ((week * (seed + 3)) % 11) * 1.37).toFixed(2);
    return `${day},${close},${close},${close},${close},1000`;
  });
  const content = `date,open,high,low,close,volume\n${rows.join('\n')}\n`;
  const bars = { content, symbol, timeframe: 'DAY_1', currency: 'USD', assetClass: seed ? 'ETF' : 'EQUITY' };
  const { run } = await write(
    'importBars',
    'ImportBarsInput',
    { ...bars, timeZone: 'UTC', calendar: 'NONE' },
    'run { id }',
  );
  while ((await app.services.runs.get(run.id)).finishedAt === null)
    await new Promise((resolve) => setTimeout(resolve, 200));
}

interface Trade {
  readonly symbol: (typeof SYMBOLS)[number];
  readonly kind: 'BUY' | 'SELL';
  readonly week: number;
  readonly units: number;
  readonly price: number;
  readonly fee: number;
}

let count = 0;
/** A portfolio of these trades with every amount of money and units times a factor. */
async function newPortfolio(trades: readonly Trade[], factor: string): Promise<string> {
  const times = (amount: number | string) => new Decimal(amount).times(factor).toFixed();
  count += 1;
  const { portfolio } = await write(
    'createPortfolio',
    'CreatePortfolioInput',
    { name: `P${count}`, baseCurrency: 'USD', initialCash: '0' },
    'portfolio { id ledgerVersion }',
  );
  let expectedVersion = portfolio.ledgerVersion as number;
  const record = async (transaction: object) => {
    const input = { portfolioId: portfolio.id, expectedVersion, transaction };
    const { portfolio: after } = await write(
      'recordTransaction',
      'RecordTransactionInput',
      input,
      'portfolio { ledgerVersion }',
    );
    expectedVersion = after.ledgerVersion;
  };
  await record({ kind: 'DEPOSIT', amount: times('98765.43'), executedAt: '2023-01-01' });
  for (const { symbol, kind, week, units, price, fee } of trades) {
    const executedAt = new Date(Date.UTC(2023, 0, 3 + week * 7)).toISOString();
    await record({ kind, symbol, executedAt, quantity: times(units), price: String(price), fee: times(fee) });
  }
  await record({ kind: 'WITHDRAWAL', amount: times('1234.56'), executedAt: '2023-09-01' });
  return portfolio.id;
}

async function newLink(portfolioId: string, more: object = {}): Promise<any> {
  const input = { portfolioId, label: 'Shown', idempotencyKey: newKey(), ...more };
  return (await admin.query(CREATE, { input })).createPublicLink;
}

async function opened(secret: string): Promise<any> {
  return (await app.nobody().query(SHARED, { token: secret })).sharedPortfolio;
}

const TRADES: readonly Trade[] = [
  { symbol: 'AAA', kind: 'BUY', week: 2, units: 1234.5, price: 21.37, fee: 9.87 },
  { symbol: 'BBB', kind: 'BUY', week: 9, units: 777, price: 30.11, fee: 4.32 },
  { symbol: 'AAA', kind: 'SELL', week: 30, units: 345.6, price: 27.77, fee: 8.76 },
];

describe('a public link', () => {
  it('shows to a stranger how a portfolio did, as its owner sees it', async () => {
    const id = await newPortfolio(TRADES, '1');
    const { secret, link } = await newLink(id, { label: 'My ideas' });
    expect(link).toMatchObject({ label: 'My ideas', expiresAt: null });
    const shared = await opened(secret);
    const { portfolio } = await admin.query(
      `query ($id: ID!) { portfolio(id: $id) { positions { nodes { weight instrument { symbol } } }
        performance { __typename ... on PerformanceReport { timeWeighted { value } } } } }`,
      { id },
    );
    expect(shared.title).toBe('My ideas');
    expect(shared.totalReturn).toBe(Math.fround(portfolio.performance.timeWeighted.value));
    expect(shared.holdings.map(({ symbol, weight }: any) => [symbol, weight])).toEqual(
      portfolio.positions.nodes.map(({ instrument, weight }: any) => [
        instrument.symbol,
        Math.fround(weight),
      ]),
    );
    const whole = shared.allocation.reduce((sum: number, { weight }: { weight: number }) => sum + weight, 0);
    expect(whole).toBeCloseTo(1, 6);
    expect(shared.allocation.map(({ label }: { label: string }) => label).toSorted()).toEqual([
      'Cash',
      'EQUITY',
      'ETF',
    ]);
    const index = columnOf(shared.index);
    expect(index.at(-1)! / 100 - 1).toBeCloseTo(shared.totalReturn, 6);
    expect(Math.min(...columnOf(shared.drawdown))).toBe(-shared.maximumDrawdown);
    expect(shared.years.map(({ label }: { label: string }) => label)).toEqual(['2023', '2024']);
  });

  it('shows the same digits of a portfolio of any size', async () => {
    const trade = fc.record({
      symbol: fc.constantFrom(...SYMBOLS),
      kind: fc.constantFrom('BUY' as const, 'SELL' as const),
      week: fc.integer({ min: 1, max: 70 }),
      units: fc.integer({ min: 1, max: 50_000 }).map((units) => units / 100),
      price: fc.integer({ min: 500, max: 9_000 }).map((cents) => cents / 100),
      fee: fc.integer({ min: 0, max: 2_000 }).map((cents) => cents / 100),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(trade, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('0.01', '3.7', '1000', '12345.678'),
        async (trades, factor) => {
          const ordered = trades.toSorted((a, b) => a.week - b.week);
          const ids = [await newPortfolio(ordered, '1'), await newPortfolio(ordered, factor)];
          const [one, other] = await Promise.all(ids.map(async (id) => opened((await newLink(id)).secret)));
          expect(one.index).not.toBe('');
          expect(other).toEqual(one);
        },
      ),
      { numRuns: 8 },
    );
  }, 300_000);

  it('tells no amount, quantity, cost, account, note or name of the portfolio', async () => {
    const id = await newPortfolio(TRADES, '1');
    const { portfolio } = await admin.query(
      `query ($id: ID!) { portfolio(id: $id) { name
        accounts { nodes { name } } valuation { equity cash marketValue fees unrealisedProfit realisedProfit grossExposure }
        positions { nodes { quantity averageCost costBasis marketValue unrealisedProfit } }
        transactions(first: 20) { nodes { quantity price amount fee } } } }`,
      { id },
    );
    const { secret } = await newLink(id);
    const shared = await opened(secret);
    const secrets = numbersIn(portfolio).filter((one) => Math.abs(one) > 1);
    expect(secrets.length).toBeGreaterThan(20);
    const told = [...numbersIn(shared), ...columnOf(shared.index), ...columnOf(shared.drawdown)];
    const leaks = secrets.filter((amount) =>
      told.some((one) => Math.abs(Math.abs(one) - Math.abs(amount)) <= 1e-6 * Math.abs(amount)),
    );
    expect(leaks).toEqual([]);
    const text = JSON.stringify(shared);
    for (const { name } of portfolio.accounts.nodes) expect(text).not.toContain(name);
    expect(text).not.toContain(`"${portfolio.name}"`);
  });

  it('has its secret stored as a hash, and ends when it is revoked or its time has come', async () => {
    const id = await newPortfolio([], '1');
    const key = newKey();
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    const made = await newLink(id, { idempotencyKey: key, expiresAt: inAnHour });
    const again = await newLink(id, { idempotencyKey: key, expiresAt: inAnHour });
    expect(again).toMatchObject({ link: { id: made.link.id }, secret: null, errors: [] });
    const stored = await app.database
      .fork()
      .execute('select * from public_link where id = ?', [made.link.id]);
    expect(JSON.stringify(stored)).not.toContain(made.secret);
    expect(await opened(made.secret)).toMatchObject({ title: 'Shown', totalReturn: 0, holdings: [] });
    const other = await newLink(id);
    await app.database
      .fork()
      .execute("update public_link set expires_at = now() - interval '1 second' where id = ?", [
        made.link.id,
      ]);
    expect(await opened(made.secret)).toBeNull();
    const { portfolio } = await admin.query(
      'query ($id: ID!) { portfolio(id: $id) { publicLinks { id } } }',
      { id },
    );
    expect(portfolio.publicLinks).toEqual([{ id: other.link.id }]);
    expect(await admin.codeOf(REVOKE, { id: other.link.id })).toBeNull();
    expect(await admin.codeOf(REVOKE, { id: other.link.id })).toBe('NOT_FOUND');
    expect(await opened(other.secret)).toBeNull();
    expect((await newLink(id, { expiresAt: '2020-01-01T00:00:00Z' })).errors).toEqual([
      { code: 'INVALID', path: ['input', 'expiresAt'] },
    ]);
    expect((await newLink(id, { label: ' ' })).errors).toEqual([
      { code: 'INVALID', path: ['input', 'label'] },
    ]);
  });

  it('opens nothing else, and not without end', async () => {
    const id = await newPortfolio([], '1');
    const { secret } = await newLink(id);
    const program = new Visitor(app.urls.api, { authorization: `Bearer ${secret}` });
    expect(await program.codeOf('{ portfolios(first: 100) { nodes { id } } }')).toBe('UNAUTHENTICATED');
    const ask = (token: string) =>
      app.nobody().codeOf('query ($token: String!) { sharedPortfolio(token: $token) { title } }', { token });
    let code: string | null = null;
    for (let attempt = 0; attempt < 400 && code === null; attempt += 1) code = await ask('guess');
    expect(code).toBe('LIMIT');
    expect(await ask(secret)).toBe('LIMIT');
  });
});

function columnOf(text: string): number[] {
  const bytes = Buffer.from(text, 'base64');
  return [...new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))];
}

/** Every number in an answer, those in texts too. */
function numbersIn(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(numbersIn);
  if (value !== null && typeof value === 'object') return Object.values(value).flatMap(numbersIn);
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));
  return isNumber ? [Number(value)] : [];
}
