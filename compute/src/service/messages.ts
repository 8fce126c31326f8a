import type { CudaSettings } from '../backends/cuda/settings.ts';
import type { SharedSeries } from '../backends/cuda/shared-series.ts';
import type { CudaChoice } from '../backends/cuda/sweep.ts';
import type { SweepModules, SweepPlan } from '../backends/wasm/sweep.ts';
import type { CompiledStrategy } from '../strategy/compile.ts';
import type {
  BacktestProgress,
  BacktestRequest,
  BacktestResult,
  ComputeError,
  Diagnostic,
  RiskRequest,
  RiskResult,
  SimulatedRisk,
  SimulationRequest,
  SweepRequest,
  SweepTile,
} from './contract.ts';

/**
 * What a worker thread is asked to do. `control` has the words of `pool/progress.ts`. Columns of a request lie in shared
 * memory, or are short and copied: they stay the caller's, who may ask another thread after a crash. Those of a reply
 * are handed over.
 */
export type WorkerRequest = { readonly requestId: number; readonly control: Int32Array } & WorkerTask;

export type WorkerTask =
  | { readonly kind: 'backtest'; readonly request: BacktestRequest }
  | {
      readonly kind: 'sweepTile';
      readonly request: SweepRequest;
      readonly sweepId: string;
      /** Whether a kernel values what a universe holds from one choice to the next. */
      readonly hasStretches: boolean;
      readonly fromIndex: number;
      readonly toIndex: number;
    }
  | {
      readonly kind: 'wasmSweep';
      readonly sweep: SharedSweep;
      /** This thread's number among those that take part. */
      readonly part: number;
      /** Tiles to run; null to take the next from the counter that all threads share until there is none. */
      readonly tiles: readonly number[] | null;
    }
  | {
      readonly kind: 'cudaSweep';
      readonly request: SweepRequest;
      readonly strategy: CompiledStrategy;
      readonly chosen: CudaChoice;
      readonly settings: CudaSettings;
      /** What other threads help to compute, null where none does; the thread of the devices is part 0. */
      readonly series: SharedSeries | null;
    }
  | {
      readonly kind: 'cudaSeries';
      readonly request: SweepRequest;
      readonly strategy: CompiledStrategy;
      readonly series: SharedSeries;
      readonly part: number;
    }
  | {
      readonly kind: 'cudaPaths';
      readonly request: SimulationRequest;
      readonly settings: CudaSettings;
    }
  | { readonly kind: 'risk'; readonly request: RiskRequest }
  | PathTask;

/** Part of a simulation: its model once, then its paths in any order, then what they say. */
export type PathTask =
  | { readonly kind: 'pathsPrepare'; readonly paths: SharedPaths }
  | {
      readonly kind: 'pathsRun';
      readonly paths: SharedPaths;
      readonly scratchIndex: number;
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: 'pathsMeasure'; readonly paths: SharedPaths };

/** A simulation whose threads share one memory: what each needs to take part. */
export interface SharedPaths {
  /** Different for every run, for memory is. */
  readonly id: string;
  readonly request: SimulationRequest;
  readonly threads: number;
  readonly memory: WebAssembly.Memory;
  /** Kernel and its constants; null where the reference simulates. */
  readonly kernel: { readonly module: WebAssembly.Module; readonly constants: Uint8Array } | null;
}

/** A sweep whose threads share one memory: what each needs to take part. */
export interface SharedSweep {
  readonly request: SweepRequest;
  readonly strategy: CompiledStrategy;
  readonly plan: SweepPlan;
  readonly tileSize: number;
  readonly memory: WebAssembly.Memory;
  readonly modules: SweepModules;
}

/** What a thread reports while it works. */
export type WorkerProgress = BacktestProgress | SweepTile;

/** What a worker thread answers, any number of times with progress and once with an end. */
export type WorkerReply =
  | { readonly requestId: number; readonly kind: 'progress'; readonly progress: readonly WorkerProgress[] }
  | {
      readonly requestId: number;
      readonly kind: 'done';
      /** Of a sweep's part: the tiles that were not reported. */
      readonly result: BacktestResult | SweepTile | readonly SweepTile[] | RiskResult | SimulatedRisk | null;
    }
  | { readonly requestId: number; readonly kind: 'cancelled' }
  | {
      readonly requestId: number;
      readonly kind: 'failed';
      readonly code: ComputeError['code'] | 'BUG';
      readonly message: string;
      readonly diagnostics: readonly Diagnostic[];
    };
