import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pino, { type Logger, multistream } from 'pino';
import pretty from 'pino-pretty';
import roll from 'pino-roll';

export type { Logger } from 'pino';

/** Structured lines to `server.log` in the log folder (rotated daily and at 20 MB, 14 kept) and readable ones to the console. */
export async function createLogger(directory: string, level: string, isConsole = true): Promise<Logger> {
  mkdirSync(directory, { recursive: true });
  const file = await roll({
    file: join(directory, 'server'),
    extension: '.log',
    frequency: 'daily',
    size: '20m',
    limit: { count: 14 },
    mkdir: true,
  });
  const streams = [{ level, stream: file }] as { level: string; stream: NodeJS.WritableStream }[];
  if (isConsole)
    streams.push({
      level,
      stream: pretty({ colorize: process.stdout.isTTY, ignore: 'pid,hostname', sync: true }),
    });
  const redact = ['password', 'token', 'req.headers.authorization', 'req.headers.cookie'];
  return pino({ level, redact }, multistream(streams as Parameters<typeof multistream>[0]));
}
