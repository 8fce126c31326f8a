import { DATABASE } from '../src/app.ts';
import type { Database } from '../src/platform/database/database.ts';
import { openCopy } from './embedded-database.ts';

/** An embedded database with every migration applied and nothing else, in a folder that goes with it. */
export function openMigrated(): Promise<Database> {
  return openCopy('migrated', DATABASE, (database) => database.migrate());
}
