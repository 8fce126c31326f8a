import { Migration } from '@mikro-orm/migrations';

/** What a portfolio is meant to hold, and how it is brought there. */
export class Targets extends Migration {
  override up(): void {
    this.addSql(`create table portfolio_targets (
      portfolio_id text primary key references portfolio on delete cascade, version integer not null default 1,
      cash_minimum numeric(38,18) not null, cash_band numeric(12,10) not null, cost_fixed numeric(38,18) not null,
      cost_bps numeric(12,6) not null, minimum_trade numeric(38,18) not null, units text not null, goal text not null,
      lot_method text not null, updated_by text not null, updated_at timestamptz not null)`);
    this.addSql(`create table target_line (
      portfolio_id text not null references portfolio_targets on delete cascade, position integer not null,
      instrument_id text references instrument on delete cascade, asset_class text,
      buy_instrument_id text references instrument on delete set null, weight numeric(12,10) not null,
      band numeric(12,10) not null, band_kind text not null, primary key (portfolio_id, position),
      check ((instrument_id is null) <> (asset_class is null)))`);
  }

  override down(): void {
    this.addSql('drop table target_line');
    this.addSql('drop table portfolio_targets');
  }
}
