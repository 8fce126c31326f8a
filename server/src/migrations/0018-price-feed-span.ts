import { Migration } from '@mikro-orm/migrations';

/** How far back the next look of a price feed reaches, where a gap in the past is to be filled; as YYYY-MM-DD. */
export class PriceFeedSpan extends Migration {
  override up(): void {
    this.addSql('alter table price_feed add column wanted_from text');
  }

  override down(): void {
    this.addSql('alter table price_feed drop column wanted_from');
  }
}
