import { Migration } from '@mikro-orm/migrations';

/** Where prices of an instrument come from, how the last look went, and the splits and dividends that providers told of. */
export class PriceFeeds extends Migration {
  override up(): void {
    this.addSql(`create table price_feed (
      instrument_id text primary key references instrument on delete cascade, version integer not null default 1,
      sources jsonb not null, due_at timestamptz not null, checked_at timestamptz, refreshed_at timestamptz,
      used_source text, problem text)`);
    this.addSql('create index price_feed_due on price_feed (due_at)');
    this.addSql(`create table corporate_event (
      instrument_id text not null references instrument on delete cascade, kind text not null check (kind in ('SPLIT', 'DIVIDEND')),
      date date not null, value double precision not null, source text not null, primary key (instrument_id, kind, date))`);
  }

  override down(): void {
    this.addSql('drop table corporate_event');
    this.addSql('drop table price_feed');
  }
}
