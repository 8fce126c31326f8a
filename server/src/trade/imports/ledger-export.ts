import type { Database } from '../../platform/database/database.ts';
import { statedAmountOf } from '../transaction-draft.ts';
import type { FileAccount } from './file-accounts.ts';
import { LEDGER_CSV_HEADER, type LedgerRecord, ledgerCsvLine, withoutAccounts } from './ledger-file.ts';

const ROWS_AT_ONCE = 2_000;

const timeText = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const COLUMNS = `t.id, t.kind, ${timeText('t.executed_at')} as time,
  to_char(t.executed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as place,
  ${timeText('t.acquired_at')} as acquired,
  ${[
    'quantity',
    'price',
    'amount',
    'fee',
    'tax',
    'units',
    'per_units',
    'basis_fraction',
    'cost_basis',
    'exchange_rate',
    'other_amount',
  ]
    .map((name) => `t.${name}::text as ${name}`)
    .join(', ')},
  t.currency, t.other_currency, p.base_currency, t.lot_ids, t.external_id, t.note, a.name as account, c.name as to_account,
  a.lot_method, c.lot_method as to_lot_method,
  ${timeText('a.closed_at')} as closed_at, ${timeText('c.closed_at')} as to_closed_at,
  i.symbol, i.name, i.isin, i.currency as instrument_currency, i.asset_class, o.symbol as other_symbol,
  v.reason as voided, v.replacement_id as replaced_by`;

/** A ledger in the project's own form, read from the database a part at a time. */
export class LedgerExport {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  /** All transactions of a portfolio, those that were voided too, in the order they happened. */
  async *records(portfolioId: string): AsyncGenerator<LedgerRecord> {
    let place: readonly [string, string] = ['-infinity', ''];
    for (;;) {
      const rows = await this.database.fork().execute<Record<string, any>[]>(
        `select ${COLUMNS} from transaction t join account a on a.id = t.account_id join portfolio p on p.id = a.portfolio_id
           left join account c on c.id = t.counter_account_id left join instrument i on i.id = t.instrument_id
           left join instrument o on o.id = t.other_instrument_id left join transaction_void v on v.transaction_id = t.id
         where a.portfolio_id = ? and (t.executed_at, t.id) > (?::timestamptz, ?)
         order by t.executed_at, t.id limit ${ROWS_AT_ONCE}`,
        [portfolioId, ...place],
      );
      for (const row of rows) yield recordOf(row);
      const last = rows.at(-1);
      if (!last || rows.length < ROWS_AT_ONCE) return;
      place = [last.place, last.id];
    }
  }

  /** The same as CSV. */
  async *csv(portfolioId: string): AsyncGenerator<string> {
    yield LEDGER_CSV_HEADER;
    for await (const record of this.records(portfolioId)) yield ledgerCsvLine(record);
  }

  /** The same as JSON, with what the portfolio is called and all of its accounts. */
  async *json(portfolioId: string, about: Readonly<Record<string, unknown>>): AsyncGenerator<string> {
    const head = {
      format: 'ai-trading-ledger',
      version: 1,
      ...about,
      accounts: await this.accounts(portfolioId),
    };
    yield `${JSON.stringify(head).slice(0, -1)},"transactions":[`;
    let separator = '\n';
    for await (const record of this.records(portfolioId)) {
      const fields = Object.entries(withoutAccounts(record)).filter(([, text]) => text !== null);
      yield `${separator}${JSON.stringify(Object.fromEntries(fields))}`;
      separator = ',\n';
    }
    yield '\n]}\n';
  }

  /** The accounts of a portfolio, those without transactions too, the oldest first. */
  private async accounts(portfolioId: string): Promise<FileAccount[]> {
    return this.database.fork().execute<FileAccount[]>(
      `select name, lot_method as "lotMethod", ${timeText('closed_at')} as "closedAt"
           from account where portfolio_id = ? order by id`,
      [portfolioId],
    );
  }
}

function recordOf(row: Record<string, any>): LedgerRecord {
  const plain = (text: string | null) => (text?.includes('.') ? text.replace(/\.?0+$/, '') : text);
  const lots: string[] = typeof row.lot_ids === 'string' ? JSON.parse(row.lot_ids) : row.lot_ids;
  const { kind, amount, fee, tax } = row;
  return {
    id: row.id,
    kind,
    time: row.time,
    account: row.account,
    symbol: row.symbol,
    quantity: plain(row.quantity),
    price: plain(row.price),
    amount: statedAmountOf({ kind, amount, fee, tax }),
    fee: plain(fee),
    tax: plain(tax),
    currency: row.currency,
    netAmount: plain(amount),
    exchangeRate: plain(row.exchange_rate),
    rateCurrency: row.exchange_rate === null ? null : row.base_currency,
    otherAmount: plain(row.other_amount),
    otherCurrency: row.other_currency,
    units: plain(row.units),
    perUnits: plain(row.per_units),
    otherSymbol: row.other_symbol,
    basisFraction: plain(row.basis_fraction),
    costBasis: plain(row.cost_basis),
    acquired: row.acquired,
    toAccount: row.to_account,
    lots: lots.length > 0 ? lots.join(' ') : null,
    externalId: row.external_id,
    note: row.note,
    voided: row.voided,
    replacedBy: row.replaced_by,
    name: row.name,
    isin: row.isin,
    instrumentCurrency: row.instrument_currency,
    assetClass: row.asset_class,
    lotMethod: row.lot_method,
    toLotMethod: row.to_lot_method,
    closedAt: row.closed_at,
    toClosedAt: row.to_closed_at,
  };
}
