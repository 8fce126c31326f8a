import { previewCsv } from '../src/trade/imports/csv-mapping.ts';
import { newKey, type TestApp } from './create-test-app.ts';

/** What an import or a check found, as far as tests look at it. */
export interface ImportOutcome {
  readonly id: string;
  readonly status: string;
  readonly errorMessage: string | null;
  readonly format: { readonly id: string } | null;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly symbols: readonly {
    readonly key: string;
    readonly state: string;
    readonly rowCount: number;
    readonly suggestion: { readonly symbol: string; readonly currency: string } | null;
    readonly candidates: readonly { readonly id: string; readonly symbol: string }[];
  }[];
  readonly balances: {
    readonly compared: number;
    readonly agreed: number;
    readonly explained: number;
    readonly differences: readonly {
      readonly line: number;
      readonly at: string;
      readonly asset: string;
      readonly expected: string;
      readonly was: string;
      readonly missing: string;
      readonly isOpening: boolean;
    }[];
  } | null;
  readonly accounts: readonly {
    readonly name: string;
    readonly lotMethod: string;
    readonly closedAt: string | null;
    readonly isNew: boolean;
  }[];
  readonly rows: readonly {
    readonly line: number;
    readonly verdict: string;
    readonly reason: string | null;
    readonly symbol: string | null;
    readonly kind: string | null;
  }[];
}

const RUN = `id status errorMessage format { id } verdicts { verdict count }
  symbols { key state rowCount suggestion { symbol currency } candidates { id symbol } }
  balances { compared agreed explained differences { line at asset expected was missing isOpening } }
  accounts { name lotMethod closedAt isNew }
  transactionRows(first: 100) { nodes { line verdict reason symbol kind } }`;

/** A new portfolio without cash; gives its id. */
export async function newPortfolio(app: TestApp, name: string, baseCurrency = 'USD'): Promise<string> {
  const { createPortfolio } = await app.query(
    'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } errors { message } } }',
    { input: { idempotencyKey: newKey(), name, baseCurrency, initialCash: '0' } },
  );
  return createPortfolio.portfolio.id;
}

/** Imports the text of a file and waits for the end. */
export async function importText(
  app: TestApp,
  portfolioId: string,
  content: string,
  more: Record<string, unknown> = {},
): Promise<ImportOutcome> {
  const expectedVersion = await ledgerVersion(app, portfolioId);
  const { importTransactions } = await app.query(
    'mutation($input: ImportTransactionsInput!) { importTransactions(input: $input) { run { id } errors { message } } }',
    { input: { idempotencyKey: newKey(), portfolioId, expectedVersion, content, ...more } },
  );
  if (!importTransactions.run) throw new Error(importTransactions.errors[0].message);
  const { id } = importTransactions.run;
  const events = 'subscription($id: ID!) { runEvents(id: $id) { seq } }';
  for await (const _event of app.subscribe(events, { id }));
  const { node } = await app.query(`query($id: ID!) { node(id: $id) { ... on ImportRun { ${RUN} } } }`, {
    id,
  });
  const { verdicts, transactionRows, ...outcome } = node;
  return {
    ...outcome,
    rows: transactionRows.nodes,
    verdicts: Object.fromEntries(
      verdicts
        .filter(({ count }: { count: number }) => count > 0)
        .map(({ verdict, count }: { verdict: string; count: number }) => [verdict, count]),
    ),
  };
}

/** Imports a CSV file of no broker's form, its columns read as they are guessed. */
export function importCsv(
  app: TestApp,
  portfolioId: string,
  content: string,
  more: Record<string, unknown> = {},
): Promise<ImportOutcome> {
  const { kinds, ...mapping } = previewCsv(content)!.mapping;
  const known = kinds.filter(({ kind }) => kind !== null);
  return importText(app, portfolioId, content, { mapping: { ...mapping, kinds: known }, ...more });
}

/** The version of a portfolio's ledger, which writes are based on. */
export async function ledgerVersion(app: Pick<TestApp, 'query'>, id: string): Promise<number> {
  const { portfolio } = await app.query('query($id: ID!) { portfolio(id: $id) { ledgerVersion } }', { id });
  return portfolio.ledgerVersion;
}

/** What the ledger of a portfolio holds in one line a transaction, the oldest first. */
export async function ledgerLines(app: TestApp, id: string, includeVoided = false): Promise<string[]> {
  const { portfolio } = await app.query(
    `query($id: ID!, $filter: TransactionFilter) { portfolio(id: $id) {
       transactions(first: 100, filter: $filter, orderBy: { field: EXECUTED_AT, direction: ASCENDING }) { nodes {
         kind executedAt quantity amount currency instrument { symbol } otherInstrument { symbol } voided { reason } } } } }`,
    { id, filter: { includeVoided } },
  );
  return portfolio.transactions.nodes.map((row: any) =>
    [
      row.executedAt.slice(0, 10),
      row.kind,
      row.instrument?.symbol,
      row.otherInstrument?.symbol,
      row.quantity,
      `${row.amount} ${row.currency}`,
      row.voided?.reason,
    ]
      .filter((part) => part !== null && part !== undefined)
      .join(' '),
  );
}
