import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { DATABASE } from '../src/app.ts';
import { ROOT } from '../src/config.ts';
import type { Database } from '../src/platform/database/database.ts';
import { openEmbedded } from '../src/platform/database/embedded.ts';

/** An empty embedded database in memory with every migration applied: copied from one that is made once per structure. */
export async function openMigrated(): Promise<Database> {
  const file = join(tmpdir(), `ai-trading-migrated-${digestOfMigrations()}.tar`);
  if (!existsSync(file)) await make(file);
  return openEmbedded(null, DATABASE, file);
}

// Two that make it at once each make a whole one; the last stays.
async function make(file: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ai-trading-migrated-'));
  const database = await openEmbedded(folder, DATABASE);
  await database.migrate();
  await database.close();
  const copied = await PGlite.create(join(folder, 'database'));
  const contents = await copied.dumpDataDir('none');
  await copied.close();
  const part = join(folder, 'contents.tar');
  await writeFile(part, contents.stream());
  renameSync(part, file);
  rmSync(folder, { recursive: true });
}

function digestOfMigrations(): string {
  const digest = createHash('sha256').update(JSON.stringify(process.versions));
  const folder = join(ROOT, 'server/src/migrations');
  const lock = join(ROOT, 'package-lock.json');
  const files = readdirSync(folder)
    .toSorted()
    .map((name) => join(folder, name));
  for (const path of [lock, ...files]) digest.update(readFileSync(path));
  return digest.digest('hex').slice(0, 16);
}
