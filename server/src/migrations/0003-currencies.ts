import { Migration } from '@mikro-orm/migrations';

/** Transactions in any currency: exchanges between currencies, and the rate that one states. */
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
  }

  override down(): void {
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
