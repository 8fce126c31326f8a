import { afterAll, beforeAll, describe, expect } from 'vitest';
import { itWithShared, sharedText } from '../../../tools/testing/services.ts';
import { cashOf } from '../../test/broker-rows.ts';
import { createTestApp, type TestApp } from '../../test/create-test-app.ts';
import { importText, newPortfolio } from '../../test/transaction-imports.ts';
import { Decimal, ZERO } from '../platform/decimal.ts';
import { parseBrokerFile } from '../trade/brokers/registry.ts';

const EXPORTS = 'data/broker_exports/';

/**
 * Real files, the currency of the portfolio, what becomes of their rows, and how many of their running balances
 * agree. Files that begin amid the life of an account, or leave rows out, differ by what came before.
 */
const FILES = [
  ['capital-gains-calculator/vanguard_cash.csv', 'GBP', { NEW: 19 }, [15, 15]],
  ['rotki/coinbasepro.csv', 'EUR', { NEW: 11, SKIPPED: 10 }, [16, 16]],
  ['export-to-ghostfolio/finpension-bvg-export.csv', 'CHF', { NEW: 11 }, [9, 9]],
  ['export-to-ghostfolio/finpension-3a-export.csv', 'CHF', { NEW: 26 }, [1, 7]],
  ['export-to-ghostfolio/swissquote-export.csv', 'CHF', { NEW: 19, SKIPPED: 2 }, [0, 20]],
  ['export-to-ghostfolio/degiro-export.csv', 'EUR', { NEW: 59, SKIPPED: 15 }, [0, 51]],
  ['export-to-ghostfolio/trading212-export.csv', 'EUR', { NEW: 9, ERROR: 4 }, null],
  ['export-to-ghostfolio/schwab-export.csv', 'USD', { NEW: 113, ERROR: 2, SKIPPED: 5 }, null],
  ['export-to-ghostfolio/etoro-export.csv', 'USD', { NEW: 27, SKIPPED: 1 }, null],
  ['export-to-ghostfolio/rabobank-export.csv', 'EUR', { NEW: 12 }, null],
  ['export-to-ghostfolio/revolut-invest-export.csv', 'USD', { NEW: 10, SKIPPED: 2 }, null],
  ['export-to-ghostfolio/freetrade-export.csv', 'GBP', { NEW: 11, SKIPPED: 2 }, null],
  ['export-to-ghostfolio/parqet-export.csv', 'EUR', { NEW: 27 }, null],
  ['export-to-ghostfolio/xtb-export.csv', 'EUR', { NEW: 44, ERROR: 1, SKIPPED: 1 }, null],
  ['export-to-ghostfolio/delta-export.csv', 'USD', { NEW: 8 }, null],
  ['export-to-ghostfolio/cointracking-export.csv', 'EUR', { NEW: 6 }, null],
  ['export-to-ghostfolio/coinbase-export.csv', 'EUR', { NEW: 10 }, null],
  ['export-to-ghostfolio/ibkr-trades-export.csv', 'EUR', { NEW: 8, ERROR: 3 }, null],
  ['portfolio-performance/testIBFlexStatementFile14.xml', 'CHF', { NEW: 10, SKIPPED: 2 }, null],
] as const;

/** What the reference says of one transaction; amounts have no sign. */
interface Item {
  readonly kind: 'purchase' | 'sale' | 'deposit' | 'removal' | 'dividend' | 'fee' | 'outboundCash';
  readonly date: string;
  readonly shares: number;
  readonly amount: number;
  readonly currency: string;
  readonly gross: number;
  readonly taxes: number;
}
interface Case {
  readonly file: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly items: readonly Item[];
}
const KINDS = {
  purchase: 'BUY',
  sale: 'SELL',
  deposit: 'DEPOSIT',
  removal: 'WITHDRAWAL',
  dividend: 'DIVIDEND',
  fee: 'FEE',
};

interface Row {
  readonly kind: string;
  readonly executedAt: string;
  readonly quantity: string | null;
  readonly amount: string;
  readonly fee: string;
  readonly tax: string;
  readonly currency: string;
  readonly otherAmount: string | null;
  readonly otherCurrency: string | null;
  readonly instrument: { readonly symbol: string } | null;
}

/** What came and went of each currency. */
function cashIn(rows: readonly Row[]): Record<string, string> {
  const sums = new Map<string, Decimal>();
  const add = (currency: string, amount: string) =>
    sums.set(currency, (sums.get(currency) ?? ZERO).plus(amount));
  for (const { currency, amount, otherCurrency, otherAmount } of rows) {
    add(currency, amount);
    if (otherCurrency) add(otherCurrency, otherAmount!);
  }
  return withoutZeros(
    Object.fromEntries([...sums].map(([currency, sum]) => [currency, sum.toDecimalPlaces(16).toFixed()])),
  );
}

function withoutZeros(sums: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => !new Decimal(sum).isZero()));
}

describe('real files of brokers in a real portfolio', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.stop());

  async function ledgerOf(id: string): Promise<Row[]> {
    const rows: Row[] = [];
    let after: string | null = null;
    do {
      const { portfolio }: any = await app.query(
        `query($id: ID!, $after: String) { portfolio(id: $id) {
           transactions(first: 100, after: $after, orderBy: { field: EXECUTED_AT, direction: ASCENDING }) {
             pageInfo { hasNextPage endCursor }
             nodes { kind executedAt quantity amount fee tax currency otherAmount otherCurrency instrument { symbol } } } } }`,
        { id, after },
      );
      const { nodes, pageInfo } = portfolio.transactions;
      rows.push(...nodes);
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after);
    return rows;
  }

  async function imported(path: string, baseCurrency: string) {
    const id = await newPortfolio(app, path, baseCurrency);
    const outcome = await importText(app, id, sharedText(EXPORTS + path), {
      createsMissingInstruments: true,
      skipInvalid: true,
    });
    expect(outcome.status, path).toBe('SUCCEEDED');
    return { ...outcome, portfolioId: id, rows: await ledgerOf(id) };
  }

  itWithShared.each(FILES)('%s', async (path, baseCurrency, expected, agreed) => {
    // when
    const { id, portfolioId, verdicts, balances, rows } = await imported(path, baseCurrency);
    // then
    expect(verdicts).toEqual(expected);
    expect(balances && [balances.agreed, balances.compared]).toEqual(agreed);
    // and the ledger moves the cash of the rows that it took, to the last digit
    const { node } = await app.query(
      `query($id: ID!) { node(id: $id) { ... on ImportRun { transactionRows(first: 100, verdicts: [ERROR]) { nodes { line } } } } }`,
      { id },
    );
    const refused = new Set(node.transactionRows.nodes.map(({ line }: { line: number }) => line));
    const taken = parseBrokerFile(sharedText(EXPORTS + path), { currency: baseCurrency }).rows;
    expect(cashIn(rows)).toEqual(withoutZeros(cashOf(taken.filter(({ line }) => !refused.has(line)))));
    // and all of it is known again
    const again = await importText(app, portfolioId, sharedText(EXPORTS + path), { dryRun: true });
    expect(again.verdicts.NEW).toBeUndefined();
    expect(again.verdicts.DUPLICATE).toBe(expected.NEW);
  });

  itWithShared.each(['trade_republic', 'ib_flex'])(
    'agree with every published transaction of %s',
    async (name) => {
      const cases = JSON.parse(sharedText('reference/broker_import/SHARE.json'))[name] as Case[];
      expect(cases).toHaveLength(name === 'ib_flex' ? 2 : 3);
      for (const { file, counts, items } of cases) {
        const { rows, verdicts } = await imported(`portfolio-performance/${file}`, 'EUR');
        expect(verdicts.ERROR ?? 0).toBe(0);
        const isTrade = ({ kind }: Row) => kind === 'BUY' || kind === 'SELL';
        expect(rows.filter(isTrade)).toHaveLength(counts.BuySell);
        const conversions = rows.filter(({ kind }) => kind === 'CONVERSION');
        expect(conversions).toHaveLength(counts.AccountTransfers ?? 0);
        const others = rows.filter((row) => !isTrade(row) && row.kind !== 'CONVERSION');
        expect(others).toHaveLength(counts.AccountTransactions);
        for (const item of items) {
          if (item.kind === 'outboundCash') continue;
          const expectedKind = KINDS[item.kind];
          const match = rows.find(
            ({ kind, executedAt, amount }) =>
              kind === expectedKind &&
              executedAt.startsWith(item.date.slice(0, 23)) &&
              Math.abs(Number(amount)) === item.amount,
          );
          expect(match, `${file} ${item.kind} of ${item.date}`).toBeDefined();
          const { kind, quantity, amount, currency, fee, tax } = match!;
          expect({
            shares: kind === 'BUY' || kind === 'SELL' ? Number(quantity) : item.shares,
            gross: new Decimal(amount).plus(fee).plus(tax).abs().toNumber(),
            currency,
            taxes: Number(tax),
          }).toEqual({ shares: item.shares, gross: item.gross, currency: item.currency, taxes: item.taxes });
        }
      }
    },
  );
});
