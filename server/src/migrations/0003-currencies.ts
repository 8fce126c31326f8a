import { Migration } from '@mikro-orm/migrations';

/**
 * Transactions in any currency: exchanges between currencies, and the rate that one states. Rows know the
 * version of the ledger that they came with, so that what is new can be read alone.
 */
export class Currencies extends Migration {
  override up(): void {
    this.addSql(
      `alter table transaction add column exchange_rate numeric(38,18), add column other_amount numeric(38,18),
         add column other_currency text`,
    );
    this.addSql('alter table transaction drop constraint transaction_kind');
    this.addSql(
      `alter table transaction add constraint transaction_kind check (kind in (${KINDS}, 'CONVERSION'))`,
    );
    for (const statement of LEDGER_VERSIONS) this.addSql(statement);
  }

  override down(): void {
    for (const table of ['transaction', 'transaction_void']) {
      this.addSql(`drop trigger ledger_version on ${table}`);
      this.addSql(`drop function ${table}_ledger_version`);
      this.addSql(`alter table ${table} drop column ledger_version`);
    }
    this.addSql(`delete from transaction where kind = 'CONVERSION'`);
    this.addSql('alter table transaction drop constraint transaction_kind');
    this.addSql(`alter table transaction add constraint transaction_kind check (kind in (${KINDS}))`);
    for (const column of ['exchange_rate', 'other_amount', 'other_currency'])
      this.addSql(`alter table transaction drop column ${column}`);
  }
}

const KINDS = `'BUY', 'SELL', 'SHORT', 'COVER', 'DIVIDEND', 'INTEREST', 'FEE', 'TAX', 'DEPOSIT', 'WITHDRAWAL',
  'TRANSFER_IN', 'TRANSFER_OUT', 'SPLIT', 'SPIN_OFF', 'MERGER', 'TICKER_CHANGE', 'DELISTING', 'RETURN_OF_CAPITAL',
  'STOCK_DIVIDEND', 'OPENING_BALANCE', 'ADJUSTMENT'`;

const versioned = (table: string, account: string) => [
  `alter table ${table} add column ledger_version integer not null default 1`,
  `create function ${table}_ledger_version() returns trigger language plpgsql as $$ begin
     select p.ledger_version into strict new.ledger_version from account a join portfolio p on p.id = a.portfolio_id
       where a.id = ${account};
     return new; end $$`,
  `create trigger ledger_version before insert on ${table} for each row execute function ${table}_ledger_version()`,
];

const LEDGER_VERSIONS = [
  ...versioned('transaction', 'new.account_id'),
  ...versioned('transaction_void', '(select account_id from transaction where id = new.transaction_id)'),
  `create index transaction_by_ledger_version on transaction (account_id, ledger_version, id)`,
];
