import { afterAll, beforeAll, describe, expect } from 'vitest';
import { itWithShared, sharedText } from '../../../tools/testing/services.ts';
import { cashOf } from '../../test/broker-rows.ts';
import { createTestApp, type TestApp } from '../../test/create-test-app.ts';
import { importText, newPortfolio } from '../../test/transaction-imports.ts';
import { Decimal, ZERO } from '../platform/decimal.ts';
import { readRecords } from '../trade/brokers/broker-table.ts';
import { parseBrokerFile } from '../trade/brokers/registry.ts';

const EXPORTS = 'data/broker_exports/';

const DEGIRO_GAPS = [
  71, 30, 70, 55, 36, 32, 26, 27, 24, 23, 35, 31, 40, 38, 65, 43, 48, 45, 62, 68, 49, 51, 54, 53, 63, 59, 58,
  57, 75, 74, 73, 72,
];

const ETORO_GAPS = [25, 26, 27, 28, 2, 4, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 22, 29];

/**
 * Real files, the currency of the portfolio, what becomes of their rows, how many of their running balances the
 * rows explain and how many there are, and the lines before which rows were left out. Where all are explained, all
 * agree with the account, which opens with what was there before the file. The other four are put together of
 * excerpts: pension 3a has one row of 2022 and then the dividends of units that no row bought; Swissquote's last
 * row but one of 09-08-2022 has 83,660.35 francs less than the row above it left; of DEGIRO's only lines 2 to 23
 * stand together, and each of them follows from the one before. eToro's balance of 2024 stays where it was through
 * trades and dividends, 0.00 through all of lines 9 to 17, and its rows of 2020 are each of another day. That these
 * lines do not follow from the amounts that the files themselves state is shown below.
 */
const FILES = [
  ['capital-gains-calculator/vanguard_cash.csv', 'GBP', { NEW: 19 }, [15, 15], []],
  ['rotki/coinbasepro.csv', 'EUR', { NEW: 11, SKIPPED: 10 }, [16, 16], []],
  ['export-to-ghostfolio/finpension-bvg-export.csv', 'CHF', { NEW: 11 }, [9, 9], []],
  ['portfolio-performance/testIBFlexStatementFile14.xml', 'CHF', { NEW: 10, SKIPPED: 2 }, [4, 4], []],
  ['portfolio-performance/testIBFlexStatementFile24.xml', 'USD', { NEW: 10 }, [2, 2], []],
  ['export-to-ghostfolio/finpension-3a-export.csv', 'CHF', { NEW: 26 }, [5, 7], [20, 2]],
  [
    'export-to-ghostfolio/swissquote-export.csv',
    'CHF',
    { NEW: 19, SKIPPED: 2 },
    [14, 20],
    [19, 17, 15, 13, 7, 5],
  ],
  ['export-to-ghostfolio/degiro-export.csv', 'EUR', { NEW: 59, SKIPPED: 15 }, [19, 51], DEGIRO_GAPS],
  ['export-to-ghostfolio/trading212-export.csv', 'EUR', { NEW: 9, ERROR: 4 }, null, null],
  ['export-to-ghostfolio/schwab-export.csv', 'USD', { NEW: 113, ERROR: 2, SKIPPED: 5 }, null, null],
  ['export-to-ghostfolio/etoro-export.csv', 'USD', { NEW: 27, SKIPPED: 1 }, [4, 22], ETORO_GAPS],
  ['export-to-ghostfolio/rabobank-export.csv', 'EUR', { NEW: 12 }, null, null],
  ['export-to-ghostfolio/revolut-invest-export.csv', 'USD', { NEW: 10, SKIPPED: 2 }, null, null],
  ['export-to-ghostfolio/freetrade-export.csv', 'GBP', { NEW: 11, SKIPPED: 2 }, null, null],
  ['export-to-ghostfolio/parqet-export.csv', 'EUR', { NEW: 27 }, null, null],
  ['export-to-ghostfolio/xtb-export.csv', 'EUR', { NEW: 44, ERROR: 1, SKIPPED: 1 }, null, null],
  ['export-to-ghostfolio/delta-export.csv', 'USD', { NEW: 8 }, null, null],
  ['export-to-ghostfolio/cointracking-export.csv', 'EUR', { NEW: 6 }, null, null],
  ['export-to-ghostfolio/coinbase-export.csv', 'EUR', { NEW: 10 }, null, null],
  ['export-to-ghostfolio/ibkr-trades-export.csv', 'EUR', { NEW: 8, ERROR: 3 }, null, null],
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

/** Where amounts and balances stand in the files whose balances are not all explained. */
const STATED = [
  {
    broker: 'finpension-3a',
    delimiter: ';',
    amount: 8,
    balance: 9,
    currency: null,
    time: [0],
    isNewestFirst: true,
  },
  {
    broker: 'swissquote',
    delimiter: ';',
    amount: 10,
    balance: 11,
    currency: 12,
    time: [0],
    isNewestFirst: true,
  },
  {
    broker: 'degiro',
    delimiter: ',',
    amount: 8,
    balance: 10,
    currency: 9,
    time: [0, 1],
    isNewestFirst: true,
  },
  { broker: 'etoro', delimiter: ',', amount: 3, balance: 7, currency: null, time: [0], isNewestFirst: false },
] as const;

/** A number with either decimal sign, spaces, or brackets where it is below 0. */
function numberIn(text: string): Decimal {
  const plain = text.replaceAll(/[\s()]/g, '');
  const value = new Decimal(plain.includes('.') ? plain.replaceAll(',', '') : plain.replace(',', '.'));
  return text.includes('(') ? value.negated() : value;
}

/** The change of cash that a record states, without the importer. */
function statedChange(cells: readonly string[], amount: string): Decimal {
  const [, sign, moved] = /^Overboeking (van|naar) .* ([\d,]+) EUR$/.exec(cells[5] ?? '') ?? [];
  if (moved) return numberIn(moved).times(sign === 'van' ? -1 : 1);
  // A fee of eToro that leaves the equity as it was is a part of what is withdrawn.
  if (amount === '' || cells[1] === 'Withdrawal Conversion Fee') return ZERO;
  return cells[1] === 'Open Position' ? numberIn(amount).negated() : numberIn(amount);
}

/** A time as digits that can be compared. */
function digitsOf(text: string): string {
  const [, day, month, year, rest] = /^(\d\d)[-/](\d\d)[-/](\d{4})(.*)$/.exec(text) ?? [];
  return day ? `${year}-${month}-${day}${rest}` : text;
}

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

  async function imported(path: string, baseCurrency: string, recordsOpeningBalances: boolean) {
    const id = await newPortfolio(app, `${path} in ${baseCurrency}`, baseCurrency);
    const outcome = await importText(app, id, sharedText(EXPORTS + path), {
      createsMissingInstruments: true,
      skipInvalid: true,
      recordsOpeningBalances,
    });
    expect(outcome.status, path).toBe('SUCCEEDED');
    return { ...outcome, portfolioId: id, rows: await ledgerOf(id) };
  }

  itWithShared.each(FILES)('%s', async (path, baseCurrency, expected, explained, gaps) => {
    // when
    const { id, portfolioId, verdicts, balances, rows } = await imported(path, baseCurrency, true);
    // then
    expect(verdicts).toEqual(expected);
    expect(balances && [balances.explained, balances.compared]).toEqual(explained);
    expect(balances && balances.differences.map(({ line }) => line)).toEqual(gaps);
    if (balances?.explained === balances?.compared) expect(balances?.agreed).toBe(balances?.compared);
    // and the ledger moves the cash of the rows that it took, to the last digit
    const { node } = await app.query(
      `query($id: ID!) { node(id: $id) { ... on ImportRun { transactionRows(first: 100, verdicts: [ERROR]) { nodes { line } } } } }`,
      { id },
    );
    const refused = new Set(node.transactionRows.nodes.map(({ line }: { line: number }) => line));
    const taken = parseBrokerFile(sharedText(EXPORTS + path), { currency: baseCurrency }).rows;
    const ofRows = rows.filter(({ kind }) => kind !== 'OPENING_BALANCE');
    expect(cashIn(ofRows)).toEqual(withoutZeros(cashOf(taken.filter(({ line }) => !refused.has(line)))));
    // and all of it is known again
    const again = await importText(app, portfolioId, sharedText(EXPORTS + path), { dryRun: true });
    expect(again.verdicts.NEW).toBeUndefined();
    expect(again.verdicts.DUPLICATE).toBe(expected.NEW);
  });

  itWithShared.each(STATED)('$broker leaves out rows before those lines by its own columns', (columns) => {
    const path = `export-to-ghostfolio/${columns.broker}-export.csv`;
    const { records } = readRecords(sharedText(EXPORTS + path), columns.delimiter);
    const stated = records.slice(1).flatMap(({ line, cells }) => {
      const balance = cells[columns.balance] ?? '';
      if (balance === '') return [];
      const asset = columns.currency === null ? '' : cells[columns.currency];
      const time = digitsOf(columns.time.map((place) => cells[place]).join(' '));
      return [
        { line, asset, time, balance: numberIn(balance), change: statedChange(cells, cells[columns.amount]) },
      ];
    });
    if (columns.isNewestFirst) stated.reverse();
    const gaps = [...Map.groupBy(stated, ({ asset }) => asset).values()].flatMap((ofAsset) => {
      const times = [...Map.groupBy(ofAsset, ({ time }) => time)].toSorted(([a], [b]) => (a < b ? -1 : 1));
      const closings = times.map(([, group]) => group[group.length - 1]);
      const changes = times.map(([, group]) => group.reduce((sum, { change }) => sum.plus(change), ZERO));
      return closings.filter(
        ({ balance }, index) =>
          index > 0 && !balance.minus(closings[index - 1].balance).equals(changes[index]),
      );
    });
    const [, , , , named] = FILES.find(([one]) => one === path)!;
    expect(gaps.map(({ line }) => line).toSorted((a, b) => a - b)).toEqual(named!.toSorted((a, b) => a - b));
  });

  itWithShared.each(['trade_republic', 'ib_flex'])(
    'agree with every published transaction of %s',
    async (name) => {
      const cases = JSON.parse(sharedText('reference/broker_import/SHARE.json'))[name] as Case[];
      expect(cases).toHaveLength(name === 'ib_flex' ? 2 : 3);
      for (const { file, counts, items } of cases) {
        const { rows, verdicts } = await imported(`portfolio-performance/${file}`, 'EUR', false);
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
