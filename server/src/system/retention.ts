import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '../platform/database/database.ts';

const DAY_MS = 86_400_000;
const KEY_DAYS = 90;
const ALERT_DAYS = 365;
/** As many as log files of a process are kept, of which there is one a day. */
const LOG_DAYS = 14;

/** How long things are kept. */
export interface Retention {
  /** Days that a run is kept after it has ended, with its results; 0 for ever. */
  readonly runDays: number;
}

/**
 * Removes what has had its time: runs beyond the days set, keys of writes after 90 days, and alerts that were seen after a
 * year. The ledger, its audit log and prices are never removed. Tells how many rows went, by table.
 */
export async function removeOld(
  database: Database,
  { runDays }: Retention,
  now: Date,
): Promise<Readonly<Record<string, number>>> {
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS);
  const removed: Record<string, number> = {};
  const remove = async (table: string, where: string, values: readonly unknown[]) => {
    const [{ count }] = await database
      .fork()
      .execute(
        `with gone as (delete from ${table} where ${where} returning 1) select count(*)::int as count from gone`,
        [...values],
      );
    removed[table] = count;
  };
  if (runDays > 0) await remove('run', 'finished_at < ?', [before(runDays)]);
  await remove('idempotency_key', 'created_at < ?', [before(KEY_DAYS)]);
  await remove('alert', 'seen_at is not null and at < ?', [before(ALERT_DAYS)]);
  return removed;
}

/** Removes log files that nobody has written to for 14 days, such as those of containers that are gone; tells how many went. */
export async function removeOldLogs(directory: string, now: Date): Promise<number> {
  let count = 0;
  for (const name of await readdir(directory)) {
    const file = join(directory, name);
    const found = name.endsWith('.log') && (await stat(file).catch(() => null));
    if (!found || now.getTime() - found.mtimeMs < LOG_DAYS * DAY_MS) continue;
    await rm(file, { force: true });
    count += 1;
  }
  return count;
}
