import { Migration } from '@mikro-orm/migrations';

/** Transactions of every kind that are only ever added, what voids them, and who did what when. */
export class Ledger extends Migration {
  override up(): void {
    for (const statement of [...COLUMNS, ...TABLES, ...APPEND_ONLY]) this.addSql(statement);
  }

  override down(): void {
    for (const table of ['transaction', 'fill', 'transaction_void', 'audit_entry'])
      this.addSql(`drop trigger append_only on ${table}`);
    this.addSql('drop function refuse_change');
    this.addSql('drop table transaction_void');
    this.addSql('drop table audit_entry');
    this.addSql(`delete from transaction where kind not in ('BUY', 'SELL', 'OPENING_BALANCE')`);
    this.addSql('alter table transaction drop constraint transaction_kind');
    for (const column of NEW_COLUMNS) this.addSql(`alter table transaction drop column ${column}`);
    this.addSql('alter table portfolio drop column ledger_version');
    this.addSql('drop index fill_external');
    this.addSql(
      'create unique index fill_external on fill (account_id, external_id) where external_id is not null',
    );
  }
}

const NEW_COLUMNS = [
  'instrument_id',
  'other_instrument_id',
  'quantity',
  'price',
  'fee',
  'tax',
  'units',
  'per_units',
  'basis_fraction',
  'cost_basis',
  'acquired_at',
  'counter_account_id',
  'lot_ids',
  'external_id',
  'note',
  'import_id',
  'created_by',
];

const COLUMNS = [
  `alter table portfolio add column ledger_version integer not null default 1`,
  `alter table transaction
    add column instrument_id text references instrument, add column other_instrument_id text references instrument,
    add column quantity numeric(38,18), add column price numeric(38,18),
    add column fee numeric(38,18) not null default 0, add column tax numeric(38,18) not null default 0,
    add column units numeric(38,18), add column per_units numeric(38,18), add column basis_fraction numeric(38,18),
    add column cost_basis numeric(38,18), add column acquired_at timestamptz,
    add column counter_account_id text references account on delete cascade, add column lot_ids jsonb not null default '[]',
    add column external_id text, add column note text, add column import_id text,
    add column created_by text not null default 'owner'`,
  `update transaction t set instrument_id = f.instrument_id, quantity = f.quantity, price = f.price, fee = f.fee,
     external_id = f.external_id, import_id = f.import_id from fill f where f.id = t.fill_id`,
  `alter table transaction add constraint transaction_kind check (kind in ('BUY', 'SELL', 'SHORT', 'COVER', 'DIVIDEND',
     'INTEREST', 'FEE', 'TAX', 'DEPOSIT', 'WITHDRAWAL', 'TRANSFER_IN', 'TRANSFER_OUT', 'SPLIT', 'SPIN_OFF', 'MERGER',
     'TICKER_CHANGE', 'DELISTING', 'RETURN_OF_CAPITAL', 'STOCK_DIVIDEND', 'OPENING_BALANCE', 'ADJUSTMENT'))`,
  `create index transaction_by_instrument on transaction (instrument_id)`,
];

const TABLES = [
  `create table transaction_void (
    transaction_id text primary key references transaction on delete cascade,
    replacement_id text unique references transaction on delete cascade, reason text not null,
    created_by text not null, created_at timestamptz not null)`,
  // Names the portfolio without a reference: what was done outlives it.
  `create table audit_entry (
    id text primary key, action text not null, subject_id text not null, portfolio_id text not null, actor text not null,
    details jsonb not null, created_at timestamptz not null)`,
  `create index audit_entry_by_portfolio on audit_entry (portfolio_id, created_at desc)`,
  // A fill that was voided may be imported again under its own id.
  `drop index fill_external`,
  `create index fill_external on fill (account_id, external_id) where external_id is not null`,
];

const APPEND_ONLY = [
  `create function refuse_change() returns trigger language plpgsql as $$
     begin raise exception 'expected no change of a row of %, to which rows are only added', tg_table_name; end $$`,
  ...['transaction', 'fill', 'transaction_void'].map(
    (table) =>
      `create trigger append_only before update on ${table} for each row execute function refuse_change()`,
  ),
  `create trigger append_only before update or delete on audit_entry for each row execute function refuse_change()`,
];
