import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Thrown where another process holds the data directory; carries whom to ask. */
export class DirectoryInUse extends Error {
  readonly holder: LockHolder;

  constructor(directory: string, holder: LockHolder) {
    super(
      `The data directory ${directory} is in use by process ${holder.pid}. Two processes on one embedded database ` +
        'would destroy it: stop the other one, or set DATA_DIR to another folder.',
    );
    this.name = 'DirectoryInUse';
    this.holder = holder;
  }
}

/** Who holds a data directory: its process, when that started, and where its API listens once it does. */
export interface LockHolder {
  readonly pid: number;
  readonly startedAt: string;
  readonly apiUrl?: string;
}

/**
 * Takes the data directory for this process. A lock left by a process that is gone is replaced; one
 * of a living process is never stolen: a process identifier in use again by another program is told
 * apart by its start time where the system shows it.
 */
export class DirectoryLock {
  private readonly file: string;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.file = join(directory, 'database.lock');
    const holder = readHolder(directory);
    if (holder && holder.pid !== process.pid && isAlive(holder)) throw new DirectoryInUse(directory, holder);
    if (holder) rmSync(this.file, { force: true });
    try {
      this.write({ pid: process.pid, startedAt: startOf(process.pid) }, 'wx');
    } catch (problem) {
      const other = readHolder(directory);
      if ((problem as NodeJS.ErrnoException).code === 'EEXIST' && other) throw new DirectoryInUse(directory, other);
      throw problem;
    }
  }

  /** Tells others where to reach this process. */
  announce(apiUrl: string): void {
    this.write({ pid: process.pid, startedAt: startOf(process.pid), apiUrl }, 'w');
  }

  release(): void {
    rmSync(this.file, { force: true });
  }

  private write(holder: LockHolder, flag: string): void {
    const handle = openSync(this.file, flag);
    writeSync(handle, JSON.stringify(holder));
    closeSync(handle);
  }
}

/** Who holds the directory, or null where nobody does or the holder is gone. */
export function liveHolder(directory: string): LockHolder | null {
  const holder = readHolder(directory);
  return holder && isAlive(holder) ? holder : null;
}

function readHolder(directory: string): LockHolder | null {
  try {
    return JSON.parse(readFileSync(join(directory, 'database.lock'), 'utf8')) as LockHolder;
  } catch {
    return null;
  }
}

function isAlive(holder: LockHolder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (problem) {
    return (problem as NodeJS.ErrnoException).code === 'EPERM';
  }
  return startOf(holder.pid) === holder.startedAt;
}

/** When a process started, as the system tells it; empty where it does not. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return '';
  }
}
