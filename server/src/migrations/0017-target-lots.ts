import { Migration } from '@mikro-orm/migrations';

/** Targets whose sales close lots by each account's own method. */
export class TargetLots extends Migration {
  override up(): void {
    this.addSql('alter table portfolio_targets alter column lot_method drop not null');
  }

  override down(): void {
    this.addSql(`update portfolio_targets set lot_method = 'FIFO' where lot_method is null`);
    this.addSql('alter table portfolio_targets alter column lot_method set not null');
  }
}
