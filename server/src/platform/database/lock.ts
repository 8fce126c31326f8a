import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

const BEAT_MS = 5_000;
const SILENCE_MAXIMUM_MS = 30_000;

/** Thrown where another process holds the data directory; carries whom to ask. */
export class DirectoryInUse extends Error {
  readonly holder: LockHolder;

  constructor(directory: string, holder: LockHolder) {
    const where =
      holder.host === hostname() ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.host}`;
    super(
      `The data directory ${directory} is in use by ${where}. Two processes on one embedded database ` +
        'would destroy it: stop the other one, or set DATA_DIR to another folder.',
    );
    this.name = 'DirectoryInUse';
    this.holder = holder;
  }
}

/** Who holds a data directory: its process, when that started, its machine, and where its API listens once it does. */
export interface LockHolder {
  readonly pid: number;
  readonly startedAt: string;
  readonly host: string;
  readonly apiUrl?: string;
}

/**
 * Takes the data directory for this process. A lock left by a process that is gone is replaced; one
 * of a living process is never stolen. A process identifier in use again by another program is told
 * apart by its start time; a process of another machine or container, which cannot be seen from
 * here, counts as living while it keeps touching the file.
 */
export class DirectoryLock {
  private readonly file: string;
  private readonly beat: NodeJS.Timeout;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.file = lockFile(directory);
    this.take(directory);
    this.beat = setInterval(() => this.touch(), BEAT_MS).unref();
  }

  /** Tells others where to reach this process. */
  announce(apiUrl: string): void {
    renameSync(this.draft({ ...self(), apiUrl }), this.file);
  }

  release(): void {
    clearInterval(this.beat);
    rmSync(this.file, { force: true });
  }

  private take(directory: string): void {
    const draft = this.draft(self());
    try {
      const known = readHolder(directory);
      if (known && isLiving(directory, known)) throw new DirectoryInUse(directory, known);
      if (known) this.removeStale(directory, known);
      // A link appears whole or not at all, and for one process only.
      linkSync(draft, this.file);
    } catch (problem) {
      const other = readHolder(directory);
      if ((problem as NodeJS.ErrnoException).code === 'EEXIST' && other)
        throw new DirectoryInUse(directory, other);
      throw problem;
    } finally {
      rmSync(draft, { force: true });
    }
  }

  private removeStale(directory: string, stale: LockHolder): void {
    const aside = `${this.file}.${process.pid}.stale`;
    try {
      renameSync(this.file, aside);
    } catch {
      return;
    }
    const moved = JSON.parse(readFileSync(aside, 'utf8')) as LockHolder;
    if (moved.pid !== stale.pid || moved.startedAt !== stale.startedAt || moved.host !== stale.host) {
      // Another process was quicker: its new lock goes back.
      renameSync(aside, this.file);
      throw new DirectoryInUse(directory, moved);
    }
    rmSync(aside);
  }

  private draft(holder: LockHolder): string {
    const path = `${this.file}.${process.pid}.${performance.now()}`;
    writeFileSync(path, JSON.stringify(holder), { flag: 'wx' });
    return path;
  }

  private touch(): void {
    try {
      const now = new Date();
      utimesSync(this.file, now, now);
    } catch {
      // A folder that went away is not this timer's to report.
    }
  }
}

/** Who holds the directory, or null where nobody does or the holder is gone. */
export function liveHolder(directory: string): LockHolder | null {
  const holder = readHolder(directory);
  return holder && isLiving(directory, holder) ? holder : null;
}

const lockFile = (directory: string) => join(directory, 'database.lock');

const self = (): LockHolder => ({ pid: process.pid, startedAt: startOf(process.pid), host: hostname() });

function readHolder(directory: string): LockHolder | null {
  try {
    return JSON.parse(readFileSync(lockFile(directory), 'utf8')) as LockHolder;
  } catch {
    return null;
  }
}

function isLiving(directory: string, holder: LockHolder): boolean {
  if (holder.host !== hostname())
    return Date.now() - statSync(lockFile(directory)).mtimeMs < SILENCE_MAXIMUM_MS;
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
