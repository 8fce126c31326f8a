import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import roll from 'pino-roll';

/** What a compute service of its own tells people, and its end, which waits until everything is written. */
export interface ServiceLog {
  say(line: string): void;
  close(): Promise<void>;
}

/**
 * Lines to the console and, where there is a log folder, as JSON to `compute-<host>.<n>.log` in it (a new one daily
 * and at 20 MB, 14 kept), as the server's: of these services there may be many, each in a container.
 */
export async function openServiceLog(directory: string | null): Promise<ServiceLog> {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  if (directory === null) return { say: print, close: async () => undefined };
  mkdirSync(directory, { recursive: true });
  const file = await roll({
    file: join(directory, `compute-${hostname()}`),
    extension: '.log',
    frequency: 'daily',
    size: '20m',
    limit: { count: 14, removeOtherLogFiles: true },
  });
  // A full disk must not end the process: the console still has the lines.
  file.on('error', (problem: Error) =>
    process.stderr.write(`The log file cannot be written: ${problem.message}\n`),
  );
  const logger = pino({}, file);
  return {
    say(line) {
      print(line);
      logger.info(line);
    },
    async close() {
      file.end();
      await once(file, 'close');
    },
  };
}
