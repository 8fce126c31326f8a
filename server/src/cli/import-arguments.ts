import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BROKER_TRANSACTION_KINDS } from '../trade/brokers/broker-transaction.ts';
import { CSV_FIELDS } from '../trade/imports/csv-mapping.ts';

/** How the command is called. */
export const USAGE = `Usage:
  npm run import -- bars FILE --symbol SYMBOL [--timeframe DAY_1] [--name NAME] [--currency USD] [--asset-class EQUITY]
                    [--calendar XNYS|24x7|NONE] [--time-zone ZONE] [--duplicates skip|replace|reject] [--dry-run] [--skip-invalid]
  npm run import -- transactions FILE --portfolio NAME [--account NAME] [--format ID] [--currency USD] [--time-zone ZONE]
                    [--column FIELD=HEADER]... [--kind WORD=KIND]... [--dates day-first|month-first] [--decimals comma|point]
                    [--amounts net|gross] [--instrument "KEY=SYMBOL"]... [--create-missing] [--opening-balances] [--dry-run] [--skip-invalid]
  npm run import -- undo IMPORT              takes back all that an import of transactions wrote
  npm run import -- formats                  lists the formats of files that are recognised
FIELD is one of ${CSV_FIELDS.join(', ')}.
KIND is one of ${BROKER_TRANSACTION_KINDS.join(', ')}; none leaves the rows of the word out.
KEY is an instrument of the file as a check names it; without a SYMBOL its rows are left out.`;

const OPTIONS = {
  symbol: { type: 'string' },
  timeframe: { type: 'string', default: 'DAY_1' },
  name: { type: 'string' },
  currency: { type: 'string' },
  'asset-class': { type: 'string', default: 'EQUITY' },
  calendar: { type: 'string' },
  portfolio: { type: 'string' },
  account: { type: 'string' },
  format: { type: 'string' },
  column: { type: 'string', multiple: true, default: [] as string[] },
  kind: { type: 'string', multiple: true, default: [] as string[] },
  dates: { type: 'string' },
  decimals: { type: 'string' },
  amounts: { type: 'string' },
  instrument: { type: 'string', multiple: true, default: [] as string[] },
  'create-missing': { type: 'boolean', default: false },
  'opening-balances': { type: 'boolean', default: false },
  'time-zone': { type: 'string' },
  duplicates: { type: 'string', default: 'skip' },
  'dry-run': { type: 'boolean', default: false },
  'skip-invalid': { type: 'boolean', default: false },
} as const;

/** A wrong call: the usage is shown and the exit code is 2. */
export class UsageError extends Error {}

/** What the options say. */
export type ImportOptions = ReturnType<typeof parsed>['values'];

/** What is to be done. */
export type ImportCommand =
  | { readonly name: 'bars' | 'transactions'; readonly file: string; readonly options: ImportOptions }
  | { readonly name: 'undo'; readonly id: string }
  | { readonly name: 'formats' };

/** Reads the arguments of the command; files are looked for in `folder`. */
export function readArguments(args: readonly string[], folder: string): ImportCommand {
  const { positionals, values } = parsed(args);
  const [name, subject] = positionals;
  if (name === 'formats') return { name };
  if (name === 'undo') {
    if (!subject) throw new UsageError('expected the id of an import, was nothing');
    return { name, id: subject };
  }
  if (name !== 'bars' && name !== 'transactions')
    throw new UsageError(`expected bars, transactions, undo or formats, was ${name ?? 'nothing'}`);
  if (!subject) throw new UsageError('expected a file, was nothing');
  const file = resolve(folder, subject);
  if (!existsSync(file)) throw new UsageError(`expected an existing file, was ${file}`);
  if (name === 'bars' && !values.symbol) throw new UsageError('expected --symbol with bars, was nothing');
  if (name === 'transactions' && !values.portfolio)
    throw new UsageError('expected --portfolio with transactions, was nothing');
  return { name, file, options: values };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (problem) {
    throw new UsageError((problem as Error).message, { cause: problem });
  }
}

/** The two sides of an option such as date=Datum; the last sign parts them, as headers may hold one. */
export function partsOf(option: string, text: string): readonly [string, string] {
  const at = option === 'column' ? text.indexOf('=') : text.lastIndexOf('=');
  if (at <= 0) throw new UsageError(`expected two sides of = in --${option}, was ${text}`);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** Whether an option says the first of two words; null where it is left out. */
export function choiceOf(option: string, text: string | undefined, yes: string, no: string): boolean | null {
  if (text === undefined) return null;
  if (text !== yes && text !== no) throw new UsageError(`expected --${option} ${yes} or ${no}, was ${text}`);
  return text === yes;
}
