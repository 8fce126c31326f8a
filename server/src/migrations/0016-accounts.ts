import { Migration } from '@mikro-orm/migrations';

/** Accounts with a method of their own that can be closed, and a ledger whose rows go with the whole portfolio alone. */
export class Accounts extends Migration {
  override up(): void {
    this
      .addSql(`alter table account add column lot_method text not null default 'FIFO', add column closed_at timestamptz,
      add constraint account_lot_method check (lot_method in ('FIFO', 'LIFO', 'HIFO', 'LOFO', 'AVERAGE', 'SPECIFIC'))`);
    for (const { table, kept, expected } of KEPT) {
      this.addSql(`create function refuse_removal_of_${table}() returns trigger language plpgsql as $$
        begin
          if ${kept} then raise exception 'expected ${expected}'; end if;
          return old;
        end $$`);
      this.addSql(`create trigger kept before delete on ${table} for each row
        execute function refuse_removal_of_${table}()`);
    }
  }

  override down(): void {
    for (const { table } of KEPT) {
      this.addSql(`drop trigger kept on ${table}`);
      this.addSql(`drop function refuse_removal_of_${table}`);
    }
    this.addSql('alter table account drop column lot_method, drop column closed_at');
  }
}

const ROW = 'no removal of a row of the ledger, which goes with its whole portfolio alone';

/** A row that is removed with its portfolio has no account any more: accounts go before what is in them. */
const KEPT = [
  {
    table: 'transaction',
    kept: 'exists (select 1 from account where id = old.account_id)',
    expected: ROW,
  },
  { table: 'fill', kept: 'exists (select 1 from account where id = old.account_id)', expected: ROW },
  {
    table: 'transaction_void',
    kept: `exists (select 1 from transaction t join account a on a.id = t.account_id where t.id = old.transaction_id)`,
    expected: ROW,
  },
  {
    table: 'account',
    kept: `exists (select 1 from portfolio where id = old.portfolio_id) and (
      exists (select 1 from fill where account_id = old.id) or
      exists (select 1 from transaction where account_id = old.id or counter_account_id = old.id))`,
    expected: 'no removal of an account that has transactions',
  },
  {
    table: 'portfolio',
    kept: `not exists (select 1 from audit_entry where portfolio_id = old.id and action = 'DELETE_PORTFOLIO')`,
    expected: 'an entry of the audit log before a portfolio is removed',
  },
] as const;
