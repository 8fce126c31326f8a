import { Migration } from '@mikro-orm/migrations';

/** What bars were before they were corrected: changes of each data set by when they came, and the closes that are no more. */
export class BarVersions extends Migration {
  override up(): void {
    // Bars from before this count as known since ever.
    this.addSql('alter table bar add column revision integer not null default 0');
    this.addSql(`create table data_set_revision (
      data_set_id integer not null references data_set on delete cascade, revision integer not null,
      created_at timestamptz not null, primary key (data_set_id, revision))`);
    this.addSql(`create table bar_version (
      data_set_id integer not null references data_set on delete cascade, time_ms bigint not null,
      revision integer not null, until_revision integer not null, close double precision not null,
      primary key (data_set_id, time_ms, until_revision))`);
  }

  override down(): void {
    this.addSql('drop table bar_version');
    this.addSql('drop table data_set_revision');
    this.addSql('alter table bar drop column revision');
  }
}
