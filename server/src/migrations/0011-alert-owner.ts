import { Migration } from '@mikro-orm/migrations';

/** Whose an alert rule is. */
export class AlertOwner extends Migration {
  override up(): void {
    this.addSql('alter table alert_rule add column owner_id text references app_user on delete cascade');
  }

  override down(): void {
    this.addSql('alter table alert_rule drop column owner_id');
  }
}
