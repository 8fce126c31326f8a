import { Migration } from '@mikro-orm/migrations';

/** When scheduled tasks are due, whichever process does them. */
export class Operations extends Migration {
  override up(): void {
    this
      .addSql(`create table schedule (name text primary key, due_at timestamptz not null, lease_until timestamptz,
      last_at timestamptz, last_problem text)`);
  }

  override down(): void {
    this.addSql('drop table schedule');
  }
}
