import { gridSize } from '../backtest/sweep-grid.ts';
import { choiceFromCache } from './backend-choice.ts';
import { contentHash } from './content-hash.ts';
import type {
  BacktestRequest,
  BacktestResult,
  SweepProgress,
  SweepRequest,
  SweepResult,
  SweepTile,
  TaskOptions,
  BacktestProgress,
} from './contract.ts';

const BYTES_MAXIMUM = 128 * 2 ** 20;
/** The largest share of it that one sweep may have: what is larger is soon worked out again, beside the memory that it would take. */
const SWEEP_SHARE = 1 / 8;

interface Entry {
  readonly result: BacktestResult | SweepResult;
  /** The whole surface of a sweep, in tiles as they came. */
  readonly tiles: readonly SweepTile[];
  readonly bytes: number;
  /** Of a sweep: the hash of what it is the answer to, but for the bars. */
  readonly termsHash?: string;
}

/**
 * Results by the hash of everything they follow from (data, strategy, parameters, settings, engine version), the last used
 * kept longest, within a bound of bytes. What is kept equals what a new run would give, bit for bit.
 */
export class ResultCache {
  private readonly entries = new Map<string, Entry>();
  private readonly bytesMaximum: number;
  private bytes = 0;
  /** Of how many kept sweeps, by the hash of their terms. */
  private readonly keptTerms = new Map<string, number>();

  constructor(bytesMaximum = BYTES_MAXIMUM) {
    this.bytesMaximum = bytesMaximum;
  }

  /** The kept result of an equal backtest, reported as one stretch of progress; else that of `compute`. */
  async backtest(
    request: BacktestRequest,
    options: TaskOptions<BacktestProgress>,
    compute: () => Promise<BacktestResult>,
  ): Promise<BacktestResult> {
    const hash = contentHash(request);
    const known = this.take(hash);
    if (!known) {
      const result = await compute();
      const columns = [
        result.timesMs,
        result.equity,
        result.drawdown,
        result.position,
        ...(result.universe?.weights ?? []),
      ];
      const bytes = columns.reduce((total, column) => total + column.byteLength, 0);
      const rows = result.fills.barIndex.length + result.trades.entryIndex.length;
      this.keep(hash, { result, tiles: [], bytes: bytes + 100 * rows + 10_000 });
      return result;
    }
    const result = known.result as BacktestResult;
    const barsTotal = result.equity.length;
    options.signal?.throwIfAborted();
    options.onProgress?.({ barsDone: barsTotal, barsTotal, fromIndex: 0, equity: result.equity });
    return { ...result, backend: choiceFromCache(result.backend) };
  }

  /**
   * The kept result of an equal sweep, with its tiles reported again; else that of `compute`, which may ask for the hash of the request
   * when its threads have begun: bars are long, so they are hashed first only where a sweep on the same terms is kept.
   */
  async sweep(
    request: SweepRequest,
    options: TaskOptions<SweepProgress>,
    compute: (options: TaskOptions<SweepProgress>, requestHash: () => string) => Promise<SweepResult>,
  ): Promise<SweepResult> {
    const startedAtMs = performance.now();
    const termsHash = contentHash({ ...request, instruments: [] });
    let hash: string | undefined;
    const requestHash = () => (hash ??= contentHash(request));
    const known = this.keptTerms.has(termsHash) ? this.take(requestHash()) : undefined;
    if (!known) {
      const surfaceBytes = 4 * 8 * gridSize(request.axes);
      // A surface too large to keep is not gathered either.
      if (surfaceBytes > this.bytesMaximum * SWEEP_SHARE) return compute(options, requestHash);
      const tiles: SweepTile[] = [];
      const onProgress = (progress: SweepProgress) => {
        tiles.push(progress.tile);
        options.onProgress?.(progress);
      };
      const result = await compute({ ...options, onProgress }, requestHash);
      const bytes = surfaceBytes + 500 * tiles.length + 10_000;
      this.keep(requestHash(), { result, tiles, bytes, termsHash });
      return result;
    }
    options.signal?.throwIfAborted();
    const result = known.result as SweepResult;
    let setsDone = 0;
    for (const tile of known.tiles) {
      setsDone += tile.totalReturn.length;
      options.onProgress?.({ setsDone, setsTotal: result.setsTotal, tile });
    }
    const backend = choiceFromCache(result.backend);
    return { ...result, elapsedMs: performance.now() - startedAtMs, backend };
  }

  private take(hash: string): Entry | undefined {
    const entry = this.entries.get(hash);
    if (entry) {
      this.entries.delete(hash);
      this.entries.set(hash, entry);
    }
    return entry;
  }

  private keep(hash: string, entry: Entry): void {
    if (entry.bytes > this.bytesMaximum || this.entries.has(hash)) return;
    this.entries.set(hash, entry);
    this.bytes += entry.bytes;
    this.countTerms(entry, 1);
    for (const [oldest, dropped] of this.entries) {
      if (this.bytes <= this.bytesMaximum) break;
      this.entries.delete(oldest);
      this.bytes -= dropped.bytes;
      this.countTerms(dropped, -1);
    }
  }

  private countTerms({ termsHash }: Entry, change: 1 | -1): void {
    if (termsHash === undefined) return;
    const count = (this.keptTerms.get(termsHash) ?? 0) + change;
    if (count > 0) this.keptTerms.set(termsHash, count);
    else this.keptTerms.delete(termsHash);
  }
}
