import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import pino from 'pino';
import { secretKeyFile } from '../access/vault.ts';
import { DATABASE } from '../app.ts';
import { CALLED_FROM, loadConfig, VERSION } from '../config.ts';
import type { Database } from '../platform/database/database.ts';
import { openEmbedded } from '../platform/database/embedded.ts';
import { DirectoryLock, liveHolder } from '../platform/database/lock.ts';
import { openPostgresql } from '../platform/database/postgresql.ts';
import { backupName, restoreBackup, transferTables, writeBackup } from '../system/backup.ts';

const USAGE = `Usage:
  npm run backup   [-- FILE]                 writes everything into FILE, or into the folder of backups
  npm run restore  -- FILE [--replace]       fills an empty database from a backup, or replaces what is there
  npm run transfer -- --from PLACE --to PLACE [--replace]
                                             copies all rows; a PLACE is a data folder or postgresql://user:password@host/database`;

/** A wrong call: the usage is shown and the exit code is 2. */
class UsageError extends Error {}

interface Arguments {
  readonly file?: string;
  readonly from?: string;
  readonly to?: string;
  readonly replace: boolean;
}

const COMMANDS: Readonly<Record<string, (values: Arguments) => Promise<string>>> = {
  backup,
  restore,
  transfer,
};

async function backup({ file }: Arguments): Promise<string> {
  const config = loadConfig();
  const at = new Date();
  const target = file ?? resolve(config.backupDirectory, backupName(at));
  const holder = config.databaseUrl ? null : liveHolder(config.dataDirectory);
  if (holder?.apiUrl) {
    if (file)
      throw new Error(
        `expected no FILE while the server runs (it writes into ${config.backupDirectory}), was ${file}`,
      );
    return askServer(holder.apiUrl, config.backupDirectory);
  }
  return using(config.databaseUrl ?? config.dataDirectory, async (database) => {
    await database.migrate();
    const { dataDirectory, modelsDirectory } = config;
    const key = config.backupHasSecretKey ? secretKeyFile(dataDirectory) : null;
    const source = { version: VERSION, modelsDirectory, secretKeyFile: key };
    const { tables } = await writeBackup(database, target, source, at);
    return `${target}: ${rowsOf(tables)} rows of ${tables.length} tables.`;
  });
}

// The embedded database belongs to the process that has it open.
async function askServer(apiUrl: string, directory: string): Promise<string> {
  const response = await fetch(`${apiUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation { createBackup { backup { name sizeBytes } errors { message } } }',
    }),
  });
  const { data, errors } = (await response.json()) as {
    data?: {
      createBackup: { backup: { name: string; sizeBytes: number } | null; errors: { message: string }[] };
    };
    errors?: { message: string }[];
  };
  const problem = errors?.[0] ?? data?.createBackup.errors[0];
  if (problem) throw new Error(problem.message);
  const { name, sizeBytes } = data!.createBackup.backup!;
  return `${resolve(directory, name)}: ${sizeBytes} bytes, made by the running server.`;
}

async function restore({ file, replace }: Arguments): Promise<string> {
  if (!file) throw new UsageError('expected a FILE, was nothing');
  if (!existsSync(file)) throw new UsageError(`expected an existing FILE, was ${file}`);
  const { databaseUrl, dataDirectory, modelsDirectory } = loadConfig();
  const places = { modelsDirectory, secretKeyFile: secretKeyFile(dataDirectory) };
  return using(databaseUrl ?? dataDirectory, async (database) => {
    const { tables, createdAt } = await restoreBackup(database, DATABASE, file, { ...places, replace });
    return `Restored ${rowsOf(tables)} rows of ${tables.length} tables as of ${createdAt}.`;
  });
}

async function transfer({ from, to, replace }: Arguments): Promise<string> {
  if (!from || !to) throw new UsageError(`expected --from and --to, was ${from ? 'no --to' : 'no --from'}`);
  if (placeOf(from) === placeOf(to)) throw new UsageError(`expected two places, was ${from} twice`);
  if (!isUrl(from) && !existsSync(placeOf(from)))
    throw new UsageError(`expected an existing data folder after --from, was ${from}`);
  return using(from, (source) =>
    using(to, async (target) => {
      await source.migrate();
      const about = { replace, version: VERSION };
      const { tables } = await transferTables(source, target, DATABASE, about, new Date());
      return `Copied ${rowsOf(tables)} rows of ${tables.length} tables. Models stay in their folder.`;
    }),
  );
}

async function using<Result>(place: string, work: (database: Database) => Promise<Result>): Promise<Result> {
  const folder = placeOf(place);
  const lock = isUrl(place) ? null : new DirectoryLock(folder);
  try {
    const database = isUrl(place)
      ? await openPostgresql(place, DATABASE, pino({ level: 'silent' }))
      : await openEmbedded(folder, DATABASE);
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  } finally {
    lock?.release();
  }
}

function placeOf(place: string): string {
  return isUrl(place) ? place : resolve(CALLED_FROM, place);
}

function isUrl(place: string): boolean {
  return /^postgres(ql)?:\/\//.test(place);
}

function rowsOf(tables: readonly { readonly rowCount: number }[]): number {
  return tables.reduce((sum, { rowCount }) => sum + rowCount, 0);
}

function readArguments(): { command: (values: Arguments) => Promise<string>; values: Arguments } {
  const [name, ...rest] = process.argv.slice(2);
  const command = COMMANDS[name];
  if (!command) throw new UsageError(`expected backup, restore or transfer, was ${name ?? 'nothing'}`);
  const options = {
    from: { type: 'string' },
    to: { type: 'string' },
    replace: { type: 'boolean', default: false },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args: rest, options, allowPositionals: true });
    const [file] = positionals;
    return { command, values: { ...values, file: file && placeOf(file) } };
  } catch (problem) {
    throw new UsageError((problem as Error).message, { cause: problem });
  }
}

async function main(): Promise<void> {
  const { command, values } = readArguments();
  process.stdout.write(`${await command(values)}\n`);
}

main().then(
  () => process.exit(0),
  (problem: Error) => {
    process.stderr.write(`${problem.message}\n${problem instanceof UsageError ? `${USAGE}\n` : ''}`);
    process.exit(problem instanceof UsageError ? 2 : 1);
  },
);
