import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pino, { type Logger, multistream } from 'pino';
import pretty from 'pino-pretty';
import roll from 'pino-roll';

export type { Logger } from 'pino';

const SECRETS = ['password', 'token', 'authorization', 'cookie', 'secret'];

/** A process's log, and its end, which waits until everything is written. */
export interface Log {
  readonly logger: Logger;
  close(): Promise<void>;
}

/**
 * Structured lines to `<name>.<n>.log` in the log folder (a new one daily and at 20 MB, 14 kept) and
 * to the console, there readable for people where it is a terminal.
 */
export async function openLog(directory: string, level: string, name = 'server'): Promise<Log> {
  mkdirSync(directory, { recursive: true });
  const file = await roll({
    file: join(directory, name),
    extension: '.log',
    frequency: 'daily',
    size: '20m',
    limit: { count: 14, removeOtherLogFiles: true },
  });
  const console = process.stdout.isTTY ? pretty({ ignore: 'pid,hostname', sync: true }) : process.stdout;
  const streams = [file, console].map((stream) => ({ level, stream }));
  const redact = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  const logger = pino({ level, redact }, multistream(streams as Parameters<typeof multistream>[0]));
  // A full disk must not end the process: the console still has the lines.
  file.on('error', (problem: Error) =>
    process.stderr.write(`The log file cannot be written: ${problem.message}\n`),
  );
  return {
    logger,
    async close() {
      file.end();
      await once(file, 'close');
    },
  };
}
