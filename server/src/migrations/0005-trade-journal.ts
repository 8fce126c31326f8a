import { Migration } from '@mikro-orm/migrations';

/** What people note about their trades. */
export class TradeJournal extends Migration {
  override up(): void {
    // Anchored on the transaction that opened the trade: that stays when later fills arrive.
    this.addSql(`create table trade_note (
      id text primary key, account_id text not null references account on delete cascade,
      anchor_id text not null references transaction on delete cascade, other_anchor_ids jsonb not null,
      version integer not null default 1, tags jsonb not null, setup text, notes text not null default '',
      rating smallint check (rating between 1 and 5), stop_price numeric(38,18) check (stop_price > 0),
      initial_risk numeric(38,18) check (initial_risk > 0), updated_by text not null, updated_at timestamptz not null,
      unique (account_id, anchor_id))`);
  }

  override down(): void {
    this.addSql('drop table trade_note');
  }
}
