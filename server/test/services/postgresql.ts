import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { findProgram, runProgram, type Service, startService } from './processes.ts';

// Debian keeps the server's programs out of PATH, in a folder per version.
const DEBIAN = '/usr/lib/postgresql';
const folders = existsSync(DEBIAN) ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, 'bin')) : [];
const [initdb, postgres] = [findProgram('initdb', folders), findProgram('postgres', folders)];

/** Whether a PostgreSQL server can be started here. */
export const hasPostgresql = initdb !== null && postgres !== null;

/** Starts an empty PostgreSQL server with the user and database `ai_trading`. */
export function startPostgresql(): Promise<Service> {
  return startService({
    name: 'postgresql',
    prepare(folder, user) {
      const options = ['--auth=trust', '--username=ai_trading', '--encoding=UTF8', '--locale=C', '--no-sync'];
      runProgram(initdb!, [...options, '-D', join(folder, 'data')], user);
    },
    command: (folder, port) => [
      postgres!,
      ...`-D ${join(folder, 'data')} -p ${port} -k ${folder} -h 127.0.0.1 -c max_connections=40`.split(' '),
    ],
    isReady: canQuery,
    url: (port) => `postgresql://ai_trading@127.0.0.1:${port}/postgres`,
  });
}

async function canQuery(port: number): Promise<boolean> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'ai_trading', database: 'postgres' });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('select 1');
  await client.end();
  return true;
}
