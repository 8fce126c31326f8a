import { MikroORM } from '@mikro-orm/pglite';
import { Migrator } from '@mikro-orm/migrations';
import type { MikroORM as SqlOrm } from '@mikro-orm/postgresql';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { type Database, type DatabaseDefinition, parseBinaryColumns } from './database.ts';
import { copyOf, sequencesOf, triggersOf, truncationOf } from './tables.ts';
import { ThreadedPglite } from './threaded-pglite.ts';

// The database takes a copy of what it is given, so that a large table goes in by parts.
const LOAD_BYTES = 16 * 2 ** 20;

/**
 * Opens the embedded database in a folder, or in memory for tests. The caller holds the folder's lock.
 */
export async function openEmbedded(
  directory: string | null,
  definition: DatabaseDefinition,
): Promise<Database> {
  const folder = directory === null ? null : join(directory, 'database');
  const pglite = new ThreadedPglite(folder);
  await pglite.open();
  const orm = await MikroORM.init({
    dbName: 'postgres',
    entities: [...definition.entities],
    extensions: [Migrator],
    migrations: { migrationsList: [...definition.migrations], snapshot: false, silent: true },
    driverOptions: { pglite: () => pglite },
  });
  return {
    kind: 'embedded',
    orm: orm as unknown as SqlOrm,
    migrate: async (names) =>
      (await orm.migrator.up(names && { migrations: [...names] })).map(({ name }) => name),
    fork: () => (orm as unknown as SqlOrm).em.fork(),
    async copyIn(table, columns, lines) {
      const blob = new Blob([lines.join('\n'), '\n']);
      await pglite.query(`copy ${table} (${columns.join(', ')}) from '/dev/blob' with (format csv)`, [], {
        blob,
      });
    },
    async copyOut(query, columnCount) {
      const { blob } = await pglite.query(`copy (${query}) to '/dev/blob' with (format binary)`);
      return parseBinaryColumns(new Uint8Array(await blob!.arrayBuffer()), columnCount);
    },
    async dumpTables(tables, take) {
      await pglite.transaction(async (transaction) => {
        for (const table of tables) {
          const { blob } = await transaction.query(copyOf(table, 'to', "'/dev/blob'"));
          // Of a table without rows there is none.
          await take(table, blob ? Readable.fromWeb(blob.stream() as ReadableStream) : Readable.from([]));
        }
      });
    },
    async loadTables(tables, give) {
      await pglite.transaction(async (transaction) => {
        await transaction.exec(truncationOf(tables));
        for (const table of tables) {
          const copy = copyOf(table, 'from', "'/dev/blob'");
          await transaction.exec(triggersOf(table, 'disable'));
          for await (const lines of wholeLines(give(table), LOAD_BYTES))
            await transaction.query(copy, [], { blob: new Blob([lines]) });
          await transaction.exec(triggersOf(table, 'enable'));
          for (const statement of sequencesOf(table)) await transaction.query(statement);
        }
      });
    },
    async ping(clock) {
      const startedAtMs = clock();
      await pglite.query('select 1');
      return clock() - startedAtMs;
    },
    async close() {
      await orm.close();
      await pglite.close();
    },
  };
}

/** Pieces of a text of at least so many bytes that end where a line does. */
async function* wholeLines(source: Readable, bytes: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const LINE_END = 10;
  let pending: Buffer[] = [];
  let size = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    const end = size + chunk.length < bytes ? -1 : chunk.lastIndexOf(LINE_END);
    if (end < 0) {
      pending.push(chunk);
      size += chunk.length;
      continue;
    }
    yield Uint8Array.from(Buffer.concat([...pending, chunk.subarray(0, end + 1)]));
    pending = [chunk.subarray(end + 1)];
    size = chunk.length - end - 1;
  }
  if (size > 0) yield Uint8Array.from(Buffer.concat(pending));
}
