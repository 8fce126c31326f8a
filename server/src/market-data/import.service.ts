import { Readable } from 'node:stream';
import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { invalid, notFound, refused } from '../platform/graphql/errors.ts';
import { once } from '../platform/graphql/idempotency.ts';
import { UploadRefused, type Uploads } from '../platform/http/uploads.ts';
import type { RunRow } from '../run/run.entity.ts';
import type { RunStore } from '../run/run.store.ts';
import { isTimeZone } from './calendar.ts';
import type { ImportBarsRequest } from './import-bars.ts';
import type { ImportBarsInput } from './import-run.type.ts';
import { checkInstrument } from './instrument-fields.ts';

const CONTENT_BYTES_MAXIMUM = 1024 * 1024;

/** What every import says of its file; the time zone may be left to the file's format. */
type StartedInput = Pick<ImportBarsInput, 'idempotencyKey' | 'content' | 'uploadId'> & {
  readonly timeZone?: string | null;
};

/** Begins imports: the file is put aside, and the run is stored and queued in one transaction. */
export class ImportService {
  private readonly database: Database;
  private readonly runs: RunStore;
  private readonly uploads: Uploads;
  private readonly clock: Clock;

  constructor(database: Database, runs: RunStore, uploads: Uploads, clock: Clock) {
    this.database = database;
    this.runs = runs;
    this.uploads = uploads;
    this.clock = clock;
  }

  async startBars(input: ImportBarsInput): Promise<RunRow> {
    const symbol = input.symbol.trim().toUpperCase();
    if (!/^[A-Z0-9][A-Z0-9.\-_=^/]{0,31}$/.test(symbol))
      throw invalid(
        `expected a symbol such as AAPL or BTC-USD, was ${JSON.stringify(input.symbol)}`,
        'input',
        'symbol',
      );
    checkInstrument({ ...input, name: input.name?.trim() || symbol }, 'input');
    const {
      timeframe,
      timeZone,
      isStampedAtOpen,
      dryRun,
      skipInvalid,
      duplicateRule,
      currency,
      assetClass,
      exchange,
      calendar,
      lotSize,
    } = input;
    const instrument = {
      symbol,
      name: input.name?.trim() || symbol,
      currency,
      assetClass,
      exchange,
      calendar,
      lotSize,
      source: 'imported from a file',
    };
    const request = {
      kind: 'BARS' as const,
      timeframe,
      timeZone,
      isStampedAtOpen,
      dryRun,
      skipInvalid,
      duplicateRule,
      instrument,
    };
    return this.start(
      input,
      `${dryRun ? 'Check' : 'Import'} of ${symbol} bars`,
      (uploadId): ImportBarsRequest => ({ ...request, uploadId }),
    );
  }

  /** Stores an import's run; `request` is what its handler will read, and `expect` throws where it must not begin. */
  async start(
    input: StartedInput,
    label: string,
    request: (uploadId: string) => Record<string, unknown>,
    expect: (em: EntityManager) => Promise<void> = async () => undefined,
  ): Promise<RunRow> {
    if (input.timeZone && !isTimeZone(input.timeZone))
      throw invalid(
        `expected a time zone such as America/New_York, was ${input.timeZone}`,
        'input',
        'timeZone',
      );
    const uploadId = await this.uploadOf(input);
    const id = await this.database.fork().transactional((em) =>
      once(em, this.clock, 'import', input, async () => {
        await expect(em);
        return this.runs.enqueue(em, 'IMPORT', label, request(uploadId));
      }),
    );
    await this.runs.relay();
    return this.runs.get(id);
  }

  private async uploadOf({ content, uploadId }: StartedInput): Promise<string> {
    if ((content === undefined || content === null) === !uploadId)
      throw invalid('expected either content or uploadId, was both or neither', 'input', 'content');
    if (uploadId) {
      if (!(await this.uploads.find(uploadId))) throw notFound('upload', uploadId, 'input', 'uploadId');
      return uploadId;
    }
    const bytes = Buffer.byteLength(content!);
    if (bytes > CONTENT_BYTES_MAXIMUM)
      throw invalid(
        `expected content of at most ${CONTENT_BYTES_MAXIMUM} bytes, was ${bytes}: send it to POST /uploads`,
        'input',
        'content',
      );
    return this.uploads.store(Readable.from([Buffer.from(content!)]), bytes).catch((problem) => {
      if (!(problem instanceof UploadRefused)) throw problem;
      throw refused('LIMIT', problem.message, 'input', 'content');
    });
  }
}
