import type {
  BacktestProgress,
  BacktestResult,
  ComputeError,
  Diagnostic,
  RiskResult,
  SimulationResult,
  SweepProgress,
  SweepResult,
} from './contract.ts';

/** What a compute service answers over the network, any number of times and once with an end, which is one of the last three. */
export type ServiceReply =
  | { readonly kind: 'alive' }
  | { readonly kind: 'progress'; readonly progress: BacktestProgress | SweepProgress }
  | { readonly kind: 'done'; readonly result: BacktestResult | SweepResult | RiskResult | SimulationResult }
  | { readonly kind: 'columnsMissing' }
  | {
      readonly kind: 'failed';
      readonly code: ComputeError['code'] | 'BUG';
      readonly message: string;
      readonly diagnostics: readonly Diagnostic[];
    };
