import { Migration } from '@mikro-orm/migrations';

/** Rules that watch, what they found, and its way to people. */
export class Alerts extends Migration {
  override up(): void {
    this.addSql(`create table alert_rule (
      id text primary key, version integer not null default 1, name text not null, kind text not null,
      portfolio_id text references portfolio on delete cascade, instrument_id text references instrument on delete cascade,
      threshold double precision, webhook_url text, email text, is_enabled boolean not null default true,
      is_triggered boolean not null default false, checked_at timestamptz not null, problem text, created_at timestamptz not null)`);
    this.addSql(`create table alert (
      id text primary key, rule_id text not null references alert_rule on delete cascade, message text not null,
      value double precision, at timestamptz not null, seen_at timestamptz)`);
    this.addSql('create index alert_at on alert (at desc, id desc)');
    this.addSql(`create table alert_delivery (
      id text primary key, alert_id text not null references alert on delete cascade, channel text not null,
      target text not null, status text not null default 'WAITING', attempts integer not null default 0,
      due_at timestamptz not null, problem text, sent_at timestamptz)`);
    this.addSql(`create index alert_delivery_due on alert_delivery (due_at) where status = 'WAITING'`);
  }

  override down(): void {
    for (const name of ['alert_delivery', 'alert', 'alert_rule']) this.addSql(`drop table ${name}`);
  }
}
