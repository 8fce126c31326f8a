import { Migration } from '@mikro-orm/migrations';

/** Instruments and bars, runs, portfolios with accounts, fills and transactions, and the tables that keep writes safe. */
export class Foundation extends Migration {
  override up(): void {
    for (const statement of TABLES) this.addSql(statement);
  }

  override down(): void {
    const names = [
      'staged_bar',
      'trial',
      'run_artifact',
      'transaction',
      'fill',
      'account',
      'portfolio',
      'run',
      'bar',
      'data_set',
    ];
    for (const name of [...names, 'instrument', 'idempotency_key', 'outbox', 'seed'])
      this.addSql(`drop table ${name}`);
  }
}

const TABLES = [
  `create table instrument (
    id text primary key, version integer not null default 1, symbol text not null unique, name text not null,
    currency text not null, exchange text, asset_class text not null, tick_size numeric(38,18) not null,
    lot_size numeric(38,18) not null, calendar text not null, is_synthetic boolean not null default false,
    source text not null, created_at timestamptz not null)`,
  `create table data_set (
    id serial primary key, instrument_id text not null references instrument on delete cascade, timeframe text not null,
    bar_count integer not null default 0, from_ms bigint, to_ms bigint, has_adjusted_close boolean not null default false,
    content_hash text not null default '', unique (instrument_id, timeframe))`,
  `create table bar (
    data_set_id integer not null references data_set on delete cascade, time_ms bigint not null,
    open double precision not null, high double precision not null, low double precision not null,
    close double precision not null, volume double precision not null, adjusted_close double precision,
    primary key (data_set_id, time_ms))`,
  `create unlogged table staged_bar (
    import_id text not null, line integer not null, time_ms bigint not null, open double precision not null,
    high double precision not null, low double precision not null, close double precision not null,
    volume double precision not null, adjusted_close double precision)`,
  `create index staged_bar_import on staged_bar (import_id)`,
  `create table run (
    id text primary key, kind text not null, status text not null, label text not null, attempt integer not null default 0,
    seq integer not null default 0, progress double precision not null default 0, request jsonb not null,
    result jsonb, error_message text, lease_token text, lease_until timestamptz, is_cancel_requested boolean not null default false,
    created_at timestamptz not null, started_at timestamptz, finished_at timestamptz)`,
  `create index run_by_kind on run (kind, created_at desc)`,
  `create index run_open on run (status) where status in ('QUEUED', 'RUNNING')`,
  `create table run_artifact (
    run_id text not null references run on delete cascade, name text not null, content bytea not null,
    primary key (run_id, name))`,
  `create table trial (data_hash text primary key, trial_count bigint not null)`,
  `create table portfolio (
    id text primary key, version integer not null default 1, name text not null unique, base_currency text not null,
    benchmark_id text references instrument, is_sample boolean not null default false, created_at timestamptz not null)`,
  `create table account (
    id text primary key, portfolio_id text not null references portfolio on delete cascade, name text not null,
    unique (portfolio_id, name))`,
  `create table fill (
    id text primary key, account_id text not null references account on delete cascade,
    instrument_id text not null references instrument, side text not null check (side in ('BUY', 'SELL')),
    quantity numeric(38,18) not null check (quantity > 0), price numeric(38,18) not null check (price >= 0),
    fee numeric(38,18) not null check (fee >= 0), currency text not null, executed_at timestamptz not null, external_id text,
    import_id text, created_at timestamptz not null)`,
  `create index fill_by_time on fill (account_id, executed_at, id)`,
  `create index fill_by_instrument on fill (instrument_id)`,
  `create unique index fill_external on fill (account_id, external_id) where external_id is not null`,
  `create table transaction (
    id text primary key, account_id text not null references account on delete cascade, kind text not null,
    fill_id text unique references fill on delete cascade, amount numeric(38,18) not null, currency text not null,
    executed_at timestamptz not null, created_at timestamptz not null)`,
  `create index transaction_by_time on transaction (account_id, executed_at)`,
  `create table idempotency_key (
    key text primary key, input_hash text not null, result_id text, created_at timestamptz not null)`,
  `create table outbox (id bigserial primary key, topic text not null, message jsonb not null, created_at timestamptz not null)`,
  `create table seed (name text primary key, created_at timestamptz not null)`,
];
