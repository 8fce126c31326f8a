import { existsSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { create, extract } from 'tar';
import {
  ArchiveError,
  type ArchiveManifest,
  loadArchive,
  writeArchive,
} from '../platform/database/archive.ts';
import type { Database, DatabaseDefinition } from '../platform/database/database.ts';

const MODELS = 'models';
const SECRET_KEY = 'secret.key';

/** A backup as it lies in its folder. */
export interface BackupFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly createdAt: Date;
}

/** What a backup is made of, beside the database. */
export interface BackupSource {
  readonly version: string;
  readonly modelsDirectory: string;
  /** The key that opens sealed secrets of the database, where it is a file and shall be in the backup. */
  readonly secretKeyFile: string | null;
}

/** Where a backup is restored to, beside the database. */
export interface RestoreTarget {
  readonly modelsDirectory: string;
  readonly secretKeyFile: string;
  readonly replace: boolean;
}

/**
 * Writes all rows, models and the key of sealed secrets into one file (a gzipped tar of a text file a table, a manifest with
 * counts and hashes, the models and the key). The file, for its owner alone, appears under its name when it is whole.
 */
export async function writeBackup(
  database: Database,
  file: string,
  { version, modelsDirectory, secretKeyFile }: BackupSource,
  createdAt: Date,
): Promise<ArchiveManifest> {
  return withFolder(async (folder) => {
    const manifest = await writeArchive(database, folder, { version, createdAt });
    await copyModels(modelsDirectory, join(folder, MODELS));
    if (secretKeyFile && existsSync(secretKeyFile)) await copyFile(secretKeyFile, join(folder, SECRET_KEY));
    await mkdir(dirname(file), { recursive: true });
    const unfinished = `${file}.part`;
    try {
      await create(
        { file: unfinished, cwd: folder, gzip: true, portable: true, mode: 0o600 },
        await readdir(folder),
      );
      await rename(unfinished, file);
    } finally {
      await rm(unfinished, { force: true });
    }
    return manifest;
  });
}

/** Puts a backup's rows, models and key where they were; throws an ArchiveError where that cannot be, with nothing changed. */
export async function restoreBackup(
  database: Database,
  definition: DatabaseDefinition,
  file: string,
  { modelsDirectory, secretKeyFile, replace }: RestoreTarget,
): Promise<ArchiveManifest> {
  return withFolder(async (folder) => {
    await extract({ file, cwd: folder, strict: true }).catch((problem: Error) => {
      throw new ArchiveError(`${file}: expected a backup (a gzipped tar), was: ${problem.message}`);
    });
    const manifest = await loadArchive(database, definition, folder, { replace });
    await copyModels(join(folder, MODELS), modelsDirectory);
    await restoreKey(join(folder, SECRET_KEY), secretKeyFile);
    return manifest;
  });
}

/** Moves everything from one database into another, by way of a folder that goes away. */
export async function transferTables(
  source: Database,
  target: Database,
  definition: DatabaseDefinition,
  { replace, version }: { readonly replace: boolean; readonly version: string },
  createdAt: Date,
): Promise<ArchiveManifest> {
  return withFolder(async (folder) => {
    await writeArchive(source, folder, { version, createdAt });
    return loadArchive(target, definition, folder, { replace });
  });
}

/** The backups of a folder, newest first. */
export async function listBackups(folder: string): Promise<BackupFile[]> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const files = await Promise.all(
    names
      .filter((name) => BACKUP_NAME.test(name))
      .map(async (name) => {
        const { size } = await stat(join(folder, name));
        return { name, sizeBytes: size, createdAt: timeOf(name) };
      }),
  );
  return files.toSorted((left, right) => right.name.localeCompare(left.name));
}

/** Removes all but the newest backups of a folder. */
export async function keepNewest(folder: string, count: number): Promise<string[]> {
  const old = (await listBackups(folder)).slice(count).map(({ name }) => name);
  for (const name of old) await rm(join(folder, name));
  return old;
}

const BACKUP_NAME = /^ai-trading-\d{8}-\d{6}\.tar\.gz$/;

/** The name of a backup: when it was made, in UTC. */
export function backupName(at: Date): string {
  const digits = at.toISOString().replaceAll(/[-:]/g, '');
  return `ai-trading-${digits.slice(0, 8)}-${digits.slice(9, 15)}.tar.gz`;
}

function timeOf(name: string): Date {
  const [, year, month, day, hour, minute, second] = name.match(/(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/)!;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** The rows of the backup open with its key alone; another one that is there stays beside it. */
async function restoreKey(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  const key = await readFile(from);
  if (existsSync(to)) {
    if (key.equals(await readFile(to))) return;
    await rename(to, join(dirname(to), `${basename(to)}.replaced`));
  }
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
  await chmod(to, 0o600);
}

async function copyModels(from: string, to: string): Promise<void> {
  await cp(from, to, {
    recursive: true,
    filter: (path) => !path.endsWith('.gitkeep'),
  }).catch((problem: NodeJS.ErrnoException) => {
    if (problem.code !== 'ENOENT') throw problem;
  });
}

async function withFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'ai-trading-backup-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
