import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../src/config.ts';
import type { Database, DatabaseDefinition } from '../src/platform/database/database.ts';
import { openEmbedded } from '../src/platform/database/embedded.ts';

/** An embedded database with nothing in it, in a folder that goes with it: a copy, as a new one takes thrice the time. */
export function openEmpty(definition: DatabaseDefinition): Promise<Database> {
  return openCopy('empty', definition, async () => undefined);
}

/** The copy of one that is prepared once, named apart from others. */
export async function openCopy(
  name: string,
  definition: DatabaseDefinition,
  prepare: (database: Database) => Promise<unknown>,
): Promise<Database> {
  const template = join(tmpdir(), `ai-trading-${name}-${digest()}`);
  const folder = mkdtempSync(join(tmpdir(), 'ai-trading-database-'));
  if (!existsSync(template)) {
    const made = await openEmbedded(folder, definition);
    await prepare(made);
    await made.close();
    keepAsTemplate(folder, template);
  }
  cpSync(template, folder, { recursive: true });
  const database = await openEmbedded(folder, definition);
  return {
    ...database,
    async close() {
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Moves a data folder to where it is copied from. Two that make one at once each make a whole one; the first stays. */
export function keepAsTemplate(folder: string, template: string): void {
  // A start clears all of this memory, which is half of what it takes.
  appendFileSync(join(folder, 'database/postgresql.conf'), 'shared_buffers = 16MB\n');
  try {
    renameSync(folder, template);
  } catch (problem) {
    if (!existsSync(template)) throw problem;
    rmSync(folder, { recursive: true });
  }
}

/** Of all that the copies depend on. */
function digest(): string {
  const hash = createHash('sha256').update(JSON.stringify(process.versions));
  const folder = join(ROOT, 'server/src/migrations');
  const migrations = readdirSync(folder)
    .toSorted()
    .map((name) => join(folder, name));
  for (const path of [import.meta.filename, join(ROOT, 'package-lock.json'), ...migrations])
    hash.update(readFileSync(path));
  return hash.digest('hex').slice(0, 16);
}
