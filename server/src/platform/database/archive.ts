import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { Database, DatabaseDefinition } from './database.ts';
import { appliedMigrations, listTables, type Table } from './tables.ts';

const FORMAT = 1;
const MANIFEST = 'manifest.json';

const manifestSchema = z.object({
  format: z.literal(FORMAT),
  version: z.string(),
  createdAt: z.iso.datetime(),
  migrations: z.array(z.string()),
  tables: z.array(
    z.object({
      name: z.string(),
      columns: z.array(z.string()),
      serials: z.array(z.string()),
      references: z.array(z.string()),
      rowCount: z.number(),
      sha256: z.string(),
    }),
  ),
});

/** What an archive holds: the structure that its rows have, and each table with its count and hash. */
export type ArchiveManifest = z.infer<typeof manifestSchema>;

/** An archive that cannot be used, with the reason for people. */
export class ArchiveError extends Error {}

/** Writes every row of the database, as it stands at one moment, into a folder: a file a table, and a manifest. */
export async function writeArchive(
  database: Database,
  folder: string,
  { version, createdAt }: { readonly version: string; readonly createdAt: Date },
): Promise<ArchiveManifest> {
  const em = database.fork();
  const migrations = await appliedMigrations(em);
  const written: ArchiveManifest['tables'] = [];
  await database.dumpTables(await listTables(em), async (table, text) => {
    const count = new RowCount();
    await pipeline(text, count, createWriteStream(join(folder, fileOf(table))));
    written.push({ ...copyOfShape(table), rowCount: count.rows, sha256: count.sha256() });
  });
  const manifest = {
    format: FORMAT,
    version,
    createdAt: createdAt.toISOString(),
    migrations,
    tables: written,
  } as const;
  await writeFile(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** Reads the manifest of a folder and checks every file against it; throws an ArchiveError that names what is wrong. */
export async function checkArchive(folder: string): Promise<ArchiveManifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => {
    throw new ArchiveError(
      `expected ${MANIFEST} in the archive, was nothing: this is no backup of AI Trading`,
    );
  });
  const parsed = manifestSchema.safeParse(jsonOf(text));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw new ArchiveError(`${MANIFEST}: ${path.join('.') || 'the whole'}: ${message}`);
  }
  for (const table of parsed.data.tables) {
    const count = new RowCount();
    const file = join(folder, fileOf(table));
    await pipeline(createReadStream(file), count, async (source) => {
      for await (const chunk of source) void chunk;
    }).catch((problem: NodeJS.ErrnoException) => {
      throw new ArchiveError(`expected ${fileOf(table)} in the archive, was: ${problem.message}`);
    });
    if (count.sha256() !== table.sha256)
      throw new ArchiveError(
        `${fileOf(table)}: expected ${table.rowCount} rows with hash ${table.sha256.slice(0, 12)}, was ${count.rows} rows with ${count.sha256().slice(0, 12)}: the archive is damaged`,
      );
  }
  return parsed.data;
}

/**
 * Fills a database from a checked folder: the structure of the archive first, its rows in one transaction, then whatever
 * structure came since. Refuses an archive of a newer version, and a database that holds something unless told to replace it.
 */
export async function loadArchive(
  database: Database,
  definition: DatabaseDefinition,
  folder: string,
  { replace }: { readonly replace: boolean },
): Promise<ArchiveManifest> {
  const manifest = await checkArchive(folder);
  const known = new Set(definition.migrations.map(({ name }) => name));
  const unknown = manifest.migrations.filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new ArchiveError(
      `expected a backup of this version or an older one, was one of version ${manifest.version} with ${unknown.join(', ')}`,
    );
  await expectStructure(database, manifest, replace);
  const tables = await listTables(database.fork());
  const held = new Map(manifest.tables.map((table) => [table.name, table]));
  const filled = tables.map((table) => ({
    ...table,
    columns: held.get(table.name)?.columns ?? table.columns,
  }));
  await database.loadTables(filled, ({ name }) =>
    held.has(name) ? createReadStream(join(folder, fileOf({ name }))) : Readable.from([]),
  );
  await database.migrate();
  return manifest;
}

async function expectStructure(
  database: Database,
  { migrations }: ArchiveManifest,
  replace: boolean,
): Promise<void> {
  const there = await appliedMigrations(database.fork()).catch(() => [] as string[]);
  if (there.length > 0 && !replace) {
    const rows = await contentOf(database);
    if (rows.length > 0)
      throw new ArchiveError(
        `expected an empty database, was one with ${rows.join(', ')}: say --replace to put the archive in its place`,
      );
  }
  const added = there.filter((name) => !migrations.includes(name));
  if (added.length > 0) await database.orm.migrator.down({ migrations: added.toReversed() });
  await database.migrate(migrations.filter((name) => !there.includes(name)));
}

// What a person would miss; lists of keys and messages are not among it.
async function contentOf(database: Database): Promise<string[]> {
  const em = database.fork();
  const tables = (await listTables(em)).filter(({ name }) =>
    ['portfolio', 'instrument', 'run'].includes(name),
  );
  const counts = await Promise.all(
    tables.map(async ({ name }) => {
      const [{ count }] = await em
        .getConnection()
        .execute<{ count: number }[]>(`select count(*)::int as count from ${name}`);
      return { name, count };
    }),
  );
  return counts.filter(({ count }) => count > 0).map(({ name, count }) => `${count} rows of ${name}`);
}

/** Counts lines and hashes what passes. */
class RowCount extends Transform {
  rows = 0;
  private readonly hash = createHash('sha256');
  private digest: string | null = null;

  override _transform(chunk: Buffer, _encoding: string, done: (problem: null, chunk: Buffer) => void): void {
    this.hash.update(chunk);
    const LINE_END = 10;
    for (let at = chunk.indexOf(LINE_END); at >= 0; at = chunk.indexOf(LINE_END, at + 1)) this.rows += 1;
    done(null, chunk);
  }

  sha256(): string {
    this.digest ??= this.hash.digest('hex');
    return this.digest;
  }
}

function fileOf({ name }: Pick<Table, 'name'>): string {
  return `${name}.txt`;
}

function copyOfShape({ name, columns, serials, references }: Table) {
  return { name, columns: [...columns], serials: [...serials], references: [...references] };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ArchiveError(`expected JSON in ${MANIFEST}, was ${JSON.stringify(text.slice(0, 40))}`);
  }
}
