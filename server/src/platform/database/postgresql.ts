import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import copyStreams from 'pg-copy-streams';
import type { Logger } from '../logging/logger.ts';
import { type Database, type DatabaseDefinition, parseBinaryColumns } from './database.ts';
import { copyOf, sequencesOf, triggersOf, truncationOf } from './tables.ts';

const VERSION_MINIMUM = 15;
const STATEMENT_TIMEOUT_MS = 60_000;
/** A server that hangs does not end a statement itself. */
const SILENCE_MAXIMUM_MS = STATEMENT_TIMEOUT_MS + 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
const TAKE_BACK_MS = 500;
// Any number, the same for every process of the product.
const MIGRATION_LOCK = 7_208_150;

/** Connects to a PostgreSQL server, 15 or later. */
export async function openPostgresql(
  url: string,
  definition: DatabaseDefinition,
  logger: Logger,
): Promise<Database> {
  // COPY needs the client itself, which the ORM keeps to itself.
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  pool.on('error', (problem) => logger.warn({ err: problem }, 'an idle database connection was lost'));
  await expectServer(pool, url);
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: [...definition.entities],
    extensions: [Migrator],
    migrations: { migrationsList: [...definition.migrations], snapshot: false, silent: true },
    pool: { min: 0, max: 10 },
    driverOptions: {
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: SILENCE_MAXIMUM_MS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      onPoolCreated: takeBackBroken,
    },
  });
  return {
    kind: 'postgresql',
    orm,
    migrate: (names) => migrateOnce(orm, pool, names),
    fork: () => orm.em.fork(),
    ...copies(pool),
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

/** What goes by COPY, which needs a client of the pool. */
function copies(pool: pg.Pool): Pick<Database, 'copyIn' | 'copyOut' | 'dumpTables' | 'loadTables'> {
  return {
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
    dumpTables: (tables, take) =>
      within(pool, 'begin isolation level repeatable read read only', async (client) => {
        for (const table of tables)
          await take(table, client.query(copyStreams.to(copyOf(table, 'to', 'stdout'))));
      }),
    loadTables: (tables, give) =>
      within(pool, 'begin', async (client) => {
        await client.query(truncationOf(tables));
        for (const table of tables) {
          await client.query(triggersOf(table, 'disable'));
          await pipeline(give(table), client.query(copyStreams.from(copyOf(table, 'from', 'stdin'))));
          await client.query(triggersOf(table, 'enable'));
          for (const statement of sequencesOf(table)) await client.query(statement);
        }
      }),
  };
}

async function migrateOnce(orm: MikroORM, pool: pg.Pool, names?: readonly string[]): Promise<string[]> {
  const client = await pool.connect();
  try {
    await client.query('set statement_timeout = 0');
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return (await orm.migrator.up(names && { migrations: [...names] })).map(({ name }) => name);
  } finally {
    // The lock and the setting go with the connection.
    client.release(true);
  }
}

// One transaction on one connection, for as long as it takes.
async function within(
  pool: pg.Pool,
  begin: string,
  work: (client: pg.PoolClient) => Promise<void>,
): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(begin);
    await client.query('set local statement_timeout = 0');
    await work(client);
    await client.query('commit');
    client.release();
  } catch (problem) {
    // The transaction ends with its connection.
    client.release(true);
    throw problem;
  }
}

/**
 * Gives the connections that broke back to their pool. The query builder below the ORM keeps one whose
 * `begin` or `rollback` failed, and after as many as the pool has, no query would ever run again.
 */
function takeBackBroken(pool: pg.Pool): void {
  const inUse = new Set<pg.PoolClient>();
  pool.on('acquire', (client) => inUse.add(client));
  pool.on('release', (_problem, client) => inUse.delete(client));
  pool.on('connect', (client) =>
    client.once('end', () => {
      // Whoever holds it hears of the break first, and may still give it back.
      setTimeout(() => {
        if (!inUse.has(client)) return;
        client.release(true);
        client.release = () => undefined;
      }, TAKE_BACK_MS).unref();
    }),
  );
}

async function expectServer(pool: pg.Pool, url: string): Promise<void> {
  const { hostname, port, pathname } = new URL(url);
  const place = `${hostname}:${port || 5432}${pathname}`;
  try {
    const { rows } = await pool.query<{ version: number }>(
      "select current_setting('server_version_num')::int as version",
    );
    const major = Math.floor(rows[0].version / 10_000);
    if (major < VERSION_MINIMUM) throw new Error(`version ${major}`);
  } catch (problem) {
    await pool.end();
    const { message, code } = problem as NodeJS.ErrnoException;
    throw new Error(
      `expected a PostgreSQL server, version ${VERSION_MINIMUM} or later, at ${place} (DATABASE_URL or POSTGRES_HOST), was: ${message || code}`,
      { cause: problem },
    );
  }
}
