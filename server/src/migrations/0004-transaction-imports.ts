import { Migration } from '@mikro-orm/migrations';

/** Imports of transactions: what each brought in, by which rows, and what was chosen on the way. */
export class TransactionImports extends Migration {
  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }

  override down(): void {
    for (const table of [
      'import_row',
      'imported_row',
      'transaction_import',
      'import_symbol',
      'import_mapping',
    ])
      this.addSql(`drop table ${table}`);
    this.addSql('drop index transaction_by_import');
    this.addSql('alter table instrument drop column isin');
  }
}

const STATEMENTS = [
  // Two listings of a security have the same.
  `alter table instrument add column isin text`,
  `create index instrument_by_isin on instrument (isin) where isin is not null`,
  `create index transaction_by_import on transaction (import_id) where import_id is not null`,
  `create table transaction_import (
    id text primary key, portfolio_id text not null references portfolio on delete cascade,
    account_id text not null references account on delete cascade, file_name text, format_name text not null,
    rows_new integer not null, rows_duplicate integer not null, rows_skipped integer not null,
    rows_rejected integer not null, transaction_count integer not null, created_by text not null,
    created_at timestamptz not null, undone_by text, undone_at timestamptz)`,
  `create index transaction_import_by_portfolio on transaction_import (portfolio_id, created_at desc)`,
  `create table imported_row (
    account_id text not null references account on delete cascade, fingerprint text not null,
    import_id text not null references transaction_import on delete cascade, transaction_ids jsonb not null,
    primary key (account_id, fingerprint))`,
  `create index imported_row_by_import on imported_row (import_id)`,
  `create table import_row (
    run_id text not null references run on delete cascade, position integer not null, verdict text not null,
    data jsonb not null, primary key (run_id, position))`,
  `create index import_row_by_verdict on import_row (run_id, verdict, position)`,
  // No instrument: rows of this key are left out.
  `create table import_symbol (
    portfolio_id text not null references portfolio on delete cascade, key text not null,
    instrument_id text references instrument on delete cascade, primary key (portfolio_id, key))`,
  `create table import_mapping (
    portfolio_id text not null references portfolio on delete cascade, shape text not null, mapping jsonb not null,
    updated_at timestamptz not null, primary key (portfolio_id, shape))`,
];
