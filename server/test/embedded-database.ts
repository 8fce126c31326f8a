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
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ROOT } from '../src/config.ts';
import type { Database, DatabaseDefinition } from '../src/platform/database/database.ts';
import { openEmbedded } from '../src/platform/database/embedded.ts';

const KEPT_MS = 24 * 3_600_000;
/** Of the hash at the end of a template's name. */
export const DIGEST_LENGTH = 16;

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

/** Moves a data folder to where it is copied from, in place of those of former builds. Two that make one at once each make a whole one; the first stays. */
export function keepAsTemplate(folder: string, template: string): void {
  // A start clears all of this memory, which is half of what it takes.
  appendFileSync(join(folder, 'database/postgresql.conf'), 'shared_buffers = 16MB\n');
  removeFormer(template);
  try {
    renameSync(folder, template);
  } catch (problem) {
    if (!existsSync(template)) throw problem;
    rmSync(folder, { recursive: true });
  }
}

// Not those of today, which another checkout may be copying.
function removeFormer(template: string): void {
  const kind = basename(template).slice(0, -DIGEST_LENGTH);
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(kind) || name.length !== kind.length + DIGEST_LENGTH) continue;
    const path = join(tmpdir(), name);
    const madeMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (madeMs < Date.now() - KEPT_MS) rmSync(path, { recursive: true, force: true });
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
  return hash.digest('hex').slice(0, DIGEST_LENGTH);
}
