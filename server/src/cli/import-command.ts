import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { CsvMapping } from '../trade/imports/csv-mapping.ts';
import { columnsOf, hasColumnOptions, type PreviewedColumns } from './csv-columns.ts';
import { type ImportCommand, type ImportOptions, partsOf, UsageError } from './import-arguments.ts';
import type { ImportTarget } from './import-target.ts';
import {
  columnsLine,
  type ImportState,
  progressLine,
  report,
  type TransactionsState,
  transactionsReport,
} from './report.ts';

/** Where the command writes to, and what makes its keys. */
export interface Terminal {
  write(text: string): void;
  readonly isInteractive: boolean;
  readonly newKey: () => string;
}

/** Does what is asked; gives the exit code: 1 where rows cannot be used or nothing was done. */
export async function runImport(
  command: ImportCommand,
  target: ImportTarget,
  terminal: Terminal,
): Promise<number> {
  switch (command.name) {
    case 'formats':
      return listFormats(target, terminal);
    case 'undo':
      return undo(command.id, target, terminal);
    case 'bars':
      return importBars(command.file, command.options, target, terminal);
    case 'transactions':
      return importTransactions(command.file, command.options, target, terminal);
  }
}

async function listFormats(target: ImportTarget, { write }: Terminal): Promise<number> {
  const { importFormats } = await target.query('{ importFormats { id name } }');
  for (const { id, name } of importFormats) write(`${id.padEnd(28)} ${name}\n`);
  return 0;
}

async function importBars(
  file: string,
  options: ImportOptions,
  target: ImportTarget,
  terminal: Terminal,
): Promise<number> {
  const input = {
    idempotencyKey: terminal.newKey(),
    uploadId: await target.upload(createReadStream(file)),
    timeZone: options['time-zone'],
    dryRun: options['dry-run'],
    skipInvalid: options['skip-invalid'],
    duplicateRule: options.duplicates.toUpperCase(),
    symbol: options.symbol,
    timeframe: options.timeframe,
    name: options.name,
    currency: options.currency,
    assetClass: options['asset-class'],
    calendar: options.calendar,
  };
  const state = await follow(await begin(target, 'importBars', 'ImportBarsInput', input), target, terminal);
  terminal.write(`${report(state)}\n`);
  return state.status === 'SUCCEEDED' && (state.rowsRejected === 0 || !state.dryRun) ? 0 : 1;
}

async function importTransactions(
  file: string,
  options: ImportOptions,
  target: ImportTarget,
  terminal: Terminal,
): Promise<number> {
  const { portfolioId, accountId, expectedVersion } = await placeOf(target, options);
  const symbols = await symbolsOf(target, options);
  const uploadId = await target.upload(createReadStream(file));
  const mapping = await mappingOf(target, { portfolioId, uploadId }, options, terminal);
  const input = {
    idempotencyKey: terminal.newKey(),
    portfolioId,
    accountId,
    expectedVersion,
    uploadId,
    fileName: basename(file),
    formatId: options.format,
    mapping,
    timeZone: options['time-zone'],
    currency: options.currency,
    symbols,
    createsMissingInstruments: options['create-missing'],
    recordsOpeningBalances: options['opening-balances'],
    dryRun: options['dry-run'],
    skipInvalid: options['skip-invalid'],
  };
  const id = await begin(target, 'importTransactions', 'ImportTransactionsInput', input);
  await follow(id, target, terminal);
  const { node: state } = await target.query<{ node: TransactionsState }>(
    `query Outcome($id: ID!) { node(id: $id) { ... on ImportRun { ${OUTCOME} } } }`,
    { id },
  );
  terminal.write(`${transactionsReport(state)}\n`);
  if (state.transactionImport?.transactionCount)
    terminal.write(`To take it back: npm run import -- undo ${id}\n`);
  return state.status === 'SUCCEEDED' && (state.rowsRejected === 0 || !state.dryRun) ? 0 : 1;
}

async function undo(id: string, target: ImportTarget, { write, newKey }: Terminal): Promise<number> {
  const { node } = await target.query(
    `query Found($id: ID!) { node(id: $id) { ... on ImportRun {
       transactionImport { fileName transactionCount portfolio { name ledgerVersion } } } } }`,
    { id },
  );
  const found = node?.transactionImport;
  if (!found) throw new Error(`expected the id of an import of transactions, was ${id}`);
  const { undoImport } = await target.query(
    'mutation Undo($input: UndoImportInput!) { undoImport(input: $input) { errors { message } } }',
    { input: { idempotencyKey: newKey(), id, expectedVersion: found.portfolio.ledgerVersion } },
  );
  if (undoImport.errors.length > 0) throw new Error(undoImport.errors[0].message);
  write(`Took back ${found.transactionCount} transactions from ${found.portfolio.name}.\n`);
  write('They stay in the ledger as voided, with the instruments and accounts that the import made.\n');
  return 0;
}

const STATE = 'status progress errorMessage dryRun rowsRead rowsImported rowsDuplicate rowsRejected';
const OUTCOME = `${STATE} format { name } verdicts { verdict count }
  transactionRows(first: 100, verdicts: [ERROR, NEEDS_SYMBOL]) { totalCount nodes { line reason } }
  symbols { key name rowCount state suggestion { symbol } candidates { symbol name } }
  balances { compared agreed explained differences { line at asset expected was missing isOpening } }
  transactionImport { transactionCount }`;

async function begin(
  target: ImportTarget,
  mutation: string,
  type: string,
  input: Readonly<Record<string, unknown>>,
): Promise<string> {
  const data = await target.query(
    `mutation Start($input: ${type}!) { ${mutation}(input: $input) { run { id } errors { message } } }`,
    { input },
  );
  const { run, errors } = data[mutation];
  if (!run) throw new Error(errors[0].message);
  return run.id;
}

/** Shows how far an import is until it ends. */
async function follow(
  id: string,
  target: ImportTarget,
  { write, isInteractive }: Terminal,
): Promise<ImportState> {
  const events = `subscription Watch($id: ID!) { runEvents(id: $id) { run { ... on ImportRun { ${STATE} problems { line reason } } } } }`;
  let state: ImportState | null = null;
  for await (const { runEvents } of target.subscribe<{ runEvents: { run: ImportState } }>(events, { id })) {
    state = runEvents.run;
    if (isInteractive) write(`\r${progressLine(state)}`);
  }
  if (!state) throw new Error('the import ended without a word');
  write(`${isInteractive ? '\r' : ''}${progressLine(state)}\n`);
  return state;
}

const PORTFOLIOS = `query Portfolios($after: String) {
  portfolios(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { id name ledgerVersion accounts { nodes { id name } } }
  }
}`;

async function placeOf(target: ImportTarget, { portfolio, account }: ImportOptions) {
  const found = named(await portfoliosOf(target), portfolio!, 'a portfolio');
  return {
    portfolioId: found.id,
    expectedVersion: found.ledgerVersion,
    accountId: account ? named(found.accounts.nodes, account, 'an account').id : null,
  };
}

/** All portfolios with their accounts. */
async function portfoliosOf(target: ImportTarget): Promise<PortfolioPlace[]> {
  const all: PortfolioPlace[] = [];
  let after: string | null = null;
  do {
    const { portfolios }: { portfolios: PortfolioPage } = await target.query(PORTFOLIOS, { after });
    all.push(...portfolios.nodes);
    after = portfolios.pageInfo.hasNextPage ? portfolios.pageInfo.endCursor : null;
  } while (after !== null);
  return all;
}

interface PortfolioPage {
  readonly nodes: readonly PortfolioPlace[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

interface PortfolioPlace extends Named {
  readonly ledgerVersion: number;
  readonly accounts: { readonly nodes: readonly Named[] };
}

interface Named {
  readonly id: string;
  readonly name: string;
}

function named<One extends Named>(all: readonly One[], nameOrId: string, what: string): One {
  const found = all.find(({ id, name }) => id === nameOrId || name === nameOrId);
  if (found) return found;
  const names = all.map(({ name }) => name).join(', ') || 'there is none';
  throw new Error(`expected the name of ${what} (${names}), was ${nameOrId}`);
}

/** What the instruments of the file are, by the options. */
async function symbolsOf(target: ImportTarget, { instrument }: ImportOptions) {
  return Promise.all(
    instrument.map(async (text) => {
      const [key, symbol] = partsOf('instrument', text);
      if (symbol === '') return { key, action: 'SKIP' };
      const { instrument: found } = await target.query(
        'query Instrument($symbol: String!) { instrument(symbol: $symbol) { id } }',
        { symbol },
      );
      if (!found) throw new UsageError(`expected the symbol of a known instrument for ${key}, was ${symbol}`);
      return { key, action: 'MAP', instrumentId: found.id };
    }),
  );
}

/** How columns are read, where no format does it. */
async function mappingOf(
  target: ImportTarget,
  input: { readonly portfolioId: string; readonly uploadId: string },
  options: ImportOptions,
  { write }: Terminal,
): Promise<CsvMapping | null> {
  if (options.format) {
    if (hasColumnOptions(options)) throw new UsageError('expected a format or columns, was both');
    return null;
  }
  const { importPreview: preview } = await target.query(
    `query Preview($input: ImportPreviewInput!) { importPreview(input: $input) {
       ... on ImportPreview { format { name } columns { index header field } isDayFirst hasDecimalComma isAmountNet
         kinds { word kind isChosen } isRemembered }
       ... on UserError { message } } }`,
    { input },
  );
  if (preview.message) throw new Error(preview.message);
  if (preview.format && !hasColumnOptions(options)) return null;
  const mapping = columnsOf(preview as PreviewedColumns, options);
  write(`${columnsLine(mapping, preview)}\n`);
  return mapping;
}
