import { Migration } from '@mikro-orm/migrations';

/** Findings of the checks that somebody has dismissed. */
export class Checks extends Migration {
  override up(): void {
    this.addSql(
      `create table finding_dismissal (
        portfolio_id text not null references portfolio on delete cascade, finding_key text not null, reason text not null,
        created_by text not null, created_at timestamptz not null, primary key (portfolio_id, finding_key))`,
    );
  }

  override down(): void {
    this.addSql('drop table finding_dismissal');
  }
}
