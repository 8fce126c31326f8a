import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import copyStreams from 'pg-copy-streams';
import type { Logger } from '../logging/logger.ts';
import { type Database, type DatabaseDefinition, parseBinaryColumns } from './database.ts';

const STATEMENT_TIMEOUT_MS = 60_000;

/** Connects to a PostgreSQL server, 15 or later. */
export async function openPostgresql(
  url: string,
  definition: DatabaseDefinition,
  logger: Logger,
): Promise<Database> {
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: [...definition.entities],
    extensions: [Migrator],
    migrations: { migrationsList: [...definition.migrations], snapshot: false, silent: true },
    pool: { min: 0, max: 10 },
    driverOptions: { statement_timeout: STATEMENT_TIMEOUT_MS },
  });
  // COPY needs the client itself, which the ORM keeps to itself.
  const pool = new pg.Pool({ connectionString: url, max: 4, statement_timeout: STATEMENT_TIMEOUT_MS });
  pool.on('error', (problem) => logger.warn({ err: problem }, 'an idle database connection was lost'));
  return {
    kind: 'postgresql',
    orm,
    fork: () => orm.em.fork(),
    async copyIn(table, columns, lines) {
      const client = await pool.connect();
      try {
        const target = client.query(
          copyStreams.from(`copy ${table} (${columns.join(', ')}) from stdin with (format csv)`),
        );
        await pipeline(Readable.from([lines.join('\n'), '\n']), target);
      } finally {
        client.release();
      }
    },
    async copyOut(query, columnCount) {
      const client = await pool.connect();
      try {
        const source = client.query(copyStreams.to(`copy (${query}) to stdout with (format binary)`));
        return parseBinaryColumns(await buffer(source), columnCount);
      } finally {
        client.release();
      }
    },
    async ping(clock) {
      const startedAtMs = clock();
      await pool.query('select 1');
      return clock() - startedAtMs;
    },
    async close() {
      await pool.end();
      await orm.close();
    },
  };
}
