import pino from 'pino';
import { CALLED_FROM, loadConfig } from '../config.ts';
import { liveHolder } from '../platform/database/lock.ts';
import { readArguments, USAGE, UsageError } from './import-arguments.ts';
import { runImport } from './import-command.ts';
import { localTarget, remoteTarget } from './import-target.ts';

async function main(): Promise<number> {
  const command = readArguments(process.argv.slice(2), CALLED_FROM);
  const config = loadConfig();
  const holder = config.databaseUrl ? null : liveHolder(config.dataDirectory);
  const target = holder?.apiUrl
    ? remoteTarget(holder.apiUrl, config.apiToken)
    : await localTarget(config, pino({ level: 'silent' }));
  const begunAt = Date.now();
  try {
    return await runImport(command, target, {
      write: (text) => process.stdout.write(text),
      isInteractive: process.stdout.isTTY,
      newKey: () => `cli-${process.pid}-${begunAt}`,
    });
  } finally {
    await target.close();
  }
}

main().then(
  (code) => process.exit(code),
  (problem: Error) => {
    process.stderr.write(`${problem.message}\n${problem instanceof UsageError ? `${USAGE}\n` : ''}`);
    process.exit(problem instanceof UsageError ? 2 : 1);
  },
);
