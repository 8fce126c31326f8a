import type { Clock } from '../platform/clock.ts';
import type { EntityManager } from '../platform/database/database.ts';
import type { Uploads } from '../platform/http/uploads.ts';
import { LOCAL_NAME } from '../platform/viewer.ts';
import { type RunOutcome, RunProblem, type RunTask } from '../run/run.worker.ts';
import { csvLines, dialectOf } from '../market-data/csv-lines.ts';
import {
  type DuplicateRule,
  emptyResult,
  type ImportResult,
  reject,
  rejection,
  withUpload,
} from '../market-data/import-run.ts';
import type { ImportProblem } from '../market-data/csv.ts';
import type { InstrumentRow } from '../market-data/instrument.entity.ts';
import type { MarketDataService } from '../market-data/market-data.service.ts';
import { type FillLine, FillReader } from './csv-fills.ts';
import type { FillRow } from './fill.entity.ts';
import { writeAudit } from './audit.ts';
import type { FillStore } from './fill.store.ts';
import { netCashOf } from './transaction-draft.ts';
import type { NewTransaction, TransactionStore } from './transaction.store.ts';

const LINES_MAXIMUM = 500_000;

/** What an import of fills was asked to do; stored with its run. */
export interface ImportFillsRequest extends Record<string, unknown> {
  readonly kind: 'FILLS';
  readonly uploadId: string;
  readonly portfolioId: string;
  readonly accountId: string;
  /** Who asked for it; the owner where it was asked before that was kept. */
  readonly actor?: string;
  readonly timeZone: string;
  readonly dryRun: boolean;
  readonly skipInvalid: boolean;
  readonly duplicateRule: DuplicateRule;
}

/** Imports fills from an uploaded file: every line is checked, then all are stored in one transaction. */
export class FillImporter {
  private readonly marketData: MarketDataService;
  private readonly fills: FillStore;
  private readonly transactions: TransactionStore;
  private readonly uploads: Uploads;
  private readonly clock: Clock;

  constructor(
    marketData: MarketDataService,
    fills: FillStore,
    transactions: TransactionStore,
    uploads: Uploads,
    clock: Clock,
  ) {
    this.marketData = marketData;
    this.fills = fills;
    this.transactions = transactions;
    this.uploads = uploads;
    this.clock = clock;
  }

  async run(task: RunTask): Promise<RunOutcome> {
    const request = task.run.request as ImportFillsRequest;
    const { result, lines } = await withUpload(this.uploads, request.uploadId, ({ path }) =>
      this.read(path, request),
    );
    const version = await this.transactions.version(request.portfolioId);
    const stored = new Counter((await this.fills.known(request.accountId)).map(identityOf));
    const accepted: NewTransaction[] = [];
    const instruments = await this.instrumentsOf(lines);
    for (const line of lines) {
      const fill = resolve(line, instruments.get(line.symbol) ?? null);
      if ('reason' in fill) reject(result, fill);
      // The same fill twice in one file is two fills; one that is stored already is the same one again.
      else if (!stored.take(identityOf(fill))) accepted.push(transactionOf(fill, request, task.run.id));
      else if (request.duplicateRule === 'REJECT')
        reject(result, {
          line: line.line,
          column: null,
          value: null,
          reason: 'expected a new fill, was one that is stored already',
          severity: 'ERROR',
        });
      else result.rowsDuplicate += 1;
    }
    result.rowsImported = accepted.length;
    if (result.rowsRejected > 0 && !request.skipInvalid && !request.dryRun) {
      await task.checkpoint(1, {}, result);
      throw new RunProblem(rejection(result));
    }
    task.signal.throwIfAborted();
    if (request.dryRun) return { result };
    const afterwards = async (isStored: boolean) => {
      if (isStored) await this.uploads.remove(request.uploadId);
    };
    if (accepted.length === 0) return { result, afterwards };
    const alsoWrite = (em: EntityManager) => this.store(em, request, task.run.id, version, accepted);
    return { result, alsoWrite, afterwards };
  }

  private async store(
    em: EntityManager,
    { portfolioId, actor = LOCAL_NAME }: ImportFillsRequest,
    runId: string,
    version: number | null,
    accepted: readonly NewTransaction[],
  ): Promise<void> {
    const before = await this.transactions.advance(em, portfolioId);
    if (before !== version)
      throw new RunProblem('expected a ledger that stays as it is meanwhile, was changed: import again');
    await this.transactions.insert(em, accepted);
    const details = { transactions: accepted.length };
    await writeAudit(em, this.clock, { action: 'IMPORT', subjectId: runId, portfolioId, actor, details });
  }

  private async read(
    path: string,
    request: ImportFillsRequest,
  ): Promise<{ result: ImportResult; lines: FillLine[] }> {
    const dialect = await dialectOf(path);
    const lines: FillLine[] = [];
    let reader: FillReader | null = null;
    let result = emptyResult([]);
    for await (const { cells, line } of csvLines(path, dialect)) {
      if (!reader) {
        reader = new FillReader(cells, dialect, request.timeZone);
        result = emptyResult(reader.columns);
        const problem = reader.headerProblem(cells);
        if (problem) throw new RunProblem(problem);
        continue;
      }
      result.rowsRead += 1;
      if (result.rowsRead > LINES_MAXIMUM)
        throw new RunProblem(`expected at most ${LINES_MAXIMUM} lines, was more`);
      const fill = reader.read(cells, line);
      if ('reason' in fill) reject(result, fill);
      else lines.push(fill);
    }
    if (!reader) throw new RunProblem('expected a CSV file with a header line, was an empty file');
    return { result, lines };
  }

  /** The instruments of a file, each asked for once. */
  private async instrumentsOf(lines: readonly FillLine[]): Promise<Map<string, InstrumentRow>> {
    const found = new Map<string, InstrumentRow>();
    for (const symbol of new Set(lines.map((line) => line.symbol))) {
      const instrument = await this.marketData.findBySymbol(symbol);
      if (instrument) found.set(symbol, instrument);
    }
    return found;
  }
}

/** A line of a file whose instrument is known. */
interface ResolvedFill {
  readonly instrumentId: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly currency: string;
  readonly executedAt: Date;
  readonly externalId: string | null;
}

function resolve(fill: FillLine, instrument: InstrumentRow | null): ResolvedFill | ImportProblem {
  const problem = (column: string, value: string, reason: string) => ({
    line: fill.line,
    column,
    value,
    reason,
    severity: 'ERROR' as const,
  });
  if (!instrument)
    return problem(
      'symbol',
      fill.symbol,
      `expected the symbol of a known instrument, was ${fill.symbol}: import its bars or create it first`,
    );
  const currency = fill.currency ?? instrument.currency;
  const { side, quantity, price, fee, externalId, executedAtMs } = fill;
  return {
    instrumentId: instrument.id,
    side,
    quantity,
    price,
    fee,
    currency,
    executedAt: new Date(executedAtMs),
    externalId,
  };
}

function transactionOf(
  { side, ...fill }: ResolvedFill,
  { accountId, actor = LOCAL_NAME }: ImportFillsRequest,
  importId: string,
): NewTransaction {
  const amount = netCashOf({ ...fill, kind: side }).toFixed(18);
  return { ...fill, kind: side, accountId, amount, importId, createdBy: actor };
}

/** How often each thing is there; taking one uses it up. */
class Counter {
  private readonly counts = new Map<string, number>();

  constructor(keys: readonly string[]) {
    for (const key of keys) this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  take(key: string): boolean {
    const count = this.counts.get(key) ?? 0;
    if (count > 0) this.counts.set(key, count - 1);
    return count > 0;
  }
}

function identityOf(
  fill: Pick<FillRow, 'externalId' | 'instrumentId' | 'side' | 'quantity' | 'price' | 'executedAt'>,
): string {
  if (fill.externalId) return `id ${fill.externalId}`;
  return [
    fill.instrumentId,
    fill.side,
    Number(fill.quantity),
    Number(fill.price),
    fill.executedAt.getTime(),
  ].join(' ');
}
