import { Migration } from '@mikro-orm/migrations';

/** Counts the changes of each set of bars. */
export class Revisions extends Migration {
  override up(): void {
    this.addSql('alter table data_set add column revision integer not null default 0');
  }

  override down(): void {
    this.addSql('alter table data_set drop column revision');
  }
}
