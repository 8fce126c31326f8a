import { Migration } from '@mikro-orm/migrations';

/** Imports of fills are imports of transactions: those that ended are told as such, others are to be begun again. */
export class ImportOfFills extends Migration {
  override up(): void {
    const ofFills = `kind = 'IMPORT' and request->>'kind' = 'FILLS'`;
    this.addSql(`delete from run where ${ofFills} and status in ('QUEUED', 'RUNNING')`);
    this.addSql(`update run set request = jsonb_set(request, '{kind}', '"TRANSACTIONS"') where ${ofFills}`);
  }

  override down(): void {
    // What was told apart is not known any more; earlier versions know both kinds.
  }
}
