import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';
import { importCsv } from '../../test/transaction-imports.ts';

const RUNS = process.env['RUN_SLOW_TESTS'] === '1' ? 8 : 1;
const DATES = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05', '2024-01-08'];
const TRANSACTION =
  'kind executedAt amount currency account { name } instrument { symbol } voided { reason }';

const whole = fc.integer({ min: 1, max: 40 }).map(String);
const anyDate = fc.constantFrom(...DATES);
const symbol = fc.constantFrom('AAA', 'BBB');
const anyTransaction = fc.oneof(
  fc.record({
    kind: fc.constantFrom('DEPOSIT', 'WITHDRAWAL'),
    amount: whole,
    currency: fc.constantFrom('USD', 'EUR'),
  }),
  fc.record({
    kind: fc.constantFrom('BUY', 'SELL'),
    symbol,
    quantity: whole,
    price: whole,
    fee: fc.constant('1'),
  }),
  fc.record({
    kind: fc.constantFrom('DIVIDEND', 'RETURN_OF_CAPITAL'),
    symbol,
    amount: whole,
    tax: fc.constant('0.5'),
  }),
  fc.record({ kind: fc.constant('SPLIT'), symbol, units: fc.constantFrom('2', '3') }),
  fc.record({ kind: fc.constant('TRANSFER_OUT'), symbol, quantity: whole, isInternal: fc.constant(true) }),
  fc.record({ kind: fc.constant('TRANSFER_OUT'), amount: whole, isInternal: fc.constant(true) }),
  fc.record({
    kind: fc.constant('CONVERSION'),
    amount: whole,
    otherAmount: whole,
    otherCurrency: fc.constant('EUR'),
    currency: fc.constant('USD'),
  }),
);
const anyStep = fc.record({
  does: fc.constantFrom('RECORD', 'RECORD', 'RECORD', 'VOID', 'REPLACE', 'IMPORT'),
  transaction: fc.tuple(anyTransaction, anyDate).map(([one, executedAt]) => ({ ...one, executedAt })),
});
const anyWriters = fc.array(fc.array(anyStep, { minLength: 5, maxLength: 6 }), {
  minLength: 4,
  maxLength: 4,
});
type Step = typeof anyStep extends fc.Arbitrary<infer Value> ? Value : never;

/** A write that was acknowledged; `at` numbers the writes, and an import does not know its own. */
interface Written {
  readonly at: number | null;
  readonly step: Step;
  readonly file?: string;
  readonly id?: string;
  /** What was voided or replaced. */
  readonly target?: string;
}

describe('several writers of one ledger', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
    const closes = (first: number) => DATES.map((date, index) => [date, first + index * 2] as const);
    await bars('AAA', 'EQUITY', 'USD', closes(10));
    await bars('BBB', 'EQUITY', 'EUR', closes(20));
    await bars(
      'EURUSD',
      'FX',
      'USD',
      DATES.map((date, index) => [date, 1.25 - index / 10] as const),
    );
  });
  afterAll(() => app.stop());

  async function bars(
    name: string,
    assetClass: string,
    currency: string,
    closes: readonly (readonly [string, number])[],
  ) {
    const lines = closes.map(([date, close]) => `${date},${close},${close},${close},${close}`);
    const content = ['Date,Open,High,Low,Close', ...lines].join('\n');
    const { importBars } = await app.query(
      'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } errors { message } } }',
      {
        input: { idempotencyKey: newKey(), symbol: name, timeframe: 'DAY_1', content, assetClass, currency },
      },
    );
    const events = 'subscription($id: ID!) { runEvents(id: $id) { seq } }';
    for await (const _ of app.subscribe(events, { id: importBars.run.id }));
  }

  const version = async (id: string): Promise<number> =>
    (await app.query('query($id: ID!) { portfolio(id: $id) { ledgerVersion } }', { id })).portfolio
      .ledgerVersion;

  async function write(mutation: string, input: Record<string, unknown>) {
    const type = `${mutation[0].toUpperCase()}${mutation.slice(1)}Input`;
    const data = await app.query(
      `mutation($input: ${type}!) { ${mutation}(input: $input) { transaction { id } errors { code message } } }`,
      { input },
    );
    return data[mutation];
  }

  async function newPortfolio(name: string) {
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id ledgerVersion } } }',
      { input: { idempotencyKey: newKey(), name, baseCurrency: 'USD', initialCash: '0' } },
    );
    const { id, ledgerVersion } = createPortfolio.portfolio;
    const { createAccount } = await app.query(
      'mutation($input: CreateAccountInput!) { createAccount(input: $input) { account { id } } }',
      {
        input: { idempotencyKey: newKey(), portfolioId: id, expectedVersion: ledgerVersion, name: 'Second' },
      },
    );
    return { id: id as string, counterAccountId: createAccount.account.id as string };
  }

  type Place = Awaited<ReturnType<typeof newPortfolio>>;

  function inputOf(place: Place, { step, target }: Pick<Written, 'step' | 'target'>) {
    const { isInternal, ...stated } = step.transaction as Step['transaction'] & { isInternal?: boolean };
    const transaction = { ...stated, ...(isInternal ? { counterAccountId: place.counterAccountId } : {}) };
    if (target === undefined) return ['recordTransaction', { portfolioId: place.id, transaction }] as const;
    const change = { id: target, reason: 'on second thoughts' };
    if (step.does === 'VOID') return ['voidTransaction', change] as const;
    return ['replaceTransaction', { ...change, transaction }] as const;
  }

  /** Writes until it is let through; asked again with the same key, the answer is the same. */
  async function insist(place: Place, asked: Pick<Written, 'step' | 'target'>): Promise<Written> {
    const [mutation, input] = inputOf(place, asked);
    for (;;) {
      const expectedVersion = await version(place.id);
      const full = { ...input, expectedVersion, idempotencyKey: newKey() };
      const [answer, again] = await Promise.all([write(mutation, full), write(mutation, full)]);
      // A refusal names the version of its moment.
      const codes = ({ errors }: typeof answer) => errors.map(({ code }: { code: string }) => code);
      expect([again.transaction, codes(again)]).toEqual([answer.transaction, codes(answer)]);
      const [error] = answer.errors;
      if (!error) return { ...asked, at: expectedVersion, id: answer.transaction.id };
      expect(error.code).toBe('STALE_VERSION');
    }
  }

  /** Imports until it is let through: both who asks and who stores may be too late. */
  async function importing(place: Place, step: Step, file: string): Promise<Written> {
    for (;;) {
      const outcome = await importCsv(app, place.id, file).catch((error: Error) => error);
      if (!(outcome instanceof Error) && outcome.status === 'SUCCEEDED')
        return { at: null, step, file, id: outcome.id };
      expect(outcome instanceof Error ? outcome.message : outcome.errorMessage).toMatch(
        /^expected (version \d+, was \d+: it has changed since it was read|a ledger that stays as it is meanwhile)/,
      );
    }
  }

  /** One writer: changes only what it wrote itself. */
  async function writer(place: Place, steps: readonly Step[], name: number): Promise<Written[]> {
    const written: Written[] = [];
    const own: string[] = [];
    for (const [index, step] of steps.entries()) {
      if (step.does === 'IMPORT') {
        const { executedAt } = step.transaction;
        const rows = `${executedAt},AAA,buy,3,${name + 2},USD,w${name}-${index}a\n${executedAt},BBB,sell,2,7,EUR,w${name}-${index}b`;
        written.push(await importing(place, step, `date,symbol,side,quantity,price,currency,id\n${rows}\n`));
        continue;
      }
      const target = step.does === 'RECORD' ? undefined : own.pop();
      const one = await insist(place, { step, target });
      if (target === undefined || step.does === 'REPLACE') own.push(one.id!);
      written.push(one);
    }
    return written;
  }

  /** All that was written in the order of the versions; imports, in the order of their history, fill what is left. */
  async function inOrder({ id }: Place, written: readonly Written[], first: number): Promise<Written[]> {
    const { portfolio } = await app.query(
      'query($id: ID!) { portfolio(id: $id) { imports(first: 100) { nodes { id } } } }',
      { id },
    );
    const history = portfolio.imports.nodes.map((one: { id: string }) => one.id).toReversed();
    const known = new Map(written.flatMap((one) => (one.at === null ? [] : [[one.at, one] as const])));
    return written.map(
      (_, index) =>
        known.get(first + index) ?? written.find((one) => one.id === history[0] && history.shift())!,
    );
  }

  async function replay(place: Place, written: readonly Written[]): Promise<void> {
    const ids = new Map<string, string>();
    for (const one of written) {
      if (one.file !== undefined) {
        await importing(place, one.step, one.file);
        continue;
      }
      const target = one.target === undefined ? undefined : ids.get(one.target)!;
      ids.set(one.id!, (await insist(place, { step: one.step, target })).id!);
    }
  }

  /** What the API says of a ledger, at every date. */
  async function told({ id }: Place) {
    const at = DATES.map(
      (date, index) => `at${index}: valuation(at: "${date}T23:59:59Z") {
         equity cash marketValue realisedProfit unrealisedProfit cashProfit fees dividends interest taxes adjustments
         cashBalances { currency amount } }
       positions${index}: positions(at: "${date}T23:59:59Z") { nodes { instrument { symbol } quantity averageCost } }`,
    );
    const { portfolio } = await app.query(
      `query($id: ID!) { portfolio(id: $id) { ${at.join(' ')}
         transactions(first: 100, filter: { includeVoided: true }) { totalCount nodes { ${TRANSACTION} } } } }`,
      { id },
    );
    return portfolio;
  }

  it(
    'leaves what they would have written one after the other, and loses nothing',
    async () => {
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(anyWriters, async (writers) => {
          runs += 1;
          // given
          const place = await newPortfolio(`At once ${runs}`);
          const first = await version(place.id);
          // when
          const written = (
            await Promise.all(writers.map((steps, name) => writer(place, steps, name)))
          ).flat();
          // then every write that was acknowledged made one version
          expect(await version(place.id)).toBe(first + written.length);
          const found = await told(place);
          const counted = written.reduce(
            (total, { file, step, target }) => total + (file ? 2 : target && step.does === 'VOID' ? 0 : 1),
            0,
          );
          expect(found.transactions.totalCount).toBe(counted);
          // and all dates say what the same writes say that come one after the other
          const serial = await newPortfolio(`One by one ${runs}`);
          await replay(serial, await inOrder(place, written, first));
          const expected = await told(serial);
          const sorted = (nodes: unknown[]) => nodes.map((node) => JSON.stringify(node)).toSorted();
          expect(sorted(found.transactions.nodes)).toEqual(sorted(expected.transactions.nodes));
          expect({ ...found, transactions: null }).toEqual({ ...expected, transactions: null });
        }),
        { numRuns: RUNS, endOnFailure: true },
      );
    },
    RUNS * 30_000,
  );
});
