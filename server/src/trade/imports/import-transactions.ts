import { readFile } from 'node:fs/promises';
import { textOf } from '../../market-data/file-text.ts';
import type { MarketDataService } from '../../market-data/market-data.service.ts';
import { emptyResult, reject, rejection, withUpload } from '../../market-data/import-run.ts';
import type { Clock } from '../../platform/clock.ts';
import type { EntityManager } from '../../platform/database/database.ts';
import { UserProblem } from '../../platform/graphql/errors.ts';
import { newId } from '../../platform/graphql/node.ts';
import type { Uploads } from '../../platform/http/uploads.ts';
import { type RunOutcome, RunProblem, type RunTask } from '../../run/run.worker.ts';
import { ACCOUNTS_MAXIMUM } from '../accounts.ts';
import { writeAudit } from '../audit.ts';
import type { TransactionStore } from '../transaction.store.ts';
import { type BalanceCheck, checkBalances, openingTransaction } from './balances.ts';
import { type AccountPlan, accountsMade, planAccounts } from './file-accounts.ts';
import type { ImportFile } from './import-item.ts';
import type { ImportTransactionsRequest, ResolvedClue, TransactionImportResult } from './import-request.ts';
import { completed } from './completed.ts';
import type { ImportStore } from './import.store.ts';
import { LEDGER_FILE } from './ledger-file.ts';
import type { StoredMove } from './ledger-matcher.ts';
import { type Resolution, resolveClues, type SymbolChoice } from './instrument-clues.ts';
import { countVerdicts, type ImportPlan, planImport } from './plan.ts';
import { readImportFile } from './read-file.ts';

const FILE_BYTES_MAXIMUM = 64 * 1024 * 1024;
const INSTRUMENTS_LISTED = 1_000;

/** A file with what is decided about its rows. */
interface Decided {
  readonly file: ImportFile;
  readonly plan: ImportPlan;
  readonly resolutions: ReadonlyMap<string, Resolution>;
  readonly result: TransactionImportResult;
  readonly accounts: AccountPlan;
  /** Of the ledger that it was decided against. */
  readonly version: number | null;
}

/** Imports transactions from an uploaded file: every row gets a verdict, then all are stored in one transaction. */
export class TransactionImporter {
  private readonly marketData: MarketDataService;
  private readonly imports: ImportStore;
  private readonly transactions: TransactionStore;
  private readonly uploads: Uploads;
  private readonly clock: Clock;

  constructor(
    marketData: MarketDataService,
    imports: ImportStore,
    transactions: TransactionStore,
    uploads: Uploads,
    clock: Clock,
  ) {
    this.marketData = marketData;
    this.imports = imports;
    this.transactions = transactions;
    this.uploads = uploads;
    this.clock = clock;
  }

  async run(task: RunTask): Promise<RunOutcome> {
    const request = task.run.request as ImportTransactionsRequest;
    const decided = await this.decide(await this.textOf(request), request);
    const { result, plan } = decided;
    await task.checkpoint(0.5, null, result);
    await this.imports.keepRows(task.run.id, request.portfolioId, plan.rows, this.clock());
    task.signal.throwIfAborted();
    if (request.dryRun) return { result };
    if (result.rowsRejected > 0 && !request.skipInvalid) {
      await task.checkpoint(1, null, result);
      throw new RunProblem(rejection(result));
    }
    return {
      result,
      alsoWrite: (em) =>
        this.store(em, request, task.run.id, decided).catch((problem: unknown) => {
          throw problem instanceof UserProblem ? new RunProblem(problem.message) : problem;
        }),
    };
  }

  private textOf({ uploadId }: ImportTransactionsRequest): Promise<string> {
    return withUpload(this.uploads, uploadId, async ({ path, bytes }) => {
      if (bytes > FILE_BYTES_MAXIMUM)
        throw new RunProblem(`expected a file of at most ${FILE_BYTES_MAXIMUM} bytes, was ${bytes}`);
      return textOf(await readFile(path));
    });
  }

  private async decide(text: string, request: ImportTransactionsRequest): Promise<Decided> {
    const { portfolioId, accountId, baseCurrency, mayMakeInstruments } = request;
    const createsMissing = request.createsMissing && mayMakeInstruments;
    const file = readImportFile(text, request);
    // Asked first: what is read after it is as new or newer, and a newer one is refused when it is stored.
    const version = await this.transactions.version(portfolioId);
    const accounts = await this.accountsOf(file, request);
    const ids = [...new Set([accountId, ...accounts.ids.values()])];
    const [known, choices, imported, stored] = await Promise.all([
      this.imports.instruments(),
      this.choicesOf(request),
      this.importedInto(ids, file, request),
      this.imports.moves(ids),
    ]);
    const resolutions = resolveClues(file.clues, known, choices, { baseCurrency, createsMissing });
    const planned = planImport(file.items, {
      baseCurrency,
      mayMakeInstruments,
      nowMs: this.clock(),
      resolutions,
      imported,
      stored,
      accountId,
      accountIds: accounts.ids,
      closed: accounts.closed,
    });
    const { plan, balances } = withBalances(file, planned, stored, resolutions, request);
    return {
      file,
      plan,
      resolutions,
      version,
      accounts,
      result: resultOf(file, plan, resolutions, balances, accounts),
    };
  }

  /** The accounts that a file names: those of the portfolio, and those that are to be made. */
  private async accountsOf(
    file: ImportFile,
    { portfolioId }: ImportTransactionsRequest,
  ): Promise<AccountPlan> {
    const drafts = file.items.flatMap((item) => item.drafts);
    const names = drafts.flatMap(({ account, counterAccountId }) =>
      [account, counterAccountId].filter((name) => typeof name === 'string' && name !== ''),
    );
    const existing = await this.imports.accounts(portfolioId);
    const plan = planAccounts(names as string[], file.accounts ?? [], existing, () =>
      newId('acc', this.clock),
    );
    const count = existing.length + plan.added.length;
    if (plan.added.length > 0 && count > ACCOUNTS_MAXIMUM)
      throw new RunProblem(`expected at most ${ACCOUNTS_MAXIMUM} accounts of a portfolio, was ${count}`);
    return plan;
  }

  /** Rows that are there already; those of a ledger that comes back to where it was written, by their ids. */
  private async importedInto(
    accountIds: readonly string[],
    { format }: ImportFile,
    { portfolioId }: ImportTransactionsRequest,
  ): Promise<Map<string, readonly string[]>> {
    const imported = await this.imports.imported(accountIds);
    if (format.id === LEDGER_FILE.id)
      for (const id of await this.imports.transactionIds(portfolioId)) imported.set(`ledger ${id}`, [id]);
    return imported;
  }

  /** What was chosen now, and before where nothing is chosen now. */
  private async choicesOf({
    portfolioId,
    choices,
    mayMakeInstruments,
  }: ImportTransactionsRequest): Promise<Map<string, SymbolChoice>> {
    const remembered = await this.imports.rememberedSymbols(portfolioId);
    const before = [...remembered].map(([key, instrumentId]): SymbolChoice =>
      instrumentId === null ? { key, action: 'SKIP' } : { key, action: 'MAP', instrumentId },
    );
    const allowed = choices.filter(({ action }) => action !== 'CREATE' || mayMakeInstruments);
    return new Map([...before, ...allowed].map((choice) => [choice.key, choice]));
  }

  private async store(
    em: EntityManager,
    request: ImportTransactionsRequest,
    runId: string,
    { file, plan, resolutions, result, version, accounts }: Decided,
  ): Promise<void> {
    const { portfolioId, accountId, actor, fileName } = request;
    const before = await this.transactions.advance(em, portfolioId);
    if (before !== version)
      throw new RunProblem('expected a ledger that stays as it is meanwhile, was changed: import again');
    await this.storeAccounts(em, portfolioId, accounts, actor);
    const instrumentIds = await this.storeInstruments(em, portfolioId, request, plan, resolutions);
    const planned = completed(plan, request, runId, instrumentIds, () => newId('txn', this.clock));
    const ids = await this.transactions.insert(em, planned.transactions);
    for (const { id, reason, replacementId } of planned.voids)
      await this.transactions.void(em, id, reason, actor, replacementId);
    const rows = new Map<string, { accountId: string; fingerprint: string; transactionIds: string[] }>();
    plan.transactions.forEach(({ fingerprint, accountId: own }, index) => {
      const row = rows.get(fingerprint) ?? { accountId: own, fingerprint, transactionIds: [] };
      row.transactionIds.push(ids[index]);
      rows.set(fingerprint, row);
    });
    const { NEW, DUPLICATE, SKIPPED, ERROR, NEEDS_SYMBOL } = result.verdicts;
    const one = {
      id: runId,
      portfolioId,
      accountId,
      fileName,
      formatName: file.format.name,
      rowsNew: NEW,
      rowsDuplicate: DUPLICATE,
      rowsSkipped: SKIPPED,
      rowsRejected: ERROR + NEEDS_SYMBOL,
      transactionCount: ids.length,
      createdBy: actor,
      createdAt: new Date(this.clock()),
    };
    await this.imports.insert(em, one, [...rows.values()]);
    if (request.mapping && file.shape)
      await this.imports.rememberMapping(em, portfolioId, file.shape, request.mapping, one.createdAt);
    const details = { transactions: ids.length };
    await writeAudit(em, this.clock, { action: 'IMPORT', subjectId: runId, portfolioId, actor, details });
  }

  private async storeAccounts(
    em: EntityManager,
    portfolioId: string,
    plan: AccountPlan,
    actor: string,
  ): Promise<void> {
    await this.imports.storeAccounts(em, portfolioId, plan);
    for (const { account, lotMethod, closedAt } of plan.changed) {
      const changes = [
        ...(lotMethod === account.lotMethod ? [] : [`${account.lotMethod} becomes ${lotMethod}`]),
        ...(closedAt === account.closedAt ? [] : ['closed']),
      ];
      const details = { reason: `${changes.join('; ')}, as in the imported file` };
      const action = 'UPDATE_ACCOUNT';
      await writeAudit(em, this.clock, { action, subjectId: account.id, portfolioId, actor, details });
    }
  }

  /** Makes the instruments that are new, and remembers what was chosen; gives the id for each key. */
  private async storeInstruments(
    em: EntityManager,
    portfolioId: string,
    { choices }: ImportTransactionsRequest,
    { transactions }: ImportPlan,
    resolutions: ReadonlyMap<string, Resolution>,
  ): Promise<Map<string, string>> {
    const used = new Set(transactions.flatMap(({ draft }) => [draft.symbol, draft.otherSymbol]));
    const ids = new Map<string, string>();
    for (const [key, resolution] of resolutions) {
      if (resolution.state === 'KNOWN') ids.set(key, resolution.instrument.id);
      if (resolution.state !== 'NEW' || !used.has(key)) continue;
      const source = 'made by an import of transactions';
      const { id } = await this.marketData.insert(em, { ...resolution.instrument, lotSize: '0', source });
      ids.set(key, id);
      await this.imports.rememberSymbol(em, portfolioId, key, id);
    }
    for (const choice of choices)
      if (choice.action !== 'CREATE')
        await this.imports.rememberSymbol(
          em,
          portfolioId,
          choice.key,
          choice.action === 'MAP' ? choice.instrumentId : null,
        );
    return ids;
  }
}

/** The plan with what the file's balances tell, and how they compare. */
function withBalances(
  { balances }: ImportFile,
  plan: ImportPlan,
  stored: readonly StoredMove[],
  resolutions: ReadonlyMap<string, Resolution>,
  { recordsOpeningBalances, accountId }: ImportTransactionsRequest,
): { readonly plan: ImportPlan; readonly balances: BalanceCheck | null } {
  if (balances.length === 0) return { plan, balances: null };
  const { openings, ...check } = checkBalances(balances, plan.transactions, stored, resolutions);
  if (!recordsOpeningBalances || openings.length === 0) return { plan, balances: check };
  const opened = openings.map((one) => openingTransaction(one, accountId));
  const transactions = [...opened, ...plan.transactions].toSorted(
    (a, b) => a.draft.executedAt.getTime() - b.draft.executedAt.getTime(),
  );
  const { openings: _none, ...after } = checkBalances(balances, transactions, stored, resolutions);
  return { plan: { ...plan, transactions }, balances: after };
}

function resultOf(
  file: ImportFile,
  plan: ImportPlan,
  resolutions: ReadonlyMap<string, Resolution>,
  balances: TransactionImportResult['balances'],
  accounts: AccountPlan,
): TransactionImportResult {
  const verdicts = countVerdicts(plan.rows);
  const result = { ...emptyResult([]), format: file.format, verdicts, instruments: [], balances };
  for (const problem of plan.problems) reject(result, problem);
  return Object.assign(result, {
    rowsRead: plan.rows.length,
    rowsImported: verdicts.NEW,
    rowsDuplicate: verdicts.DUPLICATE,
    rowsRejected: verdicts.ERROR + verdicts.NEEDS_SYMBOL,
    instruments: instrumentsOf(file, resolutions),
    accounts: accountsMade(accounts),
  });
}

/** The instruments of a file, those that need a choice first. */
function instrumentsOf(
  { items, clues }: ImportFile,
  resolutions: ReadonlyMap<string, Resolution>,
): ResolvedClue[] {
  const counts = new Map<string, number>();
  for (const { drafts } of items)
    for (const key of new Set(drafts.flatMap(({ symbol, otherSymbol }) => [symbol, otherSymbol])))
      if (key) counts.set(key, (counts.get(key) ?? 0) + 1);
  const isOpen = ({ resolution }: ResolvedClue) => resolution.state === 'UNRESOLVED';
  return clues
    .flatMap((clue) => {
      const [rowCount, resolution] = [counts.get(clue.key) ?? 0, resolutions.get(clue.key)];
      return resolution && rowCount > 0 ? [{ ...clue, rowCount, resolution }] : [];
    })
    .toSorted((a, b) => Number(isOpen(b)) - Number(isOpen(a)))
    .slice(0, INSTRUMENTS_LISTED);
}
