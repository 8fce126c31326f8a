import { createReadStream, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import pino from 'pino';
import { loadConfig } from '../config.ts';
import { liveHolder } from '../platform/database/lock.ts';
import { localTarget, remoteTarget, type ImportTarget } from './import-target.ts';
import { progressLine, report, type ImportState } from './report.ts';

const USAGE = `Usage:
  npm run import -- bars FILE --symbol SYMBOL [--timeframe DAY_1] [--name NAME] [--currency USD] [--asset-class EQUITY]
                    [--calendar XNYS|24x7|NONE] [--time-zone ZONE] [--duplicates skip|replace|reject] [--dry-run] [--skip-invalid]
  npm run import -- fills FILE --portfolio NAME [--time-zone ZONE] [--duplicates skip|reject] [--dry-run] [--skip-invalid]

A server with logins wants API_TOKEN, a token of its page /account that may read and write (and ADMIN for bars).`;

const OPTIONS = {
  symbol: { type: 'string' },
  timeframe: { type: 'string', default: 'DAY_1' },
  name: { type: 'string' },
  currency: { type: 'string', default: 'USD' },
  'asset-class': { type: 'string', default: 'EQUITY' },
  calendar: { type: 'string' },
  portfolio: { type: 'string' },
  'time-zone': { type: 'string', default: 'UTC' },
  duplicates: { type: 'string', default: 'skip' },
  'dry-run': { type: 'boolean', default: false },
  'skip-invalid': { type: 'boolean', default: false },
} as const;

/** A wrong call: the usage is shown and the exit code is 2. */
class UsageError extends Error {}

async function main(): Promise<number> {
  const { kind, file, values } = readArguments();
  const config = loadConfig();
  const holder = config.databaseUrl ? null : liveHolder(config.dataDirectory);
  const target: ImportTarget = holder?.apiUrl
    ? remoteTarget(holder.apiUrl, config.apiToken)
    : await localTarget(config, pino({ level: 'silent' }));
  try {
    const uploadId = await target.upload(createReadStream(file));
    const common = {
      idempotencyKey: `cli-${process.pid}-${Date.now()}`,
      uploadId,
      timeZone: values['time-zone'],
      dryRun: values['dry-run'],
      skipInvalid: values['skip-invalid'],
      duplicateRule: values.duplicates.toUpperCase(),
    };
    const id =
      kind === 'bars'
        ? await target.start('importBars', {
            ...common,
            symbol: values.symbol,
            timeframe: values.timeframe,
            name: values.name,
            currency: values.currency,
            assetClass: values['asset-class'],
            calendar: values.calendar,
          })
        : await target.start('importFills', {
            ...common,
            portfolioId: await target.portfolioId(values.portfolio!),
          });
    return await follow(target, id);
  } finally {
    await target.close();
  }
}

function readArguments() {
  let parsed;
  try {
    parsed = parseArgs({ options: OPTIONS, allowPositionals: true });
  } catch (problem) {
    throw new UsageError((problem as Error).message, { cause: problem });
  }
  const [kind, path] = parsed.positionals;
  const { values } = parsed;
  if (kind !== 'bars' && kind !== 'fills')
    throw new UsageError(`expected bars or fills, was ${kind ?? 'nothing'}`);
  if (!path) throw new UsageError('expected a file, was nothing');
  const file = resolve(process.env.INIT_CWD ?? '.', path);
  if (!existsSync(file)) throw new UsageError(`expected an existing file, was ${file}`);
  if (kind === 'bars' && !values.symbol) throw new UsageError('expected --symbol with bars, was nothing');
  if (kind === 'fills' && !values.portfolio)
    throw new UsageError('expected --portfolio with fills, was nothing');
  return { kind, file, values } as const;
}

async function follow(target: ImportTarget, id: string): Promise<number> {
  let state: ImportState | null = null;
  for await (const next of target.watch(id)) {
    state = next;
    if (process.stdout.isTTY) process.stdout.write(`\r${progressLine(next)}`);
  }
  if (!state) throw new Error('the import ended without a word');
  process.stdout.write(`${process.stdout.isTTY ? '\r' : ''}${progressLine(state)}\n${report(state)}\n`);
  return state.status === 'SUCCEEDED' && (state.rowsRejected === 0 || !state.dryRun) ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (problem: Error) => {
    process.stderr.write(`${problem.message}\n${problem instanceof UsageError ? `${USAGE}\n` : ''}`);
    process.exit(problem instanceof UsageError ? 2 : 1);
  },
);
