import { Migration } from '@mikro-orm/migrations';

/** Tags that a portfolio gives to instruments and accounts. */
export class Tags extends Migration {
  override up(): void {
    this.addSql(
      `create table portfolio_tag (
        portfolio_id text not null references portfolio on delete cascade, instrument_id text references instrument on delete cascade,
        account_id text references account on delete cascade, tag text not null,
        check ((instrument_id is null) <> (account_id is null)))`,
    );
    for (const column of ['instrument_id', 'account_id'])
      this.addSql(
        `create unique index portfolio_tag_${column} on portfolio_tag (portfolio_id, ${column}, tag) where ${column} is not null`,
      );
  }

  override down(): void {
    this.addSql('drop table portfolio_tag');
  }
}
