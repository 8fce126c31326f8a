import { dataDir as prepopulated } from '@electric-sql/pglite-prepopulatedfs';
import { PGlite } from '@electric-sql/pglite';
import { MikroORM } from '@mikro-orm/pglite';
import { Migrator } from '@mikro-orm/migrations';
import type { MikroORM as SqlOrm } from '@mikro-orm/postgresql';
import { createPostgreSqlTypeParsers } from '@mikro-orm/sql';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import array from 'postgres-array';
import { type Database, type DatabaseDefinition, parseBinaryColumns } from './database.ts';

/** Opens the embedded database in a folder, or in memory for tests. The caller holds the folder's lock. */
export async function openEmbedded(
  directory: string | null,
  definition: DatabaseDefinition,
): Promise<Database> {
  const folder = directory === null ? 'memory://' : join(directory, 'database');
  const isNew = directory === null || !existsSync(join(folder, 'PG_VERSION'));
  const pglite = await PGlite.create({
    dataDir: folder,
    // A ready-made file system starts in a third of the time of initdb.
    ...(isNew ? { loadDataDir: await prepopulated() } : {}),
    parsers: createPostgreSqlTypeParsers((text: string) => array.parse(text)),
  });
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
    migrate: async () => (await orm.migrator.up()).map(({ name }) => name),
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
