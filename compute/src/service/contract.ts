/**
 * The contract between the product and its compute service: plain data only, so that the same
 * request runs in process, in a worker thread or over the network.
 *
 * Conventions: a series is a column (`Float64Array`); times are UTC epoch milliseconds at the close
 * of the bar; rates are fractions; basis points carry `Bps`; drawdowns are <= 0; NaN means missing.
 */

/** OHLCV columns of one instrument: equal lengths, times strictly ascending. */
export interface BarColumns {
  readonly timesMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** The bars of one instrument under the name a strategy refers to it by. */
export interface InstrumentBars {
  readonly symbol: string;
  readonly bars: BarColumns;
  /** What models say of these bars; filled in by the service that holds the models. */
  readonly modelOutputs?: readonly ModelOutput[];
  /** Smallest quantity of it that can be traded in a universe; that of the request when left out. */
  readonly lotSize?: number;
}

/** The series that a model gives for the bars of an instrument. */
export interface ModelOutput {
  readonly name: string;
  /** SHA-256 of the model's file and its contract. */
  readonly contentHash: string;
  readonly warmUpBars: number;
  /** One per bar; NaN where the model's inputs have no value. */
  readonly values: Float64Array;
}

/**
 * What trading and holding cost. Every part is >= 0 and they add up; commissions and worse prices are
 * charged on each side, rates by the days between closes over 365.
 */
export interface CostModel {
  /** Flat amount per fill, in the currency of the account. */
  readonly commissionPerTrade: number;
  /** Amount per unit traded. */
  readonly commissionPerShare: number;
  /** Fraction of the traded value, in basis points. */
  readonly commissionBps: number;
  /** Least commission per fill; 0 for none. */
  readonly commissionMinimum: number;
  /** Every fill is worsened by this many basis points of its price. */
  readonly slippageBps: number;
  /** Distance of bid and ask in basis points: every market fill is worse by half of it; 0 when left out. */
  readonly spreadBps?: number;
  /** Paid per year, as a fraction, on the value of shorts and on borrowed cash; 0 when left out. */
  readonly borrowRate?: number;
  /** Earned per year, as a fraction, on cash that is neither borrowed nor from a short sale; 0 when left out. */
  readonly cashRate?: number;
}

/** Which of a strategy's entries are taken. Shorts that are not allowed are ignored, not refused. */
export type TradeDirection = 'LONG_ONLY' | 'SHORT_ONLY' | 'LONG_AND_SHORT';

/**
 * What happens to a position that is open at the end of the data: it stays open, or it is closed in
 * the last bar, at its open (as any order of the bar before) or at its close.
 */
export type EndRule = 'KEEP_OPEN' | 'CLOSE_AT_LAST_OPEN' | 'CLOSE_AT_LAST_CLOSE';

/** One simulation of one strategy over one instrument (others may be read by name), or over a universe. */
export interface BacktestRequest {
  /** The strategy's text. */
  readonly strategy: string;
  /** Values for the strategy's parameters; a parameter left out takes its default. */
  readonly parameters: Readonly<Record<string, number>>;
  /** The first is traded; the others can be read by the strategy. A universe that is held trades what `universe` names. */
  readonly instruments: readonly InstrumentBars[];
  /** Symbols of a strategy that holds a universe and does not name it itself; left out otherwise. */
  readonly universe?: readonly string[];
  readonly initialCash: number;
  readonly costs: CostModel;
  readonly direction: TradeDirection;
  /** Smallest tradable quantity: 1 for whole units, 0 for any fraction. */
  readonly lotSize: number;
  readonly endRule: EndRule;
  /** Most value of a position over the equity, at an entry: 1 (when left out) or more. */
  readonly leverage?: number;
  /**
   * Least equity over the value of a position, at a close, before it is closed at the next open;
   * 0 (when left out) for none, below 1 / leverage.
   */
  readonly maintenanceMargin?: number;
  /** Bars per year used to annualise, e.g. 252 for daily bars of an exchange. */
  readonly periodsPerYear: number;
  /** Annual risk-free rate as a fraction. */
  readonly riskFreeRate: number;
  readonly seed: number;
}

/** Executions as columns; `side` is +1 for a buy and -1 for a sell, `barIndex` the bar it happened in. */
export interface FillColumns {
  readonly barIndex: Int32Array;
  readonly timesMs: Float64Array;
  readonly side: Int8Array;
  readonly quantity: Float64Array;
  readonly price: Float64Array;
  readonly fee: Float64Array;
  /** 1 where it is at the close of its bar, so that all of the bar comes before it; else 0. */
  readonly isAtClose: Uint8Array;
  /** The protective stop that an entry set; NaN for none and for exits. Left out by what has no stops. */
  readonly stop?: Float64Array;
  /**
   * Why: 'entry', 'add', 'exit', 'stop', 'target', 'trail', 'time', 'reverse', 'margin', 'end', 'ruin'; the
   * first three are followed by a colon and the name of the rule where it has one, as in 'entry: breakout'.
   * In a universe also 'reduce' (a part is sold) and 'ended' (there are no more bars of it).
   */
  readonly reason: readonly string[];
}

/** Round trips (flat to flat) as columns; direction +1 long, -1 short; an open one has NaN exits. */
export interface TradeColumns {
  readonly direction: Int8Array;
  readonly entryIndex: Int32Array;
  readonly exitIndex: Int32Array;
  readonly entryTimesMs: Float64Array;
  readonly exitTimesMs: Float64Array;
  readonly quantity: Float64Array;
  readonly entryPrice: Float64Array;
  readonly exitPrice: Float64Array;
  readonly fees: Float64Array;
  /** Net of fees. */
  readonly profit: Float64Array;
  /** Net profit over the entry value. */
  readonly returns: Float64Array;
  /** Worst and best excursion inside the trade as fractions of the entry price: mae <= 0 <= mfe. */
  readonly mae: Float64Array;
  readonly mfe: Float64Array;
}

/** A statistic that may be undefined for this sample, with the reason in words when it is. */
export interface Statistic {
  readonly value: number | null;
  readonly reason?: string;
}

/** Statistics by name; see `backtest/statistics/` for the definition behind each name. */
export type Statistics = Readonly<Record<string, Statistic>>;

export interface BacktestResult {
  readonly timesMs: Float64Array;
  readonly equity: Float64Array;
  /** equity / running peak - 1. */
  readonly drawdown: Float64Array;
  /** Units held after each bar, signed; of a universe how many instruments. */
  readonly position: Float64Array;
  readonly fills: FillColumns;
  readonly trades: TradeColumns;
  readonly statistics: Statistics;
  /** Which backend ran it and why it was chosen. */
  readonly backend: BackendChoice;
  /** SHA-256 over data, strategy, parameters, settings, engine version and backend. */
  readonly contentHash: string;
  /** What was held; null where one instrument was traded. */
  readonly universe: UniverseResult | null;
}

/** What a run held of a universe; columns of instruments are in the order of `symbols`. */
export interface UniverseResult {
  readonly symbols: readonly string[];
  /** For each fill and each trade the place of its instrument. */
  readonly fillSymbols: Int32Array;
  readonly tradeSymbols: Int32Array;
  /** For each instrument its value over the equity after each bar, negative when short. */
  readonly weights: readonly Float64Array[];
  /**
   * For each instrument what it gained after fees, what is still held at its last close; with `interest` this
   * adds up to the last equity less the initial cash.
   */
  readonly profit: Float64Array;
  readonly fees: Float64Array;
  readonly interest: number;
  readonly rebalances: RebalanceColumns;
  /** The initial cash held in equal parts in what was chosen from, each from its first close on. */
  readonly benchmark: Float64Array;
}

/** The bars at whose opens a universe was chosen anew; what fills later for want of a bar counts to the one before. */
export interface RebalanceColumns {
  readonly barIndex: Int32Array;
  readonly timesMs: Float64Array;
  /** Before its fills. */
  readonly equity: Float64Array;
  /** Value bought and sold. */
  readonly traded: Float64Array;
  readonly fees: Float64Array;
  /** Instruments held after the bar. */
  readonly heldCount: Float64Array;
}

export interface BackendChoice {
  /**
   * 'reference', 'wasm-events', 'wasm-bars', 'wasm-stretches', 'wasm-paths', 'cuda-events' or 'cuda'; where several did parts,
   * all of them in the order of the alphabet, as in 'cuda + wasm-bars'.
   */
  readonly backend: string;
  readonly reason: string;
}

/** Progress of a simulation: bars done, and the equity of the bars finished since the last report. */
export interface BacktestProgress {
  readonly barsDone: number;
  readonly barsTotal: number;
  /** Index of the first bar in `equity`. */
  readonly fromIndex: number;
  readonly equity: Float64Array;
}

/** One axis of a sweep: the parameter and the values it takes. */
export interface SweepAxis {
  readonly parameter: string;
  readonly values: Float64Array;
}

/** Every combination of the axes; the last axis varies fastest. */
export interface SweepRequest extends Omit<BacktestRequest, 'parameters'> {
  readonly parameters: Readonly<Record<string, number>>;
  readonly axes: readonly SweepAxis[];
  /** How many of the best sets are kept in full order. */
  readonly keepBest: number;
  /** The metric the best are chosen by. */
  readonly objective: SweepMetric;
}

export type SweepMetric = 'totalReturn' | 'sharpe' | 'maxDrawdown' | 'tradeCount';

/** A finished stretch of the grid: metrics of the sets `fromIndex ... fromIndex + length - 1`. */
export interface SweepTile {
  readonly fromIndex: number;
  readonly totalReturn: Float64Array;
  readonly sharpe: Float64Array;
  /** Positive magnitude of the deepest drawdown. */
  readonly maxDrawdown: Float64Array;
  readonly tradeCount: Float64Array;
}

export interface SweepProgress {
  readonly setsDone: number;
  readonly setsTotal: number;
  readonly tile: SweepTile;
}

export interface SweepResult {
  readonly setsTotal: number;
  /** Indices into the grid, best first by the objective. */
  readonly best: readonly { readonly index: number; readonly parameters: Readonly<Record<string, number>> }[];
  readonly barEvaluations: number;
  readonly elapsedMs: number;
  readonly threads: number;
  readonly backend: BackendChoice;
  readonly contentHash: string;
}

/** A series of simple returns and what to measure on it. */
export interface RiskRequest {
  readonly timesMs: Float64Array;
  /** Equity or price level, > 0. */
  readonly equity: Float64Array;
  readonly confidence: number;
  /** Returns are scaled to this many bars by overlapping compounding for the historical method. */
  readonly horizonBars: number;
  /** Use at most the last `window` returns; 0 for all. */
  readonly window: number;
  readonly periodsPerYear: number;
  readonly riskFreeRate: number;
  /** How many drawdown episodes to list, deepest first. */
  readonly drawdownCount: number;
}

/** One fall from a peak: troughs and recoveries; an episode that has not recovered has null for it. */
export interface DrawdownEpisode {
  readonly peakMs: number;
  readonly troughMs: number;
  readonly recoveryMs: number | null;
  /** Positive magnitude. */
  readonly depth: number;
  readonly barsToTrough: number;
  readonly barsToRecovery: number | null;
}

export interface RiskResult {
  readonly observations: number;
  /** Positive losses as fractions of equity. */
  readonly valueAtRisk: Statistic;
  readonly expectedShortfall: Statistic;
  readonly volatility: Statistic;
  readonly downsideDeviation: Statistic;
  readonly maxDrawdown: Statistic;
  readonly ulcerIndex: Statistic;
  readonly skewness: Statistic;
  readonly excessKurtosis: Statistic;
  readonly drawdown: Float64Array;
  readonly drawdowns: readonly DrawdownEpisode[];
  /** Counts of returns between consecutive edges: edges has one more element than counts. */
  readonly histogram: { readonly edges: Float64Array; readonly counts: Float64Array };
}

/** How scenarios come about: correlated normals, correlated Student t, or blocks of history in a new order. */
export type SimulationMethod = 'NORMAL' | 'STUDENT_T' | 'BOOTSTRAP';

/** Scenarios of a book's return over a horizon. The same request gives the same scenarios whatever the number of threads. */
export interface SimulationRequest {
  /** Price levels of each asset, > 0, at the same bars. */
  readonly levels: readonly Float64Array[];
  /** Value of each position as a fraction of the book's equity, negative when short. */
  readonly weights: Float64Array;
  readonly method: SimulationMethod;
  /** A linear book takes weights times returns; full revaluation compounds each asset's log return. */
  readonly revaluation: 'LINEAR' | 'FULL';
  /** Single precision is faster and agrees within 1e-4 of the spread of returns. */
  readonly precision: 'SINGLE' | 'DOUBLE';
  /** Of Student t: a whole number, 3 to 30; the other methods leave it aside. */
  readonly degreesOfFreedom: number;
  /** Consecutive bars the bootstrap draws at once; the other methods leave it aside. */
  readonly blockBars: number;
  readonly horizonBars: number;
  readonly scenarios: number;
  readonly confidence: number;
  /** A whole number from 0 to 2^53 - 1. */
  readonly seed: number;
}

/** What simulated returns say, as fractions of equity; losses are positive. */
export interface SimulatedRisk {
  readonly valueAtRisk: Statistic;
  readonly expectedShortfall: Statistic;
  readonly meanReturn: number;
  readonly standardDeviation: number;
  /** Counts of scenarios between consecutive edges: edges has one more element than counts. */
  readonly histogram: { readonly edges: Float64Array; readonly counts: Float64Array };
}

export interface SimulationResult extends SimulatedRisk {
  /** Returns of each asset that the scenarios rest on. */
  readonly observations: number;
  readonly scenarios: number;
  readonly backend: BackendChoice;
  readonly contentHash: string;
}

/** A problem in a strategy's text, placed so that an editor can underline it. Lines and columns count from 1. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** What was expected, what was found and perhaps a hint, as one sentence. */
  readonly message: string;
  readonly line: number;
  readonly column: number;
  /** At least 1, so that there is something to underline. */
  readonly length: number;
  /** The text that is wrong, as written on that line; empty where something is missing. */
  readonly text: string;
  /** What would have been right there. */
  readonly expected: string;
}

/** A parameter a strategy declares, with the range a sweep takes by default. */
export interface StrategyParameter {
  readonly name: string;
  readonly description: string;
  readonly defaultValue: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly step: number;
}

/** What the checker knows of a strategy's text. */
export interface StrategyDescription {
  readonly name: string;
  readonly description: string;
  readonly parameters: readonly StrategyParameter[];
  /** Bars before the first decision with the default parameters. */
  readonly warmUpBars: number;
  readonly usesShort: boolean;
  /** Symbols other than the traded ones that the text reads. */
  readonly otherSymbols: readonly string[];
  /** The symbols of a universe that it holds, none where a run says which; null where it trades one instrument. */
  readonly universe: readonly string[] | null;
  /** The symbol that takes what the universe leaves; null for cash. */
  readonly rest: string | null;
  /** Names of the models it asks. */
  readonly models: readonly string[];
}

export type StrategyCheck =
  | { readonly ok: true; readonly strategy: StrategyDescription }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** A strategy that ships with the product. */
export interface LibraryStrategy extends StrategyDescription {
  /** Stable identifier: the file's name without its ending, e.g. `sma-cross`. */
  readonly id: string;
  readonly source: string;
}

export interface BackendStatus {
  readonly name: 'reference' | 'wasm' | 'cuda';
  readonly available: boolean;
  /** Why it is, or is not, available: one sentence for a person. */
  readonly reason: string;
}

export interface ComputeDescription {
  readonly engineVersion: string;
  readonly threads: number;
  readonly device: string;
  readonly backends: readonly BackendStatus[];
  readonly busyThreads: number;
  readonly queuedTasks: number;
}

export interface TaskOptions<Progress> {
  /** Aborting rejects with the signal's reason, within 100 ms of work. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds from the call on, waiting for a thread included, after which nobody wants the result: the work
   * ends, and the call rejects with the code DEADLINE. None when left out.
   */
  readonly deadlineMs?: number;
  readonly onProgress?: (progress: Progress) => void;
}

/** A request the service cannot run; `code` says which kind, the message names value, place and expectation. */
export class ComputeError extends Error {
  readonly code:
    'INVALID_STRATEGY' | 'INVALID_PARAMETER' | 'INVALID_DATA' | 'LIMIT' | 'DEADLINE' | 'UNAVAILABLE';
  readonly diagnostics: readonly Diagnostic[];

  constructor(code: ComputeError['code'], message: string, diagnostics: readonly Diagnostic[] = []) {
    super(message);
    this.name = 'ComputeError';
    this.code = code;
    this.diagnostics = diagnostics;
  }
}

/** The compute service. Heavy work runs on its worker threads, never on the caller's. */
export interface ComputeService {
  checkStrategy(source: string): Promise<StrategyCheck>;
  runBacktest(request: BacktestRequest, options?: TaskOptions<BacktestProgress>): Promise<BacktestResult>;
  runSweep(request: SweepRequest, options?: TaskOptions<SweepProgress>): Promise<SweepResult>;
  measureRisk(request: RiskRequest, options?: TaskOptions<never>): Promise<RiskResult>;
  simulateRisk(request: SimulationRequest, options?: TaskOptions<never>): Promise<SimulationResult>;
  describe(): Promise<ComputeDescription>;
  close(): Promise<void>;
}
