import { resolve } from 'node:path';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database/database.ts';
import { refused } from '../platform/graphql/errors.ts';
import {
  type BackupFile,
  backupName,
  type BackupSource,
  keepNewest,
  listBackups,
  writeBackup,
} from './backup.ts';

/** Where backups lie, how often one is made and how many are kept. */
export interface BackupSettings extends BackupSource {
  readonly directory: string;
  /** Hours between two; 0 for none but those asked for. */
  readonly everyHours: number;
  readonly keep: number;
}

/** Makes backups of a running installation. */
export class BackupService {
  readonly settings: BackupSettings;
  private readonly database: Database;
  private readonly clock: Clock;
  private atWork: Promise<BackupFile> | null = null;

  constructor(database: Database, settings: BackupSettings, clock: Clock) {
    this.database = database;
    this.settings = settings;
    this.clock = clock;
  }

  /** Newest first. */
  list(): Promise<BackupFile[]> {
    return listBackups(this.settings.directory);
  }

  /** Makes one now, and removes the oldest beyond those to keep; whoever asks meanwhile gets the same. */
  create(): Promise<BackupFile> {
    this.atWork ??= this.write().finally(() => (this.atWork = null));
    return this.atWork;
  }

  private async write(): Promise<BackupFile> {
    const { directory, keep } = this.settings;
    const createdAt = new Date(this.clock());
    const name = backupName(createdAt);
    try {
      await writeBackup(this.database, resolve(directory, name), this.settings, createdAt);
    } catch (problem) {
      const { code } = problem as NodeJS.ErrnoException;
      if (!code || !['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR'].includes(code)) throw problem;
      throw refused(
        'INVALID',
        `expected a folder of backups (BACKUP_DIR) that can be written, was ${directory} with ${code}`,
      );
    }
    await keepNewest(directory, keep);
    const [newest] = await this.list();
    return newest;
  }
}
