import { reserveName } from '../platform/database/conflicts.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import type { Uploads } from '../platform/http/uploads.ts';
import { type RunOutcome, RunProblem, type RunTask } from '../run/run.worker.ts';
import { type BarFormat, BarReader, type BarRow } from './csv-bars.ts';
import { csvLines, dialectOf } from './csv-lines.ts';
import {
  type DuplicateRule,
  emptyResult,
  type ImportResult,
  reject,
  rejection,
  withUpload,
} from './import-run.ts';
import type { InstrumentRow } from './instrument.entity.ts';
import type { MarketDataService, NewInstrument } from './market-data.service.ts';
import type { Timeframe } from './timeframe.ts';

const BATCH_ROWS = 10_000;
const CHECKPOINT_ROWS = 50_000;
const COLUMNS = ['import_id', 'line', 'time_ms', 'open', 'high', 'low', 'close', 'volume', 'adjusted_close'];

/** What an import of bars was asked to do; stored with its run. */
export interface ImportBarsRequest extends Record<string, unknown> {
  readonly kind: 'BARS';
  readonly uploadId: string;
  readonly timeframe: Timeframe;
  readonly timeZone: string;
  readonly isStampedAtOpen: boolean;
  readonly dryRun: boolean;
  readonly skipInvalid: boolean;
  readonly duplicateRule: DuplicateRule;
  /** The instrument, made by the import where the symbol is new. */
  readonly instrument: NewInstrument;
}

/** Imports bars from an uploaded file: every line is checked, staged, and then stored in one transaction. */
export class BarImporter {
  private readonly database: Database;
  private readonly marketData: MarketDataService;
  private readonly uploads: Uploads;

  constructor(database: Database, marketData: MarketDataService, uploads: Uploads) {
    this.database = database;
    this.marketData = marketData;
    this.uploads = uploads;
  }

  async run(task: RunTask): Promise<RunOutcome> {
    const request = task.run.request as ImportBarsRequest;
    // Of this attempt: a worker that lost the run may still be staging under an earlier one.
    const staging = `${task.run.id}/${task.run.attempt}`;
    const known = await this.marketData.findBySymbol(request.instrument.symbol);
    try {
      const { result, mayRepeat } = await withUpload(this.uploads, request.uploadId, (upload) =>
        this.stage(task, staging, upload, known),
      );
      if (mayRepeat) await this.resolveRepeats(staging, result);
      await this.resolveStored(staging, request, known, result);
      if (result.rowsRejected > 0 && !request.skipInvalid && !request.dryRun) {
        await task.checkpoint(1, null, result);
        throw new RunProblem(rejection(result));
      }
      task.signal.throwIfAborted();
      if (request.dryRun) return { result, afterwards: () => this.clear(staging) };
      return this.outcome(staging, request, result);
    } catch (problem) {
      await this.clear(staging);
      throw problem;
    }
  }

  private outcome(staging: string, request: ImportBarsRequest, result: ImportResult): RunOutcome {
    let dataSetId = 0;
    return {
      result: { ...result, instrumentSymbol: request.instrument.symbol },
      alsoWrite: async (em) => {
        dataSetId = await this.store(em, staging, request);
      },
      afterwards: async (isStored) => {
        await this.clear(staging);
        if (!isStored) return;
        await this.uploads.remove(request.uploadId);
        await this.marketData.rehash(dataSetId);
      },
    };
  }

  private async clear(staging: string): Promise<void> {
    await this.database.fork().execute('delete from staged_bar where import_id = ?', [staging]);
  }

  private async stage(
    task: RunTask,
    staging: string,
    upload: { path: string; bytes: number },
    known: InstrumentRow | null,
  ): Promise<{ result: ImportResult; mayRepeat: boolean }> {
    const request = task.run.request as ImportBarsRequest;
    await this.database
      .fork()
      .execute('delete from staged_bar where starts_with(import_id, ?)', [task.run.id]);
    const dialect = await dialectOf(upload.path);
    const calendar = known?.calendar ?? request.instrument.calendar ?? 'NONE';
    const format: BarFormat = {
      timeframe: request.timeframe,
      calendar,
      timeZone: request.timeZone,
      isStampedAtOpen: request.isStampedAtOpen,
    };
    let reader: BarReader | null = null;
    let result = emptyResult([]);
    let batch: string[] = [];
    const order = new TimeOrder();
    for await (const { cells, line, bytes } of csvLines(upload.path, dialect)) {
      if (!reader) {
        reader = new BarReader(cells, dialect, format);
        result = emptyResult(reader.columns);
        const problem = reader.headerProblem(cells);
        if (problem) throw new RunProblem(problem.reason);
        continue;
      }
      result.rowsRead += 1;
      const row = reader.read(cells, line);
      if ('reason' in row) reject(result, row);
      else {
        order.see(row.timeMs);
        batch.push(stagedLine(staging, row));
      }
      if (batch.length >= BATCH_ROWS) {
        task.signal.throwIfAborted();
        await this.database.copyIn('staged_bar', COLUMNS, batch);
        batch = [];
      }
      if (result.rowsRead % CHECKPOINT_ROWS === 0)
        await task.checkpoint((0.8 * bytes) / upload.bytes, null, result);
    }
    if (!reader) throw new RunProblem('expected a CSV file with a header line, was an empty file');
    if (batch.length > 0) await this.database.copyIn('staged_bar', COLUMNS, batch);
    return { result, mayRepeat: !order.isStrict };
  }

  /** Equal lines of one time count once; contradicting ones are problems. */
  private async resolveRepeats(staging: string, result: ImportResult): Promise<void> {
    const em = this.database.fork();
    const values = '(s.open, s.high, s.low, s.close, s.volume, s.adjusted_close)';
    const firsts = `(select distinct on (time_ms) * from staged_bar where import_id = ? order by time_ms, line)`;
    const conflicts = await em.execute(
      `select s.line, f.line as first_line from staged_bar s join ${firsts} f on f.time_ms = s.time_ms and f.line < s.line
       where s.import_id = ? and ${values} is distinct from (f.open, f.high, f.low, f.close, f.volume, f.adjusted_close) order by s.line`,
      [staging, staging],
    );
    for (const { line, first_line: first } of conflicts) {
      reject(result, {
        line,
        column: null,
        value: null,
        reason: `expected one bar per time, was another than in line ${first} for the same time`,
        severity: 'ERROR',
      });
    }
    const repeated = await em.execute(
      `delete from staged_bar s using ${firsts} f where s.import_id = ? and f.time_ms = s.time_ms and f.line < s.line returning s.line`,
      [staging, staging],
    );
    result.rowsDuplicate += repeated.length - conflicts.length;
  }

  /** Stored bars are met by the rule. */
  private async resolveStored(
    staging: string,
    request: ImportBarsRequest,
    known: InstrumentRow | null,
    result: ImportResult,
  ): Promise<void> {
    const em = this.database.fork();
    const dataSet = known && (await this.marketData.dataSet(known.id, request.timeframe));
    const stored = dataSet
      ? await em.execute(
          'select s.line from staged_bar s join bar b on b.data_set_id = ? and b.time_ms = s.time_ms where s.import_id = ? order by s.line',
          [dataSet.id, staging],
        )
      : [];
    if (request.duplicateRule === 'REJECT') {
      for (const { line } of stored)
        reject(result, {
          line,
          column: null,
          value: null,
          reason: 'expected a time without a stored bar, was one that is stored',
          severity: 'ERROR',
        });
    } else if (request.duplicateRule === 'SKIP') result.rowsDuplicate += stored.length;
    const [{ count }] = await em.execute('select count(*) as count from staged_bar where import_id = ?', [
      staging,
    ]);
    result.rowsImported = Number(count) - (request.duplicateRule === 'REPLACE' ? 0 : stored.length);
  }

  private async store(em: EntityManager, staging: string, request: ImportBarsRequest): Promise<number> {
    await reserveName(em, 'instrument', request.instrument.symbol);
    const instrument =
      (await em.execute('select id from instrument where symbol = ?', [request.instrument.symbol]))[0] ??
      (await this.marketData.insert(em, request.instrument));
    const [{ id, revision }] = await em.execute(
      `insert into data_set (instrument_id, timeframe) values (?, ?)
       on conflict (instrument_id, timeframe) do update set timeframe = excluded.timeframe returning id, revision`,
      [instrument.id, request.timeframe],
    );
    await insertStaged(em, staging, { id, revision: Number(revision) + 1 }, request.duplicateRule);
    await this.marketData.refreshDataSet(em, id);
    return id;
  }
}

/** Stores staged bars as a revision of a data set, and the closes that it corrects as versions from before. */
async function insertStaged(
  em: EntityManager,
  staging: string,
  { id, revision }: { readonly id: number; readonly revision: number },
  rule: DuplicateRule,
): Promise<void> {
  const fields = ['open', 'high', 'low', 'close', 'volume', 'adjusted_close'];
  const action =
    rule === 'REPLACE'
      ? `do update set ${fields.map((field) => `${field} = excluded.${field}`).join(', ')},
           revision = case when bar.close = excluded.close then bar.revision else excluded.revision end`
      : 'do nothing';
  if (rule === 'REPLACE')
    await em.execute(
      `insert into bar_version (data_set_id, time_ms, revision, until_revision, close)
       select b.data_set_id, b.time_ms, b.revision, ?::integer, b.close
       from staged_bar s join bar b on b.data_set_id = ?::integer and b.time_ms = s.time_ms
       where s.import_id = ? and b.close <> s.close`,
      [revision, id, staging],
    );
  await em.execute(
    `insert into bar (data_set_id, time_ms, revision, ${fields.join(', ')})
     select ?::integer, time_ms, ?::integer, ${fields.join(', ')} from staged_bar
     where import_id = ? on conflict (data_set_id, time_ms) ${action}`,
    [id, revision, staging],
  );
}

function stagedLine(staging: string, row: BarRow): string {
  const { line, timeMs, open, high, low, close, volume, adjustedClose } = row;
  return `${staging},${line},${timeMs},${open},${high},${low},${close},${volume},${adjustedClose ?? ''}`;
}

/** Whether times only rise or only fall: then no two are equal, and nothing needs to be searched for. */
class TimeOrder {
  isStrict = true;
  private last: number | null = null;
  private direction = 0;

  see(timeMs: number): void {
    if (this.last !== null) {
      const direction = Math.sign(timeMs - this.last);
      if (direction === 0 || (this.direction !== 0 && direction !== this.direction)) this.isStrict = false;
      this.direction = direction;
    }
    this.last = timeMs;
  }
}
