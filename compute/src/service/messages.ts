import type {
  BacktestProgress,
  BacktestRequest,
  BacktestResult,
  ComputeError,
  Diagnostic,
  RiskRequest,
  RiskResult,
  SweepRequest,
  SweepTile,
} from './contract.ts';

/** What a worker thread is asked to do. `cancelled` is one shared word that turns 1 to stop the work. */
export type WorkerRequest = { readonly requestId: number; readonly cancelled: Int32Array } & WorkerTask;

export type WorkerTask =
  | { readonly kind: 'backtest'; readonly request: BacktestRequest }
  | {
      readonly kind: 'sweepTile';
      readonly request: SweepRequest;
      readonly sweepId: string;
      readonly fromIndex: number;
      readonly toIndex: number;
    }
  | { readonly kind: 'risk'; readonly request: RiskRequest };

/** What a worker thread answers, any number of times with progress and once with an end. */
export type WorkerReply =
  | { readonly requestId: number; readonly kind: 'progress'; readonly progress: BacktestProgress }
  | {
      readonly requestId: number;
      readonly kind: 'done';
      readonly result: BacktestResult | SweepTile | RiskResult;
    }
  | { readonly requestId: number; readonly kind: 'cancelled' }
  | {
      readonly requestId: number;
      readonly kind: 'failed';
      readonly code: ComputeError['code'] | 'BUG';
      readonly message: string;
      readonly diagnostics: readonly Diagnostic[];
    };
