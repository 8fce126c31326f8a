import { headOf } from '../market-data/file-text.ts';
import type { ImportService } from '../market-data/import.service.ts';
import { checkInstrument } from '../market-data/instrument-fields.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { storable } from '../platform/database/storable.ts';
import { invalid, notFound, refused, staleVersion } from '../platform/graphql/errors.ts';
import { once } from '../platform/graphql/idempotency.ts';
import type { Order } from '../platform/graphql/sort-direction.ts';
import type { Uploads } from '../platform/http/uploads.ts';
import { viewer } from '../platform/viewer.ts';
import type { RunRow } from '../run/run.entity.ts';
import { writeAudit } from '../trade/audit.ts';
import { type CsvPreview, type KindWord, previewCsv, wordsWith } from '../trade/imports/csv-mapping.ts';
import { FILE_FORMATS, type FileFormat, fileFormatOf } from '../trade/imports/file-formats.ts';
import type { ImportTransactionsRequest } from '../trade/imports/import-request.ts';
import type {
  ImportChoice,
  ImportSortField,
  ImportStore,
  StoredImport,
} from '../trade/imports/import.store.ts';
import { LEDGER_FILE } from '../trade/imports/ledger-file.ts';
import type { SymbolChoice } from '../trade/imports/instrument-clues.ts';
import type { PlannedRow, RowVerdict } from '../trade/imports/plan.ts';
import { dependencyOn } from '../trade/imports/undo.ts';
import type { TransactionStore } from '../trade/transaction.store.ts';
import { AccountRow } from './account.entity.ts';
import type { ImportTransactionsInput, SymbolChoiceInput, UndoImportInput } from './import.input.ts';
import type { PortfolioRow } from './portfolio.entity.ts';
import type { PortfolioService } from './portfolio.service.ts';

/** How a file looks, and its format where one knows it. */
export interface FilePreview {
  readonly format: FileFormat | null;
  readonly csv: CsvPreview | null;
  /** The words of the column of kinds. */
  readonly kinds: readonly KindWord[];
  readonly isRemembered: boolean;
}

const PREVIEW_BYTES = 256 * 1024;

/** Imports of transactions: begins them, shows what they found and takes them back. */
export class TransactionImportService {
  private readonly database: Database;
  private readonly portfolios: PortfolioService;
  private readonly imports: ImportService;
  private readonly store: ImportStore;
  private readonly transactions: TransactionStore;
  private readonly uploads: Uploads;
  private readonly clock: Clock;

  constructor(
    database: Database,
    portfolios: PortfolioService,
    imports: ImportService,
    store: ImportStore,
    transactions: TransactionStore,
    uploads: Uploads,
    clock: Clock,
  ) {
    this.database = database;
    this.portfolios = portfolios;
    this.imports = imports;
    this.store = store;
    this.transactions = transactions;
    this.uploads = uploads;
    this.clock = clock;
  }

  /** Looks into a file without reading all of it. */
  async preview(portfolioId: string, uploadId: string): Promise<FilePreview> {
    await this.expectPortfolio(portfolioId);
    const upload = await this.uploads.find(uploadId);
    if (!upload) throw notFound('upload', uploadId, 'input', 'uploadId');
    const text = await linesOf(upload);
    const format = fileFormatOf(text);
    // The columns of a ledger are known, and read as others they would count what was voided.
    const csv = format?.id === LEDGER_FILE.id ? null : previewCsv(text);
    if (!format && !csv)
      throw invalid('expected a file with a header and rows, was another', 'input', 'uploadId');
    const remembered = csv && (await this.store.rememberedMapping(portfolioId, csv.shape));
    if (!csv || !remembered) {
      const guessed = csv?.mapping.kinds ?? [];
      const kinds = guessed.map((one) => ({ ...one, isChosen: false }));
      return { format, csv, kinds, isRemembered: false };
    }
    return {
      format,
      csv: { ...csv, mapping: remembered },
      kinds: wordsWith(csv, remembered),
      isRemembered: true,
    };
  }

  async start(input: ImportTransactionsInput, actor: string): Promise<RunRow> {
    const portfolio = await this.expectPortfolio(input.portfolioId);
    const { mapping, formatId, timeZone, currency, symbols, dryRun, skipInvalid, fileName } = input;
    if (formatId && !FILE_FORMATS.some(({ id }) => id === formatId))
      throw notFound('format of files', formatId, 'input', 'formatId');
    if (mapping && formatId) throw invalid('expected a format or a mapping, was both', 'input', 'mapping');
    if (mapping && !mapping.columns.some(({ field }) => field === 'date'))
      throw invalid('expected a column for the date, was none', 'input', 'mapping', 'columns');
    const choices = (symbols ?? []).map(choiceOf);
    const accountId = await this.accountOf(portfolio, input.accountId);
    const request = {
      kind: 'TRANSACTIONS' as const,
      fileName: storable(fileName?.trim().slice(0, 200) ?? '') || null,
      portfolioId: portfolio.id,
      accountId,
      baseCurrency: portfolio.baseCurrency,
      actor,
      formatId: formatId ?? null,
      mapping: mapping ?? null,
      timeZone: timeZone || null,
      currency: currency ?? null,
      choices,
      createsMissing: input.createsMissingInstruments,
      mayMakeInstruments: viewer().isAdmin,
      recordsOpeningBalances: input.recordsOpeningBalances,
      dryRun,
      skipInvalid,
    };
    return this.imports.start(
      input,
      `${dryRun ? 'Check' : 'Import'} of transactions into ${portfolio.name}`,
      (uploadId): ImportTransactionsRequest => ({ ...request, uploadId }),
      async (em) => {
        const version = await this.transactions.version(portfolio.id, em);
        if (version !== input.expectedVersion) throw staleVersion(input.expectedVersion, version!);
      },
    );
  }

  /** The rows of an import or a check with their verdicts. */
  async rows(
    runId: string,
    verdicts: readonly RowVerdict[] | null,
    offset: number,
    limit: number,
  ): Promise<[PlannedRow[], number]> {
    return this.store.rows(runId, verdicts, offset, limit);
  }

  /** What is chosen of the imports of a portfolio, the newest first where no order is asked for, with the number of all that is. */
  async page(
    portfolioId: string,
    choice: ImportChoice,
    offset: number,
    limit: number,
    order?: Order<ImportSortField> | null,
  ): Promise<[StoredImport[], number]> {
    return this.store.page(portfolioId, choice, offset, limit, order);
  }

  /** An import by the id of its run. */
  async find(id: string): Promise<StoredImport | null> {
    return this.store.find(id);
  }

  /** Voids everything that an import wrote, unless something later depends on it. */
  async undo(
    input: UndoImportInput,
    actor: string,
  ): Promise<{ readonly import: StoredImport; readonly portfolio: PortfolioRow }> {
    const found = await this.store.find(input.id);
    if (!found) throw notFound('import', input.id, 'input', 'id');
    await this.expectPortfolio(found.portfolioId);
    const entries = await this.transactions.entries(found.portfolioId);
    const version = await this.transactions.version(found.portfolioId);
    await this.database.fork().transactional((em) =>
      once(em, this.clock, 'undoImport', input, async () => {
        const one = (await this.store.find(input.id, em))!;
        const before = await this.transactions.advance(em, one.portfolioId);
        if (before !== input.expectedVersion) throw staleVersion(input.expectedVersion, before!);
        // What was read of the ledger is of this version, or is read anew by who asks again.
        if (before !== version) throw staleVersion(input.expectedVersion, before);
        if (one.undoneAt)
          throw invalid(
            `expected an import that counts, was undone on ${one.undoneAt.toISOString()}`,
            'input',
            'id',
          );
        await this.voidAll(em, one, entries, actor);
        return one.id;
      }),
    );
    const portfolio = await this.expectPortfolio(found.portfolioId);
    return { import: (await this.store.find(input.id))!, portfolio };
  }

  private async voidAll(
    em: EntityManager,
    { id, portfolioId }: StoredImport,
    entries: Awaited<ReturnType<TransactionStore['entries']>>,
    actor: string,
  ): Promise<void> {
    const { counting, replaced } = await this.store.transactionsOf(em, id);
    if (replaced.length > 0)
      throw refused(
        'IN_USE',
        `expected an import as it was brought in, was one whose transaction of ${day(replaced[0].executedAt)} was corrected: void the correction first`,
        'input',
        'id',
      );
    const dependency = dependencyOn(new Set(counting), entries);
    if (dependency) {
      const { entry, because } = dependency;
      throw refused(
        'IN_USE',
        `expected an import that nothing depends on: the ${entry.kind} of ${day(new Date(entry.timeMs))} (${entry.id}) ${because}; void it first`,
        'input',
        'id',
      );
    }
    await this.transactions.voidAll(em, counting, 'the import was undone', actor);
    await this.store.undo(em, id, actor, new Date(this.clock()));
    const details = { transactions: counting.length };
    await writeAudit(em, this.clock, { action: 'UNDO_IMPORT', subjectId: id, portfolioId, actor, details });
  }

  private async expectPortfolio(id: string): Promise<PortfolioRow> {
    const portfolio = await this.portfolios.find(id);
    if (!portfolio) throw notFound('portfolio', id, 'input', 'portfolioId');
    return portfolio;
  }

  private async accountOf({ id }: PortfolioRow, accountId: string | null | undefined): Promise<string> {
    if (!accountId) return this.portfolios.accountId(id);
    const account = await this.database.fork().findOne(AccountRow, { id: accountId, portfolioId: id });
    if (account?.closedAt)
      throw invalid(`expected an open account, was ${account.name}, which is closed`, 'input', 'accountId');
    if (!account) throw notFound('account of the portfolio', accountId, 'input', 'accountId');
    return accountId;
  }
}

/** The beginning of a file; a line that is cut off is no line, unless there is but one. */
/** The whole lines at the beginning of a file. */
async function linesOf({ path, bytes }: { readonly path: string; readonly bytes: number }): Promise<string> {
  const text = await headOf(path, PREVIEW_BYTES);
  const end = bytes > PREVIEW_BYTES ? text.lastIndexOf('\n') + 1 : text.length;
  return end === 0 ? text : text.slice(0, end);
}

function choiceOf({ key, action, instrumentId, instrument }: SymbolChoiceInput): SymbolChoice {
  if (action === 'SKIP') return { key, action };
  if (action === 'MAP') {
    if (!instrumentId)
      throw invalid(`expected the instrument that ${key} is, was none`, 'input', 'symbols', 'instrumentId');
    return { key, action, instrumentId };
  }
  if (!instrument)
    throw invalid(`expected the instrument to make for ${key}, was none`, 'input', 'symbols', 'instrument');
  checkInstrument(instrument, 'input', 'symbols', 'instrument');
  const { symbol, name, currency, assetClass, isin } = instrument;
  return { key, action, instrument: { symbol, name, currency, assetClass, isin: isin ?? null } };
}

function day(at: Date): string {
  return at.toISOString().slice(0, 10);
}
